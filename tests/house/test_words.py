"""What must be written down is: settings, commands, events, messages, what each file owns."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

import config
from spa.audit.record import record
from spa.audit.vocabulary import EVENTS
from spa.messages import outbox
from spa.messages.default_words import DEFAULTS
from spa.messages.words import BLOCKS

README = config.ROOT / "README.md"
MODULES = [*config.ROOT.glob("*.py"), *sorted((config.ROOT / "spa").rglob("*.py"))]
TEMPLATES = sorted((config.ROOT / "templates").rglob("*.*"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "services", "managers"}


def named(path: Path) -> str:
    """A file as it is called in the project."""
    return str(path.relative_to(config.ROOT))


def calls(path: Path) -> list[str]:
    """What a module calls, as it is written: "datetime.now"."""
    tree = ast.parse(path.read_text("utf-8"))
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("name", [setting.name for setting in config.SETTINGS])
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README.read_text("utf-8")


@pytest.mark.parametrize("name", [setting.name for setting in config.SETTINGS])
def test_every_setting_is_used_and_has_a_purpose(name: str) -> None:
    (setting,) = [one for one in config.SETTINGS if one.name == name]
    files = [*MODULES, *(config.ROOT / "script").rglob("*")]
    texts = [path.read_text("utf-8") for path in files if path.is_file()]

    assert len(setting.purpose.split()) >= 4
    assert sum(text.count(name) for text in texts) >= 2, "nobody reads it"


def test_every_command_is_in_the_readme_and_says_what_it_does(app: Flask) -> None:
    readme = README.read_text("utf-8")

    for name, command in app.cli.commands.items():
        if name not in {"db", "babel"}:
            assert f"{name}`" in readme or f" {name} " in readme, name
            assert command.help, name


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_event_of_the_record_is_written_somewhere(event: str) -> None:
    users = [
        path
        for path in MODULES
        if path.name != "vocabulary.py" and f'"{event}"' in path.read_text("utf-8")
    ]

    assert users


@pytest.mark.parametrize(
    ("event", "details"),
    [("booking.lost", {}), ("booking.held", {}), ("booking.held", {"name": "Ana"})],
)
def test_an_event_or_detail_that_nobody_declared_is_refused(
    event: str, details: dict[str, str], app: Flask
) -> None:
    with app.app_context(), pytest.raises(ValueError):
        record(None, event, at=app.config["SPA_NOW"], **details)  # type: ignore[arg-type]


def test_no_detail_of_an_event_is_a_name_or_an_address() -> None:
    personal = {"name", "email", "phone", "note", "token", "reference"}

    assert not personal & {detail for details in EVENTS.values() for detail in details}


@pytest.mark.parametrize("event", sorted(set(outbox.EVENTS) - set(DEFAULTS)))
def test_a_message_that_only_the_program_words_has_its_three_files(event: str) -> None:
    folder = config.ROOT / "templates" / "messages" / event

    assert {path.name for path in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}


def test_no_folder_of_messages_is_left_over() -> None:
    folders = {
        path.name for path in (config.ROOT / "templates/messages").iterdir() if path.is_dir()
    }

    assert folders == set(outbox.EVENTS) - set(DEFAULTS) | {"desk", "public"}


def test_every_block_of_words_has_its_two_files() -> None:
    kept = {path.name for path in (config.ROOT / "templates/messages").glob("_*")}

    assert {f"_{name}.{kind}" for name in BLOCKS for kind in ("txt", "html")} <= kept


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_every_module_opens_with_a_sentence_on_what_it_owns(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""

    assert re.match(r"[^a-z\s].*[.]$", said.splitlines()[0] if said else ""), said[:80]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_module_has_a_name_that_says_nothing(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES


def test_one_place_commits() -> None:
    places = [named(path) for path in MODULES for call in calls(path) if call.endswith(".commit")]

    assert places == ["spa/database.py"]


def imported(path: Path) -> set[str]:
    """The packages that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_one_file_reads_the_clock() -> None:
    clock = re.compile(r"\b(date|datetime)\.(now|utcnow|today)$")
    readers = {named(path) for path in MODULES for call in calls(path) if clock.search(call)}

    assert readers | {named(path) for path in MODULES if "time" in imported(path)} == {
        "spa/clock.py"
    }


def test_the_rules_know_neither_clock_nor_chance_nor_settings() -> None:
    for path in (config.ROOT / "spa" / "domain").glob("*.py"):
        assert not imported(path) & {
            "time",
            "random",
            "os",
            "secrets",
            "config",
            "flask",
            "sqlalchemy",
        }, path


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_template_has_a_script_or_style_of_its_own(path: Path) -> None:
    text = path.read_text("utf-8")

    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=\"|javascript:", text)
    assert named(path) == "templates/layouts/email.html" or not re.search(r"<style|\sstyle=", text)
    assert "|safe" not in text.replace(" ", "") and "{% autoescape" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_template_promises_what_nobody_can_keep(path: Path) -> None:
    assert not re.search(r"painless|guarantee|risk-free|cure\b", path.read_text("utf-8"), re.I)


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.suffix == ".html"], ids=named)
def test_every_word_of_a_template_can_be_translated(path: Path) -> None:
    text = re.sub(
        r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", " ", path.read_text("utf-8"), flags=re.S
    )
    text = re.sub(r"<(script|style|svg|title)\b.*?</\1>|[\w-]+=\"[^\"]*\"", " ", text, flags=re.S)
    words = re.findall(r"[^\W\d_]{2,}", re.sub(r"<[^>]*>|&\w+;", " ", text))

    assert words == [], words[:10]


def test_texts_of_forms_and_wording_go_through_translation() -> None:
    for path in (config.ROOT / "spa").rglob("views.py"):
        plain = re.findall(r'refusal="[A-Z]|message="[A-Z]', path.read_text("utf-8"))
        assert plain == [], path
