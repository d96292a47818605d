"""What changes who works here and who is signed in; each is one transaction."""

import secrets

from spa import clock
from spa.accounts.queries import digest
from spa.audit.record import record
from spa.database import transaction
from spa.models import StaffMember, StaffSession


def open_session(staff_id: int, *, browser: str = "") -> str:
    """Sign somebody in whose password was right; gives the key for the cookie."""
    now, key = clock.now(), secrets.token_urlsafe(24)
    with transaction() as session:
        member = session.get_one(StaffMember, staff_id)
        session.add(
            StaffSession(
                staff_id=staff_id,
                key_digest=digest(key),
                browser=browser[:200],
                opened_at=now,
                seen_at=now,
            )
        )
        record(
            session,
            "account.signed_in",
            at=now,
            staff_id=staff_id,
            location_id=member.location_id,
        )
    return key
