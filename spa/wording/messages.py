"""What messages, and what happens to them, are called."""

from typing import Any

from flask_babel import gettext as _

from spa.domain.plan import Wrong


def message_name(event: str) -> str:
    """What a message is called at the desk."""
    return {
        "booking_confirmed": _("Confirmation"),
        "booking_moved": _("New time"),
        "booking_cancelled": _("Cancellation"),
        "booking_links": _("Links"),
        "hour_pencilled": _("Hour pencilled in"),
        "follow_up_opened": _("Follow-up, to the studio"),
        "prep_14d": _("Two weeks before"),
        "prep_7d": _("A week before"),
        "prep_5d": _("Five days before"),
        "prep_3d": _("Will you be there?"),
        "prep_1d": _("Reminder the day before"),
        "prep_0d": _("Reminder on the day"),
        "care_0h": _("The evening after"),
        "care_24h": _("The first day after"),
        "care_d2": _("Two days after"),
        "care_d4": _("Four days after"),
        "care_d7": _("A week after"),
        "thanks": _("Thanks, and how was it"),
        "care_d14": _("Two weeks after"),
        "care_d28": _("Four weeks after"),
        "next_time": _("Time for the next"),
        "care_m3": _("Three months after"),
        "staff_invited": _("Invitation to the desk"),
        "staff_reset": _("Link to a new password"),
    }.get(event, event)


def message_status(state: str) -> str:
    """Where a message stands."""
    return {
        "waiting": _("waiting to be sent"),
        "sent": _("sent"),
        "failed": _("not delivered"),
        "dealt_with": _("not delivered, told in another way"),
        "withdrawn": _("not sent, no longer true"),
        "stopped": _("stopped by the studio"),
    }.get(state, state)


def mail_trouble(error: str) -> str:
    """Why a message did not arrive, from what the mail server answered."""
    code = error.rpartition(" ")[2]
    if error == "Interrupted":
        return _("The program was stopped twice while it was being sent: it may have arrived.")
    if error == "NotDelivered":
        return _("The provider of texts did not take it.")
    if code.startswith("5"):
        return _(
            "Their mail server refused it for good (%(code)s). Is the address right?", code=code
        )
    if code.isdecimal():
        return _("The mail server would not take it (%(code)s).", code=code)
    return _("The mail server could not be reached, or broke off.")


def channel(code: str) -> str:
    """How notes reach somebody."""
    return {"email": _("by email"), "text": _("as texts to the phone")}.get(code, code)


def words_problem(code: str, about: str) -> str:
    """What is wrong with the words of a message, and what to do about it."""
    mark = "{" + about + "}"
    return {
        "empty": _("Write something here: without it the message can't be sent."),
        "too_long": _("Keep it to 300 characters: a longer text goes as three and costs as much."),
        "no_link": _("Put {link} in, so that the text leads to the rest."),
        "unknown": _("There is no %(mark)s. The list below says what there is.", mark=mark),
        "not_here": _("%(mark)s can't stand here: take it out.", mark=mark),
        "own_line": _("Put %(mark)s on a line of its own.", mark=mark),
    }[code]


def wrong_note(wrong: Wrong) -> str:
    """What is wrong with where a note stands in a plan."""
    return {
        Wrong.NOT_BEFORE: _("This one goes out before the visit"),
        Wrong.NOT_AFTER: _("This one goes out after the visit"),
        Wrong.TOO_FAR: _("At most 60 days before a visit, and 365 after it"),
        Wrong.TOO_LATE_TO_CHANGE: _(
            "It asks whether the client will come: put it before the free change ends"
        ),
    }[wrong]


def placeholder(name: str) -> str:
    """What a placeholder becomes."""
    return {
        "name": _("the client's name"),
        "studio": _("the name of the studio"),
        "phone": _("the studio's telephone"),
        "day": _("the day of the visit"),
        "time": _("its time"),
        "when": _("day and time"),
        "who": _("who treats them"),
        "treatment": _("the treatment"),
        "free_until": _("until when a change is free"),
        "link": _("the address of the page of the visit"),
        "visit": _("a box with all about the visit"),
        "terms": _("until when a change is free, as a sentence"),
        "button": _("the button to the page of the visit"),
        "now": _("what starts to hold now, before the visit"),
        "preparation": _("the whole list of what to do before and after"),
        "aftercare": _("what to do afterwards, in short"),
        "warning": _("when to call"),
        "diary": _("the button to the skin diary"),
        "confirm": _("the button “I will be there”"),
        "pencilled": _("the hour that is pencilled in, if there is one"),
        "book": _("the button to the free hours"),
    }[name]


def message_entry(event: str, details: dict[str, Any]) -> str:
    """What was done about messages, notes, pencilled hours and follow-ups; empty for the rest."""
    name = message_name(details.get("which", ""))
    return {
        "message.sent_again": _("A message that had failed was sent again."),
        "message.dealt_with": _("What a failed message said was told in another way."),
        "message.sent_now": _("Sent before its time: %(name)s.", name=name),
        "message.stopped": _("Stopped: %(name)s.", name=name),
        "message.words_changed": _("Words of our own: %(name)s.", name=name),
        "message.words_reset": _("Back to the program's words: %(name)s.", name=name),
        "treatment.notes_changed": _("The notes to its clients were changed."),
        "client.notes_chosen": _("Chose which notes they want, and how."),
        "client.news_stopped": _("Wants no more news."),
        "booking.pencilled": _("Pencilled in after another visit."),
        "booking.pencil_taken": _("Took the hour that was pencilled in."),
        "follow_up.opened": _("Asked in the skin diary for a look."),
        "follow_up.added": _("Said more in the skin diary."),
        "follow_up.read": _("Read what was said in the skin diary."),
        "follow_up.closed": _("Closed a follow-up with a note."),
        "booking.pencil_let_go": _("Let the hour go that was pencilled in."),
    }.get(event, "")
