"""What a script starts is gone when it ends, however it ends."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from script.processes import ROOT

# A family like that of script/server: one child with a child of its own that ignores polite
# signals, and then whatever the test wants to happen. It prints the pids first.
FAMILY = """
import signal
import sys
from script import processes
from script.processes import Failed, Family, Stopped

# The tests themselves may run under nohup, which would be inherited.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
processes.SECONDS_TO_STOP = 0.3
PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]]).wait()"
STUBBORN = (
    "import os, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print(os.getpid(), os.getppid(), flush=True); signal.pause()"
)
try:
    with Family() as family:
        family.start("parent", [sys.executable, "-c", PARENT, STUBBORN])
        {then}
except Stopped as signalled:
    sys.exit(f"stopped by {signalled}")
except Failed as problem:
    sys.exit(str(problem))
"""


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    """The processes that a test starts; none outlives it."""
    running: list[subprocess.Popen[str]] = []
    yield running
    for process in running:
        process.kill()
        process.communicate()


def family(
    started: list[subprocess.Popen[str]], then: str
) -> tuple[subprocess.Popen[str], list[int]]:
    """A script with a family, running, and the pids of its descendants."""
    process = subprocess.Popen(
        [sys.executable, "-c", FAMILY.replace("{then}", then)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    started.append(process)
    assert process.stdout
    return process, [int(pid) for pid in process.stdout.readline().split()]


def is_there(pid: int) -> bool:
    """Whether it still runs; one that is dead and not yet taken notice of does not."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return done.stdout.strip()[:1] not in {"", "Z"}


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_children_and_grandchildren_even_stubborn_ones(
    started: list[subprocess.Popen[str]], signum: signal.Signals
) -> None:
    script, pids = family(started, then="family.watch()")

    script.send_signal(signum)
    _words, errors = script.communicate(timeout=10)

    assert f"stopped by {signum.name}" in errors
    assert len(pids) == 2
    assert not any(is_there(pid) for pid in pids)


def test_a_signal_during_a_step_ends_that_step_too(started: list[subprocess.Popen[str]]) -> None:
    script, pids = family(started, then='family.run("nap", ["sleep", "1000"])')

    script.send_signal(signal.SIGTERM)
    script.communicate(timeout=10)

    assert not any(is_there(pid) for pid in pids)


def test_a_child_that_ends_by_itself_ends_the_others(started: list[subprocess.Popen[str]]) -> None:
    script, pids = family(
        started,
        then='family.start("cook", ["sh", "-c", "exit 3"]); family.watch()',
    )

    _words, errors = script.communicate(timeout=10)

    assert "The cook ended by itself (exit code 3), so everything was stopped." in errors
    assert not any(is_there(pid) for pid in pids)


def test_a_step_gives_its_exit_code(started: list[subprocess.Popen[str]]) -> None:
    script, _pids = family(started, then='sys.exit(family.run("step", ["sh", "-c", "exit 4"]))')

    script.communicate(timeout=10)

    assert script.returncode == 4
