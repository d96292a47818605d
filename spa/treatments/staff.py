"""The menu at the desk: treatments, their words, prices and steps."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from babel.numbers import get_currency_precision
from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from spa import access, clock, wording
from spa.access import requires
from spa.audit.shown import Happened, happened
from spa.domain.roles import Permission
from spa.domain.slugs import free_slug
from spa.errors import ChangedMeanwhile
from spa.schedule import settling
from spa.treatments import menu_queries, menu_shown
from spa.treatments.menu_changes import Archive, Move, Write
from spa.treatments.menu_forms import MOST_STEPS, treatment_form
from spa.treatments.menu_queries import Item

bp = Blueprint("menu", __name__, url_prefix="/staff/treatments")

LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pl", "pt", "sv", "tr", "uk", "ar", "he", "zh")
RESERVED = ("new", "preview")
SPARE = 1


@bp.get("")
@requires(Permission.MANAGE_CATALOG)
def index() -> ResponseReturnValue:
    """The menu in its order, and what is sold no more."""
    place = access.place()
    names = {one.id: one for one in menu_queries.doers(place.id)}
    lines = [menu_shown.line(one, names, place) for one in menu_queries.items(place.id)]
    return render_template(
        "treatments/staff/menu.html",
        lines=[line for line in lines if not line.is_archived],
        archived=[line for line in lines if line.is_archived],
        button=FlaskForm(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOG)
def new() -> ResponseReturnValue:
    """Another treatment; `?like=` begins with a copy of one there is."""
    like = request.args.get("like", "")
    model = menu_queries.item(access.place().id, like) if like else None
    form = _form(model)
    if not form.is_submitted():
        menu_shown.fill(form, model, access.place(), is_copy=True)
    elif _is_growing() or not form.validate():
        return _page(form, None, status=200 if _is_growing() else 422)
    else:
        try:
            return _add(form)
        except ChangedMeanwhile:
            form.refuse_name()
            return _page(form, None, status=422)
    return _page(form, None)


def _add(form: Any) -> ResponseReturnValue:
    """Put it on the menu, once however often it is pressed; raises ChangedMeanwhile for a name."""
    item = _typed(form, None)
    name = item.named(form.languages[0])
    for there in menu_queries.called(access.place().id, form.languages[0], name):
        if not there.is_like(item):
            raise ChangedMeanwhile
        item = replace(item, slug=there.slug)
    return settling.settle(
        Write(access.place().id, item, frozenset(form.kinds), 0),
        title=_("Add “%(name)s”", name=name),
        said=_("“%(name)s” is on the menu.", name=name),
        to=url_for("menu.index"),
    )


@bp.route("/<slug>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOG)
def edit(slug: str) -> ResponseReturnValue:
    """One treatment: its words, price, steps, and who may give it."""
    item = _item(slug)
    form, since = _form(item), ()
    if not form.is_submitted():
        menu_shown.fill(form, item, access.place())
        form.seen.data = str(menu_queries.newest_change(item.id))
    elif _is_growing() or not form.validate() or _has_namesake(form, item):
        return _page(form, item, status=200 if _is_growing() else 422)
    else:
        try:
            return _save(form, item)
        except ChangedMeanwhile:
            return _page(form, _item(slug), since=_since(form, item), status=409)
    return _page(form, item, since=since)


def _has_namesake(form: Any, item: Item) -> bool:
    """Whether another is called so already; one that kept its name may go on."""
    language = form.languages[0]
    name = form.words[language].name
    others = menu_queries.called(access.place().id, language, name)
    if name == item.named(language) or all(one.id == item.id for one in others):
        return False
    form.refuse_name()
    return True


def _save(form: Any, item: Item) -> ResponseReturnValue:
    typed = _typed(form, item)
    name = typed.named(form.languages[0])
    said = [_("“%(name)s” is saved.", name=name)]
    count = menu_queries.coming_visits(item.id, clock.now())
    if count and (typed.steps, typed.turnover_minutes) != (item.steps, item.turnover_minutes):
        said.append(
            ngettext(
                "%(num)d visit to come keeps the steps it was booked with.",
                "%(num)d visits to come keep the steps they were booked with.",
                count,
            )
        )
    return settling.settle(
        Write(access.place().id, typed, frozenset(form.kinds), form.seen_entry, form.known),
        title=_("Change “%(name)s”", name=name),
        said=" ".join(said),
        to=url_for("menu.index"),
    )


@bp.post("/preview")
@requires(Permission.MANAGE_CATALOG)
def preview() -> ResponseReturnValue:
    """The public page as it would be with what is typed; nothing is saved."""
    form = _form(None)
    shown = menu_shown.as_visitors_see_it(form, access.place())
    name = "_article" if request.headers.get("X-Part") else "preview"
    return render_template(f"treatments/staff/{name}.html", treatment=shown)


@bp.post("/<slug>/order")
@requires(Permission.MANAGE_CATALOG)
def order(slug: str) -> ResponseReturnValue:
    """One place up or down."""
    item = _item(slug)
    return settling.settle(
        Move(access.place().id, item.id, request.form.get("to") == "up"),
        title=_("Order of the menu"),
        said=_("The order is saved."),
        to=url_for("menu.index"),
    )


@bp.post("/<slug>/archive")
@requires(Permission.MANAGE_CATALOG)
def archive(slug: str) -> ResponseReturnValue:
    """Sell it no more, or again; visits that are booked take place."""
    item, is_archived = _item(slug), request.form.get("to") != "back"
    name = item.named(access.place().language)
    said = (
        _("“%(name)s” is sold no more. Visits that are booked take place.", name=name)
        if is_archived
        else _("“%(name)s” is on the menu again.", name=name)
    )
    return settling.settle(
        Archive(access.place().id, item.id, is_archived),
        title=name,
        said=said,
        to=url_for("menu.index"),
    )


def _item(slug: str) -> Item:
    return menu_queries.item(access.place().id, slug) or abort(404)


def _is_growing() -> bool:
    """Whether another row or language is asked for, and nothing is to be saved yet."""
    return "more" in request.form


def _form(item: Item | None) -> Any:
    """The form with as many languages and steps as there are or were shown."""
    place = access.place()
    languages = [place.language, *(item.words if item else ())]
    shown = request.form.get("rows_shown", "")
    rows = (len(item.steps) if item else 4) + SPARE
    if request.method == "POST":
        languages += [code for code in LANGUAGES if f"name_{code}" in request.form]
        if request.form.get("more") == "language":
            languages += [code for code in LANGUAGES if code == request.form.get("new_language")]
        if shown.isascii() and shown.isdigit() and len(shown) < 3:
            rows = int(shown) + 2 * (request.form.get("more") == "step")
    doers = [(one.id, one.kind, one.name) for one in menu_queries.doers(place.id)]
    return treatment_form(
        list(dict.fromkeys(languages)),
        min(rows, MOST_STEPS),
        choices=doers,
        digits=get_currency_precision(place.currency),
    )


def _typed(form: Any, item: Item | None) -> Item:
    """What was typed, as an item; only after validation."""
    name = form.words[form.languages[0]].name
    taken = menu_queries.slugs() | set(RESERVED)
    # The address of a new page is found when it is saved, and is the same if that is done twice.
    slug = item.slug if item else _slug(name, taken)
    return Item(
        id=item.id if item else 0,
        slug=slug,
        words=form.words,
        price_minor=form.price_minor,
        steps=tuple(form.steps),
        turnover_minutes=form.turnover_minutes,
        turnover_needs_practitioner=bool(form.binds_person.data),
        is_needling=bool(form.is_needling.data),
        days_between=form.days,
        is_hidden=bool(form.is_hidden.data),
        resource_ids=frozenset(form.doers.data or ()),
        archived_at=item.archived_at if item else None,
    )


def _slug(name: str, taken: set[str]) -> str:
    return free_slug(name, taken, "treatment")


def _since(form: Any, item: Item) -> Sequence[Happened]:
    """What somebody else did meanwhile; the form knows of it from now on."""
    seen = form.seen_entry
    form.seen.data = str(menu_queries.newest_change(item.id))
    return happened(menu_queries.changes_since(item.id, seen), access.place().zone)


def _page(
    form: Any, item: Item | None, *, since: Sequence[Happened] = (), status: int = 200
) -> ResponseReturnValue:
    place = access.place()
    coming = menu_queries.coming_visits(item.id, clock.now()) if item else 0
    page = render_template(
        "treatments/staff/treatment.html",
        form=form,
        item=item,
        name=item.named(place.language) if item else "",
        coming=coming,
        since=since,
        otherwise=menu_shown.differing(form, item, place) if since and item else (),
        currency=place.currency,
        doers=menu_shown.by_kind(form),
        language_names=[wording.language(code) for code in form.languages],
        languages=[
            (code, wording.language(code)) for code in LANGUAGES if code not in form.languages
        ],
        treatment=menu_shown.as_visitors_see_it(form, place),
        happened=happened(menu_queries.changes_since(item.id, 0)[:5], place.zone) if item else (),
    )
    return page, status
