"""Runs everything that must hold before a change is kept, and stops at the first that does not."""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import config
from script import environment
from script.processes import Command, Failed, Family, Stopped, child_environment, complain, say
from tests import postgres

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PYTEST = (environment.PYTHON, "-m", "pytest")
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run(['--no-logo'])"
BROWSER = "tests/browser"
RULES = "tests/domain"
HELP = """\
Without arguments it runs formatting, lint, types, import contracts, the tests on SQLite and on a
PostgreSQL of its own, and the tests in a browser, and stops at the first that fails. Chromium and
PostgreSQL are installed with apt-get when they are missing and that is allowed.

Arguments go to pytest, and then only pytest runs, on SQLite:
  script/test tests/domain                  one folder
  script/test tests/booking -k hold -x      any option of pytest
  TEST_DATABASE=postgres script/test tests/booking
                                            the same on PostgreSQL; the address of a server,
                                            postgresql+psycopg://..., is taken as well
"""


def main() -> int:
    """Run what was asked for and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="script/test",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="script/test [--quick] [arguments of pytest]",
        description="Checks and tests.",
        epilog=HELP,
        allow_abbrev=False,
    )
    parser.add_argument("--quick", action="store_true", help="no browser and no PostgreSQL")
    chosen, for_pytest = parser.parse_known_args()
    try:
        with Family(polite=signal.SIGINT) as family:
            environment.prepare(environment.TEST_LOCK, family)
            if not for_pytest:
                return _everything(family, chosen.quick)
            if os.environ.get("TEST_DATABASE") == "postgres":
                with _postgres(family) as url:
                    return family.run("pytest", (*PYTEST, *for_pytest), _clean(TEST_DATABASE=url))
    except (Failed, postgres.NoPostgres) as problem:
        complain(str(problem))
        return 1
    except Stopped as signalled:
        return 128 + signalled.signum
    # In place of this process, so that a debugger has the terminal for itself.
    os.chdir(environment.ROOT)
    environ = _clean(TEST_DATABASE=os.environ.get("TEST_DATABASE", ""))
    os.execve(environment.PYTHON, [*PYTEST, *for_pytest], environ)


def _everything(family: Family, is_quick: bool) -> int:
    """Each step with its heading and duration, the quick ones first."""
    if not is_quick:
        _have_programs(family)
    started = time.monotonic()
    python = environment.PYTHON
    tests = (*PYTEST, "-q", "-n", "2", f"--ignore={BROWSER}")
    _step(
        family,
        "Formatting",
        (python, "-m", "ruff", "format", "--check", "--output-format=concise", "."),
    )
    _step(family, "Lint", (python, "-m", "ruff", "check", "--output-format=concise", "."))
    _step(family, "Types", (python, "-m", "mypy"))
    _step(family, "Import contracts", (python, "-c", LINT_IMPORTS))
    _step(family, "Tests on SQLite", tests)
    if not is_quick:
        with _postgres(family) as url:
            # The rules know no database, so once is enough for them.
            _step(family, "Tests on PostgreSQL", (*tests, f"--ignore={RULES}"), TEST_DATABASE=url)
        _step(family, "Tests in a browser", (*PYTEST, "-q", BROWSER))
    say(f"\nAll of it passed in {_seconds_since(started)}.")
    return 0


def _step(family: Family, title: str, command: Command, **settings: str) -> None:
    say(f"\n=== {title}")
    started = time.monotonic()
    code = family.run(title, command, _clean(**settings))
    say(f"--- {title}: {_seconds_since(started)}")
    if code:
        raise Failed(f"{title}: failed, so nothing after it was run.")


def _clean(**settings: str) -> dict[str, str]:
    """The environment without the settings of a person's own site: none may reach the tests."""
    own = {setting.name for setting in config.SETTINGS} | {"TEST_DATABASE"}
    kept = {name: value for name, value in child_environment().items() if name not in own}
    return kept | settings


@contextlib.contextmanager
def _postgres(family: Family) -> Iterator[str]:
    """The address of a PostgreSQL server: the one that TEST_DATABASE names, or one of our own."""
    given = os.environ.get("TEST_DATABASE", "")
    if "://" in given:
        yield given
        return
    with postgres.server() as url:
        try:
            yield url
        finally:
            # Whoever still uses it ends before it does.
            family.stop()


def _have_programs(family: Family) -> None:
    """Install what is missing of Chromium and PostgreSQL, or say what to install."""
    missing = _missing_programs()
    packages = [package for needed in missing.values() for package in needed]
    before = _before_apt_get()
    if missing and before is not None:
        say(f"Installing {' and '.join(missing)} from the system's packages; it takes some minutes")
        _apt_get(family, [*before, "apt-get", "-qq", "update"])
        _apt_get(family, [*before, "apt-get", "-qq", "-y", "install", *packages])
        missing = _missing_programs()
    if missing:
        raise Failed(
            f"The tests need {' and '.join(missing)}. Install that, then start again. On Debian:\n"
            f"  apt-get update && apt-get install {' '.join(packages)}\n"
            "Or leave out the browser and PostgreSQL: script/test --quick"
        )


def _missing_programs() -> dict[str, list[str]]:
    """What is not here, with the Debian packages that bring it."""
    missing = {}
    if not any(shutil.which(name) for name in CHROMIUM):
        missing["Chromium"] = ["chromium", "fonts-dejavu-core"]
    if not postgres.binaries() and "://" not in os.environ.get("TEST_DATABASE", ""):
        missing["PostgreSQL"] = ["postgresql"]
    return missing


def _before_apt_get() -> list[str] | None:
    """What to write before apt-get: nothing for root, sudo where it asks nothing, or None."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    return None


def _apt_get(family: Family, command: list[str]) -> None:
    """Its many words are shown only when it fails."""
    with tempfile.TemporaryFile() as words:
        code = family.run("package installer", command, output=words.fileno())
        if code:
            words.seek(0)
            complain(words.read().decode(errors="replace"))
            raise Failed(f"`{' '.join(command)}` failed; the lines above say why.")


def _seconds_since(moment: float) -> str:
    return f"{time.monotonic() - moment:.1f} s"


if __name__ == "__main__":
    sys.exit(main())
