"""Roles, rights, passwords and browsers in words."""

from flask_babel import gettext as _

from spa.domain.guessing import Weakness
from spa.domain.roles import RIGHTS, Permission, Role

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def role(code: Role) -> str:
    """What somebody is at the studio."""
    return {
        Role.OWNER: _("Owner"),
        Role.MANAGER: _("Manager"),
        Role.RECEPTION: _("Reception"),
        Role.PRACTITIONER: _("Practitioner"),
    }[code]


def rights(code: Role) -> list[str]:
    """What a role may do, a line for each right."""
    mine = RIGHTS[code]
    sees_all = Permission.SEE_EVERYONE in mine
    lines = {
        Permission.SEE_SCHEDULE: _("Sees everyone's schedule")
        if sees_all
        else _("Sees their own schedule"),
        Permission.SEE_CLIENTS: _("Sees all clients") if sees_all else _("Sees their own clients"),
        Permission.MARK_VISITS: _("Marks visits: arrived, in treatment, done, did not come"),
        Permission.MANAGE_BOOKINGS: _("Books, moves and cancels visits, and blocks time"),
        Permission.MANAGE_CLIENTS: _("Adds clients, corrects their details and writes notes"),
        Permission.MANAGE_ABSENCES: _("Notes who is sick or away, and looks after their clients"),
        Permission.SEE_MONEY: _("Sees what visits bring in"),
        Permission.EXPORT_BOOKINGS: _("Takes the list of bookings along as a file"),
        Permission.MERGE_CLIENTS: _("Makes one record of two of the same client"),
        Permission.EXPORT_CLIENTS: _("Takes the list of clients along as a file"),
        Permission.MANAGE_SCHEDULE: _("Sets opening hours, closures and shifts"),
        Permission.MANAGE_MESSAGES: _("Changes the words of messages"),
        Permission.SEE_HEALTH: _("Reads health answers, if they treat clients themselves"),
        Permission.MANAGE_CATALOG: _("Changes treatments, prices, rooms and who does what"),
        Permission.SEE_AUDIT: _("Searches the record of who changed what"),
        Permission.MANAGE_STUDIO: _("Changes the studio's address, policies and calendars"),
        Permission.MANAGE_PEOPLE: _("Invites people, and says who may do what"),
    }
    return [line for permission, line in lines.items() if permission in mine]


def weakness(code: Weakness) -> str:
    """Why a new password is not taken, and what would be."""
    return {
        Weakness.TOO_SHORT: _("Choose a password of at least 12 characters"),
        Weakness.TOO_LONG: _("Choose a password of at most 128 characters"),
        Weakness.COMMON: _(
            "Choose another password: this one is easy to guess. Three or four words that only "
            "you would put together are good"
        ),
        Weakness.ABOUT_YOU: _("Choose a password that is not your own name or email address"),
    }[code]


def browser(agent: str) -> str:
    """A browser as people know it: "Firefox on Windows"."""
    name = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if name and system:
        return _("%(browser)s on %(system)s", browser=name, system=system)
    return name or system or _("A browser")
