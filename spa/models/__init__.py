"""All tables in one place, because foreign keys cross every border."""

from spa.models.audit import AuditEntry
from spa.models.booking import Block, Booking, Claim
from spa.models.catalog import (
    Capability,
    PractitionerRoom,
    Resource,
    ResourcePhoto,
    ResourceWords,
    Treatment,
    TreatmentStep,
    TreatmentWords,
)
from spa.models.client import Client, ClientNote, ClientWord
from spa.models.diary import FollowUp
from spa.models.hours import Closure, OpeningHours, Shift, ShiftBreak, TimeOff
from spa.models.limit import LimitCount
from spa.models.location import Location
from spa.models.message import Message, MessageWords, TreatmentNote
from spa.models.people import StaffMember, StaffSession

__all__ = [
    "AuditEntry",
    "Block",
    "Booking",
    "Capability",
    "Claim",
    "Client",
    "ClientNote",
    "ClientWord",
    "Closure",
    "FollowUp",
    "LimitCount",
    "Location",
    "Message",
    "MessageWords",
    "OpeningHours",
    "PractitionerRoom",
    "Resource",
    "ResourcePhoto",
    "ResourceWords",
    "Shift",
    "ShiftBreak",
    "StaffMember",
    "StaffSession",
    "TimeOff",
    "Treatment",
    "TreatmentNote",
    "TreatmentStep",
    "TreatmentWords",
]
