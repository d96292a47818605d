"""A small client that keeps a server busy, and what it sees."""

import selectors
import socket
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from script.bench_servers import Bench, Site

CONNECTIONS = 8
SECONDS_WITHOUT_ANSWER = 20.0


@dataclass(frozen=True)
class Target:
    """An address to ask for again and again; `accepts` is what the caller can unpack.

    `cookie` says who asks.
    """

    site: Site
    path: str
    accepts: str = ""
    cookie: str = ""

    def request(self) -> bytes:
        """The bytes of one request."""
        lines = [f"GET {self.path} HTTP/1.1", f"Host: 127.0.0.1:{self.site.port}"]
        lines += [f"Accept-Encoding: {self.accepts}"] if self.accepts else []
        lines += [f"Cookie: {self.cookie}"] if self.cookie else []
        return "\r\n".join([*lines, "", ""]).encode()


@dataclass
class Window:
    """A short stretch of load."""

    seconds: float = 0.0
    cpu: float = 0.0
    waits: list[float] = field(default_factory=list)
    bytes: int = 0

    @property
    def rate(self) -> float:
        """Requests in a second."""
        return len(self.waits) / self.seconds

    @property
    def cost(self) -> float:
        """Milliseconds of processor time for one request."""
        return 1000 * self.cpu / len(self.waits)


class BadAnswer(Exception):
    """A server answered something else than 200, or not at all."""


def alternate(
    bench: Bench, targets: Mapping[str, Target], *, rounds: int, seconds: float
) -> dict[str, list[Window]]:
    """Load the targets in turn, so that what else the computer does meets all of them alike."""
    for target in targets.values():
        load(target, seconds / 2)
    windows: dict[str, list[Window]] = {name: [] for name in targets}
    for _ in range(rounds):
        for name, target in targets.items():
            windows[name].append(loaded(bench, target, seconds))
    return windows


def loaded(bench: Bench, target: Target, seconds: float) -> Window:
    """A stretch of load and the processor time it took."""
    before = bench.cpu(target.site)
    window = load(target, seconds)
    window.cpu = bench.cpu(target.site) - before
    return window


def load(target: Target, seconds: float) -> Window:
    """Ask over eight connections for that long, each next question after the last answer."""
    window, request = Window(), target.request()
    with selectors.DefaultSelector() as selector:
        lines = [_Line(target.site.port) for _ in range(CONNECTIONS)]
        begun = time.perf_counter()
        for line in lines:
            line.ask(selector, request)
        busy = len(lines)
        while busy:
            ready = selector.select(SECONDS_WITHOUT_ANSWER)
            if not ready:
                raise BadAnswer(f"{target.path}: no answer")
            for key, _ in ready:
                line = key.data
                if not line.has_answer(selector):
                    continue
                now = time.perf_counter()
                window.waits.append(now - line.asked)
                window.bytes += line.size
                if now - begun < seconds:
                    line.ask(selector, request)
                else:
                    busy -= 1
        window.seconds = time.perf_counter() - begun
        for line in lines:
            line.close(selector)
    return window


class _Line:
    """One connection, kept while the server keeps it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._received = b""
        self._wanted = 0
        self._is_last = False
        self.asked = 0.0
        self.size = 0

    def ask(self, selector: selectors.BaseSelector, request: bytes) -> None:
        self.asked = time.perf_counter()
        if not self._socket:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=5)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(self._socket, selectors.EVENT_READ, self)
        self._received, self._wanted = b"", 0
        self._socket.sendall(request)

    def has_answer(self, selector: selectors.BaseSelector) -> bool:
        assert self._socket
        part = self._socket.recv(1 << 18)
        if not part:
            raise BadAnswer("the server hung up")
        self._received += part
        if not self._wanted and not self._read_head():
            return False
        if len(self._received) < self._wanted:
            return False
        self.size = len(self._received)
        if self._is_last:
            self.close(selector)
        return True

    def _read_head(self) -> bool:
        head, found, _ = self._received.partition(b"\r\n\r\n")
        if not found:
            return False
        status, _, fields = head.partition(b"\r\n")
        if status.split()[1] != b"200":
            raise BadAnswer(status.decode("latin-1"))
        names = dict(line.lower().split(b": ", 1) for line in fields.split(b"\r\n"))
        self._wanted = len(head) + 4 + int(names[b"content-length"])
        self._is_last = names.get(b"connection") == b"close"
        return True

    def close(self, selector: selectors.BaseSelector) -> None:
        if self._socket:
            selector.unregister(self._socket)
            self._socket.close()
            self._socket = None


def ratio(these: Sequence[Window], those: Sequence[Window]) -> float:
    """How often as many requests a second, the middle one of the rounds."""
    return statistics.median(a.rate / b.rate for a, b in zip(these, those, strict=True))


def cost_ratio(these: Sequence[Window], those: Sequence[Window]) -> float:
    """How often as much processor time for a request, the middle one of the rounds."""
    return statistics.median(a.cost / b.cost for a, b in zip(these, those, strict=True))


def rate(windows: Sequence[Window]) -> float:
    """Requests in a second, the middle one of the rounds."""
    return statistics.median(window.rate for window in windows)


def cost(windows: Sequence[Window]) -> float:
    """Milliseconds of processor time for one request, the middle one of the rounds."""
    return statistics.median(window.cost for window in windows)


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all lies at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
