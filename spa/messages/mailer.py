"""Hands a mail to a server, or puts it into a folder where no server is set."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20
RESERVED = (".example.com", ".example.net", ".example.org", ".example", ".test", ".invalid")


class Mailer:
    """One connection for many mails; addresses that exist for show only always go to the folder."""

    def __init__(self, url: str, folder: Path) -> None:
        """`url` is the setting MAIL_URL; `folder` takes the mails when it is empty."""
        self.url = url
        self.folder = folder
        self.server: smtplib.SMTP | None = None

    def __enter__(self) -> "Mailer":
        """Nothing is opened before the first mail."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up politely."""
        self._hang_up()

    def send(self, mail: EmailMessage, name: str) -> None:
        """Send it now; raises OSError or smtplib.SMTPException when that fails."""
        recipient = mail["To"].addresses[0]
        if not self.url or f".{recipient.domain.lower()}".endswith(RESERVED):
            self._write(mail, name)
            return
        try:
            self._connected().send_message(mail)
        except (OSError, smtplib.SMTPException):
            self._hang_up()
            raise

    def _write(self, mail: EmailMessage, name: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.eml"
        partial = path.with_suffix(".part")
        partial.write_bytes(mail.as_bytes(policy=SMTP))
        partial.replace(path)

    def _connected(self) -> smtplib.SMTP:
        if self.server is None:
            self.server = _connect(self.url)
        return self.server

    def _hang_up(self) -> None:
        if self.server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.server.quit()
            self.server = None


def _connect(url: str) -> smtplib.SMTP:
    """smtps:// is encrypted from the start; smtp:// is as soon as the server offers it."""
    parts = urlsplit(url)
    host, context = parts.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
        elif parts.username:
            server.close()
            raise smtplib.SMTPException("the mail server offers no encryption for the password")
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
