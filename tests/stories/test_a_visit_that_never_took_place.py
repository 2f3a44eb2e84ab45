"""A unit writes down a visit that nobody made, with a photo of last month. Nothing stops it; everybody who judges sees it; it comes out."""

from datetime import timedelta

from django.urls import reverse

from suqiu.cases import journal
from suqiu.cases.models import Case, Cycle, Share
from suqiu.desk.tests.conftest import Seated
from suqiu.handling.models import Doubt, PhotoMatch
from suqiu.handling.tests.test_photos import HERE, shot
from tests.reading import due, on, refused, running
from tests.streets import cut, taken

AWAY = (HERE[0] + 0.06, HERE[1])  # five kilometres off: the office


def _here(case: Case) -> Case:
    Case.objects.filter(pk=case.pk).update(longitude=HERE[0], latitude=HERE[1])
    case.refresh_from_db()
    return case


def _calls(cast, case, at):
    cast.do("contact", case, cast.handler(), at=at, way="phone", outcome="connected", minutes=2, words="说下午去看")


def test_a_visit_that_never_took_place(cast):
    # In May somebody of the unit really stood before that house, and took a picture.
    may = _here(cast.in_hand(at=on("05-11 09:00")))
    seen = on("05-11 15:00")
    real = shot(taken(21, 1), seen, HERE)
    cast.do("visit", may, cast.handler(), at=seen, visited_at=seen, place="3 栋", words="看了", after=[real])
    assert not Doubt.objects.exists()

    # In June another caller rings. The handler stays in his office: the old picture, cut a little and made smaller, will do.
    case = _here(cast.in_hand(at=on("06-08 09:00")))
    _calls(cast, case, on("06-08 10:00"))
    at = on("06-08 16:00")
    old = cut(taken(21, 1), 0.03, 0.03, 0.02, 0.02).resize((480, 360))
    fields = {"visited_at": at, "place": "3 栋", "words": "到现场修好了", "position": (*AWAY, 20.0)}
    line = cast.do("visit", case, cast.handler(), at=at, after=[shot(old, seen, HERE)], **fields)

    # It is taken at once, and counts as evidence: a good phone may be off, a picture may have lost its time. But it is written down.
    assert case.evidence_held == ["contact", "photo", "visit"]
    assert line.says["doubts"] == ["far", "drift", "used"]
    assert PhotoMatch.objects.get().earlier.attachment.case == may

    # The reviewer reads it above his two buttons, and that nobody said why.
    cast.reply(case, at=on("06-08 11:00"))
    reviewer = Seated(cast.reviewer())
    page = reviewer.open(reverse("desk:review", args=[case.number])).content.decode()
    assert "离诉求的地点远" in page and "照片以前用过" in page and "没有说明" in page and may.number in page

    # Somebody who may not see the case of May is told that the picture was used, and not where.
    Case.objects.filter(pk=may.pk).update(about_officer=cast.reviewer())
    page = reviewer.open(reverse("desk:review", args=[case.number])).content.decode()
    assert "那件您看不到" in page and may.number not in page
    Case.objects.filter(pk=may.pk).update(about_officer=None)

    # The unit says one sentence. What was found stays found.
    cast.do("explain", case, cast.handler(), at=on("06-08 17:30"), words="忙，用了上次的照片")
    assert Doubt.objects.get().kinds == ["far", "drift", "used"]
    cast.do("approve", case, cast.reviewer(), at=on("06-09 09:00"))
    caller = Seated(cast.caller_back).open(reverse("desk:call", args=[case.number])).content.decode()
    assert "照片以前用过" in caller and "忙，用了上次的照片" in caller

    # The old man is tired and says yes. It closes; and chance has drawn it, at that moment, for nobody to see before.
    Share.objects.update(percent=100)
    cast.ask_back(case, at=on("06-10 10:00"), solved="yes", satisfied="3")
    assert (case.state, case.verdict) == ("C", "solved")

    # Whoever handled it does not look himself; nor who asked. The supervisor goes.
    look = {
        "as_told": "no",
        "visited_at": on("06-12 10:00"),
        "words": "没有人来过",
        "photos": [shot(taken(21, 4), on("06-12 10:00"), HERE)],
    }
    with refused(403, "不由您来做"):
        cast.do("recheck_on_spot", case, cast.handler(), at=on("06-12 10:30"), **look)
    with refused(403, "要换一个人"):
        cast.do("recheck_on_spot", case, cast.caller_back, at=on("06-12 10:30"), **look)
    look["photos"][0].seek(0)
    cast.do("recheck_on_spot", case, cast.supervisor, at=on("06-12 10:30"), **look)

    # It goes on without a new demand: the same number, the next cycle, the term of a redo; the verdict of then stays with its cycle.
    assert (case.state, case.cycle, case.verdict, running(case), due(case, "redo")) == (
        "H", 2, "", "contact redo", "06-17 17:00",
    )  # fmt: skip
    assert Cycle.objects.get(case=case, no=1).verdict == "solved"
    assert case.evidence_held == []

    # This time somebody goes: another picture of the same street is nobody's copy.
    _calls(cast, case, on("06-15 09:30"))
    at = on("06-15 11:00")
    fields = {"visited_at": at, "place": "3 栋", "words": "换了门机板", "position": (*HERE, 15.0)}
    line = cast.do("visit", case, cast.handler(), at=at, after=[shot(taken(21, 2), at, HERE)], **fields)
    assert "doubts" not in line.says
    cast.reply(case, at=at)
    cast.do("approve", case, cast.reviewer(), at=at + timedelta(hours=7))
    cast.ask_back(case, at=on("06-16 10:00"), solved="yes", satisfied="5")

    # A month later he is asked once more, and it has broken again.
    cast.citizen("look_back", case, at=on("07-18 10:00"), outcome="answered", still="no", words="昨天又停了")
    assert (case.state, case.cycle) == ("H", 3)
    assert [c.verdict for c in Cycle.objects.filter(case=case).order_by("no")] == ["solved", "solved", ""]
    assert journal.verify(number=case.number).findings == []
