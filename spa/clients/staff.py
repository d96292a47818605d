"""The clients at the desk: find, look at, make, put right."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, clock, wording
from spa.access import requires
from spa.audit.shown import happened
from spa.booking.matching import Person
from spa.clients import actions, file_queries, file_shown, notes_actions, queries, shown
from spa.clients.forms import ClientForm, NewClientForm, NoteForm
from spa.clients.queries import Client
from spa.domain.roles import Permission
from spa.domain.states import BookingStatus
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
    return _show_page(_client(client_id), NoteForm())


@bp.post("/<int:client_id>/notes")
@requires(Permission.SEE_CLIENTS)
def write_note(client_id: int) -> ResponseReturnValue:
    """Write something down about them."""
    client, form = _client(client_id), NoteForm()
    if not form.validate_on_submit():
        return _show_page(client, form, status=422)
    notes_actions.write_note(
        client.id, form.text.data, actor=access.actor(), location_id=access.place().id
    )
    flash(_("The note is kept."))
    return redirect(url_for("clients.show", client_id=client.id), 303)


@bp.post("/<int:client_id>/notes/<int(max=2147483647):note_id>/remove")
@requires(Permission.SEE_CLIENTS)
def remove_note(client_id: int, note_id: int) -> ResponseReturnValue:
    """Take one's own note off the file, or as a manager anybody's."""
    client = _client(client_id)
    notes_actions.remove_note(
        note_id, client.id, actor=access.actor(), location_id=access.place().id
    )
    flash(_("The note is gone from the file."))
    return redirect(url_for("clients.show", client_id=client.id), 303)


@bp.post("/sheet")
@requires(Permission.EXPORT_CLIENTS)
def sheet() -> ResponseReturnValue:
    """Everyone as CSV; taking it away is written down."""
    place = access.place()
    actions.note_export(place.id, actor=access.actor(), count=file_queries.how_many())
    return Response(
        stream_with_context(file_shown.as_csv(file_queries.every_client(), place)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="clients.csv"'},
    )


def _show_page(client: Client, form: NoteForm, *, status: int = 200) -> ResponseReturnValue:
    actor, place, now = access.actor(), access.place(), clock.now()
    page = render_template(
        "clients/show.html",
        client=shown.client_shown(client, actor, place, now),
        file=file_shown.file_of(client, actor, place),
        form=form,
    )
    return page, status


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
        form.seen.data = str(queries.newest_change(client.id))
        form.remember(client)
        return _edit_page(client, form)
    if not form.validate():
        return _edit_page(client, form, status=422)
    try:
        if client.id != client_id and form.seen_entry < queries.newest_change(client.id):
            raise ChangedMeanwhile
        changed = actions.correct_client(
            client.id,
            form.meant(),
            seen=form.seen_entry,
            for_visits=bool(form.for_visits.data),
            actor=access.actor(),
            location_id=place.id,
        )
    except ChangedMeanwhile as error:
        client = _client(client_id)
        since = queries.changes_since(client.id, form.seen_entry)
        # What was typed stays; saving again is then a choice made knowingly.
        form.seen.data = str(queries.newest_change(client.id))
        return _edit_page(client, form, since=happened(since, place.zone), status=error.status)
    flash(_("Saved.") if changed else _("Nothing was changed."))
    return redirect(url_for("clients.show", client_id=client.id), 303)


def _edit_page(
    client: Client, form: ClientForm, *, since: Any = (), status: int = 200
) -> ResponseReturnValue:
    """The form; after a change by somebody else, with what happened and what stands there now."""
    coming, _past = queries.visits(client.id, None, clock.now())
    form_page = render_template(
        "clients/edit.html",
        client=client,
        form=form,
        since=since,
        has_coming=any(visit.status == BookingStatus.BOOKED for visit in coming),
        now=shown.differences(client, form, access.place().country) if since else [],
    )
    return form_page, status


def _client(client_id: int) -> Client:
    """The client, if whoever asks may see them; else they do not exist.

    Of a record that was merged it is the one that goes on: a page leads there, a form is for it.
    """
    only = access.actor().only
    if client_id >= 2**31:
        abort(404)
    if found := queries.client(client_id, only):
        return found
    goes_on = queries.survivor(client_id)
    found = queries.client(goes_on, only) if goes_on else None
    if found is None:
        abort(404)
    if request.method == "POST":
        return found
    abort(redirect(url_for("clients.show", client_id=found.id), 302))


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
