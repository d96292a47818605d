"""The stylesheets, scripts, fonts and pictures: their addresses and how they are served."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, request

PREFIX = "built/"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
SUFFIXES = {"br": ".br", "gzip": ".gz"}


class UnknownAsset(Exception):
    """A template names a file that script/assets has not made."""


@dataclass(frozen=True)
class BuiltFile:
    """One file that script/assets made, and in which encodings it lies there."""

    path: Path
    encodings: tuple[str, ...]

    def response(self) -> Response:
        """The file in the smallest form that the browser takes, to be kept for good."""
        encoding = self._chosen_encoding()
        suffix = SUFFIXES.get(encoding, "")
        answer = Response(_content(self.path.with_name(self.path.name + suffix)))
        answer.headers["Content-Type"] = TYPES[self.path.suffix]
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        if encoding:
            answer.headers["Content-Encoding"] = encoding
        if self.encodings:
            answer.headers["Vary"] = "Accept-Encoding"
        answer.set_etag(self.path.name + suffix)
        answer.make_conditional(request)
        return answer

    def _chosen_encoding(self) -> str:
        """The browser's favourite; where it likes several the same, the smaller one; or none."""
        accepted = request.accept_encodings
        liked = [name for name in self.encodings if accepted.quality(name) > 0]
        return max(liked, key=accepted.quality, default="")


@cache
def _content(path: Path) -> bytes:
    """A file's bytes, kept: they never change, and a newer build must not take them away."""
    return path.read_bytes()


def init_app(app: Flask) -> None:
    """Serve what script/assets made, and let templates ask for addresses with `asset(name)`."""
    folder = Path(app.root_path) / "static" / "built"
    addresses = _manifest(folder)
    files = {PREFIX + name: _built_file(folder / name) for name in addresses.values()}

    def asset(name: str) -> str:
        if name not in addresses:
            raise UnknownAsset(f"{name} is not in static/built/. Run script/assets.")
        return f"/static/{PREFIX}{addresses[name]}"

    def static(filename: str) -> Response:
        # Only names of the list are looked up, so no address can reach any other file.
        if filename not in files:
            abort(404)
        try:
            return files[filename].response()
        except FileNotFoundError:
            abort(404)

    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=static)
    app.jinja_env.globals["asset"] = asset


def _manifest(folder: Path) -> dict[str, str]:
    """Each source's name with the name of the file made from it; empty before the first build."""
    path = folder / "manifest.json"
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def _built_file(path: Path) -> BuiltFile:
    beside = {name: path.with_name(path.name + suffix) for name, suffix in SUFFIXES.items()}
    return BuiltFile(path, tuple(name for name, file in beside.items() if file.exists()))
