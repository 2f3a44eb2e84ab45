"""What is one life of the demo city, written as a row: which words, which problems it suits, how often, how long ago?

`+2-4d` before a word says how much later it comes (see moments.after); `word:argument`; `word/60` comes in sixty of a
hundred lives. The words are the keys of deeds.DEEDS. A life that has not ended on the last morning simply stands where it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from .problems import Problem

CLASSES = ("on_site", "explanation", "plan")
TYPES = ("consult", "help", "complaint", "report", "suggest", "praise")
URGENCIES = ("normal", "urgent", "critical")
HOUSING = "C-HOUSING"
SEAT, CANGXI, JIANGE = "510802", "510824", "510823"


@dataclass(frozen=True)
class Life:
    """A row of the table.

    fits: groups apart by a space, alternatives by |: evidence class, type, urgency, duty=…, or a way of its own (in_court, about …).
    count: exactly so many in the whole city; weight: its share of all the others.
    ago: how long before the last morning it was received, or where by the longest holiday; empty: any day.
    first: so many of them are among the very first to be loaded.
    """

    name: str
    table: str
    fits: str = ""
    count: int = 0
    weight: float = 0.0
    ago: str = ""
    county: str = ""
    unit: str = ""
    channel: str = ""
    first: int = 0

    def suits(self, problem: Problem) -> bool:
        groups = [set(group.split("|")) for group in self.fits.split()]
        if problem.use and not any(problem.use in group for group in groups):
            return False
        facts = {problem.facts.evidence_class, problem.type, problem.urgency, f"duty={problem.facts.duty}", problem.use}
        return all(facts & group for group in groups)

    @property
    def is_open_ended(self) -> bool:
        """Placed so that on the last morning somebody has to do something."""
        return bool(self.ago) and not self.first


LONG_AGO = "40-105D"
IN_HOLIDAY, BEFORE_HOLIDAY = "in the holiday", "before the holiday"
TO_HAND = "accept dispatch sign assign"
TO_REPLY = f"{TO_HAND} prove draft"
TO_FOLLOW_UP = f"{TO_REPLY} approve"
AGAIN = "prove draft approve"
THREE_TIMES_NO = f"accept dispatch sign {AGAIN} asked:no,1 {AGAIN} asked:no,1 {AGAIN} asked:no,1"
QUICKLY_AGAIN = "+1-2w contact +1-2w visit +1-2w draft approve"
IN_DAYS = f"{TO_HAND} prove +1-2d draft"
UP_TO_A_LEADER = f"accept dispatch sign prove +1-2d draft approve asked:no,1 {QUICKLY_AGAIN} asked:no,1 {QUICKLY_AGAIN}"
TO_LEDGER = f"{TO_HAND} contact ask_to_hang"
PUT_RIGHT = "sign contact return return_upheld dispatch hand_over sign"
RETURNED_SOON = "+5-30m sign +10-40m contact +10-50m return"
NOT_CONSULT = "help|complaint|report|suggest|praise"
HEAVY = "help|complaint|report"
