"""Who is there to answer: areas, departments, officers and their grants, the matters catalogue, and the office journal (台账)."""

from .catalogue import CatalogueVersion, EvidenceClass, Matter
from .office import Change, Notice, OfficeLine, Setting
from .people import Duty, Grant, Officer, Role, Substitute
from .places import Area, Department
