"""A real mail server on this machine, that can say no, say nothing, or go away."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Inbox:
    """Takes mail, or answers as a test wants."""

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[Any] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    silent_seconds: float = 0
    on_taken: Callable[[], None] = lambda: None

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """The sender is named."""
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """A recipient is named."""
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", self.answers.get(address, "250 OK"))

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """The mail itself."""
        await asyncio.sleep(self.silent_seconds)
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("2"):
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
            self.on_taken()
        return answer


class OnFreePort(Controller):
    """A server on a port that the system chose, so that no two tests want the same."""

    def __init__(self, inbox: Inbox) -> None:
        """Bind first, so that the port is ours."""
        self.socket = socket.create_server(("127.0.0.1", 0))
        super().__init__(inbox, hostname="127.0.0.1", port=self.socket.getsockname()[1])

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.socket)
