"""People, rooms and devices as the desk's pages show them: words, hours, and what ends soon."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import format_decimal
from flask_babel import gettext as _
from markupsafe import Markup

from spa import wording
from spa.domain.spans import intersect
from spa.schedule import rota
from spa.schedule.rota import Place
from spa.treatments import markup
from spa.treatments.face_queries import Face
from spa.treatments.team_forms import PersonForm, ThingForm, WorkForm
from spa.treatments.team_queries import DEVICES, Member, Skill, Words

SOON = timedelta(days=60)
TICK_MINUTES = 5
FEW = 2
"""So many missing are quicker to name than all the rest."""


@dataclass(frozen=True)
class Ending:
    """A certificate or a service that has ended, or will before long."""

    words: str
    is_over: bool


@dataclass(frozen=True)
class Line:
    """One of the team, or one room or device, in its list."""

    member: Member
    title: str
    skills: str
    endings: list[Ending]
    hours: str


def hours(place: Place, day: date) -> dict[int, str]:
    """How long each of the team works in that day's week, in words."""
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=n) for n in range(7)]
    known = rota.rota(place, week[0], week[-1], None)
    ticks: dict[int, int] = {}
    for each in week:
        for column in known.people_on(each):
            there = intersect(column.working, known.open_on(each))
            ticks[column.id] = ticks.get(column.id, 0) + sum(s.end - s.start for s in there)
    return {number: _hours(count * TICK_MINUTES) for number, count in ticks.items()}


def _hours(minutes: int) -> str:
    return _("%(hours)s h", hours=format_decimal(round(minutes / 60, 1)))


def lines(
    found: Iterable[Member],
    today: date,
    menu: list[tuple[int, str]],
    *,
    titles: Mapping[int, str] | None = None,
    worked: Mapping[int, str] | None = None,
) -> list[Line]:
    """The list, in its order."""
    return [
        Line(
            one,
            (titles or {}).get(one.id, ""),
            _in_short(one, menu),
            endings(one, today),
            (worked or {}).get(one.id, ""),
        )
        for one in found
    ]


def _in_short(one: Member, menu: list[tuple[int, str]]) -> str:
    """What somebody does, or the little that they do not."""
    missing = [name for number, name in menu if number not in one.treatment_ids]
    if one.skills and not missing:
        return _("Everything on the menu")
    if len(missing) <= FEW and len(one.skills) > FEW:
        return _("Everything but %(what)s", what=", ".join(missing))
    return ", ".join(skill.name for skill in one.skills)


def endings(one: Member, today: date) -> list[Ending]:
    """What of somebody's certificates, or of a device's service, deserves a look."""
    if one.kind == DEVICES:
        due = one.due
        return [_service(due, today)] if due and due - today <= SOON else []
    return [
        _certificate(skill, skill.certified_until, today)
        for skill in one.skills
        if skill.certified_until and skill.certified_until - today <= SOON
    ]


def _service(due: date, today: date) -> Ending:
    day = wording.day_and_year(due)
    if due < today:
        return Ending(_("Service was due on %(day)s: nothing is booked on it", day=day), True)
    return Ending(_("Service is due by %(day)s", day=day), False)


def _certificate(skill: Skill, until: date, today: date) -> Ending:
    about = {"what": skill.name, "day": wording.day_and_year(until)}
    if skill.is_over(today):
        return Ending(_("%(what)s: the certificate ended on %(day)s", **about), True)
    return Ending(_("%(what)s: the certificate ends on %(day)s", **about), False)


@dataclass(frozen=True)
class FaceShown:
    """One of the team on their public page."""

    face: Face
    bio: Markup


def faces(found: Iterable[Face]) -> list[FaceShown]:
    """Everyone with what is said about them."""
    return [FaceShown(face, bio(face.words.bio)) for face in found]


def bio(text: str) -> Markup:
    """What is said about somebody, from Markdown."""
    return markup.html(text)


def standing(skill: Skill, today: date) -> str:
    """What there is to say of a certificate beside a skill."""
    if not skill.certified_until:
        return skill.certificate
    words = _certificate(skill, skill.certified_until, today).words.partition(": ")[2]
    return ", ".join(filter(None, (skill.certificate, words)))


def unlike_person(
    one: Member, said: Mapping[str, Words], form: PersonForm
) -> list[tuple[str, str]]:
    """What stands there now and is otherwise than what was typed."""
    found = [] if one.name == form.name.data else [(_("Name"), one.name)]
    for code, language, part in form.languages:
        now = said.get(code, Words())
        for field, text in ((part.title, now.title), (part.bio, now.bio)):
            if text != field.data:
                about = f"{field.label.text} ({language})" if len(form.languages) > 1 else ""
                found.append((about or str(field.label.text), text or _("nothing")))
    return found


def unlike_work(one: Member, form: WorkForm) -> list[tuple[str, str]]:
    """The same for what somebody does."""
    now = {skill.treatment_id: skill for skill in one.skills}
    found = []
    for number, part in form.skills:
        skill = now.get(number)
        typed = (part.certificate.data or "", part.until.data) if part.does.data else None
        if typed != ((skill.certificate, skill.certified_until) if skill else None):
            found.append((str(part.does.label.text), _skill(skill)))
    if form.daily_maximum.data != one.daily_maximum:
        most = str(one.daily_maximum) if one.daily_maximum else _("as many as fit")
        found.append((_("Most hands-on sessions a day"), most))
    if set(form.rooms.data or ()) != set(one.rooms):
        names = dict(form.rooms.choices)
        rooms = ", ".join(names[room] for room in one.rooms if room in names)
        found.append((_("Works only in"), rooms or _("every room")))
    return found


def _skill(skill: Skill | None) -> str:
    if skill is None:
        return _("no")
    until = skill.certified_until
    day = _("until %(day)s", day=wording.day_and_year(until)) if until else ""
    return ", ".join(filter(None, (_("yes"), skill.certificate, day)))


def unlike_thing(one: Member, form: ThingForm) -> list[tuple[str, str]]:
    """The same for a room or a device."""
    found = [] if one.name == form.name.data else [(_("Name"), one.name)]
    if set(form.does.data or ()) != set(one.treatment_ids):
        found.append((_("Suits"), ", ".join(skill.name for skill in one.skills) or _("nothing")))
    if "due" in form and form.due.data != one.due:
        due = wording.day_and_year(one.due) if one.due else _("none")
        found.append((_("Next service or calibration"), due))
    return found
