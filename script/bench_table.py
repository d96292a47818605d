"""The table that script/bench prints."""

from dataclasses import dataclass

from script.processes import say

WIDTHS = (52, 62, 30, 8)
HEAD = ("what", "figure", "target", "", "command")


@dataclass(frozen=True)
class Row:
    """A line: what was measured, what came out, what it should be, and whether it is."""

    what: str
    figure: str
    target: str = ""
    is_met: bool | None = None


def say_head(title: str) -> None:
    """What the table is about, and its columns."""
    say(f"{title}\n\n{_line(*HEAD)}\n{'-' * (sum(WIDTHS) + 30)}")


def say_row(row: Row, command: str) -> None:
    """One line, as soon as it is known."""
    word = {True: "met", False: "MISSED", None: ""}[row.is_met]
    say(_line(row.what, row.figure, row.target, word, command))


def _line(*cells: str) -> str:
    widths = (*WIDTHS, 0)
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
