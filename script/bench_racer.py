"""One of the many who want the same hour: does what it is told on its input, line by line."""

import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from script.bench_browser import Browser

ODDS = {"let go": 4, "confirm": 5, "move": 3, "cancel": 2}


@dataclass
class Racer:
    """A visitor with a name of its own, and the visits it has booked."""

    browser: Browser
    number: int
    visits: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    booked: int = 0

    def open(self, slug: str) -> dict[str, Any]:
        """Have the page with the times before it."""
        return {"status": self.browser.get(f"/booking/{slug}").status}

    def book(self, slug: str, at: str, practitioner: str = "") -> dict[str, Any]:
        """Press the time; who gets it gives details and confirms."""
        held = self.browser.hold(slug, at, practitioner)
        if held.status != 303:
            return {"status": held.status, "is_booked": False}
        self.browser.get(held.location)
        self.booked += 1
        done = self.browser.confirm(held.location, f"{self.number}.{self.booked}")
        return {"status": done.status, "is_booked": "/visit/" in done.location}

    def mix(self, slugs: list[str], hours: list[str], times: int) -> dict[str, Any]:
        """Hold, let go, confirm, move and cancel at random; says how each was answered."""
        dice, self.answers = random.Random(self.number), Counter()
        for _ in range(times):
            deed = dice.choices(list(ODDS), list(ODDS.values()))[0]
            hour = dice.choice(hours)
            if deed in {"move", "cancel"} and self.visits:
                self._change(deed, dice.choice(self.visits), hour)
            else:
                self._take(deed, dice.choice(slugs), hour)
        return {"answers": dict(self.answers)}

    def _take(self, deed: str, slug: str, hour: str) -> None:
        held = self.browser.hold(slug, hour)
        self._note("hold", held.status)
        if held.status != 303:
            return
        self._note("details", self.browser.get(held.location).status)
        if deed == "let go":
            return
        self.booked += 1
        done = self.browser.confirm(held.location, f"{self.number}.{self.booked}")
        self._note("confirm", done.status)
        if "/visit/" in done.location:
            self.visits.append(done.location)

    def _change(self, deed: str, visit: str, hour: str) -> None:
        asked = self.browser.get(f"{visit}/{deed}")
        self._note(f"ask to {deed}", asked.status)
        fields = {"at": hour, "practitioner": ""} if deed == "move" else {}
        self._note(deed, self.browser.post(f"{visit}/{deed}", **fields).status)

    def _note(self, deed: str, status: int) -> None:
        self.answers[f"{deed} {status}"] += 1


def main() -> None:
    """Read a task, do it, write how it went; until the input ends."""
    racer = Racer(Browser(int(sys.argv[1])), int(sys.argv[2]))
    for line in sys.stdin:
        task = json.loads(line)
        try:
            answer = getattr(racer, task.pop("do"))(**task)
        except Exception as problem:
            answer = {"failed": f"{type(problem).__name__}: {problem}"}
        # The server lets go of a connection that is left alone, and so does a browser.
        racer.browser.hang_up()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
