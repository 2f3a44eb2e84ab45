"""挂账: it cannot be done now. Who asks, who signs, what is said of it each month, and when is it handled again?"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import ledger
from suqiu.cases.advance import Stepping, step
from suqiu.errors import Refused


@step("ask_to_hang")
def ask_to_hang(s: Stepping, *, plan, plan_on, officer, words) -> None:
    if "hang_asked" in s.case.evidence_held:
        raise Refused(_("已经申请过了，等领导签"))
    ledger.ask(s, plan, plan_on, officer)
    s.hold("hang_asked")


@step("hang")
def hang(s: Stepping, *, words, plan_on=None) -> None:
    """挂账: a leader who did not ask for it signs, with the unit's day or one of his own; the citizen is told plan and day."""
    hanging = s.case.hangings.filter(signed_at=None).latest("id")
    hanging.plan_on = plan_on or hanging.plan_on
    ledger.check_day(hanging.plan_on, timezone.localtime(s.at).date())
    ledger.put_on(s, hanging)


@step("recheck")
def recheck(s: Stepping, *, still, words) -> None:
    """月度复核: still hard, and what was done since; told to the citizen. What can be done again goes back into hands."""
    ledger.check_is_new(s, words)
    if still == "no":
        s.to = "H"
        ledger.take_off(s)
        return
    ledger.next_month(s)


@step("off_ledger")
def off_ledger(s: Stepping, *, words) -> None:
    """销账: the hotline sees that what was missing is there."""
    ledger.take_off(s)
