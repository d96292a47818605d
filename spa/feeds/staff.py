"""The addresses of one's calendars at the desk, and replacing them."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from spa import access, links
from spa.access import requires
from spa.domain.roles import Permission
from spa.feeds import actions, queries
from spa.feeds.queries import PERSON, PLACE

bp = Blueprint("calendars", __name__, url_prefix="/staff/calendars")


@dataclass(frozen=True)
class Shown:
    """One calendar that whoever asks may subscribe to; `address` is empty while there is none."""

    kind: str
    title: str
    address: str


@bp.get("")
@requires(Permission.OWN_ACCOUNT)
def index() -> ResponseReturnValue:
    """One's own calendar, and the studio's for its owner, with how to subscribe."""
    actor, place = access.actor(), access.place()
    kinds = {PERSON: _("Your own visits"), PLACE: _("Everyone's visits")}
    return render_template(
        "feeds/calendars.html",
        calendars=[Shown(kind, title, _address(kind)) for kind, title in kinds.items()
                   if _number(kind)],
        button=FlaskForm(),
        may_name=actor.may(Permission.MANAGE_STUDIO),
        names_clients=queries.names_clients(place.id),
    )  # fmt: skip


@bp.post("/<kind>/address")
@requires(Permission.OWN_ACCOUNT)
def make(kind: str) -> ResponseReturnValue:
    """A new address; the old one stops at once."""
    number = _number(kind) or abort(404)
    version = actions.make_address(kind, number, access.place().id, actor=access.actor())
    flash(
        _("Here is the address.")
        if version == 1
        else _("Here is the new address. One that you had before no longer works.")
    )
    return redirect(url_for(".index"), 303)


@bp.post("/<kind>/end")
@requires(Permission.OWN_ACCOUNT)
def end(kind: str) -> ResponseReturnValue:
    """No address any more."""
    number = _number(kind) or abort(404)
    actions.end_address(kind, number, access.place().id, actor=access.actor())
    flash(_("The address no longer works."))
    return redirect(url_for(".index"), 303)


@bp.post("/names")
@requires(Permission.MANAGE_STUDIO)
def names() -> ResponseReturnValue:
    """Whether calendars name clients."""
    is_on = request.form.get("is_on") == "y"
    actions.name_clients(access.place().id, is_on, actor=access.actor())
    flash(
        _("Calendars name clients now. Whoever sees a phone's calendar sees them too.")
        if is_on
        else _("Calendars name no clients any more, as soon as they have asked again.")
    )
    return redirect(url_for(".index"), 303)


def _number(kind: str) -> int | None:
    """Whose calendar of this kind whoever asks may have: their own, or the place's as its owner."""
    actor = access.actor()
    if kind == PERSON:
        return actor.practitioner_id
    if kind == PLACE and actor.may(Permission.MANAGE_STUDIO):
        return access.place().id
    return None


def _address(kind: str) -> str:
    number = _number(kind) or 0
    version = queries.version_of(kind, number)
    if version <= 0:
        return ""
    return links.absolute("feeds.calendar", token=links.feed_token(kind, number, version))
