"""What leaves the house, what got out, and what citizens ask of their own data: each with its second person and its clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from suqiu.cases import breaches, leaks, own_data, taking_out
from suqiu.cases.models import Breach, Case, DataRequest, ExportRequest
from suqiu.intake import actions
from suqiu.intake.demand import Demand

from .hands import KEY, Hands, things

PLAIN = ["number", "received_at", "type", "area", "title", "state"]
NAMED = [*PLAIN, "name", "phone"]
ANONYMOUS = "实名怕报复，就不留名字了：锦绣城物业经理把地库两个车位锁了当仓库，业主问就说是设备间，请到现场看。"


def build(hands: Hands) -> list[Case]:
    """After the stories: it is about their cases."""
    told = _case(hands, "event-1-0")
    report = _anonymous(hands)
    leaks.report(case=told, by=hands.ground.officer("db01"), at=hands.at(6, 2))
    _breaches(hands, told, report)
    _data_requests(hands)
    _exports(hands)
    return [report]


def _case(hands: Hands, key: str) -> Case:
    return Case.objects.get(key=KEY + key)


# ---- 泄露


def _anonymous(hands: Hands) -> Case:
    """A report without a name: nobody can be told if it gets out, and that is said."""
    thing = next(t for t, _more in things("ruled"))
    demand = Demand(
        text=ANONYMOUS, title="地库车位被锁作仓库", channel="web", area_code=thing.town, secrecy="anonymous",
        place="锦绣城小区地下车库", longitude=thing.longitude, latitude=thing.latitude,
    )  # fmt: skip
    by = hands.ground.officer("hw01")
    case, _code = actions.receive(demand=demand, by=by, at=hands.at(16), key=f"{KEY}anonymous")
    hands.with_code(case)
    town, matter = hands.ground.areas[thing.town], hands.ground.matters["010105"]
    said = {"demand_type": "report", "urgency": "normal", "secrecy": "anonymous", "area": town, "matter": matter}
    hands.do("accept", case, "sl01", hands.at(16, 1), ask_lines="查清车位被占用的情况", **said)
    rewritten = "有群众反映锦绣城小区地下车库内有车位被加锁占作仓库，请到现场核查并督促恢复。"
    housing = hands.ground.departments["C-HOUSING"]
    hands.do("dispatch", case, "pd01", hands.at(16, 2), matter=matter, department=housing, rewritten=rewritten)
    return case


def _breaches(hands: Hands, told: Case, report: Case) -> None:
    """One over, one that waits for its second person, one whose clocks run."""
    over = _breach(
        hands,
        report,
        "c-housing-sh",
        12,
        "0",
        "打印的举报件在复印机上放了一中午，保洁员看见后交回。举报件没有姓名电话。",
    )
    _handled(hands, over, 12, "复印机取纸口没有看管，当场销毁并换成刷卡取件；没有拍照外传，责任人已谈话。")
    breaches.close(breach=over, by=hands.ground.officer("ld01"), at=hands.at(8, 1))
    closing = _breach(
        hands, report, "sl02", 7, "1", "同事把改写前的举报内容念给了来办事的物业人员听，窗口另一位同事听见后报告。"
    )
    _handled(hands, closing, 7, "窗口人员误把原文当改写件念出。已停岗学习，窗口屏幕改为只显示改写件。")
    words = "翠屏一个业主群里有人发了外墙脱落那件的工单照片，水印遮了一半，能看出来电人的姓和手机后四位，截图已留存。"
    running = _breach(hands, told, "pd01", 1, "2", words, hours=7)
    authority = "市网信办，电话报告并传真，回执 031 号"
    breaches.tell_authority(breach=running, by=hands.ground.officer("bz01"), at=hands.at(1, 9), authority=authority)


def _breach(hands: Hands, case: Case, by: str, days: int, key: str, words: str, hours: float = 1) -> Breach:
    at, officer = hands.at(days, hours), hands.ground.officer(by)
    return breaches.report(by=officer, at=at, key=f"{KEY}breach-{key}", words=words, numbers=[case.number])


def _handled(hands: Hands, breach: Breach, days: int, finding: str) -> None:
    by = hands.ground.officer("bz01")
    breaches.tell(breach=breach, by=by, at=hands.at(days, 4))
    breaches.tell_authority(
        breach=breach, by=by, at=hands.at(days, 5), authority="市委网信办、市保密局，书面报告已签收"
    )
    breaches.ask_to_close(breach=breach, by=hands.ground.officer("bz02"), at=hands.at(days - 2, 2), finding=finding)


# ---- 个人信息请求


def _data_requests(hands: Hands) -> None:
    """Corrected; to be corrected; deleted by two; waits for the second; not possible, with the basis."""
    corrected = _ask(
        hands,
        "family-0-2",
        "correct",
        9,
        "姓写错了一个字，身份证上是现在这个，另外下午方便接电话。",
        name="昝秀兰",
        preferred_time="下午3点",
    )
    _answer(hands, corrected, "sl01", 8, "姓名已按您说的改过，以后下午给您打。")
    deleted = _ask(hands, "event-2-0", "delete", 12, "事情办完了，请把我的名字和电话删掉。")
    _answer(hands, deleted, "bz02", 11, "您的姓名和电话将删除；诉求的内容按档案规定保留到期。")
    own_data.confirm(request=deleted, by=hands.ground.officer("ld01"), at=hands.at(10, 2))
    waits = _ask(hands, "event-0-1", "delete", 4, "路灯早修好了，请把我留的电话删掉，免得再接到推销。")
    _answer(hands, waits, "sl02", 3, "同意删除，等第二个人核对后办。")
    refused = _ask(hands, "event-0-2", "delete", 15, "把这件诉求从头到尾全部删掉，就当我没有打过。")
    basis = "《个人信息保护法》第四十七条第二款：法律规定的保存期限未届满"
    _answer(
        hands, refused, "bz01", 13, "姓名电话您可以另提请求删除；诉求本身要按档案规定保存，不能整件删。", basis=basis
    )
    _ask(hands, "family-2-0", "correct", 2, "我换了手机号，原来那个不用了，请改成新的，改以前打座机联系。")


def _ask(hands: Hands, key: str, kind: str, days: int, words: str, **more: str) -> DataRequest:
    case, at = _case(hands, key), hands.around_the_clock(days, 10)
    return own_data.ask(case=case, kind=kind, at=at, key=f"{KEY}data-{kind}-{key}", words=words, **more)


def _answer(hands: Hands, asked: DataRequest, by: str, days: int, words: str, basis: str = "") -> None:
    officer = hands.ground.officer(by)
    own_data.answer(request=asked, by=officer, at=hands.at(days, 3), is_granted=not basis, words=words, basis=basis)


# ---- 导出


def _exports(hands: Hands) -> None:
    """Gone after two days; there since yesterday; refused; and two that wait for a second person."""
    officer = hands.ground.officer
    gone = _export(hands, "bz01", 20, 50, 21, PLAIN, "给市委办写近一个月民生热点简报，只要事项和数量，不要姓名")
    taking_out.agree(request=gone, by=officer("db01"), at=hands.at(20, 4))
    taking_out.take(request=gone, by=officer("bz01"), at=hands.at(20, 5))
    taking_out.expire(hands.at(17))
    there = _export(hands, "c-housing-sh", 1, 25, 15, NAMED, "上门复查外墙和车库两件，打一张清单带到现场对，用完即毁")
    taking_out.agree(request=there, by=officer("bz02"), at=hands.at(1, 6))
    taking_out.take(request=there, by=officer("c-housing-sh"), at=hands.at(1, 6.5))
    refused = _export(hands, "pd02", 9, 62, 10, NAMED, "留存备用")
    words = "“留存备用”不是用途；写明给谁、做什么，要几栏就写几栏，再申请"
    taking_out.refuse(request=refused, by=officer("db02"), at=hands.at(8, 1), words=words)
    _export(hands, "c-housing-fz", 1, 31, 1, PLAIN, "局党组会研究物业类诉求，附一张清单", hours=8)
    _export(hands, "sl01", 1, 15, 1, PLAIN, "核对登记质量，抽看标题和区划写得对不对", hours=7, format="csv")


def _export(
    hands: Hands,
    by: str,
    days: int,
    since: int,
    until: int,
    columns: list[str],
    why: str,
    hours: float = 2,
    **more: Any,
) -> ExportRequest:
    at: datetime = hands.at(days, hours)
    span: dict[str, date] = {"since": hands.day - timedelta(days=since), "until": hands.day - timedelta(days=until)}
    key = f"{KEY}export-{by}-{days}"
    return taking_out.ask(by=hands.ground.officer(by), at=at, key=key, why=why, columns=columns, **span, **more)
