"""Upgrades of databases that are in use: nothing in them is lost, and what is new is filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from spa.database import db
from spa.domain.finding import beginnings

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 10, 13, tzinfo=UTC)
BOOKING: dict[str, Any] = {
    "location_id": 1,
    "treatment_id": 1,
    "practitioner_id": 1,
    "room_id": 2,
    "client_id": 1,
    "link_version": 1,
    "starts_at": NOON,
    "ends_at": LATER,
    "created_at": NOON,
    "extensions": 0,
    "is_late": False,
    "moves": 0,
    "sequence": 0,
    "language": "en",
    "treatment_name": "Facial",
    "price_minor": 27500,
    "currency": "USD",
    "steps": [["settle", 60, True, False]],
    "is_needling": True,
    "wants_practitioner": False,
    "contact_name": "Zoë O'Brien",
    "contact_email": "zoe@example.com",
    "contact_phone": "+12125550111",
    "other_name": "",
    "note": "",
    "is_first_visit": False,
}


@pytest.fixture
def released(bare_app: Flask) -> Flask:
    """A database as release 1.0.0 left it: one client with a booking kept and one cancelled."""
    with bare_app.app_context():
        upgrade(revision="0001")
        place = {
            "slug": "s", "name": "S", "tagline": "", "address": "", "phone": "", "email": "",
            "zone": "America/New_York", "currency": "USD", "country": "US", "language": "en",
            "version": 7, "is_demo": False, "notice_minutes": 120, "horizon_days": 180,
            "grid_minutes": 15, "hold_minutes": 10, "hold_extensions": 10, "cut_off_hours": 48,
            "grace_minutes": 15, "online_moves": 2, "coming_visits": 3,
        }  # fmt: skip
        insert("location", place)
        for kind in ("practitioner", "room"):
            insert(
                "resource",
                {"location_id": 1, "kind": kind, "slug": kind, "name": kind, "position": 0},
            )
        insert(
            "treatment",
            {
                "location_id": 1, "slug": "facial", "position": 0, "price_minor": 27500,
                "turnover_minutes": 15, "turnover_needs_practitioner": False, "is_needling": True,
            },
        )  # fmt: skip
        insert(
            "client",
            {
                "name": "Zoë O'Brien", "email": "zoe@example.com", "phone": "+12125550111",
                "language": "en", "created_at": NOON,
            },
        )  # fmt: skip
        insert("booking", BOOKING | {"reference": "kept", "status": "booked"})
        insert("booking", BOOKING | {"reference": "gone", "status": "cancelled"})
        claim = {"resource_id": 1, "tick": 5, "run": 1, "is_needling": True, "booking_id": 1}
        insert("claim", claim)
        insert(
            "message",
            {
                "location_id": 1, "booking_id": 1, "event": "booking_confirmed",
                "recipient": "zoe@example.com", "language": "en", "unique_key": "k",
                "status": "waiting", "created_at": NOON, "due_at": NOON, "tries": 0,
                "last_error": "", "sent_subject": "", "sent_text": "",
            },
        )  # fmt: skip
        insert(
            "audit_entry",
            {
                "at": NOON, "event": "booking.booked", "actor": "client", "location_id": 1,
                "booking_id": 1, "details": {"starts_at": NOON.isoformat()},
            },
        )  # fmt: skip
    return bare_app


def insert(table: str, row: dict[str, Any]) -> None:
    """One row of a table as it is in the database now."""
    with db.engine.connect() as connection:
        connection.execute(reflected(table).insert(), row)
        connection.commit()


def rows(table: str) -> list[dict[str, Any]]:
    """All rows of a table."""
    with db.engine.connect() as connection:
        found = connection.execute(sa.select(reflected(table))).mappings()
        return [dict(row) for row in found]


def reflected(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=db.engine)


def test_what_was_there_is_there_afterwards(released: Flask) -> None:
    with released.app_context():
        names = ("location", "resource", "client", "booking", "claim", "message", "audit_entry")
        before = {name: rows(name) for name in names}

        upgrade()

        for name in names:
            after = rows(name)
            assert len(after) == len(before[name])
            for old, new in zip(before[name], after, strict=True):
                assert {key: new[key] for key in old} == old


def test_what_is_new_is_filled_in(released: Flask) -> None:
    with released.app_context():
        upgrade()

        assert {row["reference"]: row["cancelled_by"] for row in rows("booking")} == {
            "kept": None,
            "gone": "client",
        }
        assert [row["before"] for row in rows("message")] == [""]
        assert not rows("client")[0]["books_by_phone"]


@pytest.mark.parametrize("typed", ["zoe", "brien", "obrien", "555 0111"])
def test_clients_from_before_are_found(typed: str, released: Flask) -> None:
    with released.app_context():
        upgrade()

        words = [row["word"] for row in rows("client_word")]
        for beginning in beginnings(typed):
            assert any(word.startswith(beginning) for word in words)


def test_the_partial_indexes_stay_partial(released: Flask) -> None:
    with released.app_context():
        upgrade()

        (index,) = [
            one
            for one in sa.inspect(db.engine).get_indexes("message")
            if "due_at" in one["name"]  # type: ignore[operator]
        ]
        assert any("where" in option for option in index["dialect_options"])


def test_going_back_keeps_the_bookings(released: Flask) -> None:
    with released.app_context():
        upgrade()
        with db.engine.connect() as connection:
            connection.execute(sa.text("UPDATE booking SET status = 'arrived' WHERE id = 1"))
            connection.commit()

        downgrade(revision="0001")

        assert {row["reference"]: row["status"] for row in rows("booking")} == {
            "kept": "booked",
            "gone": "cancelled",
        }


def test_of_two_sign_ins_of_one_practitioner_the_later_is_nobody_in_the_rota(
    released: Flask,
) -> None:
    with released.app_context():
        upgrade(revision="0002")
        member = {
            "location_id": 1, "resource_id": 1, "name": "Ines", "role": "practitioner",
            "language": "en", "password_hash": "", "link_version": 1, "created_at": NOON,
        }  # fmt: skip
        for email in ("first@example.com", "second@example.com"):
            insert("staff_member", member | {"email": email})
        insert("staff_member", member | {"email": "gone@example.com", "suspended_at": NOON})

        upgrade()

        assert {row["email"]: row["resource_id"] for row in rows("staff_member")} == {
            "first@example.com": 1,
            "second@example.com": None,
            "gone@example.com": 1,
        }


def test_what_the_studio_brought_is_empty_and_can_be_taken_back(released: Flask) -> None:
    with released.app_context():
        upgrade(revision="0002")
        before = {name: rows(name) for name in ("client", "treatment", "location", "booking")}
        upgrade()

        assert [row["is_hidden"] for row in rows("treatment")] == [False]
        assert [row["merged_into_id"] for row in rows("client")] == [None]

        downgrade(revision="0002")

        assert {name: rows(name) for name in before} == before


def test_messages_from_before_keep_when_they_were_due_and_can_be_taken_back(
    released: Flask,
) -> None:
    with released.app_context():
        upgrade(revision="0003")
        insert(
            "message",
            {
                "location_id": 1, "booking_id": 1, "event": "booking_confirmed",
                "recipient": "zoe@example.com", "language": "en", "unique_key": "one",
                "before": "", "status": "sent", "created_at": NOON, "due_at": LATER,
                "tries": 1, "last_error": "", "sent_subject": "", "sent_text": "",
            },
        )  # fmt: skip
        names = ("client", "treatment", "location", "booking", "message")
        before = {name: rows(name) for name in names}
        upgrade()

        (message,) = [row for row in rows("message") if row["unique_key"] == "one"]
        assert (message["kind"], message["channel"], message["interruptions"]) == (
            "answer",
            "email",
            0,
        )
        assert message["planned_for"] == message["due_at"]
        assert [(row["channel"], row["no_texts"]) for row in rows("client")] == [("email", False)]
        assert [row["quiet_from_minute"] for row in rows("location")] == [1260]
        insert("message", message | {"id": 99, "kind": "note", "unique_key": "two"})

        downgrade(revision="0003")

        assert {name: rows(name) for name in names} == before


def test_visits_from_before_get_the_notes_that_are_still_to_come(released: Flask) -> None:
    with released.app_context():
        upgrade(revision="0003")
        with db.engine.begin() as connection:
            table = reflected("booking")
            times = {"starts_at": NOON + timedelta(days=20), "ends_at": LATER + timedelta(days=20)}
            connection.execute(table.update().values(booked_at=NOON, **times))
        released.config["SPA_NOW"] = NOON
        runner = released.test_cli_runner()

        assert "up to date" in runner.invoke(args=["migrate"]).output

        events = {row["event"] for row in rows("message") if row["booking_id"] == 1}
        assert {"prep_7d", "prep_3d", "prep_1d", "care_0h", "care_d2"} <= events
