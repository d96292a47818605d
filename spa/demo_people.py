"""Who works at the desk of the demo studio: one of each role, with passwords of their own."""

import os
import secrets
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.accounts import passwords
from spa.domain.roles import Role
from spa.models import Location, Resource, StaffMember

FILE = "demo-passwords"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that looks like another."""
PEOPLE = {
    Role.OWNER: "Nora Lindqvist",
    Role.MANAGER: "Priya Raman",
    Role.RECEPTION: "Jonah Abebe",
    Role.PRACTITIONER: "Ines Marchetti",
}
"""The practitioner takes the name of whoever is first in the rota."""


def hire(session: Session, folder: Path, *, now: datetime) -> bool:
    """Let one of each role in at the demo studio, unless somebody works there; whether it did.

    Their passwords are new in every installation and lie in the instance folder for its owner.
    """
    place = session.scalar(sa.select(Location.id).where(Location.is_demo).order_by(Location.id))
    if place is None or session.scalar(
        sa.select(StaffMember.id).where(StaffMember.location_id == place).limit(1)
    ):
        return False
    first = session.execute(
        sa.select(Resource.id, Resource.name)
        .where(Resource.location_id == place, Resource.kind == "practitioner")
        .order_by(Resource.position)
    ).first()
    lines = []
    for role, name in PEOPLE.items():
        treats = first if role == Role.PRACTITIONER else None
        name, password = treats.name if treats else name, _password()
        email = f"{'.'.join(name.lower().split())}@example.com"
        session.add(
            StaffMember(
                location_id=place,
                resource_id=treats.id if treats else None,
                name=name,
                email=email,
                role=role,
                password_hash=passwords.hashed(password),
                created_at=now,
                joined_at=now,
            )
        )
        lines.append(f"{role.value} {email} {password}")
    session.flush()
    _write(folder / FILE, lines)
    return True


def _password() -> str:
    """Four groups of four, to be read out or typed."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def _write(path: Path, lines: list[str]) -> None:
    """Whole or not at all, and readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    fresh.replace(path)
