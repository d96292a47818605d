"""Keeps the words by which a client is found in step with their record."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from spa.domain.finding import words_of
from spa.models import ClientWord

_word: sa.Table = ClientWord.__table__  # type: ignore[assignment]

_FORGET = sa.delete(_word).where(_word.c.client_id == sa.bindparam("client"))
# Returning makes it one statement however many words there are.
_WRITE = sa.insert(_word).returning(_word.c.client_id)


def index(session: Session, client_id: int, name: str, email: str, phone: str) -> None:
    """Write anew the words by which this client is found: a step of whoever changes a record."""
    session.execute(_FORGET, {"client": client_id})
    words = sorted(words_of(name, email, phone))
    if words:
        session.execute(_WRITE, [{"word": word, "client_id": client_id} for word in words])
