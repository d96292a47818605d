"""Who works here as what, and what each may do: the one table of rights."""

from dataclasses import dataclass
from enum import StrEnum

from spa.domain.facts import Reason


class Role(StrEnum):
    """What somebody is at the studio."""

    OWNER = "owner"
    MANAGER = "manager"
    RECEPTION = "reception"
    PRACTITIONER = "practitioner"


class Permission(StrEnum):
    """What a page or an action asks for."""

    SEE_SCHEDULE = "see_schedule"
    SEE_EVERYONE = "see_everyone"
    SEE_MONEY = "see_money"
    MARK_VISITS = "mark_visits"
    MANAGE_BOOKINGS = "manage_bookings"
    EXPORT_BOOKINGS = "export_bookings"
    SEE_CLIENTS = "see_clients"
    SEE_HEALTH = "see_health"
    MANAGE_CLIENTS = "manage_clients"
    MERGE_CLIENTS = "merge_clients"
    EXPORT_CLIENTS = "export_clients"
    MANAGE_ABSENCES = "manage_absences"
    MANAGE_SCHEDULE = "manage_schedule"
    MANAGE_CATALOG = "manage_catalog"
    MANAGE_MESSAGES = "manage_messages"
    MANAGE_STUDIO = "manage_studio"
    SEE_AUDIT = "see_audit"
    MANAGE_PEOPLE = "manage_people"
    OWN_ACCOUNT = "own_account"


_EVERYBODY = frozenset(
    {
        Permission.SEE_SCHEDULE,
        Permission.MARK_VISITS,
        Permission.SEE_CLIENTS,
        Permission.OWN_ACCOUNT,
    }
)
_DESK = _EVERYBODY | {
    Permission.SEE_EVERYONE,
    Permission.MANAGE_BOOKINGS,
    Permission.MANAGE_CLIENTS,
    Permission.MANAGE_ABSENCES,
}
_MANAGER = _DESK | {
    Permission.SEE_MONEY,
    Permission.EXPORT_BOOKINGS,
    Permission.MERGE_CLIENTS,
    Permission.EXPORT_CLIENTS,
    Permission.MANAGE_SCHEDULE,
    Permission.MANAGE_CATALOG,
    Permission.MANAGE_MESSAGES,
    Permission.SEE_HEALTH,
    Permission.SEE_AUDIT,
}

RIGHTS: dict[Role, frozenset[Permission]] = {
    Role.PRACTITIONER: _EVERYBODY | {Permission.SEE_HEALTH},
    Role.RECEPTION: _DESK,
    Role.MANAGER: _MANAGER,
    Role.OWNER: frozenset(Permission),
}
"""Without SEE_EVERYONE one sees one's own day and clients, and the rest does not exist."""

_HOUSE_WISHES = frozenset({Reason.TOO_SOON, Reason.TOO_FAR})

WAIVABLE: dict[Role, frozenset[Reason]] = {
    Role.PRACTITIONER: frozenset(),
    Role.RECEPTION: _HOUSE_WISHES,
    Role.MANAGER: _HOUSE_WISHES | {Reason.CLOSED, Reason.NOT_ON_SHIFT, Reason.DAY_FULL},
    Role.OWNER: _HOUSE_WISHES | {Reason.CLOSED, Reason.NOT_ON_SHIFT, Reason.DAY_FULL},
}
"""The reasons against an hour that each may set aside by saying why; never what protects people."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody of the studio who does something; `practitioner_id` is who they are in the rota."""

    id: int
    name: str
    email: str
    role: Role
    location_id: int | None = None
    practitioner_id: int | None = None

    def may(self, permission: Permission) -> bool:
        """Whether their role allows it; only who treats reads health answers, whatever the role."""
        if permission == Permission.SEE_HEALTH and not self.treats:
            return False
        return permission in RIGHTS[self.role]

    @property
    def treats(self) -> bool:
        """Whether they are in the rota as a practitioner."""
        return self.practitioner_id is not None

    @property
    def may_manage(self) -> bool:
        """Whether they book, move and cancel."""
        return self.may(Permission.MANAGE_BOOKINGS)

    @property
    def waives(self) -> frozenset[Reason]:
        """The reasons against an hour that they may set aside."""
        return WAIVABLE[self.role]

    @property
    def only(self) -> int | None:
        """The practitioner whose visits are all that they may see; None when they see everyone's.

        Somebody who may not see everyone and gives no sessions sees nothing: 0 is nobody.
        """
        return None if self.may(Permission.SEE_EVERYONE) else self.practitioner_id or 0
