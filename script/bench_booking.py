"""Whole bookings, one after another on eight connections, as browsers make them."""

import json
import queue
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection

from script import bench_studio as studios
from script.bench_browser import Browser
from script.bench_load import CONNECTIONS, BadAnswer, Window
from script.bench_servers import Bench, Site

STEPS = ("hold", "details", "confirm")
LATEST = 170


@dataclass
class Bookings(Window):
    """A stretch of bookings; `waits` are whole bookings, `steps` the single answers."""

    steps: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})


class Visitors:
    """Eight browsers that have the page for choosing a time before them."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._number = 0
        self._browsers = [Browser(site.port) for _ in range(CONNECTIONS)]
        for browser in self._browsers:
            answer = browser.get(f"/booking/{studios.SLUG}")
            if answer.status != 200:
                raise BadAnswer(f"the page for choosing a time: {answer.status}")

    def book(self, bench: Bench, hours: Iterable[str]) -> Bookings:
        """Book these hours; nobody else wants them, so every answer must be a yes."""
        work: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
        for hour in hours:
            self._number += 1
            work.put((self._number, hour))
        found = Bookings()
        failures: list[str] = []
        threads = [
            threading.Thread(target=_work, args=(browser, work, found, failures))
            for browser in self._browsers
        ]
        before, begun = bench.cpu(self.site), time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found.seconds = time.perf_counter() - begun
        found.cpu = bench.cpu(self.site) - before
        if failures:
            raise BadAnswer("; ".join(sorted(set(failures))[:3]))
        return found


def _work(
    browser: Browser,
    work: "queue.SimpleQueue[tuple[int, str]]",
    found: Bookings,
    failures: list[str],
) -> None:
    while not failures:
        try:
            number, hour = work.get_nowait()
        except queue.Empty:
            break
        try:
            times = _book(browser, number, hour)
        except Exception as problem:
            failures.append(f"{type(problem).__name__}: {problem}")
            break
        found.waits.append(sum(times))
        for step, seconds in zip(STEPS, times, strict=True):
            found.steps[step].append(seconds)
    browser.hang_up()


def _book(browser: Browser, number: int, hour: str) -> Sequence[float]:
    begun = time.perf_counter()
    held = browser.hold(studios.SLUG, hour)
    after_hold = time.perf_counter()
    if held.status != 303:
        raise BadAnswer(f"hold: {held.status}")
    details = browser.get(held.location)
    after_details = time.perf_counter()
    if details.status != 200:
        raise BadAnswer(f"details: {details.status}")
    booked = browser.confirm(held.location, number)
    after_confirm = time.perf_counter()
    if booked.status != 303 or "/visit/" not in booked.location:
        raise BadAnswer(f"confirm: {booked.status}")
    return after_hold - begun, after_details - after_hold, after_confirm - after_details


def free_hours(site: Site, slug: str = studios.SLUG) -> list[str]:
    """Hours in every day to come that can all be booked, whatever the order."""
    found: list[str] = []
    for days in range(1, LATEST, 62):
        first = studios.TODAY + timedelta(days=days)
        length = min(62, LATEST - days)
        found += _apart(_free_times(site, slug, f"from={first}&days={length}"))
    return found


def _free_times(site: Site, slug: str, query: str) -> list[str]:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.request("GET", f"/api/v1/treatments/{slug}/free-times?{query}")
    found = json.loads(connection.getresponse().read())
    connection.close()
    return [free["local"] for free in found["free_times"]]


def _apart(hours: Iterable[str]) -> list[str]:
    """Those that leave an hour and its cleaning between them: one row of bookings in a room."""
    kept: list[str] = []
    minutes = studios.FACIAL.minutes + studios.FACIAL.turnover_minutes
    for hour in hours:
        if not kept or kept[-1][:10] != hour[:10] or _minute(hour) - _minute(kept[-1]) >= minutes:
            kept.append(hour)
    return kept


def _minute(hour: str) -> int:
    return int(hour[11:13]) * 60 + int(hour[14:16])
