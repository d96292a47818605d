"""Styles, scripts, fonts and pictures: made from their sources and served well."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from script import assets
from spa.assets import TYPES, UnknownAsset

ROOT = assets.STATIC.parent
RECORDS = sorted([*ROOT.glob("static/*/*/vendor.json"), *ROOT.glob("tests/browser/*/vendor.json")])
SITE = "css/site.css"
HTMX = "vendor/htmx-4.0.1/htmx.min.js"
FONT = "fonts/figtree-5.3.0/figtree.woff2"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """A small folder of sources: two styles, two scripts, a font and a picture."""
    put(
        tmp_path, "css/tokens.css", '/* Words */\n@font-face { src: url("../fonts/a-1/a.woff2") }\n'
    )
    put(tmp_path, "css/components/field.css", '.field { content: "/* kept */" }\n')
    put(tmp_path, "js/site.js", 'import "./components/clock.js";\n')
    put(tmp_path, "js/components/clock.js", "export const tick = 5;\n")
    put(tmp_path, "fonts/a-1/a.woff2", "letters")
    put(tmp_path, "fonts/a-1/OFL.txt", "licence")
    put(tmp_path, "img/leaf.svg", "<svg>" + " " * 300 + "</svg>")
    return tmp_path


def put(static: Path, name: str, text: str) -> None:
    path = static / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def made(static: Path, name: str) -> str:
    """What was made from a source, found through the manifest."""
    assets.write(static)
    names = json.loads((static / "built/manifest.json").read_text())
    return (static / "built" / names[name]).read_text()


def test_what_is_committed_fits_its_sources() -> None:
    assert assets.check(assets.STATIC) == [], "Run script/assets and commit what it makes."


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.parent.name)
def test_copied_files_are_the_ones_that_were_looked_at(record: Path) -> None:
    files = {path.name: path for path in record.parent.iterdir() if path != record}

    found = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}

    assert found == json.loads(record.read_text())["sha256"]
    assert any(name.startswith(("LICENSE", "OFL")) for name in files)


def test_every_copied_library_has_a_record() -> None:
    folders = {path.parent for path in RECORDS}

    assert set(ROOT.glob("static/vendor/*")) <= folders
    assert set(ROOT.glob("static/fonts/*")) <= folders
    assert len(folders) == 5


def test_the_stylesheet_holds_its_sources_in_order_without_comments(static: Path) -> None:
    text = made(static, SITE)

    assert "Words" not in text
    assert '"/* kept */"' in text
    assert text.index("@font-face") < text.index(".field")


def test_the_stylesheet_names_the_font_by_its_hashed_name(static: Path) -> None:
    text = made(static, SITE)

    (name,) = re.findall(r'url\("([^"]+)"\)', text)
    assert re.fullmatch(r"\.\./fonts/a-1/a-[0-9a-f]{8}\.woff2", name)
    assert (static / "built/css" / name).resolve().read_text() == "letters"


def test_a_script_imports_the_other_by_its_hashed_name(static: Path) -> None:
    text = made(static, "js/site.js")

    (name,) = re.findall(r'import "(.+)";', text)
    assert re.fullmatch(r"\./components/clock-[0-9a-f]{8}\.js", name)


def test_a_changed_script_renames_the_one_that_imports_it(static: Path) -> None:
    before = assets.build(static)
    put(static, "js/components/clock.js", "export const tick = 6;\n")

    after = assets.build(static)

    assert {name for name in before if name.startswith("js/")}.isdisjoint(after)


def test_the_same_sources_give_the_same_bytes(static: Path) -> None:
    assets.write(static)
    first = {path: path.read_bytes() for path in (static / "built").rglob("*") if path.is_file()}
    for path in first:
        path.unlink()

    assets.write(static)

    assert first == {path: path.read_bytes() for path in first}


def test_compressed_copies_hold_what_lies_beside_them(static: Path) -> None:
    assets.write(static)

    (picture,) = (static / "built/img").glob("*.svg")
    beside = picture.with_name(picture.name + ".br"), picture.with_name(picture.name + ".gz")
    assert brotli.decompress(beside[0].read_bytes()) == picture.read_bytes()
    assert gzip.decompress(beside[1].read_bytes()) == picture.read_bytes()


def test_only_what_a_page_needs_is_published(static: Path) -> None:
    names = assets.build(static)

    assert not [name for name in names if name.endswith((".txt", "vendor.json"))]


def test_a_check_tells_missing_changed_broken_and_left_over_files(static: Path) -> None:
    assets.write(static)
    (font,) = (static / "built/fonts/a-1").iterdir()
    (copy,) = (static / "built/img").glob("*.br")
    (static / "built/css/site-00000000.css").write_text("old")
    (static / "built/manifest.json").write_text("{}")
    font.unlink()
    copy.write_bytes(b"\0")

    assert [line.split(":")[0] for line in assets.check(static)] == [
        "not made any more",
        "missing",
        "broken",
        "changed",
    ]


def test_writing_removes_what_is_not_made_any_more(static: Path) -> None:
    assets.write(static)
    (static / "img/leaf.svg").unlink()

    assets.write(static)

    assert assets.check(static) == []
    assert not (static / "built/img").exists()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("css/base.css", "a { background: url(../img/none.png) }", "static/css/base.css names"),
        ("js/site.js", 'import "./none.js";', "static/js/site.js imports ./none.js"),
        ("js/components/clock.js", 'import "../site.js";', "scripts import each other"),
    ],
)
def test_a_bad_source_is_named(static: Path, name: str, text: str, words: str) -> None:
    put(static, name, text)

    with pytest.raises(assets.BadSource, match=re.escape(words)):
        assets.build(static)


def test_addresses_within_a_page_or_written_out_are_left_alone(static: Path) -> None:
    put(
        static, "css/base.css", 'a { fill: url(#dots); background: url("data:image/png;base64,A") }'
    )

    assert 'url(#dots); background: url("data:image/png;base64,A")' in made(static, SITE)


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def address(app: Flask, name: str) -> str:
    return app.jinja_env.from_string("{{ asset(name) }}").render(name=name)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0.5, gzip;q=1", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
def test_the_browser_gets_the_encoding_that_it_takes(
    app: Flask, visitor: FlaskClient, accepted: str, encoding: str | None
) -> None:
    answer = visitor.get(address(app, HTMX), headers={"Accept-Encoding": accepted})

    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert answer.headers.get("Content-Encoding") == encoding
    assert unpack(answer.data) == (assets.STATIC / HTMX).read_bytes()
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Length"] == str(len(answer.data))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (SITE, "text/css; charset=utf-8"),
        (HTMX, "text/javascript; charset=utf-8"),
        (FONT, "font/woff2"),
        ("img/favicon.svg", "image/svg+xml; charset=utf-8"),
    ],
)
def test_a_file_is_kept_for_good_and_says_what_it_is(
    app: Flask, visitor: FlaskClient, name: str, kind: str
) -> None:
    answer = visitor.get(address(app, name))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers


def test_a_font_is_sent_as_it_is(app: Flask, visitor: FlaskClient) -> None:
    answer = visitor.get(address(app, FONT), headers={"Accept-Encoding": "br, gzip"})

    assert answer.data == (assets.STATIC / FONT).read_bytes()
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_a_file_that_the_browser_has_is_not_sent_again(
    app: Flask, visitor: FlaskClient, encoding: str
) -> None:
    headers = {"Accept-Encoding": encoding}
    first = visitor.get(address(app, HTMX), headers=headers)

    again = visitor.get(
        address(app, HTMX), headers={**headers, "If-None-Match": first.headers["ETag"]}
    )

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Vary"] == "Accept-Encoding"
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]


def test_each_encoding_has_an_etag_of_its_own(app: Flask, visitor: FlaskClient) -> None:
    encodings = ("br", "gzip", "identity")
    answers = [visitor.get(address(app, HTMX), headers={"Accept-Encoding": e}) for e in encodings]

    assert len({answer.headers["ETag"] for answer in answers}) == 3


@pytest.mark.parametrize(
    "path",
    [
        "built/manifest.json",
        "built/css/site-00000000.css",
        "built/../../config.py",
        "built/%2e%2e/%2e%2e/config.py",
        "../config.py",
        "/etc/passwd",
        "built/css/site.css%00.css",
        "built/" + "x" * 5000,
        "css/tokens.css",
        "built/",
        "%ff%fe",
    ],
)
def test_no_other_file_can_be_reached(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(f"/static/{path}").status_code in {404, 308}


def test_a_page_cannot_name_a_file_that_was_not_made(app: Flask) -> None:
    with pytest.raises(UnknownAsset, match="Run script/assets"):
        address(app, "css/none.css")


def test_every_built_file_has_a_content_type() -> None:
    names = assets.build(assets.STATIC).keys() - {assets.MANIFEST}

    assert {Path(name).suffix for name in names} <= TYPES.keys()
