"""The studio itself at the desk: what can be kept in order, its details and its policies."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import requires
from spa.audit.shown import happened
from spa.domain.roles import Permission
from spa.errors import ChangedMeanwhile, VisitsToCome
from spa.studio import actions, queries, world
from spa.studio.forms import DETAILS, DetailsForm, PoliciesForm
from spa.studio.queries import DETAILS_EVENTS, POLICY_EVENTS

bp = Blueprint("studio", __name__, url_prefix="/staff/studio")


@dataclass(frozen=True)
class Card:
    """A way on from the hub."""

    url: str
    title: str
    words: str


@bp.get("")
@requires(Permission.SEE_SCHEDULE)
def index() -> ResponseReturnValue:
    """All that can be kept in order here, as far as whoever asks may."""
    place = access.place()
    progress = queries.progress(place.id)
    return render_template(
        "studio/index.html",
        cards=list(_cards()),
        progress=progress,
        is_leading=not progress.is_over and access.actor().may(Permission.MANAGE_STUDIO),
        steps=len(queries.STEPS),
    )


def _cards() -> Iterator[Card]:
    for endpoint, title, words in (
        ("hours.index", _("Opening hours"), _("The week, late evenings, closures and holidays.")),
        ("rota.week", _("Rota"), _("Who is in when: shifts, breaks, time off, sick days.")),
        ("menu.index", _("Treatments"), _("The menu: words, prices, steps and their order.")),
        ("team.index", _("Team"), _("Who treats clients, what they do, until when certified.")),
        ("things.index", _("Rooms and devices"), _("What there is, and what it suits.")),
        ("message_words.index", _("Words"), _("What messages to clients say.")),
        ("messages.index", _("Messages"), _("What could not be delivered, and what is late.")),
        ("studio.details", _("Details"), _("Name, address, phone, time zone and currency.")),
        ("studio.policies", _("Policies"), _("Notice, holds, free changes, moves and limits.")),
        ("calendars.index", _("Calendars"), _("The schedule in a calendar app of your own.")),
        ("people.index", _("People"), _("Who signs in here, and what each may do.")),
        ("record.index", _("Record"), _("Who changed what, and when.")),
    ):
        if _may_follow(endpoint):
            yield Card(url_for(endpoint), title, words)


def _may_follow(endpoint: str) -> bool:
    """Whether the page behind it would let them in."""
    view = current_app.view_functions.get(endpoint)
    permission = getattr(view, "permission", None)
    return permission is not None and access.actor().may(permission)


# Details


@bp.route("/details", methods=["GET", "POST"])
@requires(Permission.MANAGE_STUDIO)
def details() -> ResponseReturnValue:
    """What the studio says about itself."""
    place = access.place()
    stands = queries.columns(place.id, DETAILS)
    form = DetailsForm(data=stands)
    if request.method == "GET":
        form.remember(stands, queries.newest(place.id, DETAILS_EVENTS))
        form.phone.data = wording.phone(stands["phone"], stands["country"])
        return _details_page(form)
    if not form.validate_on_submit():
        return _details_page(form, status=422)
    try:
        changed = actions.change_details(
            place.id,
            form.meant(form.told | form.counted),
            seen=form.seen_entry,
            actor=access.actor(),
        )
    except VisitsToCome as error:
        for name in error.fields:
            form[name].errors = [_to_come(name, error.count)]
        return _details_page(form, status=error.status)
    except ChangedMeanwhile as error:
        meanwhile = _meanwhile(form, DETAILS_EVENTS, form.told | form.counted)
        return _details_page(form, meanwhile=meanwhile, status=error.status)
    return _saved(bool(changed))


def _to_come(name: str, count: int) -> str:
    """Why zone or currency stays for now."""
    if name == "zone":
        return _(
            "This stays while visits are to come (%(count)s visits or blocked times): their "
            "hours were agreed by the present clock. Change it when none are left.",
            count=count,
        )
    return _(
        "This stays while visits are to come (%(count)s visits or blocked times): their prices "
        "were agreed in the present currency. Change it when none are left.",
        count=count,
    )


def _details_page(
    form: DetailsForm, *, meanwhile: "Meanwhile | None" = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "studio/details.html",
        form=form,
        meanwhile=meanwhile,
        zones=world.zones(),
        coming=queries.coming_now(access.place().id, clock.now()),
    )
    return page, status


# Policies


@bp.route("/policies", methods=["GET", "POST"])
@requires(Permission.MANAGE_STUDIO)
def policies() -> ResponseReturnValue:
    """What the house wants."""
    place = access.place()
    stands = queries.columns(place.id, PoliciesForm.kept)
    form = PoliciesForm(stands=stands)
    if request.method == "GET":
        form.remember(stands, queries.newest(place.id, POLICY_EVENTS))
        return _policies_page(form)
    if not form.validate_on_submit():
        return _policies_page(form, status=422)
    try:
        changed = actions.change_policies(
            place.id, form.meant(form.typed), seen=form.seen_entry, actor=access.actor()
        )
    except ChangedMeanwhile as error:
        meanwhile = _meanwhile(form, POLICY_EVENTS, form.typed)
        return _policies_page(form, meanwhile=meanwhile, status=error.status)
    return _saved(bool(changed))


def _policies_page(
    form: PoliciesForm, *, meanwhile: "Meanwhile | None" = None, status: int = 200
) -> ResponseReturnValue:
    return render_template("studio/policies.html", form=form, meanwhile=meanwhile), status


# What both share


@dataclass(frozen=True)
class Meanwhile:
    """What others did since the page was made, and what stands there now unlike what was typed."""

    entries: list[Any]
    now: list[tuple[str, str]]


def _meanwhile(form: Any, events: tuple[str, ...], typed: dict[str, Any]) -> Meanwhile:
    """What was typed stays; what nobody touched becomes what stands there now.

    Saving again is then a choice made knowingly.
    """
    place = access.place()
    stands = queries.columns(place.id, form.kept)
    entries = queries.since(place.id, form.seen_entry, events)
    meant = form.meant(typed)
    for name in form.kept:
        if name not in meant:
            form[name].data, form[name].raw_data = stands[name], None
    now = [
        (wording.detail(name), wording.detail_value(name, stands[name]))
        for name, value in meant.items()
        if stands[name] != value
    ]
    form.remember(stands, queries.newest(place.id, events))
    return Meanwhile(happened(entries, place.zone), now)


def _saved(is_changed: bool) -> ResponseReturnValue:
    flash(_("Saved.") if is_changed else _("Nothing was changed."))
    return redirect(url_for("studio.index"), 303)
