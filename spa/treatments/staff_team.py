"""The practitioners at the desk: who they are and what they may do."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import requires
from spa.audit.shown import happened
from spa.domain.roles import Permission
from spa.domain.spans import local_time
from spa.errors import ChangedMeanwhile
from spa.schedule import settling
from spa.treatments import photos, team_actions, team_queries, team_shown
from spa.treatments.team_changes import Archive, Can, Work
from spa.treatments.team_forms import PersonForm, PhotoForm, WorkForm
from spa.treatments.team_queries import PEOPLE, PORTRAITS, ROOMS, Member, Words

bp = Blueprint("team", __name__, url_prefix="/staff/team")

LARGEST_REQUEST = photos.LARGEST + 2 * 1024 * 1024
"""A photo that is a little too large is told so by its form; a huge one is not even read."""


@bp.url_value_preprocessor
def _let_photos_in(endpoint: str | None, _values: Any) -> None:
    """Before anything of the request is read: who may send a photo may send something large."""
    if endpoint == "team.photo" and request.method == "POST" and _may_send_photos():
        request.max_content_length = LARGEST_REQUEST


def _may_send_photos() -> bool:
    found = access.signed_in()
    return bool(found and found.actor.may(Permission.MANAGE_CATALOG))


@bp.errorhandler(413)
def _too_large(_error: Exception) -> ResponseReturnValue:
    """The photo was so large that its form was not read; or nobody is signed in any more."""
    if not access.signed_in():
        flash(wording.session_over())
        return redirect(url_for("accounts.sign_in", next=request.path), 303)
    title, message = wording.http_error(413)
    if request.endpoint == "team.photo" and _may_send_photos():
        message = _too_heavy()
    return render_template("errors/error.html", status=413, title=title, message=message), 413


@bp.get("")
@requires(Permission.MANAGE_CATALOG)
def index() -> ResponseReturnValue:
    """Everyone who treats clients here: what they do and how much they work this week."""
    place, today = access.place(), _today()
    found = team_queries.members(place.id, PEOPLE)
    said = team_queries.said(place.language, [one.id for one in found])
    lines = team_shown.lines(
        found,
        today,
        team_queries.menu(place.id),
        titles={number: words.title for number, words in said.items()},
        worked=team_shown.hours(place, today),
    )
    return render_template(
        "treatments/team/index.html",
        team=[line for line in lines if line.member.archived_at is None],
        archived=[line for line in lines if line.member.archived_at is not None],
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOG)
def new() -> ResponseReturnValue:
    """Somebody new: a name and, if wanted, a few words."""
    place = access.place()
    form = _person_form(None, {})
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("treatments/team/words.html", form=form, member=None), status
    slug = team_actions.add_person(
        place.id,
        form.name.data or "",
        _said(form),
        portrait=form.portrait.data,
        actor=access.actor(),
    )
    flash(_("%(name)s is in the team now. Next: what they do, then when.", name=form.name.data))
    return redirect(url_for("team.work", member=slug), 303)


@bp.get("/<member>")
@requires(Permission.MANAGE_CATALOG)
def show(member: str) -> ResponseReturnValue:
    """One of the team, as visitors meet them and as the desk books them."""
    one, place, today = _member(member), access.place(), _today()
    rooms = {room.id: room.name for room in team_queries.members(place.id, ROOMS)}
    return render_template(
        "treatments/team/show.html",
        member=one,
        said=[
            (wording.language(code), words.title, team_shown.bio(words.bio))
            for code, words in sorted(team_queries.words(one.id).items())
            if words != Words()
        ],
        skills=[(skill, team_shown.standing(skill, today)) for skill in one.skills],
        endings=team_shown.endings(one, today),
        rooms=[rooms[number] for number in one.rooms if number in rooms],
        hours=team_shown.hours(place, today).get(one.id, ""),
        happened=happened(team_queries.changes_since(one.id, 0)[:10], place.zone),
    )


@bp.route("/<member>/words", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOG)
def words(member: str) -> ResponseReturnValue:
    """Say anew who somebody is."""
    one, place = _member(member), access.place()
    form = _person_form(one, team_queries.words(one.id))
    if not form.is_submitted():
        form.seen.data = str(team_queries.newest_change(one.id))
        return render_template("treatments/team/words.html", form=form, member=one)
    if not form.validate():
        return render_template("treatments/team/words.html", form=form, member=one), 422
    try:
        changed = team_actions.describe(
            place.id,
            one.id,
            form.name.data or "",
            _said(form),
            portrait=one.portrait if form.portrait.data == one.drawn else form.portrait.data,
            seen=form.seen_entry,
            actor=access.actor(),
        )
    except ChangedMeanwhile as error:
        one = _member(member)
        now = team_shown.unlike_person(one, team_queries.words(one.id), form)
        return _once_more("treatments/team/words.html", form, one, now), error.status
    flash(_("Saved.") if changed else _("Nothing was changed."))
    return redirect(url_for("team.show", member=member), 303)


@bp.route("/<member>/work", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOG)
def work(member: str) -> ResponseReturnValue:
    """What somebody does, by which certificates, in which rooms, and how often a day."""
    one, place = _member(member), access.place()
    form = WorkForm(
        menu=team_queries.menu(place.id),
        skills=one.skills_by_treatment,
        rooms=_rooms(one),
        today=_today(),
        data={"daily_maximum": one.daily_maximum, "rooms": one.rooms},
    )
    if not form.is_submitted():
        _remember(form, one)
        return render_template("treatments/team/work.html", form=form, member=one)
    if not form.validate():
        return render_template("treatments/team/work.html", form=form, member=one), 422
    change = Work(
        location_id=place.id,
        resource_id=one.id,
        skills=tuple(
            Can(number, part.certificate.data or "", part.until.data)
            for number, part in form.skills
            if part.does.data
        ),
        rooms=tuple(form.rooms.data or ()),
        daily_maximum=form.daily_maximum.data,
        seen=form.seen_entry,
        known=form.known,
    )
    try:
        return settling.settle(
            change,
            title=_("Change what %(name)s does", name=one.name),
            said=_("Saved: what %(name)s does.", name=one.name),
            to=url_for("team.show", member=member),
        )
    except ChangedMeanwhile as error:
        one = _member(member)
        now = team_shown.unlike_work(one, form)
        return _once_more("treatments/team/work.html", form, one, now), error.status


@bp.route("/<member>/photo", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOG)
def photo(member: str) -> ResponseReturnValue:
    """Put a photo in place of the drawn portrait, or another one."""
    one, form = _member(member), PhotoForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("treatments/team/photo.html", form=form, member=one), status
    try:
        sent = form.photo.data.read() if form.photo.data else b""
        content = _made_small(sent)
    except _Unusable as reason:
        form.say(str(reason))
        return render_template("treatments/team/photo.html", form=form, member=one), 422
    team_actions.put_photo(access.place().id, one.id, content, actor=access.actor())
    flash(_("The new photo is in place."))
    return redirect(url_for("team.show", member=member), 303)


@bp.post("/<member>/photo/remove")
@requires(Permission.MANAGE_CATALOG)
def remove_photo(member: str) -> ResponseReturnValue:
    """Back to the drawn portrait."""
    one = _member(member)
    team_actions.remove_photo(access.place().id, one.id, actor=access.actor())
    flash(_("The photo is gone; the drawn portrait is shown."))
    return redirect(url_for("team.show", member=member), 303)


@bp.post("/<member>/order")
@requires(Permission.MANAGE_CATALOG)
def order(member: str) -> ResponseReturnValue:
    """One place up or down in the list."""
    one = _member(member)
    team_actions.put_in_order(
        access.place().id, one.id, is_up=request.form.get("to") == "up", actor=access.actor()
    )
    return redirect(url_for("team.index"), 303)


@bp.route("/<member>/archive", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOG)
def archive(member: str) -> ResponseReturnValue:
    """Have nobody booked with them any more; whoever is booked is dealt with first."""
    one, place = _member(member), access.place()
    if request.method != "POST":
        coming = team_queries.coming_visits(one.id, clock.now())
        return render_template("treatments/team/archive.html", member=one, coming=coming)
    return settling.settle(
        Archive(place.id, one.id),
        title=_("Archive %(name)s", name=one.name),
        said=_("Nobody can be booked with %(name)s any more.", name=one.name),
        to=url_for("team.index"),
    )


@bp.post("/<member>/back")
@requires(Permission.MANAGE_CATALOG)
def bring_back(member: str) -> ResponseReturnValue:
    """Let them be booked again."""
    one = _member(member)
    team_actions.bring_back(access.place().id, one.id, actor=access.actor())
    flash(_("%(name)s can be booked again, in the hours that their shifts say.", name=one.name))
    return redirect(url_for("team.show", member=member), 303)


class _Unusable(Exception):
    """What was sent can't become a photo; its text says why, in words."""


def _made_small(sent: bytes) -> bytes:
    """The photo as it is kept; raises _Unusable with what to do."""
    if not sent:
        raise _Unusable(_("Choose a photo first"))
    if len(sent) > photos.LARGEST:
        raise _Unusable(_too_heavy())
    try:
        return photos.made_small(sent)
    except photos.NotAPhoto:
        raise _Unusable(
            _("This is no photo that we can read: choose a JPEG, PNG or WebP")
        ) from None
    except photos.TooManyPixels:
        raise _Unusable(_("This photo has more than 50 million pixels: make it smaller")) from None
    except photos.TooFewPixels:
        raise _Unusable(
            _("This photo is too small: choose one of at least %(n)s by %(n)s pixels",
              n=photos.SMALLEST_SIDE)
        ) from None  # fmt: skip


def _too_heavy() -> str:
    return _("This photo is larger than 8 MB: choose a smaller one, or make it smaller first.")


def _remember(form: Any, one: Member) -> None:
    """Have the form say what it was made from."""
    form.seen.data = str(team_queries.newest_change(one.id))
    if isinstance(form, WorkForm):
        form.remember(team_queries.menu(access.place().id), one.skills_by_treatment)


def _once_more(template: str, form: Any, one: Member, now: list[tuple[str, str]]) -> str:
    """The form with what was typed, and what somebody else did meanwhile."""
    since = team_queries.changes_since(one.id, form.seen_entry)
    _remember(form, one)
    return render_template(
        template, form=form, member=one, since=happened(since, access.place().zone), now=now
    )


def _person_form(one: Member | None, said: Mapping[str, Words]) -> PersonForm:
    place = access.place()
    codes = team_queries.languages(place.id, place.language)
    return PersonForm(
        taken=team_queries.names_taken(place.id, PEOPLE, without=one.id if one else None),
        languages=[(code, wording.language(code)) for code in codes],
        said=said,
        portraits=PORTRAITS,
        data={"name": one.name if one else "", "portrait": one.drawn if one else 1},
    )


def _said(form: PersonForm) -> dict[str, Words]:
    """What was typed in each language."""
    return {
        code: Words(part.title.data or "", part.bio.data or "")
        for code, _name, part in form.languages
    }


def _rooms(one: Member) -> list[tuple[int, str]]:
    """The rooms to choose from; an archived one only while they still have it."""
    return [
        (
            room.id,
            room.name if room.archived_at is None else _("%(room)s (archived)", room=room.name),
        )
        for room in team_queries.members(access.place().id, ROOMS)
        if room.archived_at is None or room.id in one.rooms
    ]


def _today() -> Any:
    return local_time(clock.now(), access.place().zone).date()


def _member(slug: str) -> Member:
    """The one of this address at this place; another place's does not exist."""
    found = team_queries.member(access.place().id, slug, PEOPLE)
    if found is None:
        abort(404)
    return found
