"""Sends texts to telephones through a provider, or puts them into a folder."""

from pathlib import Path
from urllib.parse import quote

import apprise
import phonenumbers

from spa.messages.mailer import ChannelDown

FILES = "file:"
TIMEOUT_SECONDS = 20


class NotDelivered(Exception):
    """The provider did not take a text; it says no more than that."""


class Texter:
    """Speaks to any provider that the library apprise knows; fictional numbers get a file."""

    def __init__(self, url: str, folder: Path) -> None:
        """`url` is the setting TEXT_URL; `folder` takes the texts that nobody is to get."""
        self.url = url
        self.folder = folder

    def send(self, number: str, text: str, name: str) -> None:
        """Send it now; raises ChannelDown when no provider is set, NotDelivered when it refused."""
        if not self.url:
            raise ChannelDown("text", NotDelivered("no provider"))
        if self.url == FILES or is_fictional(number):
            self._write(number, text, name)
            return
        provider = apprise.Apprise()
        if not provider.add(self.url.replace("{to}", quote(number.lstrip("+")))):
            raise ChannelDown("text", NotDelivered("the setting TEXT_URL is not understood"))
        taken = provider.notify(
            body=text, body_format=apprise.NotifyFormat.TEXT, timeout=TIMEOUT_SECONDS
        )
        if not taken:
            raise NotDelivered

    def _write(self, number: str, text: str, name: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.txt"
        partial = path.with_suffix(".part")
        partial.write_text(f"To: {number}\n\n{text}\n", "utf-8")
        partial.replace(path)


def is_fictional(number: str) -> bool:
    """Whether this is one of the American numbers kept for films: xxx 555-01xx."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    national = str(parsed.national_number)
    return parsed.country_code == 1 and national[3:8] == "55501"
