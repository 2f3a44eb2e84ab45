"""The nouns of a case (诉求工单), each file answering one question; here they have one address."""

from .asked import Ask, Promise
from .case import Case, CaseWords, Cycle, Event, NumberCounter
from .choices import (
    DISPATCHED_STATES,
    OPEN_STATES,
    DemandType,
    DisputeState,
    Kind,
    RoutingClass,
    Secrecy,
    State,
    Urgency,
    Verdict,
)
from .clock import Clock, ClockKind, ClockProfile, ClockTerm
from .hanging import Hanging
from .holding import Dispute, Holding
from .record import Attachment, Content, Line, Look, Seal
from .secrecy import Breach, DataRequest, ExportRequest
from .share import Share
