"""The channels that messages go out by, and which of them rests because it is down."""

from pathlib import Path
from types import TracebackType

from flask import current_app

from spa import clock
from spa.messages.mailer import Mailer
from spa.messages.render import Rendered
from spa.messages.texter import Texter

PAUSES = (10.0, 30.0, 60.0)
"""Seconds that a channel rests after it was found down, longer each time."""


class Post:
    """Sends by email and text; a channel that is down is left alone for a while."""

    def __init__(self) -> None:
        """Everything as the settings say; nothing is opened before the first message."""
        folder = Path(current_app.instance_path)
        self.mailer = Mailer(
            current_app.config["MAIL_URL"],
            folder / "mail",
            timeout=current_app.config["MAIL_TIMEOUT"],
        )
        self.texter = Texter(current_app.config["TEXT_URL"], folder / "texts")
        self._rests_until: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    def __enter__(self) -> "Post":
        """Nothing to open yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up."""
        self.rest()

    def rest(self) -> None:
        """Hang up until there is more to send."""
        self.mailer.hang_up()

    def send(self, channel: str, recipient: str, rendered: Rendered, name: str) -> None:
        """Send it now; raises ChannelDown when nothing at all can be sent, else what went wrong."""
        if rendered.mail is None:
            self.texter.send(recipient, rendered.text, name)
        else:
            self.mailer.send(rendered.mail, name)
        self._failures.pop(channel, None)

    def pause(self, channel: str) -> None:
        """Leave a channel alone for a while."""
        failures = self._failures.get(channel, 0)
        self._failures[channel] = failures + 1
        pause = PAUSES[min(failures, len(PAUSES) - 1)]
        self._rests_until[channel] = clock.ticking() + pause

    def is_down(self, channel: str) -> bool:
        """Whether a channel rests."""
        return self._rests_until.get(channel, 0) > clock.ticking()

    def down(self) -> list[str]:
        """The channels that rest."""
        return [channel for channel in self._rests_until if self.is_down(channel)]
