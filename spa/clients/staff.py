"""The clients at the desk: find, look at, make, put right."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import requires
from spa.audit.shown import happened
from spa.booking.matching import Person
from spa.clients import actions, queries, shown
from spa.clients.forms import ClientForm, NewClientForm
from spa.clients.queries import Client
from spa.domain.roles import Permission
from spa.errors import ChangedMeanwhile

bp = Blueprint("clients", __name__, url_prefix="/staff/clients")

LONGEST = 200
KEPT = ("day", "at", "with", "treatment")
"""What a new booking already knows while its client is being looked for."""


@bp.get("")
@requires(Permission.SEE_CLIENTS)
def index() -> ResponseReturnValue:
    """Find somebody."""
    asked, found = _asked_and_found()
    return render_template("clients/index.html", asked=asked, found=found, address=_records())


@bp.get("/find")
@requires(Permission.SEE_CLIENTS)
def find() -> ResponseReturnValue:
    """Who is found, for a page that asks as somebody types."""
    asked, found = _asked_and_found()
    is_booking = request.args.get("for") == "booking" and access.actor().may_manage
    return render_template(
        "clients/_found.html",
        asked=asked,
        found=found,
        address=_bookings() if is_booking else _records(),
        new_url=_new_booking(asked) if is_booking else None,
    )


@bp.get("/<int:client_id>")
@requires(Permission.SEE_CLIENTS)
def show(client_id: int) -> ResponseReturnValue:
    """One client: how to reach them, their visits, and what was changed."""
    page = shown.client_shown(_client(client_id), access.actor(), access.place(), clock.now())
    return render_template("clients/show.html", client=page)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLIENTS)
def new() -> ResponseReturnValue:
    """Somebody new: a name, and a phone or an email."""
    place = access.place()
    form = NewClientForm(region=place.country)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("clients/new.html", form=form), status
    person = Person(form.name.data or "", form.email.data or "", form.e164, place.language)
    client_id = actions.make_client(person, actor=access.actor(), location_id=place.id)
    flash(_("%(name)s has a record now.", name=person.name))
    return redirect(url_for("clients.show", client_id=client_id), 303)


@bp.route("/<int:client_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLIENTS)
def edit(client_id: int) -> ResponseReturnValue:
    """Put a record right."""
    client, place = _client(client_id), access.place()
    form = ClientForm(
        obj=client,
        region=place.country,
        languages=[(code, wording.language(code)) for code in queries.languages(client.language)],
    )
    if not form.is_submitted():
        form.seen.data = str(queries.newest_change(client_id))
        form.remember(client)
        return _edit_page(client, form)
    if not form.validate():
        return _edit_page(client, form, status=422)
    try:
        changed = actions.correct_client(
            client_id,
            form.meant(),
            seen=form.seen_entry,
            actor=access.actor(),
            location_id=place.id,
        )
    except ChangedMeanwhile as error:
        since = queries.changes_since(client_id, form.seen_entry)
        # What was typed stays; saving again is then a choice made knowingly.
        form.seen.data = str(queries.newest_change(client_id))
        client = _client(client_id)
        return _edit_page(client, form, since=happened(since, place.zone), status=error.status)
    flash(_("Saved.") if changed else _("Nothing was changed."))
    return redirect(url_for("clients.show", client_id=client_id), 303)


def _edit_page(
    client: Client, form: ClientForm, *, since: Any = (), status: int = 200
) -> ResponseReturnValue:
    """The form; after a change by somebody else, with what happened and what stands there now."""
    form_page = render_template(
        "clients/edit.html",
        client=client,
        form=form,
        since=since,
        now=shown.differences(client, form) if since else [],
    )
    return form_page, status


def _client(client_id: int) -> Client:
    """The client, if whoever asks may see them; else they do not exist."""
    found = queries.client(client_id, access.actor().only) if client_id < 2**31 else None
    if found is None:
        abort(404)
    return found


def _asked_and_found() -> tuple[str, list[shown.Line]]:
    asked = request.args.get("q", "").replace("\0", "").strip()[:LONGEST]
    found = queries.find(asked, access.actor().only, clock.now()) if asked else []
    return asked, [shown.line(one, access.place()) for one in found]


def _records() -> str:
    """Where the addresses of records begin."""
    return url_for("clients.index") + "/"


def _bookings() -> str:
    """Where the addresses begin that book for somebody."""
    return url_for("desk_new.new", **_kept(), client="")


def _new_booking(asked: str) -> str:
    return url_for("desk_new.new", q=asked, new="y", **_kept())


def _kept() -> dict[str, Any]:
    return {name: request.args[name] for name in KEPT if request.args.get(name)}
