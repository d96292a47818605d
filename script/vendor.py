"""Where the copied libraries and fonts come from, and how their files are made."""

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FONT_TOOLS = ("fonttools==4.68.0", "brotli==1.2.1")
FONT_OPTIONS = (
    "--flavor=woff2",
    "--no-hinting",
    "--desubroutinize",
    "--name-IDs=0,1,2,3,4,5,6,13,14",
    "--layout-features=ccmp,kern,liga,locl,mark,mkmk,pnum,rvrn,tnum",
)
# What English pages need, and the further letters of European names. Browsers fetch the second
# file only for a page that holds such a letter (unicode-range in the stylesheet).
LATIN = (
    "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2013-2014,U+2018-201A,"
    "U+201C-201E,U+2022,U+2026,U+2039-203A,U+20AC,U+2122,U+2190-2193,U+2212"
)
LATIN_EXT = "U+0100-0130,U+0132-0151,U+0154-017F,U+0218-021B,U+1E80-1E85,U+1E9E,U+1EF2-1EF3"


@dataclass(frozen=True)
class Library:
    """A package of which single files are copied as they are."""

    name: str
    version: str
    integrity: str
    licence: str
    files: tuple[str, ...]
    folder: str
    licence_text: str = ""


@dataclass(frozen=True)
class Font:
    """A font package whose woff2 files are cut down to the letters and weights in use."""

    name: str
    package: str
    version: str
    integrity: str
    sources: tuple[tuple[str, str, str], ...]
    weights: str | None

    @property
    def folder(self) -> str:
        return f"static/fonts/{self.name}-{self.version}"


MIT = """MIT License

Copyright (c) {owner}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
"""For a package that names this licence and does not carry its text."""

LIBRARIES = (
    Library(
        name="htmx.org",
        version="4.0.1",
        integrity=(
            "sha512-oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1"
            "R60mdkdqGg=="
        ),
        licence="0BSD",
        files=("dist/htmx.min.js", "LICENSE"),
        folder="static/vendor/htmx-4.0.1",
    ),
    Library(
        name="@event-calendar/build",
        version="5.10.1",
        integrity=(
            "sha512-iAR/l5oeFwqt7mfjBGsrpTiWFOt8yfI7PxV0OqnGaTzZGxvre2QeI0TNNlTpuefoMPd15qseQlfW"
            "pxiORzJOMA=="
        ),
        licence="MIT",
        files=("dist/event-calendar.min.js", "dist/event-calendar.min.css"),
        folder="static/vendor/event-calendar-5.10.1",
        licence_text=MIT.format(owner="2021 vkurko"),
    ),
    Library(
        name="axe-core",
        version="4.14.1",
        integrity=(
            "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe"
            "37OgudVGtQ=="
        ),
        licence="MPL-2.0",
        files=("axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt"),
        folder="tests/browser/axe-core-4.14.1",
    ),
)
FONTS = (
    Font(
        name="instrument-serif",
        package="@fontsource/instrument-serif",
        version="5.3.0",
        integrity=(
            "sha512-mDiaIg0u67sYV59fie92Wz4sM8UiVlbL7fLxnFPCKkX15DMASEnQTREbaP5S5/3DCcsoAOcQ0sV9"
            "E4AeY4QqYQ=="
        ),
        sources=(
            ("instrument-serif.woff2", "instrument-serif-latin-400-normal.woff2", LATIN),
            (
                "instrument-serif-ext.woff2",
                "instrument-serif-latin-ext-400-normal.woff2",
                LATIN_EXT,
            ),
        ),
        weights=None,
    ),
    Font(
        name="figtree",
        package="@fontsource-variable/figtree",
        version="5.3.0",
        integrity=(
            "sha512-VRVodD7OiG7apQwE8/2fMjaqpY/a0qRJqL5HtYj8CKIVps+9amaFcdfKmDIf7iqYQx6iPLlArVXA"
            "fKeIZmVcNQ=="
        ),
        sources=(
            ("figtree.woff2", "figtree-latin-wght-normal.woff2", LATIN),
            ("figtree-ext.woff2", "figtree-latin-ext-wght-normal.woff2", LATIN_EXT),
        ),
        weights="400:700",
    ),
)


def main() -> None:
    """Fetch everything again; the result is the same bytes, so that git shows no change."""
    argparse.ArgumentParser(
        prog="script/vendor",
        description="Fetches the copied libraries and fonts from the npm registry (needs npm and "
        "the network) and writes them, with a vendor.json each, to static/vendor/, static/fonts/ "
        "and tests/browser/. Run it by hand after changing a version in script/vendor.py, then "
        "run script/assets.",
    ).parse_args()
    if not shutil.which("npm"):
        sys.exit("npm was not found. Install Node.js, which brings it, and start again.")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        for library in LIBRARIES:
            _copy_library(library, scratch)
        tools = _font_tools(scratch)
        for font in FONTS:
            _make_font(font, scratch, tools)


def _copy_library(library: Library, scratch: Path) -> None:
    package = _unpacked(library.name, library.version, library.integrity, scratch)
    target = _empty_folder(library.folder)
    for file in library.files:
        shutil.copyfile(package / file, target / Path(file).name)
    if library.licence_text:
        (target / "LICENSE").write_text(library.licence_text)
    _write_record(
        target,
        name=library.name,
        version=library.version,
        licence=library.licence,
        source=f"npm pack {library.name}@{library.version}",
        integrity=library.integrity,
        made="copied unchanged",
    )


def _make_font(font: Font, scratch: Path, tools: Path) -> None:
    package = _unpacked(font.package, font.version, font.integrity, scratch)
    target = _empty_folder(font.folder)
    shutil.copyfile(package / "LICENSE", target / "OFL.txt")
    for name, source, letters in font.sources:
        _cut(package / "files" / source, target / name, letters, font.weights, scratch, tools)
    limits = f", weights {font.weights}" if font.weights else ""
    _write_record(
        target,
        name=font.name,
        version=font.version,
        licence="OFL-1.1",
        source=f"npm pack {font.package}@{font.version}",
        integrity=font.integrity,
        made=f"script/vendor with {FONT_TOOLS[0]}: cut to the letters of `ranges`{limits}",
        ranges={name: letters for name, _source, letters in font.sources},
    )


def _cut(
    source: Path, target: Path, letters: str, weights: str | None, scratch: Path, tools: Path
) -> None:
    if weights:
        limited = scratch / f"{target.stem}.ttf"
        _run(tools, "varLib.instancer", "-q", "--no-recalc-timestamp", source, f"wght={weights}",
             "-o", limited)  # fmt: skip
        source = limited
    _run(tools, "subset", source, f"--unicodes={letters}", f"--output-file={target}", *FONT_OPTIONS)


def _run(program: Path, *arguments: str | Path) -> None:
    command: list[str | Path] = [program, *arguments]
    subprocess.run(command, check=True)


def _font_tools(scratch: Path) -> Path:
    """fonttools in an environment of its own: the product does not need it."""
    folder = scratch / "tools"
    venv.create(folder, with_pip=True)
    _run(folder / "bin/pip", "install", "-q", *FONT_TOOLS)
    return folder / "bin/fonttools"


def _unpacked(name: str, version: str, integrity: str, scratch: Path) -> Path:
    """The package's files, once its archive is known to be the one that was looked at."""
    print(f"{name} {version}", flush=True)
    command: list[str | Path] = ["npm", "pack", "--silent", "--pack-destination", scratch]
    command.append(f"{name}@{version}")
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    archive = scratch / done.stdout.split()[-1]
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != integrity:
        sys.exit(f"{name} {version} is not the archive that script/vendor.py names.")
    folder = scratch / archive.stem
    with tarfile.open(archive) as content:
        content.extractall(folder, filter="data")
    return folder / "package"


def _empty_folder(name: str) -> Path:
    folder = ROOT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _write_record(folder: Path, **facts: object) -> None:
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }
    (folder / "vendor.json").write_text(json.dumps({**facts, "sha256": files}, indent=2) + "\n")


if __name__ == "__main__":
    main()
