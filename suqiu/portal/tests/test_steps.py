"""The citizen's own steps: by plain forms, once, and only when it is his turn."""

from datetime import timedelta

import pytest
from django.utils import timezone

from suqiu.cases.flow import BY_NAME, STEPS
from suqiu.cases.models import Case
from suqiu.portal.turns import TURNS
from tests.cast import MONDAY, photo

from .conftest import NOW


def last(case: Case):
    return case.lines.order_by("-no").first()


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_the_portal_has_a_door_for_every_step_of_the_citizen():
    """Those that open a case have their own page."""
    his = {row.name for row in STEPS if "citizen" in row.who and row.start}
    assert set(TURNS) == his


def test_he_adds_words_and_pictures(citizen, known):
    case = known("in_hand")
    answer = citizen.take(case, "caller_adds", words="又停了一次。", photos=[photo(), photo("二.jpg")])
    assert (answer.status_code, answer["Location"]) == (303, f"/case/{case.number}/")
    line = last(case)
    assert (line.step, line.actor, line.officer_id, line.says) == ("caller_adds", "citizen", None, {})
    assert (
        case.contents.get(line_no=line.no).body == "又停了一次。"
        and case.attachments.filter(line_no=line.no).count() == 2
    )
    assert "您交的照片和材料" in citizen.open(answer["Location"]).content.decode()


def test_he_hurries_without_a_word(citizen, known):
    case = known("in_hand")
    page = citizen.open(f"/case/{case.number}/do/caller_adds/?hurry=1")
    assert "<h1>到哪一步了？</h1>" in page.content.decode() and page.context["form"]["is_hurry"].value() is True
    form = page.context["form"]
    said = {"key": form["key"].value(), "seen": form["seen"].value(), "is_hurry": str(form["is_hurry"].value())}
    answer = citizen.send(f"/case/{case.number}/do/caller_adds/?hurry=1", said)
    assert answer.status_code == 303 and last(case).says == {"is_hurry": True}
    assert "催办" in citizen.open(answer["Location"]).context["journal"][0]["fact"]


def test_he_adds_nothing(citizen, known):
    case = known("in_hand")
    answer = citizen.take(case, "caller_adds", words="  ")
    assert answer.status_code == 422 and "还没有写内容" in answer.content.decode() and fresh(case).line_no == 4


def test_too_long_and_a_wrong_file_keep_what_was_typed(citizen, known):
    case = known("in_hand")
    answer = citizen.take(case, "caller_adds", words="长" * 20_001, is_hurry="on")
    assert answer.status_code == 413 and answer.context["form"]["words"].value() == "长" * 20_001
    wrong = photo()
    wrong.file.seek(0)
    wrong.file.write(b"MZ not a picture at all, whatever its name says")
    wrong.file.seek(0)
    answer = citizen.take(case, "caller_adds", words="看照片", photos=wrong)
    assert (
        answer.status_code in (415, 422)
        and answer.context["form"]["words"].value() == "看照片"
        and "照片要再选一次" in answer.content.decode()
    )
    assert fresh(case).line_no == 4


def test_ten_megabytes(citizen, known):
    case = known("in_hand")
    form = citizen.form_of(case, "caller_adds")
    said = {"key": form["key"].value(), "seen": form["seen"].value(), "words": "x" * 10_000_000}
    answer = citizen.send(f"/case/{case.number}/do/caller_adds/", said)
    assert answer.status_code == 413 and "最多收 20000" in answer.content.decode() and fresh(case).line_no == 4
    assert said["words"] in answer.content.decode(), "nothing of what was written is lost"


def test_more_than_can_be_read_at_all(citizen, known):
    case = known("in_hand")
    answer = citizen.send(f"/case/{case.number}/do/caller_adds/", {"words": "x" * 13_000_000})
    assert answer.status_code == 413 and "内容太长" in answer.content.decode() and fresh(case).line_no == 4


def test_a_second_press_changes_nothing_and_answers_the_same(citizen, known):
    case = known("in_hand")
    form = citizen.form_of(case, "caller_adds")
    said = {"key": form["key"].value(), "seen": form["seen"].value(), "words": "催催。"}
    answers = [citizen.send(f"/case/{case.number}/do/caller_adds/", said) for _press in range(2)]
    assert {(a.status_code, a["Location"]) for a in answers} == {(303, f"/case/{case.number}/")}
    assert fresh(case).line_no == 5


def test_asked_he_answers_and_it_goes_on(citizen, cast, known):
    case = known("case", at=NOW)
    cast.do("ask_caller", case, cast.operator, at=NOW, words="几单元？")
    assert citizen.take(case, "resume", words="二单元。").status_code == 303
    assert (fresh(case).state, last(case).step, last(case).actor) == ("R", "resume", "citizen")


def test_withdrawing_asks_once_on_a_page_of_its_own(citizen, known):
    case = known("in_hand")
    shown = citizen.open(f"/case/{case.number}/")
    assert [str(a["label"]) for a in shown.context["more_actions"]] == ["撤回诉求"]
    asked = citizen.open(f"/case/{case.number}/do/withdraw/").content.decode()
    assert "撤回以后就不再办了" in asked and "button-danger" in asked
    assert fresh(case).state == "H"
    assert citizen.take(case, "withdraw", words="自己修好了").status_code == 303
    assert (fresh(case).state, last(case).actor) == ("Q", "citizen")
    gone = citizen.open(f"/case/{case.number}/")
    assert (
        not gone.context["actions"]
        and [str(a["label"]) for a in gone.context["more_actions"]] == ["申诉"]  # if it was not he who took it back
        and gone.context["next_thing"]["sentence"] == "您撤回了这件诉求"
    )


@pytest.mark.parametrize(("step", "state", "verdict"), [("settle", "C", "answered"), ("not_answered", "D", "")])
def test_answered_at_once_he_says_whether_it_was_an_answer(citizen, cast, known, step, state, verdict):
    case = known("accepted", at=NOW - timedelta(hours=1))
    cast.do("answer_at_once", case, cast.operator, at=NOW, answer="手机上办。", source="办事指南")
    assert citizen.take(case, step).status_code == 303
    assert (fresh(case).state, fresh(case).verdict) == (state, verdict)


def test_an_appeal_once_and_not_twice(citizen, cast, known):
    case = known("case", at=NOW - timedelta(hours=1))
    said = {"basis": "条例", "way": "信访局", "words": "请走信访。"}
    cast.do("divert", case, cast.operator, at=NOW, routing_class="legal", reason="petition", **said)
    form = citizen.form_of(case, "appeal")
    assert citizen.take(case, "appeal", words="不是信访的事。").status_code == 303
    shown = citizen.open(f"/case/{case.number}/")
    assert not shown.context["actions"] and "告诉您申诉的结果" in shown.context["next_thing"]["note"]
    said = {"key": form["key"].value(), "seen": form["seen"].value(), "words": "再说一遍。"}
    again = citizen.send(f"/case/{case.number}/do/appeal/", said)
    assert again.status_code == 409 and "不用再提" in again.content.decode() and "再说一遍。" in again.content.decode()

    cast.do("decide_appeal", case, cast.shift_lead, at=NOW + timedelta(hours=1), is_upheld="no", words="确实在信访")
    shown = citizen.open(f"/case/{case.number}/")
    assert shown.context["journal"][0]["fact"] == "不成立，维持原来的告知，「确实在信访」"
    assert not shown.context["actions"]


def test_a_closing_is_appealed_against_on_a_page_of_its_own(citizen, cast, known):
    """Told until when; with the result and the reason in his own words; and the earlier verdict stays in the record."""
    case = known("closed", at=MONDAY)
    page = citizen.open(f"/case/{case.number}/")
    assert "前可以申诉" in page.context["next_thing"]["note"] and not page.context["actions"]
    assert citizen.take(case, "appeal", words="门机板又坏了。").status_code == 303
    page = citizen.open(f"/case/{case.number}/")
    assert "告诉您申诉的结果" in page.context["next_thing"]["note"] and page.context["more_actions"] == []
    case.refresh_from_db()
    cast.do(
        "decide_appeal", case, cast.intake_reviewer, at=NOW + timedelta(hours=1), is_upheld="yes", words="现场没有修好"
    )
    page = citizen.open(f"/case/{case.number}/")
    told = [line["fact"] for line in page.context["journal"]]
    assert told[0] == "成立，回到原来的单位再办一轮，「现场没有修好」" and "本人说解决了" in " ".join(told)
    assert page.context["holder"]["name"] == str(cast.department())


def test_another_hour_is_asked_for_and_the_unit_offers_one(citizen, cast, known):
    """What was promised first stays readable; nothing moves until both agree."""
    case = known("in_hand", at=NOW - timedelta(hours=3))
    cast.do("promise", case, cast.handler(), at=NOW, what="到楼下修门机", due_at=NOW + timedelta(days=1))
    later = timezone.localtime(NOW + timedelta(days=2))
    form = citizen.form_of(case, "ask_new_time")
    assert next(label for _pk, label in form.fields["promise"].choices).endswith("到楼下修门机")
    mine = {"promise": str(case.promises.get().pk), "due_at": f"{later:%Y-%m-%dT%H:%M}", "words": "那天住院"}
    assert citizen.take(case, "ask_new_time", **mine).status_code == 303
    assert fresh(case).evidence_held == ["new_time_asked"] and case.promises.count() == 1
    offer = NOW + timedelta(days=3)
    case = fresh(case)
    said = {"is_accepted": "no", "due_at": offer, "words": "那天抢修"}
    cast.do("decide_new_time", case, cast.handler(), at=NOW + timedelta(minutes=5), **said)
    page = citizen.open(f"/case/{case.number}/")
    assert str(page.context["actions"][0]["label"]) == "新时间可以" and "那天抢修" in page.content.decode()
    assert citizen.take(case, "take_new_time").status_code == 303
    first, second = case.promises.order_by("id")
    assert (first.replaced_by, second.due_at, second.department_id) == (second, offer, "C-HOUSING")
    assert (second.officer, fresh(case).evidence_held) == (cast.handler(), [])
    assert "经您同意改期" in citizen.open(f"/case/{case.number}/").content.decode()


def test_an_appeal_too_late_is_not_offered_and_is_refused(citizen, cast, known):
    case = known("case", at=NOW - timedelta(days=21))
    said = {"basis": "条例", "way": "信访局", "words": "请走信访。"}
    cast.do(
        "divert", case, cast.operator, at=NOW - timedelta(days=20), routing_class="legal", reason="petition", **said
    )
    assert not citizen.open(f"/case/{case.number}/").context["actions"]
    answer = citizen.take(case, "appeal", words="才看到。")
    assert answer.status_code == 409 and "15 天内" in answer.content.decode()


def test_page_and_action_agree_on_the_last_second(citizen, known, clock):
    """peers 9: offered until the very second until which it is taken."""
    case = known("closed", at=MONDAY)
    limit = fresh(case).closed_at + timedelta(days=15)
    for moment, offered, status in ((limit + timedelta(seconds=1), [], 409), (limit, ["申诉"], 303)):
        clock.move_to(moment)
        assert citizen.prove(case).status_code == 303
        assert [str(a["label"]) for a in citizen.open(f"/case/{case.number}/").context["more_actions"]] == offered
        assert citizen.take(case, "appeal", words="不同意这样办结。").status_code == status


@pytest.mark.parametrize(
    ("answers", "state", "verdict"),
    [
        ({"solved": "yes", "satisfied": "5"}, "C", "solved"),
        ({"solved": "no"}, "H", ""),
        ({"solved": "half", "contacted": "no", "words": "修了一半。"}, "F", ""),
        ({"solved": "yes", "satisfied": "1"}, "F", ""),
    ],
)
def test_he_rates_and_the_rule_acts(citizen, known, answers, state, verdict):
    case = known("sent")
    asked = citizen.form_of(case, "attempt")
    assert list(asked.fields) == ["key", "seen", "solved", "contacted", "is_true", "satisfied", "words"]
    assert not any(
        asked[name].value() for name in ("solved", "contacted", "is_true", "satisfied")
    )  # nothing is chosen beforehand
    assert citizen.take(case, "attempt", **answers).status_code == 303
    assert (fresh(case).state, fresh(case).verdict) == (state, verdict)
    attempt = case.attempts.get()
    assert (attempt.by_id, attempt.way, attempt.outcome, attempt.solved) == (
        None,
        "online",
        "answered",
        answers["solved"],
    )
    if "words" in answers:
        assert "「修了一半。」" in citizen.open(f"/case/{case.number}/").context["journal"][0]["fact"]


def test_a_rating_says_solved_or_not_first(citizen, known):
    case = known("sent")
    answer = citizen.take(case, "attempt", satisfied="5")
    assert answer.status_code == 422 and "请点一个" in answer.content.decode() and not case.attempts.exists()
    answer = citizen.take(case, "attempt", solved="perhaps")
    assert answer.status_code == 422 and not case.attempts.exists()


def test_a_rating_pressed_twice_is_one(citizen, known):
    case = known("sent")
    form = citizen.form_of(case, "attempt")
    said = {"key": form["key"].value(), "seen": form["seen"].value(), "solved": "no"}
    assert [citizen.send(f"/case/{case.number}/do/attempt/", said).status_code for _press in range(2)] == [303, 303]
    assert (case.attempts.count(), fresh(case).cycle) == (1, 2)


@pytest.mark.parametrize(
    ("verb", "at", "thumb", "rest"),
    [
        ("case", NOW, ["补充情况", "到哪一步了？"], ["撤回诉求"]),
        ("in_hand", MONDAY, ["补充情况", "到哪一步了？"], ["撤回诉求"]),
        ("replied", MONDAY, ["补充情况", "到哪一步了？"], ["撤回诉求"]),
        ("sent", MONDAY, ["评价", "补充情况"], ["到哪一步了？", "撤回诉求"]),
        ("closed", MONDAY, [], ["申诉"]),
    ],
)
def test_what_is_offered_by_state(citizen, known, verb, at, thumb, rest):
    case = known(verb, at=at)
    shown = citizen.open(f"/case/{case.number}/")
    assert [str(a["label"]) for a in shown.context["actions"]] == thumb
    assert [str(a["label"]) for a in shown.context["more_actions"]] == rest
    assert sum(a["is_main"] for a in shown.context["actions"]) <= 1
    for action in shown.context["actions"] + shown.context["more_actions"]:
        assert citizen.open(action["url"]).status_code == 200


@pytest.mark.parametrize("step", sorted(TURNS))
@pytest.mark.parametrize("verb", ["in_hand", "sent", "closed"])
def test_out_of_turn_is_said_and_changes_nothing(citizen, known, step, verb):
    case = known(verb)
    if fresh(case).state in BY_NAME[step].start:
        return
    shown = citizen.open(f"/case/{case.number}/do/{step}/")
    assert (
        shown.status_code == 409
        and "用不着这样做了" in shown.content.decode()
        and "<form" not in shown.content.decode().split("<main")[1].split("</main>")[0]
    )
    before = fresh(case).line_no
    said = {"key": "", "seen": before, "words": "试试", "solved": "yes", "agrees": "yes", "still": "yes"}
    assert citizen.send(f"/case/{case.number}/do/{step}/", said).status_code == 409
    assert fresh(case).line_no == before


def test_a_form_without_its_line_number(citizen, known):
    case = known("in_hand")
    assert citizen.send(f"/case/{case.number}/do/withdraw/", {"words": "x"}).status_code == 422
    assert fresh(case).state == "H"
