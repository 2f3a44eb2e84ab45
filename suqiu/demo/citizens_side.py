"""Lives in which the caller does not agree: an appeal against the closing, a withdrawal that was not his own."""

from __future__ import annotations

from .life import AGAIN, HEAVY, LONG_AGO, TO_FOLLOW_UP, TO_HAND, Life

COVERING = (
    Life("closed, the appeal is upheld", f"{TO_FOLLOW_UP} asked:yes,3 appeal_closing closing_upheld {AGAIN} asked:yes,4",
         "on_site complaint|help normal", 4, ago=LONG_AGO, first=3),
    Life("closed, the appeal is rejected", "accept dispatch sign prove draft approve asked:half,1 lawful close_lawful appeal_closing closing_rejected",
         "explanation complaint|help normal", 3, ago=LONG_AGO, first=3),
    Life("taken back, and it was not his will", f"{TO_HAND} contact withdraw own_will:no {AGAIN} asked:yes,4",
         "complaint|help normal", 3, ago=LONG_AGO, first=3),
    Life("asked for another hour, and it was taken", f"{TO_HAND} contact promise new_time time_taken visit keep draft approve asked:yes,5",
         "on_site complaint|help normal", 4, ago=LONG_AGO, first=3),
    Life("offered another hour than he asked for", f"{TO_HAND} contact promise new_time other_time other_taken visit keep draft approve asked:yes,4",
         "on_site complaint|help normal", 4, ago=LONG_AGO, first=3),
    Life("taken back of his own will", f"{TO_HAND} contact withdraw own_will own_will:yes", "complaint|help normal", 4, ago=LONG_AGO, first=3),
)  # fmt: skip

WAITING = (
    Life("has appealed against the closing", f"{TO_FOLLOW_UP} asked:half,2 confirm_close +1-2d appeal_closing", HEAVY + " normal", 2, ago="20-24D"),
    Life("asks for another hour", f"{TO_HAND} contact +1-3w promise new_time", "on_site complaint|help normal", 2, ago="2-3D"),
    Life("is offered another hour", f"{TO_HAND} contact +1-3w promise new_time other_time", "on_site complaint|help normal", 2, ago="3-4D"),
    Life("took it back yesterday", f"{TO_HAND} contact +1-2d withdraw", "complaint|help normal", 3, ago="4-5D"),
    Life("taken back, not his will, in hand again", f"{TO_HAND} contact +1-2d withdraw +3-5w own_will:no", "complaint|help normal", 2, ago="6-8D"),
)  # fmt: skip
