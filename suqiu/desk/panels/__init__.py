"""What stands on the case page, panel by panel? Values for the templates; what is allowed, the rules say."""

from .demand import asks, demand
from .disputed import dispute
from .event import event
from .family import family
from .heading import heading, next_attempt, sentence, title
from .links import step_url
from .people import caller, holdings, looks
from .proof import evidence
from .record import attachments, journal_foot, replies, tries
from .shots import doubt, shots
from .terms import clocks, face, promises

__all__ = [
    "asks",
    "attachments",
    "caller",
    "clocks",
    "demand",
    "dispute",
    "doubt",
    "event",
    "evidence",
    "face",
    "family",
    "heading",
    "holdings",
    "journal_foot",
    "looks",
    "next_attempt",
    "promises",
    "replies",
    "sentence",
    "shots",
    "step_url",
    "title",
    "tries",
]
