"""The project's own Python environment in .venv/, made from a hash-locked file."""

import contextlib
import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

from script.processes import Failed, Family, say

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = str(FOLDER / "bin" / "python")
STAMP = FOLDER / "installed.json"
SERVER_LOCK = "requirements.txt"
TEST_LOCK = "requirements-dev.txt"
# The lock for tests holds all that the server's holds, at the same versions.
ALSO_SATISFIED = {SERVER_LOCK: [SERVER_LOCK], TEST_LOCK: [SERVER_LOCK, TEST_LOCK]}
PIP = ("-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check")


def prepare(lock: str, family: Family) -> None:
    """Have in .venv/ what the lock file names; does nothing when that is so already."""
    with open(ROOT / lock, "rb") as file:
        _take_turns(file, family)
        if not _works():
            _make(family)
        if _installed().get(lock) != _digest(lock):
            _install(lock, family)


def _take_turns(file: BinaryIO, family: Family) -> None:
    """Two starts at once wait for each other instead of installing over each other."""
    has_said = False
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not has_said:
                say("Waiting for another start that is preparing .venv/")
            has_said = True
            with contextlib.suppress(TimeoutError):
                family.wait(0.2)


def _works() -> bool:
    """Whether .venv/ holds a Python that runs and is new enough."""
    return _succeeds("import sys; sys.exit(sys.version_info < (3, 11))")


def _succeeds(statement: str) -> bool:
    try:
        return subprocess.run([PYTHON, "-c", statement], capture_output=True).returncode == 0
    except OSError:
        return False


def _make(family: Family) -> None:
    version = ".".join(str(part) for part in sys.version_info[:3])
    say(f"Making the Python environment in .venv/ (Python {version})")
    if FOLDER.is_symlink() or FOLDER.is_file():
        FOLDER.unlink()
    shutil.rmtree(FOLDER, ignore_errors=True)
    if family.run("maker of the environment", [sys.executable, "-m", "venv", FOLDER]):
        raise Failed("The folder .venv/ could not be made; the lines above say why.")


def _install(lock: str, family: Family) -> None:
    say(f"Installing the libraries of {lock}; the first time takes a minute or two")
    installed = _installed()
    STAMP.unlink(missing_ok=True)
    # Other tools make environments without pip; that is no reason to throw one away.
    if not _succeeds("import pip") and family.run("installer", [PYTHON, "-m", "ensurepip"]):
        raise Failed("pip could not be put into .venv/; the lines above say why.")
    if family.run("installer", [PYTHON, *PIP, "--require-hashes", "--requirement", lock]):
        raise Failed("The libraries could not be installed; the lines above say why.")
    installed.update({name: _digest(name) for name in ALSO_SATISFIED[lock]})
    STAMP.write_text(json.dumps(installed, indent=2) + "\n")


def _installed() -> dict[str, str]:
    """The digest of each lock file whose libraries are in .venv/."""
    try:
        found: dict[str, str] = json.loads(STAMP.read_text())
        return found
    except (OSError, ValueError):
        return {}


def _digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
