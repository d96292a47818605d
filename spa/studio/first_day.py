"""The first day: leads the owner of an empty installation to an open studio."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, wording
from spa.access import requires
from spa.accounts.queries import Place
from spa.domain.roles import Permission
from spa.errors import ChangedMeanwhile, VisitsToCome
from spa.studio import first_day_actions as actions
from spa.studio import first_day_shown, queries, standard_menu, world
from spa.studio.first_day_forms import USUAL, ButtonForm, HoursForm, MenuForm, PersonForm, ThingForm
from spa.studio.forms import COUNTED, NAMED, AddressForm, ZoneForm
from spa.studio.queries import STEPS, Progress

bp = Blueprint("first_day", __name__, url_prefix="/staff/first-day")


@bp.get("")
@requires(Permission.MANAGE_STUDIO)
def index() -> ResponseReturnValue:
    """Go on where it was left."""
    progress = _progress()
    if progress.is_over:
        return redirect(url_for("studio.index"), 302)
    return redirect(_url(progress.next), 302)


@bp.errorhandler(ChangedMeanwhile)
def _overtaken(_error: ChangedMeanwhile) -> ResponseReturnValue:
    """Another window was quicker: go on from what there is now."""
    if _progress().is_over:
        flash(_("The studio is open already: its first day is over."))
    else:
        flash(_("Something changed meanwhile, so nothing was saved. This is how it stands now."))
    return redirect(url_for("first_day.index"), 303)


# The seven steps


@bp.route("/name", methods=["GET", "POST"])
@requires(Permission.MANAGE_STUDIO)
def name() -> ResponseReturnValue:
    """What the studio is called, and where it is."""
    place = access.place_if_any()
    if place and (over := _over()):
        return over
    form = AddressForm(data=_known_address(place))
    if request.method == "POST":
        if not form.validate_on_submit():
            return _page("name", form=form, status=422)
        actions.set_name(place.id if place else None, form.told, actor=access.actor())
        return _on("name")
    if place:
        form.phone.data = wording.phone(form.phone.data or "", place.country)
    return _page("name", form=form)


def _known_address(place: Place | None) -> dict[str, Any]:
    """What stands there; before there is anything, a guess at the country."""
    if place:
        return queries.columns(place.id, NAMED)
    spoken = [language for language, _weight in request.accept_languages]
    return {"country": world.guessed_country(spoken), "email": access.actor().email}


@bp.route("/zone", methods=["GET", "POST"])
@requires(Permission.MANAGE_STUDIO)
def zone() -> ResponseReturnValue:
    """By which clock, and in which money."""
    place = access.place()
    if over := _over():
        return over
    form = ZoneForm(data=queries.columns(place.id, COUNTED))
    if request.method == "POST":
        if not form.validate_on_submit():
            return _page("zone", form=form, zones=world.zones(), status=422)
        try:
            actions.set_zone(place.id, form.counted, actor=access.actor())
        except VisitsToCome:
            flash(_("The time zone and the currency stay: something is blocked or booked already."))
        return _on("zone")
    return _page("zone", form=form, zones=world.zones())


@bp.route("/hours", methods=["GET", "POST"])
@requires(Permission.MANAGE_STUDIO)
def hours() -> ResponseReturnValue:
    """When it is open, in a usual week."""
    place = access.place()
    if over := _over():
        return over
    form = HoursForm(week=queries.week(place.id) or USUAL)
    if request.method == "POST":
        if not form.validate_on_submit():
            return _page("hours", form=form, status=422)
        actions.set_hours(place.id, form.week, actor=access.actor())
        return _on("hours")
    return _page("hours", form=form)


@bp.get("/people")
@requires(Permission.MANAGE_STUDIO)
def people() -> ResponseReturnValue:
    """Who treats clients."""
    access.place()
    return _over() or _people_page(PersonForm(formdata=None))


@bp.post("/people/add")
@requires(Permission.MANAGE_STUDIO)
def add_person() -> ResponseReturnValue:
    """Somebody joins; the owner may be one of them."""
    place, me = access.place(), access.actor()
    form = PersonForm()
    is_self = "me" in request.form
    if is_self:
        form.name.data = me.name
    if not form.validate():
        return _people_page(form, status=422)
    typed = form.name.data or ""
    actions.add(place.id, "practitioner", typed, actor=me, is_self=is_self)
    flash(_("%(name)s is in the team.", name=typed))
    return redirect(url_for("first_day.people"), 303)


@bp.post("/people/remove")
@requires(Permission.MANAGE_STUDIO)
def remove_person() -> ResponseReturnValue:
    """Take somebody out again."""
    return _removed("people")


def _people_page(form: PersonForm, *, status: int = 200) -> ResponseReturnValue:
    place, me = access.place(), access.actor()
    team = queries.members(place.id, ("practitioner",), me.id)
    is_in = any(one.is_self for one in team)
    return _page("people", form=form, team=team, me=None if is_in else me.name, status=status)


@bp.get("/rooms")
@requires(Permission.MANAGE_STUDIO)
def rooms() -> ResponseReturnValue:
    """Where clients are treated, and with what."""
    access.place()
    return _over() or _rooms_page(ThingForm(formdata=None))


@bp.post("/rooms/add")
@requires(Permission.MANAGE_STUDIO)
def add_room() -> ResponseReturnValue:
    """One more room or device."""
    form = ThingForm()
    if not form.validate_on_submit():
        return _rooms_page(form, status=422)
    typed = form.name.data or ""
    actions.add(access.place().id, form.kind.data, typed, actor=access.actor())
    flash(_("%(name)s is there.", name=typed))
    return redirect(url_for("first_day.rooms"), 303)


@bp.post("/rooms/remove")
@requires(Permission.MANAGE_STUDIO)
def remove_room() -> ResponseReturnValue:
    """Take a room or a device away again."""
    return _removed("rooms")


def _rooms_page(form: ThingForm, *, status: int = 200) -> ResponseReturnValue:
    things = queries.members(access.place().id, ("room", "device"), access.actor().id)
    return _page("rooms", form=form, things=things, status=status)


@bp.route("/menu", methods=["GET", "POST"])
@requires(Permission.MANAGE_STUDIO)
def menu() -> ResponseReturnValue:
    """What is offered, and for how much."""
    place = access.place()
    if over := _over():
        return over
    form = MenuForm(currency=place.currency, prices=_offered(place))
    if request.method == "POST":
        if not form.validate_on_submit():
            return _menu_page(place, form, status=422)
        actions.set_menu(place.id, form.prices, actor=access.actor())
        return _on("menu")
    return _menu_page(place, form)


def _offered(place: Place) -> dict[str, int]:
    """What is offered by now; before anything is, all of the standard menu that can be."""
    lines = queries.menu(place.id)
    if lines:
        return {line.slug: line.price_minor for line in lines}
    has_device = bool(queries.members(place.id, ("device",), 0))
    return standard_menu.proposed(place.currency, has_device=has_device)


def _menu_page(place: Place, form: MenuForm, *, status: int = 200) -> ResponseReturnValue:
    plans = standard_menu.PLANS
    return _page(
        "menu",
        form=form,
        currency=place.currency,
        about={slug: _length(plan) for slug, plan in plans.items()},
        with_device=[slug for slug, plan in plans.items() if standard_menu.needs_device(plan)],
        others=[line.name for line in queries.menu(place.id) if line.slug not in plans],
        speaks_english=place.language == "en",
        written_in=wording.language(place.language),
        status=status,
    )


def _length(plan: standard_menu.TreatmentPlan) -> str:
    return wording.minutes(standard_menu.minutes(plan))


@bp.route("/open", methods=["GET", "POST"])
@requires(Permission.MANAGE_STUDIO)
def open_now() -> ResponseReturnValue:
    """All of it once more, and the button that lets visitors in."""
    place = access.place()
    if over := _over():
        return over
    if request.method == "GET":
        return _open_page(place)
    if _progress().missing:
        return _open_page(place, status=422)
    actions.open_studio(place.id, actor=access.actor())
    flash(_("The studio is open: from now on visitors can book."))
    return redirect(url_for("studio.index"), 303)


def _open_page(place: Place, *, status: int = 200) -> ResponseReturnValue:
    return _page(
        "open",
        form=ButtonForm(),
        missing=[(_title(step), _url(step)) for step in _progress().missing],
        status=status,
        **first_day_shown.summary(place),
    )


# What the steps share


def _progress() -> Progress:
    place = access.place_if_any()
    return queries.progress(place.id if place else None)


def _over() -> ResponseReturnValue | None:
    """Away from here once the studio is open: then it is kept in order elsewhere."""
    return redirect(url_for("studio.index"), 302) if _progress().is_over else None


def _removed(step: str) -> ResponseReturnValue:
    actions.remove(access.place().id, request.form.get("who", ""), actor=access.actor())
    return redirect(_url(step), 303)


def _on(step: str) -> ResponseReturnValue:
    """On to the step after this one."""
    return redirect(_url(STEPS[STEPS.index(step) + 1]), 303)


def _url(step: str) -> str:
    return url_for("first_day.open_now" if step == "open" else f"first_day.{step}")


def _title(step: str) -> str:
    return {
        "name": _("Name and address"),
        "zone": _("Time zone and currency"),
        "hours": _("Opening hours"),
        "people": _("People"),
        "rooms": _("Rooms"),
        "menu": _("Treatments"),
        "open": _("Open"),
    }[step]


def _page(step: str, *, status: int = 200, **about: Any) -> ResponseReturnValue:
    progress, at = _progress(), STEPS.index(step)
    page = render_template(
        f"studio/first_day/{step}.html",
        step=step,
        steps=[(each, _title(each), _url(each), each in progress.done) for each in STEPS],
        number=at + 1,
        title=_title(step),
        before=_url(STEPS[at - 1]) if at else "",
        after=_url(STEPS[at + 1]) if step != "open" else "",
        has_place=access.place_if_any() is not None,
        is_done=step in progress.done,
        **about,
    )
    return page, status
