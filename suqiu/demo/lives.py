"""What lives do the cases of the demo city live? One row each: the words of its table are taken one after the other.

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


# ---- whole lives in which every row of the flow is taken: the very first to be loaded
COVERING = (
    Life("sent to the wrong unit", f"accept wrong_turn {PUT_RIGHT} assign contact visit draft first_sees approve asked:yes,4",
         "on_site complaint|report normal", 10, ago=LONG_AGO, county=SEAT, first=3),
    Life("the county returns it to itself", "accept wrong_turn sign contact return return_overruled assign contact visit draft approve asked:yes,5",
         "on_site complaint normal", 7, ago=LONG_AGO, county=CANGXI, first=3),
    Life("disputed, and ruled to another",
         "accept wrong_turn sign contact object view view ruled sign hand_over assign contact visit draft first_sees approve asked:yes,4",
         "on_site complaint normal", 6, ago=LONG_AGO, county=SEAT, first=3),
    Life("disputed, and two let it stay",
         "accept dispatch sign contact object view panel panel_confirms assign split split_decided visit draft approve asked:yes,4",
         "on_site complaint normal", 5, ago=LONG_AGO, county=SEAT, first=3),
    Life("the county gives it back", "accept at_county send_up dispatch sign contact draft approve asked:yes,4",
         "explanation complaint|help normal", 7, ago=LONG_AGO, county=JIANGE, first=3),
    Life("three units at the door", f"{TO_HAND} contact assist assisted call_meeting meet:silent promise renegotiate keep visit draft approve asked:yes,5",
         "on_site complaint normal", 9, ago=LONG_AGO, county=SEAT, first=3),
    Life("more time was asked for and given", "accept dispatch sign contact extend granted remind visit draft send_back draft approve asked:yes,3",
         "on_site complaint normal", 12, ago=LONG_AGO, first=3),
    Life("the register was wrong", "accept ask_caller caller_answers correct correct_longer confirmed dispatch sign prove adds draft approve asked:yes,4",
         "help normal", 9, ago=LONG_AGO, first=3),
    Life("answered wrongly, found by the second person", "accept answer wrong dispatch sign contact draft approve asked:yes,4",
         "consult explanation", 5, ago=LONG_AGO, first=3),
    Life("answered beside the point", "accept answer missed dispatch sign contact draft approve asked:yes,4",
         "consult explanation", 8, ago=LONG_AGO, first=3),
    Life("answered and settled", "accept answer right settled", "consult", 20, ago=LONG_AGO, first=3),
    Life("told another way, the appeal is upheld", "divert appeal appeal_upheld accept dispatch sign prove draft approve asked:half,3 confirm_close",
         "upheld", 4, ago=LONG_AGO, first=3),
    Life("told another way, the appeal is rejected", "divert appeal appeal_rejected",
         "in_court|petition", 4, ago=LONG_AGO, first=3),
    Life("malicious, found by two", "suspect malicious", "malicious", 3, ago=LONG_AGO, first=3),
    Life("on the ledger and off again", "accept dispatch sign contact ask_to_hang hang recheck recheck off_ledger prove draft approve asked:yes,4",
         "plan|on_site complaint|help normal", 6, ago="100-112D", first=3),
    Life("three times no, and a leader decides", f"{THREE_TIMES_NO} leader_handle {AGAIN} asked:yes,4",
         "on_site complaint normal", 5, ago="75-105D", first=3),
    Life("lawful, and still not solved", "accept dispatch sign prove draft approve asked:half,1 lawful close_lawful",
         "explanation complaint|help normal", 10, ago=LONG_AGO, first=3),
    Life("nobody picks up", "accept dispatch sign no_answer no_answer texts_caller prove draft approve rings rings texts",
         "on_site complaint|help normal", 14, ago=LONG_AGO, first=3),
    Life("taken back by the caller", "accept dispatch sign contact withdraw own_will:yes",
         HEAVY + " normal", 16, ago=LONG_AGO, first=3),
    Life("from the old system", "", "archive", 6, first=3),
    Life("the holidays were announced late", "plain_weeks accept dispatch sign contact new_calendar visit draft approve asked:yes,4",
         "on_site complaint normal", 4, ago=BEFORE_HOLIDAY, first=3),
)  # fmt: skip


def _of_housing(name: str, table: str, fits: str, count: int, ago: str) -> Life:
    """The demo's own unit: most is tried with its people."""
    return Life(name, table, f"{fits} duty=housing", count, ago=ago, county=SEAT, unit=HOUSING)


# ---- what waits for somebody on the last morning: each queue of each post, late ones too
WAITING = (
    Life("new on the web", "", NOT_CONSULT, 4, ago="0.3-1.7h", channel="web"),
    Life("on the web, nobody has looked", "", "", 3, ago="3-9h", channel="web"),
    Life("may be malicious", "suspect", "malicious", 2, ago="2-9h"),
    Life("waits for the caller", "accept ask_caller", HEAVY + " normal", 4, ago="9-30h"),
    Life("to be dispatched", "accept", "normal", 5, ago="0.5-6h"),
    Life("to be dispatched, late", "accept", "complaint|help normal", 3, ago="31-80h"),
    Life("to be dispatched, urgent and late", "accept", "urgent|critical", 2, ago="3-5h"),
    Life("danger tonight", "accept dispatch +2-8m sign +3-15m contact", "critical", 3, ago="2-5h", county=SEAT),
    Life("returned, to be decided by the city", f"accept wrong_turn {RETURNED_SOON}",
         "complaint normal", 3, ago="18-22h", county=SEAT),
    Life("returned, decided by nobody", "accept wrong_turn sign contact return",
         "complaint normal", 1, ago="6-8D", county=SEAT),
    Life("to be ruled", "accept wrong_turn +5-30m sign +10-40m contact +1-3w object +1-2w view",
         "complaint normal", 3, ago="20-30h", county=SEAT),
    Life("to be ruled, late", "accept wrong_turn sign contact object view",
         "on_site complaint normal", 1, ago="7-9D", county=SEAT),
    Life("before a panel of two", "accept wrong_turn sign contact object view panel",
         "on_site complaint normal", 2, ago="4-5D", county=SEAT),
    Life("returned, to be decided by the county", f"accept wrong_turn:quick {RETURNED_SOON}",
         "complaint normal", 3, ago="18-22h", county=CANGXI),
    Life("more time is asked for", "accept dispatch sign prove +1-1d extend", "complaint normal", 3, ago="6-8D"),
    Life("a correction waits", "accept correct_longer", "help normal", 2, ago="4-12h"),
    Life("at the county centre", "accept at_county",
         "on_site|explanation complaint|help normal", 5, ago="10-14h", county=CANGXI),
    Life("at the county centre, late", "accept at_county",
         "on_site complaint|help normal", 3, ago="3-5D", county=CANGXI),
    Life("at a centre without units", "accept at_county", "on_site complaint normal", 1, ago="20-23h", county=JIANGE),
    _of_housing("to be signed for in housing", "accept dispatch", "normal", 4, "11-15h"),
    Life("to be signed for", "accept dispatch:quick", HEAVY + " normal", 5, ago="11-15h"),
    _of_housing("in hand in housing", "accept dispatch sign assign contact", "on_site normal", 4, "2-4D"),
    _of_housing("seen by housing, to be answered", f"{TO_HAND} contact visit", "on_site complaint normal", 3, "5-8D"),
    _of_housing("housing has not called", "accept dispatch sign assign", "complaint normal", 2, "5-7D"),
    _of_housing("housing is late", f"{TO_HAND} contact visit", "on_site complaint normal", 2, "29-40D"),
    _of_housing("housing has to write again", f"{IN_DAYS} send_back", "complaint normal", 2, "8-11D"),
    _of_housing("housing has to do it again", f"{IN_DAYS} approve asked:no,1", "on_site complaint normal", 2, "12-15D"),
    _of_housing("housing waits for another", f"{TO_HAND} contact assist", "on_site complaint normal", 1, "3-5D"),
    _of_housing("housing's reply to be reviewed", IN_DAYS, "normal complaint", 4, "7-9D"),
    _of_housing("housing's reply, late", f"{TO_HAND} prove +14-16d draft", "normal complaint", 1, "29-33D"),
    _of_housing("housing cannot do it now", f"{TO_HAND} contact", "plan normal", 2, "4-6D"),
    _of_housing("housing asks for the ledger", f"{TO_HAND} contact +1-1d ask_to_hang", "plan normal", 2, "6-9D"),
    Life("the ledger is asked for", f"{TO_HAND} contact +1-1d ask_to_hang",
         "plan normal complaint|help", 2, ago="8-12D"),
    Life("housing was first", f"accept wrong_turn:{HOUSING} {RETURNED_SOON} +1-2w return_upheld dispatch",
         "on_site complaint normal duty=city_mgmt", 2, ago="2-3D", county=SEAT),
    Life("housing was first and has not looked", f"accept wrong_turn:{HOUSING} {PUT_RIGHT} contact visit +1-2d draft",
         "on_site complaint normal duty=city_mgmt", 2, ago="14-17D", county=SEAT),
    Life("to be called back", f"{IN_DAYS} approve", HEAVY + " normal", 5, ago="8-10D"),
    Life("did not pick up once", f"{IN_DAYS} approve rings", HEAVY + " normal", 3, ago="9-12D"),
    Life("to be called back, late", f"{IN_DAYS} approve", HEAVY + " normal", 3, ago="19-24D"),
    Life("half, to be decided", f"{IN_DAYS} approve asked:half,3", HEAVY + " normal", 3, ago="9-12D"),
    Life("solved but not satisfied", f"{IN_DAYS} approve asked:yes,2",
         HEAVY + " normal", 3, ago="11-15D"),
    Life("half, decided by nobody", f"{IN_DAYS} approve asked:half,2",
         HEAVY + " normal", 2, ago="22-26D"),
    Life("found lawful by one", f"{IN_DAYS} approve asked:half,1 lawful",
         "explanation normal complaint|help", 2, ago="13-16D"),
    Life("answered yesterday", "accept answer", "consult normal", 3, ago="9-30h"),
    Life("has appealed", "divert appeal", "discipline|disclosure|secret|unlawful", 2, ago="4-5D"),
    Life("has appealed, and nobody decides", "divert appeal", "petition|disclosure|in_court", 1, ago="11-14D"),
    Life("with a leader", f"{UP_TO_A_LEADER} asked:no,1",
         "on_site complaint normal", 2, ago="17-19D"),
    Life("with a leader, late", f"{UP_TO_A_LEADER} asked:no,2",
         "on_site complaint normal", 1, ago="36-40D"),
    Life("on the ledger", f"{TO_LEDGER} hang", "plan normal", 3, ago="20-26D"),
    Life("on the ledger, to be looked at today", f"{TO_LEDGER} hang:month_ago", "plan normal", 2, ago="38-46D"),
    Life("a leader has said what to do", f"{UP_TO_A_LEADER} asked:no,1 +1-3w leader_handle +1-3w contact",
         "on_site complaint normal", 1, ago="19-21D"),
    Life("on the ledger, looked at each month", f"{TO_LEDGER} hang recheck recheck",
         "plan normal", 2, ago="80-100D"),
    Life("on the ledger, forgotten", f"{TO_LEDGER}:soon hang", "plan normal", 2, ago="60-90D"),
    Life("a leader put it on the ledger", f"{THREE_TIMES_NO} leader_hang recheck",
         "plan complaint|help normal", 2, ago="75-95D"),
    Life("a promise is missed", f"{TO_HAND} contact +2-5w promise:soon",
         "on_site complaint normal", 3, ago="12-16D", county=SEAT),
    Life("a promise is open", f"{TO_HAND} contact visit +2-5w promise", "on_site complaint normal", 3, ago="5-7D"),
    Life("in secret", f"{TO_HAND} contact visit", "report on_site normal", 3, ago="5-9D"),
    Life("about housing, open", f"{TO_HAND} contact", "about duty=housing", 1, ago="4-6D"),
    Life("about a department, open", f"{TO_HAND} contact visit", "about", 2, ago="4-6D"),
)  # fmt: skip

# ---- the others, as a city has them: half of what is accepted is answered while the caller waits
AT_ONCE = (
    Life("answered, the caller agrees", "accept answer settled", "consult|question", weight=70),
    Life("answered, content", "accept answer settled:4", "consult|question", weight=26),
    Life("answered, very content", "accept answer settled:5", "consult|question", weight=34),
    Life("answered, the caller says nothing", "accept answer unrated", "consult|question", weight=88),
    Life("answered and checked", "accept answer right unrated", "consult|question", weight=22),
    Life("an answer for a plea", "accept answer settled", "explanation help|suggest normal", weight=640),
    Life(
        "an answer for a plea, unrated", "accept answer unrated", "explanation help|suggest|praise normal", weight=460
    ),
)
EVERYDAY = (
    *AT_ONCE,
    Life("about a department", f"{TO_FOLLOW_UP} asked:yes,3", "about", 5, ago="20-90D"),
    Life("told another way", "divert",
         "in_court|petition|discipline|disclosure|other_government|secret|unlawful|closed_nothing_new", 17),
    Life("handed to the emergency services", "emergency", "critical", 16),
    Life("a question for a unit", "accept dispatch sign contact draft approve asked:yes,5",
         "consult explanation", weight=16),
    Life("a question for a unit, by link", "accept dispatch sign prove draft approve taps:yes,4", "consult", weight=10),
    Life("done, and he says so", f"{TO_FOLLOW_UP} asked:yes,5", NOT_CONSULT, weight=30),
    Life("done, content", f"{TO_FOLLOW_UP} asked:yes,4", NOT_CONSULT, weight=26),
    Life("done, so so", f"{TO_FOLLOW_UP} rings asked:yes,3", NOT_CONSULT, weight=10),
    Life("done, by link", f"{TO_FOLLOW_UP} taps:yes,5", NOT_CONSULT, weight=17),
    Life("done, half an answer by link", f"{TO_FOLLOW_UP} taps:yes", NOT_CONSULT, weight=5),
    Life("done after he hurried us", f"{TO_HAND} contact hurries prove draft approve asked:yes,4", HEAVY, weight=8),
    Life("done, with more from the caller", f"{TO_HAND} adds prove draft approve asked:yes,4", HEAVY, weight=7),
    Life("done, the reply went back once", f"{TO_REPLY} send_back draft approve asked:yes,4", HEAVY, weight=7),
    Life("done, he was hard to reach", f"{TO_HAND} no_answer contact visit draft approve asked:yes,4",
         "on_site " + HEAVY, weight=7),
    Life("done as promised", f"{TO_HAND} contact promise visit keep draft approve asked:yes,5",
         "on_site " + HEAVY, weight=7),
    Life("done, promised again", f"{TO_HAND} contact visit promise renegotiate keep draft approve asked:yes,4",
         "on_site complaint|help normal", weight=6),
    Life("done, too late", f"{TO_HAND} prove +9-12d remind/60 +4-7d draft approve asked:yes,3", "complaint|report normal", weight=7),
    Life("done, a day late", f"{TO_HAND} prove +5-7d draft approve asked:yes,3", "help normal", weight=6),
    Life("done with more time", f"{TO_HAND} prove extend granted +6-9d draft approve asked:yes,4",
         "complaint|help normal", weight=4),
    Life("more time refused", f"{TO_HAND} contact extend refused visit draft approve asked:yes,4",
         "on_site complaint normal", weight=3),
    Life("with another's help", f"{TO_HAND} contact assist assisted visit draft approve asked:yes,4",
         "on_site complaint|help normal", weight=4),
    Life("met at the door", f"{TO_HAND} contact call_meeting meet visit draft approve asked:yes,5",
         "on_site complaint|help normal", weight=3),
    Life("half done, he lets it be", f"{TO_FOLLOW_UP} asked:half,3 confirm_close", HEAVY, weight=8),
    Life("half done, done again", f"{TO_FOLLOW_UP} asked:half,2 confirm_redo prove draft approve asked:yes,4",
         HEAVY, weight=4),
    Life("solved, not satisfied", f"{TO_FOLLOW_UP} asked:yes,2 confirm_close", HEAVY, weight=4),
    Life("not solved, done again", f"{TO_FOLLOW_UP} asked:no,1 prove draft approve asked:yes,4", HEAVY, weight=10),
    Life("not solved twice", f"{TO_FOLLOW_UP} asked:no,2 prove draft approve asked:no,1 prove draft approve asked:yes,3",
         "complaint|help", weight=3),
    Life("nobody was reached", f"{TO_FOLLOW_UP} rings rings texts", HEAVY, weight=9),
    Life("reached at the third try", f"{TO_FOLLOW_UP} rings rings_later asked:yes,4", NOT_CONSULT, weight=6),
    Life("we asked, he answered", "accept ask_caller caller_answers dispatch sign assign prove draft approve asked:yes,4",
         HEAVY + " normal", weight=4),
    Life("we asked, nobody answered", "accept ask_caller nobody_answers dispatch sign prove draft approve rings rings texts",
         HEAVY + " normal", weight=2),
    Life("sent to the wrong unit, put right", f"accept wrong_turn {PUT_RIGHT} prove draft first_sees/60 approve asked:yes,4",
         "complaint normal", weight=4),
    Life("returned in vain", "accept wrong_turn sign contact return return_overruled prove draft approve asked:yes,4",
         "complaint normal", weight=2),
    Life("taken back", f"{TO_HAND} contact withdraw own_will:yes", HEAVY + " normal", weight=4),
    Life("lawful, not solved", f"{TO_FOLLOW_UP} asked:half,1 lawful close_lawful",
         "explanation complaint|help normal", weight=4),
)  # fmt: skip

# ---- when offices are closed and the hotline is not
HOLIDAY = (
    Life("received in the holiday", f"{TO_FOLLOW_UP} asked:yes,4", "on_site complaint|help normal", 8, ago=IN_HOLIDAY),
    Life("urgent in the holiday", f"{TO_FOLLOW_UP} asked:yes,5", "on_site urgent", 5, ago=IN_HOLIDAY),
    Life("of the holiday", f"{TO_FOLLOW_UP} asked:yes,4", "holiday complaint|help", 12, ago=IN_HOLIDAY),
    Life("asked in the holiday", "accept answer settled:4", "holiday consult", 12, ago=IN_HOLIDAY),
)  # fmt: skip

SAME_NIGHT = f"{TO_HAND} +5-40m contact +20-75m visit +1-1d draft approve"
TOLD_BY_MANY = (
    Life("told by many, done", f"{SAME_NIGHT} asked:yes,5", weight=6),
    Life("told by many, by link", f"{SAME_NIGHT} taps:yes,4", weight=3),
    Life("told by many, not reached", f"{SAME_NIGHT} rings rings texts", weight=2),
    Life("told by many, not solved", f"{SAME_NIGHT} asked:no,2 prove draft approve asked:yes,4", weight=1),
)

IN_THE_DARK = "accept dispatch +2-9m sign assign +4-25m contact"
STORM = (
    Life("told what is known", "told", weight=58),
    Life("told what is known, and content", "told +9-11h settled:4", weight=20),
    Life("told what is known, and very content", "told +9-11h settled:5", weight=12),
    Life("waits in the dark", IN_THE_DARK, weight=3),
    Life("has light again", f"{IN_THE_DARK} +1-4h visit +10-40m draft +10-30m approve", weight=7),
)
STORM_BEFORE = (STORM[-1],)  # who calls before anything is known

from .citizens_side import COVERING as OF_THE_CITIZEN  # noqa: E402 - its rows are of the class above
from .citizens_side import WAITING as OF_THE_CITIZEN_WAITING  # noqa: E402

COVERING += OF_THE_CITIZEN
WAITING += OF_THE_CITIZEN_WAITING
LIVES = COVERING + WAITING + EVERYDAY + HOLIDAY
