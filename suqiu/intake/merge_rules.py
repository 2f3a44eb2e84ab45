"""May this case be merged into that one? Answers from the two, with the reason and what to do instead."""

from __future__ import annotations

from django.utils.translation import gettext as _

from suqiu.cases.models import Case, State
from suqiu.errors import Refused
from suqiu.language.likeness import likeness, pairs

TAKES_IN = "RDSH"  # states of a lead: before its answer is written, since that answer has to be written for everybody
WAITING_FOR = {"correction", "extension_asked", "hang_asked", "suspect"}  # questions that somebody still has to decide


def check_merge(case: Case, into: Case) -> None:
    """Raises Refused; `into` is locked and read anew."""
    if case.pk == into.pk:
        raise Refused(_("不能并到它自己"), status=422, field="into")
    if into.state == State.MERGED:
        lead = into.event.lead
        raise Refused(
            _("%(number)s 自己并在 %(lead)s 下面") % {"number": into.number, "lead": lead.number},
            who_can=_("请并到 %(lead)s") % {"lead": lead.number}, status=422, field="into",
        )  # fmt: skip
    if into.state not in TAKES_IN:
        raise Refused(
            _("%(number)s 现在是「%(state)s」，不能再往里并") % {"number": into.number, "state": into.get_state_display()},
            who_can=_("这一件单独办；是同一个人又来反映的，用「复答」"), status=422, field="into",
        )  # fmt: skip
    if case.is_confidential != into.is_confidential:
        raise Refused(
            _("保密件和不保密的不能并在一起：答复会把一边的事告诉另一边"),
            who_can=_("单独办；保密级别定错了的先更正"), status=422, field="into",
        )  # fmt: skip
    if (case.about_department_id, case.about_officer_id) != (into.about_department_id, into.about_officer_id):
        raise Refused(_("两件反映的单位或人不一样，不能并：一件要避开的单位，正办着另一件"), status=422, field="into")
    if case.cycle > 1:
        raise Refused(_("来电人说没解决，正在重办，不能并走"), who_can=_("重办完、他自己说解决了才算"), status=409)
    if WAITING_FOR & set(case.evidence_held):
        raise Refused(_("还有一项申请或更正等着定，定了再并"), status=409)


def percent_alike(one: str, other: str) -> int:
    """0 to 100: what two texts have in common. Said on the line and shown to whoever judges; it decides nothing."""
    return round(100 * likeness(pairs(one), pairs(other), {}))


def check_goes_alone(waiting: int) -> None:
    """Not answered at once or told another way over the heads of those who wait with it."""
    if waiting:
        raise Refused(
            _("这件是主件，下面还并着 %(n)d 件，不能单独了结") % {"n": waiting},
            who_can=_("派出去办；或先把它们撤并，换一件作主件"),
        )
