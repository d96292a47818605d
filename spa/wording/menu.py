"""What happened to the menu, in words."""

from typing import Any

from flask_babel import gettext as _

from spa.wording.basics import minutes, price


def menu_entry(event: str, details: dict[str, Any]) -> str:
    """One thing that happened to a treatment; empty for anything else."""
    if event == "treatment.changed":
        said = _("Changed: %(what)s.", what=", ".join(map(menu_field, details["fields"])))
        if "price" in details:
            old, new = (price(minor, details["currency"]) for minor in details["price"])
            said += " " + _("The price was %(old)s and is %(new)s.", old=old, new=new)
        if "minutes" in details:
            old, new = (minutes(count) for count in details["minutes"])
            said += " " + _("It took %(old)s and takes %(new)s.", old=old, new=new)
        return said
    return {
        "treatment.added": _("Put on the menu."),
        "treatment.archived": _("Sold no more."),
        "treatment.brought_back": _("On the menu again."),
        "treatment.moved": _("Moved on the menu."),
    }.get(event, "")


def menu_field(name: str) -> str:
    """What a detail of a treatment is called."""
    return {
        "words": _("what is said of it"),
        "price_minor": _("price"),
        "steps": _("steps"),
        "turnover_minutes": _("cleaning afterwards"),
        "turnover_needs_practitioner": _("who cleans"),
        "is_needling": _("whether needles are used"),
        "days_between": _("days between two"),
        "is_hidden": _("shown or hidden"),
        "resource_ids": _("who may give it, and where"),
    }.get(name, name)
