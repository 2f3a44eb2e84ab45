"""Lives in which the work is proven, doubted, explained, and looked at again. A part of the table in lives.py."""

from __future__ import annotations

from .life import AGAIN, LONG_AGO, SEAT, TO_FOLLOW_UP, TO_HAND, Life

PROOF = (
    Life("the house's manager comes too", f"{TO_HAND} contact call_meeting invite meet confirm_meeting visit draft approve asked:yes,5",
         "on_site complaint normal", 5, ago=LONG_AGO, county=SEAT, first=3),
    Life("he does not agree with what was written", f"{TO_HAND} contact call_meeting meet confirm_meeting:no visit draft approve asked:half,3",
         "on_site complaint normal", 1, ago=LONG_AGO, county=SEAT),
    Life("a picture from a chat, explained", f"{TO_HAND} contact visit_in_doubt explain draft approve asked:yes,4",
         "on_site complaint normal", 6, ago=LONG_AGO, first=3),
    Life("a picture from a chat, and no word", f"{TO_HAND} contact visit_in_doubt +1-2d draft", "on_site complaint normal", 2, ago="7-9D"),
    Life("looked at again, as told", f"{TO_FOLLOW_UP} asked:yes,5 recheck_on_spot", "on_site complaint|help normal", 6, ago="40-90D", first=3),
    Life("looked at again, not as told", f"{TO_FOLLOW_UP} asked:yes,4 recheck_on_spot:no {AGAIN} asked:yes,4",
         "on_site complaint normal", 2, ago="50-90D"),
    Life("a month later still well", f"{TO_FOLLOW_UP} asked:yes,5 look_back", "complaint|help normal", 6, ago="75-105D", first=3),
    Life("a month later broken again", f"{TO_FOLLOW_UP} asked:yes,4 look_back:no {AGAIN} asked:yes,4",
         "on_site complaint|help normal", 2, ago="85-105D"),
)  # fmt: skip
