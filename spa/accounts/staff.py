"""Who works here, for the owner: invite, role, suspend."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from spa import access, wording
from spa.access import requires
from spa.accounts import people_actions as actions
from spa.accounts import queries
from spa.accounts.forms import ButtonForm, InviteForm, RoleForm
from spa.accounts.queries import PersonShown
from spa.domain.roles import Permission, Role
from spa.errors import AlreadyHere, PersonTaken, Refusal

bp = Blueprint("people", __name__, url_prefix="/staff/people")


@bp.get("")
@requires(Permission.MANAGE_PEOPLE)
def index() -> ResponseReturnValue:
    """Everyone who works here."""
    people = queries.people(access.actor())
    seen = {one.id: _moment(one) for one in people}
    return render_template(
        "accounts/people.html", people=people, seen=seen, role_name=wording.role, rights=_rights()
    )


def _moment(person: PersonShown) -> str:
    return wording.moment_short(person.seen_at, access.place().zone) if person.seen_at else ""


def _rights() -> list[tuple[str, list[str]]]:
    """Each role with what it may do."""
    return [(wording.role(role), wording.rights(role)) for role in Role]


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def invite() -> ResponseReturnValue:
    """Invite somebody by mail."""
    place = access.place()
    form = InviteForm(rota=queries.rota(place.id))
    if request.method == "GET":
        return _invite_page(form)
    if not form.validate_on_submit():
        return _invite_page(form, status=422)
    asked = actions.Invitation(
        form.name.data, form.email.data, Role(form.role.data), form.practitioner.data
    )
    try:
        staff_id = actions.invite(access.actor(), asked, location_id=place.id)
    except (AlreadyHere, PersonTaken) as error:
        field = form.email if isinstance(error, AlreadyHere) else form.practitioner
        field.errors = [wording.refusal(error)]
        return _invite_page(form, status=422)
    flash(_("The invitation to %(email)s is on its way.", email=asked.email))
    return redirect(url_for("people.show", staff_id=staff_id), 303)


def _invite_page(form: InviteForm, *, status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/invite.html", form=form, rights=_rights()), status


@bp.get("/<int:staff_id>")
@requires(Permission.MANAGE_PEOPLE)
def show(staff_id: int) -> ResponseReturnValue:
    """One person: what they may do, and whether they are let in."""
    person = _person(staff_id)
    return _person_page(person, _role_form(person))


def _person(staff_id: int) -> PersonShown:
    """Somebody whom this owner looks after; anybody else is not there."""
    return queries.person(access.actor(), staff_id) or abort(404)


def _role_form(person: PersonShown) -> RoleForm:
    return RoleForm(
        rota=queries.rota(person.location_id or access.place().id),
        role=person.role.value,
        practitioner=person.practitioner_slug,
        was=person.role.value,
    )


def _person_page(
    person: PersonShown, form: RoleForm, *, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "accounts/person.html",
        person=person,
        seen=_moment(person),
        is_self=person.id == access.actor().id,
        form=form,
        button=ButtonForm(),
        role=wording.role(person.role),
        rights=_rights(),
        refusal=refusal,
    )
    return page, status


def _refused(staff_id: int, error: Refusal) -> ResponseReturnValue:
    """The person as they are now, and why it did not work."""
    person = _person(staff_id)
    form = _role_form(person)
    form.was.data = person.role.value
    return _person_page(person, form, refusal=wording.refusal(error), status=error.status)


@bp.post("/<int:staff_id>/role")
@requires(Permission.MANAGE_PEOPLE)
def change_role(staff_id: int) -> ResponseReturnValue:
    """Let somebody work as something else."""
    person = _person(staff_id)
    form = _role_form(person)
    if not form.validate_on_submit():
        return _person_page(person, form, status=422)
    try:
        actions.change_role(
            access.actor(),
            staff_id,
            Role(form.role.data),
            was=form.was.data,
            practitioner=form.practitioner.data,
            location_id=access.place().id,
        )
    except PersonTaken as error:
        form.practitioner.errors = [wording.refusal(error)]
        return _person_page(person, form, status=422)
    except Refusal as error:
        return _refused(staff_id, error)
    flash(_("%(name)s works as this now: %(role)s.", name=person.name, role=_chosen(form)))
    return redirect(url_for("people.show", staff_id=staff_id), 303)


def _chosen(form: RoleForm) -> str:
    return wording.role(Role(form.role.data))


@bp.post("/<int:staff_id>/invite")
@requires(Permission.MANAGE_PEOPLE)
def invite_again(staff_id: int) -> ResponseReturnValue:
    """Send the invitation once more."""
    person = _person(staff_id)
    try:
        actions.invite_again(access.actor(), staff_id, location_id=access.place().id)
    except Refusal as error:
        return _refused(staff_id, error)
    flash(_("The invitation to %(email)s is on its way again.", email=person.email))
    return redirect(url_for("people.show", staff_id=staff_id), 303)


@bp.post("/<int:staff_id>/suspend")
@requires(Permission.MANAGE_PEOPLE)
def suspend(staff_id: int) -> ResponseReturnValue:
    """Let somebody in no longer."""
    person = _person(staff_id)
    try:
        actions.suspend(access.actor(), staff_id)
    except Refusal as error:
        return _refused(staff_id, error)
    flash(_("%(name)s is signed out everywhere and can't come in.", name=person.name))
    return redirect(url_for("people.show", staff_id=staff_id), 303)


@bp.post("/<int:staff_id>/let-back")
@requires(Permission.MANAGE_PEOPLE)
def let_back(staff_id: int) -> ResponseReturnValue:
    """Let somebody in again."""
    person = _person(staff_id)
    try:
        actions.let_back(access.actor(), staff_id)
    except Refusal as error:
        return _refused(staff_id, error)
    flash(_("%(name)s can sign in again.", name=person.name))
    return redirect(url_for("people.show", staff_id=staff_id), 303)
