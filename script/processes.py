"""The processes that a script starts: run, watched, and all gone when it ends."""

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_STOP = 7.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Command = Sequence[str | Path]


class Stopped(Exception):
    """A signal asked us to end."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.Signals(signum).name)
        self.signum = signum


class Failed(Exception):
    """Something went wrong; the message is for the person who started the script."""


@dataclass(frozen=True)
class Child:
    """A process that we started, in a group of its own, and what a person calls it."""

    name: str
    process: subprocess.Popen[bytes]

    def signal_group(self, signum: int) -> bool:
        """Send a signal to it and all its descendants; False when none of them is left."""
        try:
            os.killpg(self.process.pid, signum)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def wait_for_group(self, deadline: float) -> None:
        """Return once all of them are gone, or at the deadline."""
        while self.signal_group(0) and time.monotonic() < deadline:
            time.sleep(0.02)


class Family:
    """All children of a script. Leaving the `with` ends every one of them."""

    def __init__(self, polite: signal.Signals = signal.SIGTERM) -> None:
        # Signals and ended children arrive in one queue: whatever happens while we are busy is
        # seen at the next wait, and no signal can fall between two steps.
        self._events: queue.SimpleQueue[int | Child] = queue.SimpleQueue()
        self._children: list[Child] = []
        self._polite = polite

    def __enter__(self) -> "Family":
        for signum in SIGNALS:
            # Under nohup a hang-up is ignored, and stays so.
            if signum != signal.SIGHUP or signal.getsignal(signum) != signal.SIG_IGN:
                signal.signal(signum, self._signalled)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(
        self,
        name: str,
        command: Command,
        env: Mapping[str, str] | None = None,
        fds: Sequence[int] = (),
        output: int | None = None,
    ) -> Child:
        """Start a child. A Ctrl-C at the terminal reaches only us; we end the child in order."""
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=child_environment() if env is None else env,
            pass_fds=fds,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
        )
        child = Child(name, process)
        self._children.append(child)
        threading.Thread(target=self._await, args=(child,), daemon=True).start()
        return child

    def run(
        self,
        name: str,
        command: Command,
        env: Mapping[str, str] | None = None,
        output: int | None = None,
    ) -> int:
        """Start a child, wait for its end and return its exit code; fails if another one ends."""
        child = self.start(name, command, env, output=output)
        ended = self.wait()
        if ended is not child:
            raise _ended_by_itself(ended)
        self._children.remove(child)
        return child.process.returncode

    def watch(self, seconds: float | None = None) -> None:
        """Wait, for so long or for good; fails when a child ends by itself."""
        with contextlib.suppress(TimeoutError):
            raise _ended_by_itself(self.wait(seconds))

    def wait(self, seconds: float | None = None) -> Child:
        """The next child that ends. Raises Stopped on a signal and TimeoutError in time."""
        try:
            event = self._events.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(event, int):
            raise Stopped(event)
        return event

    def stop(self) -> None:
        """Ask all that is left to end, and make it end when that takes too long."""
        for child in self._children:
            child.signal_group(self._polite)
        deadline = time.monotonic() + SECONDS_TO_STOP
        for child in self._children:
            child.wait_for_group(deadline)
        for child in self._children:
            if child.signal_group(signal.SIGKILL):
                child.wait_for_group(time.monotonic() + 1)
        self._children.clear()

    def _await(self, child: Child) -> None:
        child.process.wait()
        self._events.put(child)

    def _signalled(self, signum: int, _frame: FrameType | None) -> None:
        self._events.put(signum)


def child_environment(**more: str) -> dict[str, str]:
    """What children see: what we see, and their words are shown at once."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", **more}


def say(sentence: str) -> None:
    """One calm line, at once."""
    _write(1, sentence)


def complain(sentence: str) -> None:
    """One line about what went wrong."""
    _write(2, sentence)


def _write(descriptor: int, sentence: str) -> None:
    # The terminal may be gone by now; that must not keep us from ending what we started.
    with contextlib.suppress(OSError):
        os.write(descriptor, f"{sentence}\n".encode())


def _ended_by_itself(child: Child) -> Failed:
    return Failed(
        f"The {child.name} ended by itself (exit code {child.process.returncode}), so everything "
        "was stopped. Lines above may say why."
    )
