"""How static/built/ is made: hashed names, one stylesheet, compressed copies, a manifest."""

import argparse
import gzip
import hashlib
import json
import posixpath
import re
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path, PurePosixPath

import brotli

STATIC = Path(__file__).resolve().parent.parent / "static"
MANIFEST = "manifest.json"
STYLESHEETS = {
    "css/site.css": (
        "css/tokens.css",
        "css/base.css",
        "css/layout.css",
        "css/components/*.css",
        "css/features/*.css",
        "css/print.css",
    ),
    "css/desk.css": (
        "css/tokens.css",
        "css/base.css",
        "css/layout.css",
        "css/components/*.css",
        "css/desk/*.css",
        "css/print.css",
    ),
}
COPIED = (
    "fonts/**/*.woff2",
    "img/**/*.ico",
    "img/**/*.jpg",
    "img/**/*.png",
    "img/**/*.svg",
    "img/**/*.webp",
    "vendor/**/*.css",
    "vendor/**/*.js",
)
MODULES = "js/**/*.js"
COMPRESSED = {".css", ".js", ".svg"}
TOO_SMALL_TO_COMPRESS = 256

STRING_OR_COMMENT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/""", re.DOTALL)
CSS_URL = re.compile(r"""url\(\s*(["']?)([^"')]+?)\1\s*\)""")
JS_IMPORT = re.compile(r"""(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.{1,2}/[^"']+)\2""")


class BadSource(Exception):
    """A source cannot be built; the message names it and says why."""


def main() -> None:
    """Build, or with --check only say what is not up to date."""
    parser = argparse.ArgumentParser(
        prog="script/assets",
        description="Makes static/built/ from static/css, js, img, fonts and vendor. "
        "Its results are committed; run it after every change of a source.",
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing, fail when out of date"
    )
    arguments = parser.parse_args()
    try:
        differences = check(STATIC) if arguments.check else write(STATIC)
    except BadSource as problem:
        sys.exit(f"script/assets: {problem}")
    for difference in differences:
        print(difference)
    if arguments.check and differences:
        sys.exit("static/built/ is out of date. Run script/assets and commit what it makes.")


def check(static: Path) -> list[str]:
    """What differs between static/built/ and what its sources give, one line each."""
    return _differences(static / "built", _with_copies(build(static)))


def write(static: Path) -> list[str]:
    """Bring static/built/ up to date; says what changed."""
    built, wanted = static / "built", _with_copies(build(static))
    differences = _differences(built, wanted)
    for name in _files(built):
        if name not in wanted:
            (built / name).unlink()
    for name, data in wanted.items():
        if _problem(built / name, data):
            (built / name).parent.mkdir(parents=True, exist_ok=True)
            (built / name).write_bytes(_packed(name, data))
    _remove_empty_folders(built)
    return differences


def _differences(built: Path, wanted: dict[str, bytes]) -> list[str]:
    problems = ((_problem(built / name, data), name) for name, data in wanted.items())
    return [
        *(f"not made any more: {name}" for name in _files(built) if name not in wanted),
        *(f"{problem}: {name}" for problem, name in problems if problem),
    ]


def build(static: Path) -> dict[str, bytes]:
    """Every file to make, by its name below static/built/; without the compressed copies."""
    made: dict[str, bytes] = {}
    manifest: dict[str, str] = {}

    def add(name: str, data: bytes) -> None:
        manifest[name] = _hashed(name, data)
        made[manifest[name]] = data

    for name in _matching(static, *COPIED):
        add(name, (static / name).read_bytes())
    for name, patterns in STYLESHEETS.items():
        sources = _matching(static, *patterns)
        if sources:
            parts = [_css(static, source, name, manifest) for source in sources]
            add(name, "\n".join(parts).encode())
    for name, data in _modules(static).items():
        add(name, data)
    made[MANIFEST] = (json.dumps(dict(sorted(manifest.items())), indent=2) + "\n").encode()
    return made


def _css(static: Path, source: str, target: str, manifest: dict[str, str]) -> str:
    """One source without comments and indentation, its url() pointing at what was made."""

    def rewrite(match: re.Match[str]) -> str:
        reference, mark, fragment = match[2].partition("#")
        if not reference or ":" in reference:
            return match[0]
        name = _below(source, reference)
        if name not in manifest:
            raise BadSource(f"static/{source} names {match[2]}, which is not there.")
        path = posixpath.relpath(manifest[name], PurePosixPath(target).parent)
        return f'url("{path}{mark}{fragment}")'

    text = (static / source).read_text("utf-8")
    text = STRING_OR_COMMENT.sub(lambda match: match[1] or " ", text)
    lines = (line.strip() for line in text.splitlines())
    return CSS_URL.sub(rewrite, "\n".join(line for line in lines if line))


def _modules(static: Path) -> dict[str, bytes]:
    """Our scripts, each import pointing at the hashed name of what it imports."""
    names = set(_matching(static, MODULES))
    waiting: list[str] = []

    @cache
    def module(name: str) -> bytes:
        if name in waiting:
            raise BadSource(f"scripts import each other: {' -> '.join([*waiting, name])}")
        waiting.append(name)
        text = JS_IMPORT.sub(lambda match: rewrite(name, match), (static / name).read_text("utf-8"))
        waiting.pop()
        return text.encode()

    def rewrite(source: str, match: re.Match[str]) -> str:
        name = _below(source, match[3])
        if name not in names:
            raise BadSource(f"static/{source} imports {match[3]}, which is not there.")
        path = posixpath.relpath(_hashed(name, module(name)), PurePosixPath(source).parent)
        return f"{match[1]}{match[2]}{path if path.startswith('.') else './' + path}{match[2]}"

    return {name: module(name) for name in sorted(names)}


def _below(source: str, reference: str) -> str:
    """The name, below static/, of what a source refers to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), reference))


def _hashed(name: str, data: bytes) -> str:
    path = PurePosixPath(name)
    digest = hashlib.sha256(data).hexdigest()[:8]
    return str(path.with_name(f"{path.stem}-{digest}{path.suffix}"))


def _matching(static: Path, *patterns: str) -> list[str]:
    """The sources' names below static/: patterns in the order given, sorted within each."""
    return [
        name
        for pattern in patterns
        for name in sorted(path.relative_to(static).as_posix() for path in static.glob(pattern))
    ]


def _files(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def _with_copies(made: dict[str, bytes]) -> dict[str, bytes]:
    """Each file to write with what it says once unpacked: the plain one, then its .br and .gz."""
    return {
        name + suffix: data for name, data in made.items() for suffix in ("", *_copies(name, data))
    }


def _copies(name: str, data: bytes) -> tuple[str, ...]:
    is_text = PurePosixPath(name).suffix in COMPRESSED
    return tuple(PACKERS) if is_text and len(data) >= TOO_SMALL_TO_COMPRESS else ()


def _packed(name: str, data: bytes) -> bytes:
    return PACKERS.get(PurePosixPath(name).suffix, _unchanged)(data)


def _problem(path: Path, data: bytes) -> str:
    """Why the file there is not good. Copies count by what they hold: zlib's bytes may vary."""
    if not path.is_file():
        return "missing"
    try:
        return (
            "" if UNPACKERS.get(path.suffix, _unchanged)(path.read_bytes()) == data else "changed"
        )
    except (brotli.error, zlib.error, OSError, EOFError):
        return "broken"


def _remove_empty_folders(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _unchanged(data: bytes) -> bytes:
    return data


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".br": lambda data: bytes(brotli.compress(data, quality=11)),
    ".gz": lambda data: gzip.compress(data, 9, mtime=0),
}
UNPACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".br": lambda data: bytes(brotli.decompress(data)),
    ".gz": gzip.decompress,
}


if __name__ == "__main__":
    main()
