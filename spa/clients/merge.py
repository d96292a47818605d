"""Two records of one client at the desk: what comes out, and making it so."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from spa import access, clock, wording
from spa.access import requires
from spa.audit.shown import happened
from spa.clients import file_queries, merge_actions, queries, shown
from spa.clients.fields import FIELDS
from spa.clients.queries import Client
from spa.domain.roles import Permission
from spa.domain.spans import local_time
from spa.errors import ChangedMeanwhile

bp = Blueprint("merge", __name__, url_prefix="/staff/clients")

NUMBER = "<int(max=2147483647):client_id>"
KEPT, OTHER = "kept", "other"


@dataclass(frozen=True)
class Side:
    """One of two records, counted."""

    client: Client
    since: str
    last: str
    visits: int
    notes: int
    messages: int
    consents: int


@dataclass(frozen=True)
class Row:
    """One detail of both; `chosen` is whose comes out, empty when they are the same."""

    name: str
    words: str
    kept: str
    other: str
    chosen: str


@bp.route(f"/{NUMBER}/merge", methods=["GET", "POST"])
@requires(Permission.MERGE_CLIENTS)
def merge(client_id: int) -> ResponseReturnValue:
    """Choose the other record, look at what comes out, make it so."""
    kept = _client(client_id)
    wanted = request.values.get("with", "")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0
    if not number or number == kept.id:
        return _choose(kept)
    other = queries.client(number, None)
    if other is None:
        if queries.survivor(number) != kept.id:
            abort(404)
        flash(_("The two are one record already."))
        return redirect(url_for("clients.show", client_id=kept.id), 303)
    form = FlaskForm()
    if not form.validate_on_submit():
        return _preview(kept, other, form)
    seen = request.form.get("seen", "")
    try:
        merge_actions.merge_clients(
            kept.id,
            other.id,
            [name for name in FIELDS if request.form.get(name) == OTHER],
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 18 else 0,
            actor=access.actor(),
            location_id=access.place().id,
        )
    except ChangedMeanwhile:
        return _again(client_id, number, form)
    flash(_("One record now: %(name)s.", name=kept.name))
    return redirect(url_for("clients.show", client_id=kept.id), 303)


def _again(client_id: int, number: int, form: FlaskForm) -> ResponseReturnValue:
    """What comes out now, after somebody else changed one of the two, or merged it."""
    kept, other = queries.client(client_id, None), queries.client(number, None)
    if kept and other:
        return _preview(kept, other, form, is_stale=True)
    flash(_("Somebody else made one of them part of another record meanwhile."))
    goes_on = queries.survivor(number if kept else client_id)
    return redirect(url_for("clients.show", client_id=goes_on), 303)


def _client(client_id: int) -> Client:
    """The record; one that was merged is not there to be merged again."""
    found = queries.client(client_id, None)
    if found is None:
        abort(404)
    return found


def _choose(kept: Client) -> ResponseReturnValue:
    """Which other record it is: one that is like it, or one that is searched for."""
    asked = request.args.get("q", "").replace("\0", "").strip()[:200]
    found = queries.find(asked, None, clock.now()) if asked else []
    return render_template(
        "clients/merge_choose.html",
        client=kept,
        similar=shown.similar(kept, access.actor(), access.place()),
        asked=asked,
        found=[shown.line(one, access.place()) for one in found if one.id != kept.id],
    )


def _preview(
    kept: Client, other: Client, form: FlaskForm, *, is_stale: bool = False
) -> ResponseReturnValue:
    """Both side by side, and what comes out."""
    seen = max(queries.newest_change(kept.id), queries.newest_change(other.id))
    known = request.form.get("seen", "")
    after = int(known) if is_stale and known.isdigit() and len(known) < 18 else seen
    since = [*queries.changes_since(kept.id, after), *queries.changes_since(other.id, after)]
    page = render_template(
        "clients/merge.html",
        form=form,
        kept=_side(kept),
        other=_side(other),
        rows=_rows(kept, other),
        seen=seen,
        is_stale=is_stale,
        since=happened(since, access.place().zone),
    )
    return page, 409 if is_stale else 200


def _side(client: Client) -> Side:
    zone = access.place().zone
    last = file_queries.last_visit(client.id)
    return Side(
        client=client,
        since=wording.day_and_year(local_time(client.created_at, zone).date()),
        last=wording.day_and_year(local_time(last, zone).date()) if last else "",
        visits=file_queries.visits_made(client.id),
        notes=file_queries.notes_made(client.id),
        messages=file_queries.messages_made(client.id),
        consents=len(file_queries.consents(client.id, None)),
    )


def _rows(kept: Client, other: Client) -> list[Row]:
    """Each detail; where they differ the newer record's, unless it says nothing."""
    is_newer = (other.created_at, other.id) > (kept.created_at, kept.id)
    rows, country = [], access.place().country
    for name in FIELDS:
        mine, theirs = getattr(kept, name), getattr(other, name)
        chosen = ""
        if mine != theirs:
            chosen = OTHER if (theirs and (is_newer or not mine)) else KEPT
            if request.form.get(name) in {KEPT, OTHER}:
                chosen = request.form[name]
        said = [shown.detail(name, value, country) for value in (mine, theirs)]
        rows.append(Row(name, wording.client_field(name), said[0], said[1], chosen))
    return rows
