"""Hands a mail to a server, or puts it into a folder where no server is set."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20.0
RESERVED = (".example.com", ".example.net", ".example.org", ".example", ".test", ".invalid")


class ChannelDown(Exception):
    """Nothing can be sent this way now: it is no message's fault. The reason names no address."""

    def __init__(self, channel: str, error: Exception) -> None:
        """What was found when the channel was opened."""
        super().__init__(channel)
        self.channel = channel
        self.reason = f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()


class Mailer:
    """One connection for many mails; addresses that exist for show only always go to the folder."""

    def __init__(self, url: str, folder: Path, *, timeout: float = TIMEOUT_SECONDS) -> None:
        """`url` is the setting MAIL_URL; `folder` takes the mails when it is empty."""
        self.url = url
        self.folder = folder
        self.timeout = timeout
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
        self.hang_up()

    def send(self, mail: EmailMessage, name: str) -> None:
        """Send it now.

        Raises ChannelDown when the server can't be reached or takes nothing from us, OSError or
        smtplib.SMTPException when it does not take this mail.
        """
        recipient = mail["To"].addresses[0]
        if not self.url or f".{recipient.domain.lower()}".endswith(RESERVED):
            self._write(mail, name)
            return
        server = self._connected()
        try:
            server.send_message(mail)
        except smtplib.SMTPSenderRefused as error:
            self.hang_up()
            raise ChannelDown("email", error) from None
        except (OSError, smtplib.SMTPException):
            self.hang_up()
            raise

    def _write(self, mail: EmailMessage, name: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.eml"
        partial = path.with_suffix(".part")
        partial.write_bytes(mail.as_bytes(policy=SMTP))
        partial.replace(path)

    def _connected(self) -> smtplib.SMTP:
        """The open connection, or a new one where the server has closed it meanwhile."""
        if self.server is not None and not _answers(self.server):
            self.hang_up()
        if self.server is None:
            try:
                self.server = _connect(self.url, self.timeout)
            except (OSError, smtplib.SMTPException) as error:
                raise ChannelDown("email", error) from None
        return self.server

    def hang_up(self) -> None:
        """End the connection politely, if there is one."""
        if self.server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.server.quit()
            self.server = None


def _answers(server: smtplib.SMTP) -> bool:
    try:
        return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _connect(url: str, timeout: float) -> smtplib.SMTP:
    """smtps:// is encrypted from the start; smtp:// is as soon as the server offers it."""
    parts = urlsplit(url)
    host, context = parts.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=timeout)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
        elif parts.username:
            server.close()
            raise smtplib.SMTPException("the mail server offers no encryption for the password")
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
