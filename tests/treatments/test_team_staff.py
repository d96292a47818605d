"""The pages of the team: what they take, what they refuse, and what visitors see of it."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from spa.database import transaction
from spa.models import (
    Capability,
    Location,
    Resource,
    ResourcePhoto,
    ResourceWords,
    TimeOff,
    TreatmentWords,
)
from tests import make
from tests.pages import Page, Pages

Staff = Callable[..., Pages]


@pytest.fixture
def desk(staff: Staff) -> Pages:
    return staff("manager")


def skills(studio: make.Studio, **about: str) -> dict[str, str]:
    """Ines's form as it stands: both treatments, no certificate."""
    facial, check = f"t{studio.facial}", f"t{studio.check}"
    return {f"{facial}-does": "y", f"{check}-does": "y"} | about


def send(desk: Pages, path: str, data: dict[str, Any], **how: Any) -> Page:
    """The form of that page with what it has itself, and this."""
    form = desk.open(path).fields()
    kept = {name: form[name] for name in ("csrf_token", "seen", "was") if name in form}
    return desk.post(path, kept | data, **how)


def picture(size: tuple[int, int] = (600, 600), kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind)
    return out.getvalue()


def upload(desk: Pages, content: bytes, *, token: str | None = None) -> Page:
    """Send a photo of Ines; written by hand, for the library leaves large files open."""
    known = token or desk.open("/staff/team/ines/photo").fields()["csrf_token"]
    parts = ((b'"csrf_token"', known.encode()), (b'"photo"; filename="me.png"', content))
    body = b"".join(
        b"--edge\r\nContent-Disposition: form-data; name=%s\r\n\r\n%s\r\n" % part for part in parts
    )
    answer = desk.client.post(
        "/staff/team/ines/photo",
        data=body + b"--edge--\r\n",
        content_type="multipart/form-data; boundary=edge",
        follow_redirects=True,
    )
    return desk._page(answer)


def test_the_team_is_listed_with_skills_hours_and_what_ends_soon(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    with transaction() as inside:
        inside.get_one(Capability, (studio.ines, studio.facial)).certified_until = date(2026, 4, 1)
        inside.get_one(Capability, (studio.maya, studio.facial)).certified_until = date(2026, 3, 1)
        inside.add(
            TimeOff(resource_id=studio.maya, first_on=date(2026, 3, 9), last_on=date(2026, 3, 11))
        )

    page = desk.get("team.index")

    assert "Everything on the menu" in page.text
    assert "66.5 h this week" in page.text and "38 h this week" in page.text
    assert "Facial: the certificate ends on 1 April 2026" in page.text
    assert "Facial: the certificate ended on 1 March 2026" in page.text


@pytest.mark.parametrize("role", ["reception", "practitioner"])
@pytest.mark.parametrize("endpoint", ["team.index", "team.new", "things.index", "things.new"])
def test_only_who_keeps_the_catalogue_comes_in(role: str, endpoint: str, staff: Staff) -> None:
    assert staff(role).get(endpoint).status == 403


def test_somebody_new_joins_and_is_asked_what_they_do(session: Session, desk: Pages) -> None:
    page = send(
        desk, "/staff/team/new", {"name": "Ana Lima", "en-title": "Practitioner", "portrait": "3"}
    )

    assert page.path == "/staff/team/ana-lima/work"
    assert "Ana Lima is in the team now" in page.text
    assert session.scalars(sa.select(ResourceWords.title)).all() == ["Practitioner"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "  "}, "Enter a name"),
        ({"name": "x" * 201}, "Enter a name of at most 200 characters"),
        ({"name": "www.example.com"}, "Enter a name without a web address"),
        ({"name": "INES"}, "There is one of that name already: add something to it"),
        ({"name": "Ana", "en-title": "x" * 201}, "Keep this to 200 characters"),
        ({"name": "Ana", "en-bio": "x" * 4001}, "Keep this to 4,000 characters"),
        ({"name": "Ana", "portrait": "99"}, "portrait"),
    ],
)
def test_a_new_person_with_a_mistake_is_asked_again(
    typed: dict[str, str], sentence: str, session: Session, desk: Pages
) -> None:
    page = send(desk, "/staff/team/new", {"portrait": "1", "en-title": "Kept"} | typed)

    assert page.status == 422
    assert sentence.lower() in page.text.lower() and page.fields()["en-title"] in {
        "Kept",
        "x" * 201,
    }
    assert session.scalar(sa.select(sa.func.count(Resource.id))) == 4


def test_what_somebody_does_is_saved_with_its_certificate(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    about = {f"t{studio.facial}-certificate": "Level 2", f"t{studio.facial}-until": "2027-01-31"}

    page = send(desk, "/staff/team/ines/work", skills(studio, **about, daily_maximum="4"))

    assert page.path == "/staff/team/ines"
    assert "Level 2, the certificate ends on 31 January 2027" in page.text
    assert "at most 4" in page.text
    assert "Certificate changed: Facial. At most 4 sessions a day." in page.text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("until", "2026-03-09", "This date is past. Enter the day the certificate ends"),
        ("until", "soon", "Enter a date such as 2027-03-31"),
        ("until", "2026-02-30", "Enter a date such as 2027-03-31"),
        ("certificate", "x" * 201, "Keep this to 200 characters"),
        ("maximum", "0", "Enter a number from 1 to 20, or nothing"),
        ("maximum", "9" * 30, "Enter a number from 1 to 20, or nothing"),
        ("maximum", "two", "Enter a whole number, or leave it empty"),
    ],
)
def test_a_mistake_in_what_they_do_is_told_and_what_was_typed_stays(
    field: str, typed: str, sentence: str, session: Session, studio: make.Studio, desk: Pages
) -> None:
    name = "daily_maximum" if field == "maximum" else f"t{studio.facial}-{field}"

    page = send(desk, "/staff/team/ines/work", skills(studio, **{name: typed}))

    assert page.status == 422 and sentence in page.text
    assert page.fields()[name] == typed
    assert session.get_one(Capability, (studio.ines, studio.facial)).certificate == ""


def test_today_is_not_past(session: Session, studio: make.Studio, desk: Pages) -> None:
    today = {f"t{studio.facial}-until": "2026-03-10"}

    assert send(desk, "/staff/team/ines/work", skills(studio, **today)).status == 200


def test_a_certificate_that_ended_long_ago_keeps_nobody_from_changing_the_rest(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    with transaction() as inside:
        inside.get_one(Capability, (studio.ines, studio.facial)).certified_until = date(2025, 1, 1)
    form = desk.get("team.work", member="ines").fields()

    page = desk.post("/staff/team/ines/work", form | {"daily_maximum": "3"})

    assert page.path == "/staff/team/ines" and "at most 3" in page.text


def test_a_room_that_is_none_of_ours_is_not_taken(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    for room in ("999999999999999999999999999999", str(studio.maya), "x"):
        page = send(desk, "/staff/team/ines/work", skills(studio, rooms=room))
        assert page.status == 422, room


def test_a_skill_that_a_coming_visit_needs_leads_to_the_list_of_visits(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    booking = make.booked(practitioner="ines")
    only_check = {f"t{studio.check}-does": "y"}

    page = send(desk, "/staff/team/ines/work", only_check)

    assert page.status == 409 and "Ana Duarte" in page.text
    assert session.get(Capability, (studio.ines, studio.facial))
    pick = {f"visit-{booking.reference}": f"{booking.starts_at.isoformat()} maya"}
    done = desk.post("/staff/team/ines/work", page.fields("") | pick)
    assert done.path == "/staff/team/ines"
    assert not session.get(Capability, (studio.ines, studio.facial))


def test_the_second_manager_sees_what_the_first_did(
    session: Session, studio: make.Studio, staff: Staff, desk: Pages
) -> None:
    form = desk.get("team.work", member="ines").fields()
    send(staff("owner"), "/staff/team/ines/work", skills(studio, daily_maximum="2"))

    page = desk.post("/staff/team/ines/work", form | {"daily_maximum": "7"})

    assert page.status == 409
    assert "At most 2 sessions a day." in page.text
    assert "Most hands-on sessions a day: 2" in page.text
    assert page.fields()["daily_maximum"] == "7"
    again = desk.post("/staff/team/ines/work", page.fields())
    assert again.path == "/staff/team/ines" and "at most 7" in again.text


def test_the_second_to_write_about_somebody_sees_what_stands_there(
    session: Session, desk: Pages, staff: Staff
) -> None:
    form = desk.get("team.words", member="ines").fields()
    send(staff("owner"), "/staff/team/ines/words", {"name": "Inés", "portrait": "1"})

    page = desk.post("/staff/team/ines/words", form | {"name": "Ines M."})

    assert page.status == 409 and "Name: Inés" in page.text
    assert page.fields()["name"] == "Ines M."
    assert desk.post("/staff/team/ines/words", page.fields()).path == "/staff/team/ines"


def test_saving_words_unchanged_changes_nothing(session: Session, desk: Pages) -> None:
    form = desk.get("team.words", member="ines").fields()

    assert "Nothing was changed." in desk.post("/staff/team/ines/words", form).text
    assert not session.get_one(Resource, 1).portrait


def test_visitors_meet_who_works_here(session: Session, desk: Pages, pages: Pages) -> None:
    about = {
        "name": "Ines",
        "en-title": "Senior",
        "en-bio": "Calm **hands**.<script>",
        "portrait": "2",
    }
    send(desk, "/staff/team/ines/words", about)

    team, treatment = pages.open("/team"), pages.open("/treatments/facial")

    assert "Senior" in team.text and "Calm hands." in team.text.replace("**", "")
    assert [one.get("href") for one in treatment.all("a") if "/team#" in one.get("href", "")] == [
        "/team#ines",
        "/team#maya",
    ]


def test_who_has_left_is_not_shown_to_visitors(
    session: Session, studio: make.Studio, desk: Pages, pages: Pages
) -> None:
    upload(desk, picture())
    digest = session.scalar(sa.select(ResourcePhoto.digest))
    send(desk, "/staff/team/ines/archive", {})

    assert "Ines" not in pages.open("/team").text
    assert pages.client.get(f"/team/ines-{digest}.webp").status_code == 404
    assert desk.get("team.show", member="ines").status == 200
    desk.post("/staff/team/ines/back", desk.get("team.show", member="ines").fields("/back"))
    assert pages.client.get(f"/team/ines-{digest}.webp").status_code == 200


def test_a_photo_can_be_kept_by_browsers_for_a_year(
    session: Session, desk: Pages, pages: Pages
) -> None:
    assert upload(desk, picture()).path == "/staff/team/ines"

    (source,) = [
        one.get("src") for one in pages.open("/team").all("img") if ".webp" in one.get("src")
    ]
    answer = pages.client.get(source)

    assert answer.status_code == 200 and answer.mimetype == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert Image.open(BytesIO(answer.data)).size == (480, 480)


@pytest.mark.parametrize("address", ["/team/ines-0.webp", "/team/maya-x.webp", "/team/-.webp"])
def test_no_other_address_has_a_photo(address: str, desk: Pages, pages: Pages) -> None:
    upload(desk, picture())

    assert pages.open(address).status == 404


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Choose a photo first"),
        (b"not a picture", "This is no photo that we can read"),
        (picture(kind="GIF"), "This is no photo that we can read"),
        (picture((80, 80)), "too small: choose one of at least 120 by 120 pixels"),
        (b"\xff\xd8" + b"x" * (8 * 1024 * 1024), "larger than 8 MB"),
    ],
)
def test_what_is_no_photo_is_refused_with_what_to_do(
    content: bytes, sentence: str, session: Session, desk: Pages
) -> None:
    page = upload(desk, content)

    assert page.status == 422 and sentence in page.text
    assert not session.scalars(sa.select(ResourcePhoto)).all()


def test_what_is_far_too_large_is_not_read(session: Session, desk: Pages) -> None:
    answer = upload(desk, b"x" * (11 * 1024 * 1024))

    assert answer.status == 413 and "larger than 8 MB" in answer.text


@pytest.mark.parametrize("role", ["reception", "practitioner"])
def test_nobody_else_may_send_anything_large(role: str, staff: Staff) -> None:
    answer = upload(staff(role), b"x" * 500_000, token="x")

    assert answer.status in {403, 413}


def test_a_photo_is_taken_away_again(session: Session, desk: Pages) -> None:
    upload(desk, picture())
    form = desk.get("team.show", member="ines").fields("/photo/remove")

    page = desk.post("/staff/team/ines/photo/remove", form)

    assert page.path == "/staff/team/ines" and not session.scalars(sa.select(ResourcePhoto)).all()


def test_archiving_says_how_many_visits_are_to_come(studio: make.Studio, desk: Pages) -> None:
    make.booked(practitioner="ines")

    page = desk.get("team.archive", member="ines")

    assert "One visit is still to come." in page.text
    assert send(desk, "/staff/team/ines/archive", {}).status == 409


def test_the_list_is_put_in_order(session: Session, desk: Pages) -> None:
    form = desk.get("team.index").fields("/maya/order")

    page = desk.post("/staff/team/maya/order", form | {"to": "up"})

    names = [one.text_content() for one in page.all("h2")]
    assert names == ["Maya", "Ines"]


@pytest.mark.parametrize("rest", ["", "/words", "/work", "/photo", "/archive"])
def test_another_place_s_people_do_not_exist_here(
    rest: str, session: Session, studio: make.Studio, desk: Pages
) -> None:
    with transaction() as inside:
        other = make.add(inside, make.location(slug="other"))
        make.person(inside, other.id, "Zoe")

    assert desk.open(f"/staff/team/zoe{rest}").status == 404
    assert desk.open(f"/staff/team/room-1{rest}").status == 404
    token = desk.open("/staff/team/new").fields()["csrf_token"]
    assert desk.post(f"/staff/team/zoe{rest or '/order'}", {"csrf_token": token}).status == 404


@pytest.mark.parametrize("form", ["/staff/team/ines/work", "/staff/team/ines/archive"])
def test_a_look_ahead_changes_nothing(
    form: str, session: Session, studio: make.Studio, desk: Pages
) -> None:
    page = send(desk, form, {"preview": "1", f"t{studio.check}-does": "y"})

    assert page.status == 200
    assert session.get(Capability, (studio.ines, studio.facial))
    assert session.get_one(Resource, studio.ines).archived_at is None


def test_what_came_onto_the_menu_meanwhile_stays_as_it_is(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    form = desk.get("team.work", member="ines").fields()
    with transaction() as inside:
        made = make.treatment(inside, studio.location_id, "scalp", make.CHECK, turnover=0)
        inside.add(Capability(resource_id=studio.ines, treatment_id=made.id))

    page = desk.post("/staff/team/ines/work", form | {"daily_maximum": "3"})

    assert page.path == "/staff/team/ines"
    assert session.get(Capability, (studio.ines, made.id))


def test_a_skill_that_the_menu_page_took_away_meanwhile_is_not_given_back_unsaid(
    session: Session, studio: make.Studio, desk: Pages
) -> None:
    form = desk.get("team.work", member="ines").fields()
    with transaction() as inside:
        inside.delete(inside.get_one(Capability, (studio.ines, studio.facial)))

    page = desk.post("/staff/team/ines/work", form)

    assert page.status == 409 and "Facial: no" in page.text
    again = desk.post("/staff/team/ines/work", page.fields())
    assert again.path == "/staff/team/ines"
    assert session.get(Capability, (studio.ines, studio.facial))


@pytest.mark.parametrize(
    "was", ["", "x", "[]", "null", '{"a": 1}', '{"1": [2]}', '{"1": ["", "x"]}']
)
def test_a_form_that_forgot_what_it_showed_still_works(
    was: str, studio: make.Studio, desk: Pages
) -> None:
    form = desk.get("team.work", member="ines").fields() | {"daily_maximum": "3", "was": was}

    assert desk.post("/staff/team/ines/work", form).path == "/staff/team/ines"


def test_words_are_kept_for_each_language_of_the_place(
    session: Session, studio: make.Studio, desk: Pages, pages: Pages
) -> None:
    send(desk, "/staff/team/maya/words", {"name": "Maya", "portrait": "1", "en-title": "Learner"})
    with transaction() as inside:
        inside.get_one(Location, studio.location_id).language = "es"
        inside.execute(sa.update(TreatmentWords).values(language="es"))
    page = desk.get("team.words", member="ines")
    assert "Spanish" in page.text and "English" in page.text

    about = {"name": "Ines", "portrait": "1", "es-title": "Jefa", "en-title": "Head"}
    send(desk, "/staff/team/ines/words", about)

    team = pages.open("/team").text
    assert "Jefa" in team and "Head" not in team and "Learner" in team


def test_who_has_no_certificate_any_more_is_not_named_for_it(
    session: Session, studio: make.Studio, pages: Pages
) -> None:
    with transaction() as inside:
        inside.get_one(Capability, (studio.ines, studio.facial)).certified_until = date(2026, 3, 9)
        inside.get_one(Capability, (studio.maya, studio.facial)).certified_until = date(2026, 3, 10)

    faces = pages.open("/treatments/facial").all("ul.faces")[0].text_content()

    assert "Maya" in faces and "Ines" not in faces


def test_a_photo_after_the_session_has_ended_leads_to_the_way_in(
    session: Session, pages: Pages
) -> None:
    page = upload(pages, b"x" * 500_000, token="x")

    assert page.path == "/staff/login" and "Please sign in again" in page.text
