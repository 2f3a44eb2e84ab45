"""What can happen to a case: from which state, by whom, with which evidence? The one table of steps.

Buttons, forms, permission tests, refusals, reactions and the diagram in docs/generated/flow.md all come from it.
Decision record 0001 tells where it differs from the table we started from, and why.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from suqiu.directory.models import EvidenceClass

from .models import DemandType, RoutingClass, Secrecy, Urgency, Verdict
from .visibility import IN_RULING

STAY = "="
BEFORE = "<"  # back to the state before the pause
ANY_STEP = "*"  # in `not_by`: whoever took any step of this case, in whatever role


@dataclass(frozen=True)
class Field:
    """One thing a step asks for. `kind` decides the widget, and whether it goes into the line or, as words, beside it."""

    name: str
    kind: str  # words · line · choice · choices · department · departments · officer · anyone · matter · area · moment · day · number · yes · photos · place · asks · points · promise · case
    label: str
    choices: tuple = ()
    is_required: bool = True
    help: str = ""

    WORDS = ("words", "line")

    @property
    def is_words(self) -> bool:
        return self.kind in self.WORDS


@dataclass(frozen=True)
class Step:
    """A row. `who` are "role@relation" words of `visibility.relations`, or citizen, or system."""

    name: str
    room: str
    label: str  # what the button and the journal say to staff
    told: str  # what the citizen's page says
    start: str  # states it starts from, one letter each; empty: it opens a case
    to: str  # the state it leads to; several: the action chooses; STAY, BEFORE
    who: tuple[str, ...]
    asks: tuple[Field, ...] = ()
    evidence: tuple[str, ...] = ()  # kinds that must be held in this cycle; "class": what the evidence class asks
    dispute: str | tuple[str, ...] | None = None  # the dispute states it needs: "" none open; None: whatever
    not_by: tuple[str, ...] = ()  # steps of this cycle whose author may not take this one
    is_handling: bool = False  # refused to third-party staff (国办函〔2025〕66号, 三)
    is_offered: bool = True  # shown as a button; False: taken by a page of its own, the rule or the worker

    @property
    def disputes(self) -> tuple[str, ...]:
        return (self.dispute,) if isinstance(self.dispute, str) else self.dispute or ()

    @property
    def action(self) -> str:
        return f"suqiu.{self.room}.actions.{self.name}"


def _who(roles: str, relations: str) -> tuple[str, ...]:
    return tuple(f"{role}@{relation}" for role in roles.split() for relation in relations.split())


HOTLINE = _who("operator shift_lead intake_reviewer", "hotline")
SECOND = _who("shift_lead intake_reviewer", "hotline")
HOLDERS = _who("handler reviewer unit_leader", "lead assist first")
OPEN = "RWDSHVFLG"

WAYS = (("phone", _("电话")), ("sms", _("短信")), ("visit", _("上门")), ("online", _("网上")))
CONTACT_OUTCOMES = (
    ("connected", _("说上话了")),
    ("no_answer", _("没接通")),
    ("wrong_number", _("号码不对")),
    ("refused", _("对方不愿谈")),
)
RETURN_GROUNDS = (
    ("not_our_duty", _("不是本单位职责")),
    ("not_our_area", _("不在本单位辖区")),
    ("no_power", _("本单位没有这项权限")),
    ("wrong_matter", _("事项选错了")),
)
DIVERT_CLASSES = tuple((c.value, c.label) for c in RoutingClass if c != RoutingClass.ACCEPT)
DIVERT_REASONS = (
    ("danger", _("危及生命或财产，须立即处置")),
    ("in_court", _("正在诉讼、仲裁或行政复议")),
    ("petition", _("已在信访程序中")),
    ("discipline", _("属于纪检监察事项")),
    ("disclosure", _("属于政府信息公开申请")),
    ("other_government", _("不属于本市政府的事")),
    ("secret", _("涉及国家秘密、商业秘密或个人隐私")),
    ("unlawful", _("违反法律或公序良俗")),
    ("closed_nothing_new", _("已依法办结，没有新情况")),
    ("malicious", _("恶意骚扰，占用线路")),
)
SOLVED = (("yes", _("解决了")), ("half", _("解决了一半")), ("no", _("没解决")))
YES_NO = (("yes", _("是")), ("no", _("不是")))
SATISFIED = (("5", _("非常满意")), ("4", _("满意")), ("3", _("基本满意")), ("2", _("不满意")), ("1", _("非常不满意")))
ATTEMPTS = (
    ("answered", _("接通，回答了")),
    ("no_answer", _("没接通")),
    ("later", _("接通，请改时间再打")),
    ("refused", _("接通，不愿回答")),
)
ASK_OUTCOMES = (("answered", _("办了")), ("declined", _("不能办，有依据")), ("planned", _("列入计划")))

GUESTS = (
    ("property", _("物业")),
    ("contractor", _("施工或维修单位")),
    ("utility", _("水电气网公司")),
    ("other", _("别的单位")),
)
CAME = (("yes", _("到了，能定")), ("no_power", _("到了，定不了")), ("no", _("没到")))
STILL_HARD = (("yes", _("还办不了")), ("no", _("现在能办了，接着办")))
AS_TOLD = (("yes", _("一样")), ("no", _("不一样")))
STILL = (("yes", _("还是好的")), ("no", _("又坏了，或者没解决")))

WORDS_ONLY = (Field("words", "words", _("说明")),)
OBJECTED = ("", *IN_RULING)  # an objection does not stop the work: the objector still answers
RULED = (("stays", _("留在原单位")), ("moves", _("改由别的单位办")))
REACH = (("all", _("全市同类都照此")), ("area", _("只在这个县（区）")))
RULING = (
    Field("outcome", "choice", _("怎么裁"), RULED),
    Field("department", "department", _("改由谁办"), is_required=False, help=_("裁定改由别的单位时必填")),
    Field("basis", "line", _("依据"), help=_("哪条规定、目录哪一行、哪件先例")),
    Field("words", "words", _("理由"), help=_("写给以后派单的人看，不写来电人")),
    Field("reach", "choice", _("先例管到哪里"), REACH),
    Field("override", "words", _("破例理由"), is_required=False, help=_("把部门的事裁给乡镇时必填，会被统计")),
    Field(
        "new_duty",
        "yes",
        _("提请改派单目录"),
        is_required=False,
        help=_("本事项以后归裁定的单位管；管理员或市领导同意后出新版本"),
    ),
)

STEPS: tuple[Step, ...] = (
    # ---- intake 受理
    Step("receive", "intake", _("登记"), _("收到您的诉求"), "", "R", ("operator@hotline", "citizen", "system"), is_offered=False),
    Step("archive", "intake", _("历史导入"), _("历史诉求存档"), "", "Z", ("system",), is_offered=False),
    Step(
        "accept", "intake", _("受理"), _("已受理"), "R", "D", HOTLINE,
        (
            Field("demand_type", "choice", _("诉求类型"), tuple(DemandType.choices)),
            Field("area", "area", _("事发区划")),
            Field("urgency", "choice", _("紧急程度"), tuple(Urgency.choices)),
            Field("secrecy", "choice", _("保密级别"), tuple(Secrecy.choices)),
            Field("matter", "matter", _("事项"), is_required=False, help=_("说不准就留给派单员选")),
            Field("ask_lines", "words", _("要求几点"), is_required=False, help=_("一行一点，动词开头；空则整件算一点")),
            Field("about_department", "department", _("被反映的单位"), is_required=False, help=_("反映哪个单位，那个单位就看不到这件")),
            Field("about_officer", "anyone", _("被反映的人"), is_required=False, help=_("账号或姓名；他和他的单位都看不到这件")),
        ),
    ),
    Step(
        "ask_caller", "intake", _("请补充"), _("请您补充一点情况"), "RDH", "W",
        HOTLINE + ("dispatcher@hotline",), (Field("words", "words", _("问来电人什么")),),
    ),
    Step(
        "resume", "intake", _("已补充，继续"), _("收到补充，接着办"), "W", BEFORE,
        HOTLINE + ("citizen", "system"), (Field("words", "words", _("补充的情况"), is_required=False),),
    ),
    Step(
        "caller_adds", "intake", _("补充·催办"), _("您补充了情况"), OPEN + "M", STAY, HOTLINE + ("citizen",),
        (
            Field("words", "words", _("补充什么")),
            Field("is_hurry", "yes", _("同时催办"), is_required=False),
            Field("photos", "photos", _("照片"), is_required=False),
        ),
    ),
    Step(
        "answer_at_once", "intake", _("即时答复"), _("当场答复了您"), "RD", "A", HOTLINE,
        (
            Field("answer", "words", _("答复")),
            Field("source", "line", _("出处"), help=_("哪份指南、哪条规定，写明名称")),
        ),
    ),
    Step(
        "answer_again", "intake", _("复答"), _("这件事答复过您，再告诉您一次；有新情况请说"), "RD", "A", HOTLINE + ("system",),
        (Field("earlier", "case", _("哪一件答复过他"), help=_("同一个来电人、同一件事，已经办结的那一件的编号")),),
    ),
    Step(
        "review_answer", "intake", _("抽查即答"), _("另一位工作人员复核了这份答复"), "A", "=D", SECOND,
        (Field("is_right", "choice", _("答得对不对"), YES_NO), Field("words", "words", _("依据"))),
        not_by=("answer_at_once", "answer_again"),
    ),
    Step(
        "not_answered", "intake", _("没答到点上"), _("您说没答到点上，转给单位办"), "A", "D", HOTLINE + ("citizen",),
        (
            Field("satisfied", "choice", _("满意吗"), SATISFIED[3:], is_required=False),
            Field("words", "words", _("还想知道什么"), is_required=False),
        ),
    ),
    Step(
        "settle", "intake", _("即答了结"), _("您认可了答复"), "A", "C", ("citizen", "system"),
        (Field("satisfied", "choice", _("满意吗"), SATISFIED[:3], is_required=False, help=_("不满意的，是没答到点上")),), is_offered=False,
    ),
    Step(
        "suspect", "intake", _("提请认定恶意"), _("正在核实"), "R", STAY, HOTLINE, (Field("words", "words", _("凭什么"), help=_("第几次、说了什么；由另一人认定")),),
    ),
    Step(
        "divert", "intake", _("告知途径"), _("告知您该走的途径"), "R", "X", HOTLINE,
        (
            Field("routing_class", "choice", _("分类"), DIVERT_CLASSES),
            Field("reason", "choice", _("原因"), DIVERT_REASONS),
            Field("basis", "line", _("依据"), help=_("哪条规定")),
            Field("way", "line", _("该找谁"), help=_("单位、电话或网址；紧急的写明已转给谁、几点")),
            Field("words", "words", _("对来电人说的话")),
        ),
    ),
    Step("appeal", "intake", _("申诉"), _("您提出申诉"), "XMCQ", STAY, HOTLINE + ("citizen",), (Field("words", "words", _("为什么不同意")),)),
    Step(
        "decide_appeal", "intake", _("审申诉"), _("申诉有结果了"), "XMCQ", "=RDSH", SECOND,
        (Field("is_upheld", "choice", _("申诉成立吗"), YES_NO), Field("words", "words", _("理由，来电人能看到"))),
        evidence=("appeal",), not_by=(ANY_STEP,), is_handling=True,
    ),
    Step(
        "correct", "intake", _("更正"), _("更正了登记的内容"), "RDSHV", STAY, SECOND + ("dispatcher@hotline",),
        (
            Field("demand_type", "choice", _("诉求类型"), tuple(DemandType.choices), is_required=False),
            Field("urgency", "choice", _("紧急程度"), tuple(Urgency.choices), is_required=False),
            Field("secrecy", "choice", _("保密级别"), tuple(Secrecy.choices), is_required=False),
            Field("area", "area", _("事发区划"), is_required=False),
            Field("matter", "matter", _("事项"), is_required=False),
            Field("evidence_class", "choice", _("证据类"), tuple(EvidenceClass.choices), is_required=False),
            Field("about_department", "department", _("被反映的单位"), is_required=False, help=_("反映哪个单位，那个单位就看不到这件")),
            Field("about_officer", "anyone", _("被反映的人"), is_required=False, help=_("账号或姓名；他和他的单位都看不到这件")),
            Field("rewritten", "words", _("改写后的内容"), is_required=False, help=_("派出以后改成保密的必填：去掉能认出来电人的一切")),
            Field("words", "words", _("为什么改")),
        ),
    ),
    Step(
        "confirm_correction", "intake", _("复核更正"), _("更正已复核"), "RDSHV", STAY, SECOND + ("dispatcher@hotline",),
        (Field("is_right", "choice", _("同意更正吗"), YES_NO), Field("words", "words", _("理由"))),
        evidence=("correction",), not_by=("correct",),
    ),
    Step(
        "withdraw", "intake", _("撤单"), _("您撤回了诉求"), OPEN + "M", "Q", ("citizen",), (Field("words", "words", _("为什么撤"), is_required=False),),
    ),
    Step("new_calendar", "intake", _("日历变了，重算"), _("放假安排有变，时限重新算过"), OPEN + "AXMCQ", STAY, ("system",), is_offered=False),
    # ---- one event, many callers 同一事件
    Step(
        "merge", "intake", _("并单"), _("和别人反映的同一件事一起办；您的编号、时限和评价都还是您自己的"), "RDSH", "M",
        HOTLINE + ("dispatcher@hotline",),
        (
            Field("into", "case", _("并到哪一件"), help=_("写主件的编号")),
            Field("words", "words", _("凭什么说是同一件事"), help=_("地点、时间、说的事哪里一样；来电人不同意可以申诉")),
        ),
        dispute="", is_handling=True,
    ),
    Step(
        "unmerge", "intake", _("撤并"), _("从同一事件里分出来，单独办"), "M", "RDSH", HOTLINE + ("dispatcher@hotline", "system"),
        (Field("words", "words", _("为什么分开")),), is_handling=True,
    ),
    Step("lead_event", "intake", _("作主件"), _("反映同一件事的不止您一个，一起办"), "RDSHVWG", STAY, ("system",), is_offered=False),
    Step("event_answered", "intake", _("随并答复"), _("同一件事有了答复，请您自己评"), "M", "F", ("system",), is_offered=False),
    # ---- dispatch 派单
    Step(
        "dispatch", "dispatch", _("派单"), _("派给承办单位"), "D", "SD", ("dispatcher@city",),
        (
            Field("matter", "matter", _("事项")),
            Field("department", "department", _("派给谁")),
            Field("rewritten", "words", _("改写后的内容"), is_required=False, help=_("保密件必填：去掉能认出来电人的一切")),
            Field("override", "words", _("破例理由"), is_required=False, help=_("把部门的事派给乡镇时必填，会被统计")),
        ),
        dispute="", is_handling=True,
    ),
    Step(
        "send_on", "dispatch", _("转派"), _("县里派给承办单位"), "D", "S", ("dispatcher@county",),
        (
            Field("department", "department", _("派给谁")),
            Field("override", "words", _("破例理由"), is_required=False, help=_("把部门的事派给乡镇时必填，会被统计")),
        ),
        dispute="", is_handling=True,
    ),
    Step(
        "send_up", "dispatch", _("退回市中心"), _("退回市中心重新派"), "D", "D", ("dispatcher@county",),
        (Field("ground", "choice", _("理由"), RETURN_GROUNDS), Field("words", "words", _("依据"))),
        dispute="", is_handling=True,
    ),
    Step(
        "return_case", "dispatch", _("退单"), _("承办单位申请退单，正在审核；时限照走"), "SH", STAY, ("reviewer@lead",),
        (Field("ground", "choice", _("理由"), RETURN_GROUNDS), Field("basis", "line", _("依据")), Field("words", "words", _("与来电人怎么说的"))),
        evidence=("contact",), dispute="", is_handling=True,
    ),
    Step(
        "decide_return", "dispatch", _("审退单"), _("退单有结果了"), "SH", "=D", ("dispatcher@superior",),
        (Field("is_upheld", "choice", _("准退吗"), YES_NO), Field("words", "words", _("理由，写明目录哪一行"))),
        dispute="returned", not_by=("dispatch", "send_on"), is_handling=True,
    ),
    Step(
        "object", "dispatch", _("异议·提裁定"), _("承办单位对归谁办有异议，提请裁定；您的事照办，时限照走"), "SH", STAY, ("unit_leader@lead",),
        (
            Field("words", "words", _("陈述"), help=_("事实怎样、为什么不归本单位；不写来电人，对方看得到")),
            Field("basis", "line", _("依据"), help=_("哪条规定、三定方案哪一条")),
            Field("belongs_to", "department", _("该归哪个单位"), is_required=False, help=_("它会收到提醒，在裁定页说明看法；保密件不会")),
        ),
        dispute="", is_handling=True,
    ),
    Step(
        "state_view", "dispatch", _("说明看法"), _("另一方说明了看法"), "SHV", STAY,
        _who("reviewer unit_leader", "named") + ("dispatcher@superior", "dispatcher@hotline"),
        (Field("words", "words", _("看法"), help=_("认不认，为什么")), Field("basis", "line", _("依据"), is_required=False)),
        dispute=IN_RULING, is_handling=True,
    ),
    Step(
        "rule", "dispatch", _("裁定"), _("归谁办，裁定了"), "SHV", "=S", ("ruler@hotline",), RULING,
        dispute="objected", not_by=("object",), is_handling=True,
    ),
    Step(
        "to_panel", "dispatch", _("提两人合议"), _("归谁办，由两人合议"), "SHV", STAY, ("ruler@hotline",), RULING,
        dispute="objected", not_by=("object",), is_handling=True,
    ),
    Step(
        "confirm_ruling", "dispatch", _("合议裁定"), _("归谁办，合议有了结果"), "SHV", "=S", ("ruler@hotline",),
        (Field("is_right", "choice", _("同意第一人的裁定吗"), YES_NO), Field("words", "words", _("第二人的意见"))),
        dispute="panel", not_by=("to_panel", "object"), is_handling=True,
    ),
    Step(
        "tell_hand_over", "dispatch", _("告知转手"), _("首办单位告诉您换了单位办"), "WSHVFLGM", STAY, _who("handler reviewer unit_leader", "first"),
        (Field("way", "choice", _("怎么告知的"), WAYS), Field("words", "words", _("说了什么"))),
        evidence=("handed_over",), is_handling=True,
    ),
    Step(
        "add_assist", "dispatch", _("加派协办"), _("加派了协办单位"), "SH", STAY, ("dispatcher@superior", "dispatcher@hotline"),
        (
            Field("departments", "departments", _("协办单位")),
            Field("days", "number", _("几个工作日")),
            Field("words", "words", _("请他们办什么")),
        ),
        is_handling=True,
    ),
    Step(
        "split", "dispatch", _("拆分"), _("其中几点交给了另一个单位定"), "SH", STAY, ("dispatcher@superior", "dispatcher@hotline"),
        (
            Field("points", "points", _("拆出哪几点")),
            Field("department", "department", _("交给谁定")),
            Field("days", "number", _("几个工作日")),
            Field("words", "words", _("为什么拆")),
        ),
        is_handling=True,
    ),
    # ---- handling 办理
    Step("sign_in", "handling", _("签收"), _("承办单位签收"), "S", "H", _who("handler reviewer unit_leader", "lead") + ("system",), is_handling=True),
    Step(
        "assign", "handling", _("分配"), _("定了经办人"), "SH", STAY, _who("reviewer unit_leader", "lead"),
        (Field("officer", "officer", _("经办人")), Field("substitute", "officer", _("B 岗"), is_required=False)), is_handling=True,
    ),
    Step(
        "contact", "handling", _("联系"), _("联系了您"), "SHVG", STAY, HOLDERS,
        (
            Field("way", "choice", _("怎么联系"), WAYS),
            Field("outcome", "choice", _("结果"), CONTACT_OUTCOMES),
            Field("minutes", "number", _("说了几分钟"), is_required=False),
            Field("words", "words", _("说了什么")),
        ),
        is_handling=True,
    ),
    Step(
        "visit", "handling", _("到现场"), _("到了现场"), "HG", STAY, _who("handler reviewer unit_leader", "lead assist"),
        (
            Field("visited_at", "moment", _("什么时候到的")),
            Field("place", "line", _("到了哪里")),
            Field("words", "words", _("看到什么、做了什么")),
            Field("position", "place", _("位置"), is_required=False),
            Field("before", "photos", _("办理前照片"), is_required=False),
            Field("after", "photos", _("办理后照片"), is_required=False),
            Field("why", "line", _("有出入的，写一句为什么"), is_required=False, help=_("离得远、照片旧、没有时间地点，都写在这里；不写也能交，审核和回访的人看到「没有说明」")),
        ),
        is_handling=True,
    ),
    Step(
        "call_meeting", "handling", _("约网下办"), _("约好几家单位一起到您那里"), "HG", STAY, _who("handler reviewer unit_leader", "lead"),
        (
            Field("meets_at", "moment", _("什么时候")),
            Field("place", "line", _("在哪里")),
            Field("departments", "departments", _("哪些单位到场")),
        ),
        is_handling=True,
    ),
    Step(
        "meet", "handling", _("记网下办"), _("单位到现场，记下了结果"), "HG", STAY, _who("handler reviewer unit_leader", "lead assist"),
        (
            Field("came", "choice", _("本单位到场了吗"), CAME),
            Field("words", "words", _("本单位的结果"), help=_("来电人也看得到，由他自己凭码说认可不认可")),
            Field("citizen_agrees", "choice", _("来电人认可吗"), YES_NO, is_required=False),
            Field("photos", "photos", _("照片"), is_required=False),
            Field("why", "line", _("有出入的，写一句为什么"), is_required=False, help=_("离得远、照片旧、没有时间地点，都写在这里；不写也能交，审核和回访的人看到「没有说明」")),
        ),
        evidence=("meeting_called",), is_handling=True,
    ),
    Step(
        "not_come", "handling", _("记没到场"), _("到了时间，有单位没有说到没到场，记为没到"), "WSHVFLG", STAY, ("system",),
        is_offered=False,
    ),
    Step(
        "invite", "handling", _("请外单位到场"), _("请了有关单位的人到场"), "HG", STAY, _who("handler reviewer unit_leader", "lead"),
        (
            Field("whom", "choice", _("请谁"), GUESTS),
            Field("phone", "line", _("手机号"), help=_("只发一条短信：几点、在哪里。别的什么都不告诉他")),
        ),
        evidence=("meeting_called",), is_handling=True,
    ),
    Step(
        "confirm_meeting", "handling", _("本人认可网下办"), _("您说了网下办认可不认可"), "HVFG", STAY, ("citizen",),
        (Field("agrees", "choice", _("各单位记的结果，您认可吗"), YES_NO), Field("words", "words", _("想说的话"), is_required=False)),
        evidence=("meeting_called",), is_offered=False,
    ),
    Step(
        "explain", "handling", _("说明出入"), _("单位说明了现场记录里的出入"), "HVFG", STAY, _who("handler reviewer unit_leader", "lead assist"),
        (Field("words", "words", _("为什么有出入")),), is_handling=True,
    ),
    Step("file_outcome", "handling", _("交协办结果"), _("协办单位交了结果"), "SH", STAY, _who("handler reviewer unit_leader", "assist"), (Field("words", "words", _("协办结果")),), is_handling=True),
    Step(
        "decide_asks", "handling", _("定拆出的点"), _("另一个单位定了交给它的几点"), "SH", STAY, _who("handler reviewer unit_leader", "assist"),
        (Field("asks", "asks", _("逐点结果")), Field("words", "words", _("办了什么"))), is_handling=True,
    ),
    Step(
        "promise", "handling", _("承诺"), _("对您作了承诺"), "SHVFG", STAY, HOLDERS,
        (Field("what", "line", _("承诺什么")), Field("due_at", "moment", _("到什么时候"))), is_handling=True,
    ),
    Step(
        "keep", "handling", _("承诺做到"), _("承诺做到了"), "SHVFGCM", STAY, HOLDERS + _who("handler reviewer unit_leader", "last") + ("supervisor@hotline",),
        (Field("promise", "promise", _("哪个承诺")), Field("words", "words", _("怎么做到的"))), is_handling=True,
    ),
    Step(
        "renegotiate", "handling", _("承诺改期"), _("承诺改期，经您同意"), "SHVFG", STAY, HOLDERS,
        (
            Field("promise", "promise", _("哪个承诺")),
            Field("due_at", "moment", _("改到什么时候")),
            Field("words", "words", _("来电人怎么同意的")),
        ),
        is_handling=True,
    ),
    Step(
        "ask_new_time", "handling", _("请改时间"), _("您请求改时间"), "SHVFG", STAY, HOTLINE + ("citizen",),
        (
            Field("promise", "promise", _("哪个约定")),
            Field("due_at", "moment", _("改到什么时候")),
            Field("words", "words", _("为什么"), is_required=False),
        ),
    ),
    Step(
        "decide_new_time", "handling", _("应改时间"), _("承办单位答了改时间的事"), "SHVFG", STAY, HOLDERS,
        (
            Field("is_accepted", "choice", _("按他提的时间行吗"), YES_NO),
            Field("due_at", "moment", _("不行，另提什么时候"), is_required=False),
            Field("words", "words", _("说明，来电人能看到")),
        ),
        evidence=("new_time_asked",), is_handling=True,
    ),
    Step("take_new_time", "handling", _("同意新时间"), _("您同意了新的时间"), "SHVFG", STAY, HOTLINE + ("citizen",), evidence=("new_time_offered",)),
    Step(
        "ask_extension", "handling", _("申请延期"), _("承办单位申请延期"), "H", STAY, ("reviewer@lead",),
        (Field("days", "number", _("几个工作日"), help=_("最多 7 个")), Field("words", "words", _("为什么，来电人能看到"))), is_handling=True,
    ),
    Step(
        "decide_extension", "handling", _("审延期"), _("延期有结果了"), "H", STAY, ("dispatcher@hotline",),
        (Field("is_upheld", "choice", _("同意延期吗"), YES_NO), Field("words", "words", _("理由，来电人能看到"))),
        evidence=("extension_asked",), is_handling=True,
    ),
    Step(
        "draft_reply", "handling", _("拟答复"), _("承办单位写好了答复，正在审核"), "H", "V", _who("handler", "lead"),
        (
            Field("reply", "words", _("对来电人的答复")),
            Field("to_others", "words", _("对同一事件其他来电人的答复"), is_required=False, help=_("并在下面的每个人收到的是这一段；不写主件来电人的任何情况")),
            Field("account", "words", _("内部办理情况"), help=_("只给工作人员看")),
            Field("asks", "asks", _("逐点结果")),
            Field("basis", "line", _("依据"), is_required=False, help=_("解释类必填")),
            Field("plan", "line", _("计划"), is_required=False, help=_("计划类必填")),
            Field("plan_on", "day", _("计划哪天办成"), is_required=False),
        ),
        evidence=("class", "assists"), dispute=OBJECTED, is_handling=True,
    ),
    Step("first_sees", "handling", _("首办已看答复"), _("首办单位看过了答复"), "V", STAY, _who("handler reviewer unit_leader", "first") + ("system",), is_handling=True),
    Step(
        "approve", "handling", _("审核通过"), _("答复发给您了"), "V", "F", _who("reviewer unit_leader", "lead"),
        (Field("words", "words", _("审核意见"), is_required=False),),
        evidence=("class", "first_saw"), not_by=("draft_reply",), is_handling=True,
    ),
    Step(
        "send_back", "handling", _("退回改"), _("答复退回重写"), "V", "H", _who("reviewer unit_leader", "lead"),
        (Field("words", "words", _("缺什么")),), not_by=("draft_reply",), is_handling=True,
    ),
    Step(
        "ask_to_hang", "handling", _("申请挂账"), _("单位申请列入难题台账"), "H", STAY, ("unit_leader@lead",),
        (
            Field("plan", "line", _("怎么解决"), help=_("写做什么、分几步；领导签了，这段话发给来电人")),
            Field("plan_on", "day", _("到哪天"), help=_("最长一年；领导签的时候可以改")),
            Field("officer", "officer", _("谁负责"), help=_("本单位的人，每月的复核由他来写")),
            Field("words", "words", _("为什么现在办不了")),
        ),
        evidence=("contact",), dispute="", is_handling=True,
    ),
    Step(
        "hang", "handling", _("挂账"), _("列入难题台账，有期限"), "H", "G", ("leader@hotline",),
        (
            Field("plan_on", "day", _("改到哪天"), is_required=False, help=_("空着就照单位写的那天")),
            Field("words", "words", _("批示")),
        ),
        evidence=("hang_asked",), dispute="", not_by=("ask_to_hang",), is_handling=True,
    ),
    Step(
        "recheck", "handling", _("月度复核"), _("每月复核了一次"), "G", "=H",
        _who("handler reviewer unit_leader", "lead") + _who("supervisor follow_up", "hotline"),
        (
            Field("still", "choice", _("还办不了吗"), STILL_HARD),
            Field("words", "words", _("上次以来做了什么"), help=_("写事实：做了什么、哪天、到哪一步。和以前写过的一样不收；来电人看得到")),
        ),
        is_handling=True,
    ),
    Step("off_ledger", "handling", _("销账"), _("条件有了，重新办"), "G", "H", ("supervisor@hotline",), (Field("words", "words", _("为什么现在能办")),)),
    # ---- follow-up 回访
    Step(
        "attempt", "followup", _("回访"), _("回访了您"), "F", STAY, ("follow_up@hotline", "citizen"),
        (
            Field("outcome", "choice", _("打通了吗"), ATTEMPTS),
            Field("way", "choice", _("怎么回访"), WAYS[:2]),
            Field("contacted", "choice", _("单位联系过您吗"), YES_NO, is_required=False),
            Field("is_true", "choice", _("答复说的是真的吗"), YES_NO, is_required=False),
            Field("solved", "choice", _("解决了吗"), SOLVED, is_required=False),
            Field("satisfied", "choice", _("满意吗"), SATISFIED, is_required=False),
            Field("words", "words", _("原话"), is_required=False),
        ),
    ),
    Step("close", "followup", _("办结"), _("办结"), "F", "C", ("system",) + SECOND[:1] + ("supervisor@hotline",),
         (Field("verdict", "choice", _("结论"), tuple((v.value, v.label) for v in (Verdict.SOLVED, Verdict.HALF))), Field("words", "words", _("理由"))),
         evidence=("answered", "family_signed"), not_by=("attempt",), is_handling=True),
    Step("close_unanswered", "followup", _("没回访到，办结"), _("打了几次没有找到您，先办结"), "F", "C", ("system",), evidence=("three_attempts", "family_signed"), is_offered=False),
    Step("sign_family", "followup", _("签批重复件"), _("这件事您反映过三次，市领导看过了怎么办的"), "FL", STAY, ("leader@hotline",),
         (Field("is_upheld", "choice", _("可以办结吗"), YES_NO, help=_("不可以的，再办一轮；还没回访到的，接着回访")), Field("words", "words", _("批示"), help=_("三次都是为什么，这次和前两次有什么不同"))),
         evidence=("family_waits",), is_handling=True),
    Step("redo", "followup", _("重办"), _("没办好，重办"), "F", "H", ("system",) + SECOND[:1] + ("supervisor@hotline",),
         (Field("words", "words", _("为什么重办")),), evidence=("answered",), not_by=("attempt",), is_handling=True),
    Step("refer_up", "followup", _("报领导"), _("三次没办好，报市领导定"), "F", "L", ("system",) + SECOND[:1] + ("supervisor@hotline",),
         (Field("words", "words", _("为什么报")),), evidence=("answered",), not_by=("attempt",), is_handling=True),
    Step(
        "find_lawful", "followup", _("认定依法办了"), _("正在认定"), "FL", STAY, ("follow_up@hotline", "supervisor@hotline"),
        (Field("basis", "line", _("依据")), Field("words", "words", _("为什么没能解决"))), evidence=("answered",), is_handling=True,
    ),
    Step(
        "close_lawful", "followup", _("依法办结"), _("依法办了，没能解决，说明了理由"), "FL", "C", SECOND[:1] + ("leader@hotline",),
        (Field("words", "words", _("第二人的意见")),), evidence=("lawful_found", "family_signed"), not_by=("find_lawful",), is_handling=True,
    ),
    Step(
        "decide", "followup", _("领导定"), _("市领导作了决定"), "L", "HG", ("leader@hotline",),
        (
            Field("choice", "choice", _("怎么定"), (("handle", _("再办一轮，限期")), ("hang", _("挂账")))),
            Field("plan_on", "day", _("到哪天")),
            Field("plan", "line", _("怎么解决"), is_required=False, help=_("挂账的必填；这段话发给来电人")),
            Field("officer", "officer", _("谁负责"), is_required=False, help=_("挂账的必填：主办单位的人，每月的复核由他来写")),
            Field("words", "words", _("批示")),
        ),
        is_handling=True,
    ),
    Step(
        "ask_withdrawn", "followup", _("问是不是自己撤的"), _("问您是不是自己要撤的"), "Q", "=DH", ("follow_up@hotline",),
        (
            Field("outcome", "choice", _("打通了吗"), ATTEMPTS[:2]),
            Field("is_own_will", "choice", _("是他自己要撤的吗"), YES_NO, is_required=False, help=_("接通了必问。不是，就恢复办理，督办员会知道")),
            Field("words", "words", _("原话"), is_required=False),
        ),
        evidence=("to_ask_withdrawn",),
    ),
    Step(
        "recheck_on_spot", "followup", _("实地抽查"), _("换了人到现场抽查"), "C", "=H", _who("follow_up supervisor", "hotline"),
        (
            Field("as_told", "choice", _("现场和答复说的一样吗"), AS_TOLD),
            Field("visited_at", "moment", _("什么时候到的")),
            Field("words", "words", _("看到什么")),
            Field("position", "place", _("位置"), is_required=False),
            Field("photos", "photos", _("现场照片")),
        ),
        not_by=("attempt", "close"), is_handling=True,
    ),
    Step(
        "look_back", "followup", _("回头看"), _("办结一个月后又问了您"), "C", "=H", ("follow_up@hotline", "citizen"),
        (
            Field("outcome", "choice", _("打通了吗"), ATTEMPTS),
            Field("still", "choice", _("现在还好吗"), STILL, is_required=False),
            Field("words", "words", _("原话"), is_required=False),
        ),
    ),
    Step(
        "remind", "followup", _("催办单位"), _("催了承办单位"), "DSHVG", STAY, _who("supervisor shift_lead dispatcher", "hotline"),
        (Field("words", "words", _("催什么"), is_required=False),),
    ),
)  # fmt: skip

BY_NAME = {step.name: step for step in STEPS}

EVIDENCE_OF_CLASS = {
    EvidenceClass.ON_SITE: ("contact", "visit", "photo"),
    EvidenceClass.EXPLANATION: ("contact", "legal_basis"),
    EvidenceClass.PLAN: ("contact", "plan", "plan_date"),
}
EVIDENCE_LABELS = {
    "contact": _("联系记录"),
    "visit": _("到现场"),
    "photo": _("现场照片"),
    "legal_basis": _("依据"),
    "plan": _("计划"),
    "plan_date": _("计划日期"),
    "meeting": _("网下办"),
    "appeal": _("申诉"),
    "to_ask_withdrawn": _("抽中要问的撤单"),
    "new_time_asked": _("来电人请改的时间"),
    "new_time_offered": _("单位另提的时间"),
    "correction": _("待复核的更正"),
    "handed_over": _("换过承办单位"),
    "meeting_called": _("约好的网下办"),
    "extension_asked": _("延期申请"),
    "hang_asked": _("挂账申请"),
    "first_saw": _("首办看过答复"),
    "answered": _("回访的回答"),
    "three_attempts": _("三次不同时间、两种方式的回访"),
    "lawful_found": _("依法办了的认定"),
    "assists": _("协办单位的结果"),
    "family_signed": _("市领导签批（同一人为同一件事第三次反映）"),
    "family_waits": _("等市领导签批的重复件"),
}
SUPPLIED_BY_STEP = {
    "contact": "contact",
    "visit": "visit",
    "photo": "visit",
    "assists": "file_outcome",
    "first_saw": "first_sees",
}
SUPPLIED_BY_FORM = {"legal_basis", "plan", "plan_date"}  # asked for by the reply's own form
