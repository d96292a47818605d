"""Rooms and devices at the desk."""

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock
from spa.access import requires
from spa.audit.shown import happened
from spa.domain.roles import Permission
from spa.domain.spans import local_time
from spa.errors import ChangedMeanwhile
from spa.schedule import settling
from spa.treatments import team_actions, team_queries, team_shown
from spa.treatments.team_changes import Archive, Can, Thing
from spa.treatments.team_forms import ThingForm
from spa.treatments.team_queries import DEVICES, ROOMS, Member

bp = Blueprint("things", __name__, url_prefix="/staff/things")


@bp.get("")
@requires(Permission.MANAGE_CATALOG)
def index() -> ResponseReturnValue:
    """Every room and device, and what it suits."""
    place = access.place()
    found = team_queries.members(place.id, ROOMS, DEVICES)
    lines = team_shown.lines(found, _today(), team_queries.menu(place.id))
    current = [line for line in lines if line.member.archived_at is None]
    return render_template(
        "treatments/team/things.html",
        rooms=[line for line in current if line.member.kind == ROOMS],
        devices=[line for line in current if line.member.kind == DEVICES],
        archived=[line for line in lines if line.member.archived_at is not None],
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOG)
def new() -> ResponseReturnValue:
    """Another room, or with `?kind=device` another device."""
    kind = DEVICES if request.args.get("kind") == DEVICES else ROOMS
    form = _form(kind, None)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template(
            "treatments/team/thing.html", form=form, thing=None, kind=kind
        ), status
    team_actions.add_thing(
        access.place().id, kind, form.name.data or "", _skills(form), actor=access.actor()
    )
    flash(_("%(name)s can be booked now.", name=form.name.data))
    return redirect(url_for("things.index"), 303)


@bp.route("/<thing>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOG)
def edit(thing: str) -> ResponseReturnValue:
    """A room or device: its name, what it suits, when its service is due."""
    one, place = _thing(thing), access.place()
    form = _form(one.kind, one)
    if not form.is_submitted():
        _remember(form, one)
        return _page(form, one)
    if not form.validate():
        return _page(form, one), 422
    name = form.name.data or ""
    try:
        return settling.settle(
            Thing(place.id, one.id, name, _skills(form, one), form.seen_entry, form.known),
            title=_("Change %(name)s", name=one.name),
            said=_("Saved: %(name)s.", name=name),
            to=url_for("things.index"),
        )
    except ChangedMeanwhile as error:
        return _once_more(form, _thing(thing)), error.status


@bp.post("/<thing>/order")
@requires(Permission.MANAGE_CATALOG)
def order(thing: str) -> ResponseReturnValue:
    """One place up or down among its kind."""
    one = _thing(thing)
    team_actions.put_in_order(
        access.place().id, one.id, is_up=request.form.get("to") == "up", actor=access.actor()
    )
    return redirect(url_for("things.index"), 303)


@bp.route("/<thing>/archive", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOG)
def archive(thing: str) -> ResponseReturnValue:
    """Have nobody booked in it any more; whoever is booked is dealt with first."""
    one, place = _thing(thing), access.place()
    if request.method != "POST":
        coming = team_queries.coming_visits(one.id, clock.now())
        return render_template("treatments/team/archive.html", member=one, coming=coming)
    return settling.settle(
        Archive(place.id, one.id),
        title=_("Archive %(name)s", name=one.name),
        said=_("%(name)s can't be booked any more.", name=one.name),
        to=url_for("things.index"),
    )


@bp.post("/<thing>/back")
@requires(Permission.MANAGE_CATALOG)
def bring_back(thing: str) -> ResponseReturnValue:
    """Let it be booked again."""
    one = _thing(thing)
    team_actions.bring_back(access.place().id, one.id, actor=access.actor())
    flash(_("%(name)s can be booked again.", name=one.name))
    return redirect(url_for("things.index"), 303)


def _form(kind: str, one: Member | None) -> ThingForm:
    """The form with its choices; a new room suits everything until somebody says otherwise."""
    place = access.place()
    menu = team_queries.menu(place.id)
    everything = [number for number, _name in menu] if kind == ROOMS else []
    return ThingForm(
        taken=team_queries.names_taken(place.id, kind, without=one.id if one else None),
        menu=menu,
        today=_today(),
        now=one,
        has_due=kind == DEVICES,
        data={
            "name": one.name if one else "",
            "does": one.treatment_ids if one else everything,
            "due": one.due if one else None,
        },
    )


def _skills(form: ThingForm, one: Member | None = None) -> tuple[Can, ...]:
    """What it suits from now on; the service of a device counts for all of it."""
    due = form.due.data if "due" in form else None
    certificates = {skill.treatment_id: skill.certificate for skill in one.skills} if one else {}
    return tuple(Can(number, certificates.get(number, ""), due) for number in form.does.data or ())


def _page(form: ThingForm, one: Member, **more: object) -> str:
    return render_template(
        "treatments/team/thing.html", form=form, thing=one, kind=one.kind, **more
    )


def _remember(form: ThingForm, one: Member) -> None:
    """Have the form say what it was made from."""
    form.seen.data = str(team_queries.newest_change(one.id))
    form.remember(team_queries.menu(access.place().id), one.skills_by_treatment)


def _once_more(form: ThingForm, one: Member) -> str:
    """The form with what was typed, and what somebody else did meanwhile."""
    since = team_queries.changes_since(one.id, form.seen_entry)
    _remember(form, one)
    now = team_shown.unlike_thing(one, form)
    return _page(form, one, since=happened(since, access.place().zone), now=now)


def _today() -> date:
    return local_time(clock.now(), access.place().zone).date()


def _thing(slug: str) -> Member:
    """The one of this address at this place; another place's does not exist."""
    found = team_queries.member(access.place().id, slug, ROOMS, DEVICES)
    if found is None:
        abort(404)
    return found
