"""What handling keeps: what was done for a case, and what its photos show."""

from .photos import Doubt, PhotoFact, PhotoHash, PhotoMatch
from .work import Contact, Extension, Guest, Meeting, MeetingPart, NewTime, Reply, SiteVisit

__all__ = [
    "Contact",
    "Doubt",
    "Extension",
    "Guest",
    "Meeting",
    "MeetingPart",
    "NewTime",
    "PhotoFact",
    "PhotoHash",
    "PhotoMatch",
    "Reply",
    "SiteVisit",
]
