"""Measures what the site can do, always beside the floor: `script/bench --help` says how."""

import argparse
import itertools
import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType

from script import bench_desk as desks
from script import bench_messages as messages
from script import bench_queries as queries
from script import bench_race as race
from script import bench_studio as studios
from script import bench_weight as weight
from script.bench_booking import Bookings, Visitors, free_hours
from script.bench_browser import Browser
from script.bench_load import (
    BadAnswer,
    Target,
    Window,
    alternate,
    cost,
    cost_ratio,
    loaded,
    quantile,
    rate,
    ratio,
)
from script.bench_servers import Bench, Site
from script.bench_studio import SLUG, Studio
from script.bench_table import Row, say_head, say_row
from script.processes import SIGNALS, Failed, Stopped, complain, say
from tests import postgres
from tests.messages.smtp import Inbox, OnFreePort

STUDIO = Studio()
LONG_AGO = Studio(past=100_000)
LARGE = Studio(people=50, rooms=30, ahead=4_000)
MIXED = Studio(is_mixed=True)
BUSY_DESK = Studio(people=15, rooms=15, ahead=0, full_day=120)
CLIENTS = 50_000
DESK_NAMES = {
    "day": "the schedule of a day, 15 people, 120 visits (JSON)",
    "client": "a client among 50,000 by part of a name",
}
FLOOR = "script.bench_floor:app"
AS_BROWSER = "gzip, deflate, br, zstd"
NAMES = {
    "day": "free times of a day, anyone of 5 (JSON)",
    "month": "free times of 31 days (JSON)",
    "page": "the page for choosing a time (HTML, br)",
}
SHARES = {"day": 3, "month": 7, "page": 7}
# Many short windows in turn: what else the computer does then meets all of them alike.
ROUNDS, SECONDS = 12, 0.7
BOOKINGS_AT_ONCE = 40
BOOKING_ROUNDS = 12
QUIET = """Rates hold only where nothing else runs (load 0 before); CPU moves less. A ratio also
gets better when the floor gets worse: between two set-ups compare the rates themselves."""
HELP = """\
It starts a PostgreSQL of its own with its disk writes on (or makes an SQLite file), fills it with a
studio of 5 people, 3 rooms and 400 bookings in 60 days, serves it as script/server does with 2
workers, asks over 8 connections, and ends everything. The floor is a bare view with one indexed
query on the same server. Each figure and its floor are measured in turn, in short windows; the
middle one of the rounds counts. CPU is that of the web server and PostgreSQL together.
"""


def main() -> int:
    """Measure what was asked for and return the exit code."""
    arguments = _arguments()
    for signum in SIGNALS:
        signal.signal(signum, _stop)
    asked = arguments.only or list(PARTS)
    extra = " --sqlite" if arguments.sqlite else ""
    try:
        with Bench(is_sqlite=arguments.sqlite, is_durable=not arguments.no_fsync) as bench:
            say_head(_title(bench))
            for name in asked:
                for row in PARTS[name](bench):
                    say_row(row, f"script/bench --only {name}{extra}")
            say(f"\nLoad at the end {os.getloadavg()[0]:.1f}. {QUIET}")
    except (Failed, BadAnswer, postgres.NoPostgres) as problem:
        complain(f"script/bench: {problem}")
        return 1
    except Stopped as signalled:
        return 128 + signalled.signum
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be repeated")
    parser.add_argument("--sqlite", action="store_true", help="on SQLite instead of PostgreSQL")
    parser.add_argument("--no-fsync", action="store_true", help="PostgreSQL without disk writes")
    return parser.parse_args()


def _stop(signum: int, _frame: FrameType | None) -> None:
    """Leave at once, ending all we started; a second signal must not disturb that."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(signum)


def _title(bench: Bench) -> str:
    base = "SQLite, WAL, synchronous=FULL"
    if not bench.is_sqlite:
        version = bench.ask("SHOW server_version").split()[0]
        base = f"PostgreSQL {version}, fsync {bench.ask('SHOW fsync')}"
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {base}, Python {platform.python_version()}, "
        f"{cores} cores, load before {load:.1f}."
    )


# What the parts measure


def read(bench: Bench) -> Iterator[Row]:
    """Free times and the page that shows them, beside the floor."""
    database = bench.database(STUDIO)
    targets = {"floor": _floor(bench, database), **_targets(bench.site(database))}
    found = alternate(bench, targets, rounds=ROUNDS, seconds=SECONDS)
    floor = found.pop("floor")
    yield Row("the floor: one indexed query", f"{rate(floor):.0f}/s, {cost(floor):.2f} ms CPU")
    for name, windows in found.items():
        share = 1 / ratio(windows, floor)
        figure = f"{_beside(windows, floor)}, {_size(windows)}"
        yield Row(NAMES[name], figure, f"1/{SHARES[name]} of the floor", share <= SHARES[name])
    for name, target in targets.items():
        if name in found:
            number = queries.count(database, target.path, bench.folder)
            is_met, wanted = (None, "") if name == "page" else (number <= 3, "at most 3")
            yield Row(f"- queries: {NAMES[name]}", str(number), wanted, is_met)


def book(bench: Bench) -> Iterator[Row]:
    """Whole bookings, beside the floor."""
    database = bench.fresh(STUDIO)
    floor, site = _floor(bench, database), bench.site(database)
    visitors, hours = Visitors(site), iter(free_hours(site))
    loaded(bench, floor, 0.5)
    visitors.book(bench, itertools.islice(hours, BOOKINGS_AT_ONCE))
    floors: list[Window] = []
    books: list[Bookings] = []
    for _ in range(BOOKING_ROUNDS):
        floors.append(loaded(bench, floor, SECONDS))
        books.append(visitors.book(bench, itertools.islice(hours, BOOKINGS_AT_ONCE)))
    share = 1 / ratio(books, floors)
    yield Row("a whole booking: hold, details, confirm", _beside(books, floors),
              "1/15 of the floor", share <= 15)  # fmt: skip
    waits = [wait for window in books for wait in window.waits]
    middle, late = quantile(waits, 0.5), quantile(waits, 0.99)
    yield Row("- p99 beside p50", f"{_ms(middle)}, p99 {_ms(late)}, {late / middle:.1f} x",
              "p99 under 5 x p50", late < 5 * middle)  # fmt: skip
    for step in books[0].steps:
        single = [wait for window in books for wait in window.steps[step]]
        figure = f"p50 {_ms(quantile(single, 0.5))}, p99 {_ms(quantile(single, 0.99))}"
        yield Row(f"- {step}", f"{figure}, worst {_ms(max(single))}")


def past(bench: Bench) -> Iterator[Row]:
    """Whether a long history slows anything down."""
    for name, here, there in _both(bench, STUDIO, LONG_AGO):
        change = 100 * (cost_ratio(there, here) - 1)
        figure = f"{cost(here):.2f} to {cost(there):.2f} ms CPU, {change:+.1f} %; "
        figure += f"{rate(here):.0f} to {rate(there):.0f}/s"
        what = f"400 to 100,000 past bookings: {name}"
        yield Row(what, figure, "within 10 % (CPU)", abs(change) <= 10)


def people(bench: Bench) -> Iterator[Row]:
    """What ten times the people, rooms and bookings cost."""
    for name, here, there in _both(bench, STUDIO, LARGE):
        slower = 1 / ratio(there, here)
        figure = f"{rate(here):.0f} to {rate(there):.0f}/s, {slower:.1f} x the time, "
        figure += f"{cost_ratio(there, here):.1f} x the CPU"
        yield Row(f"5 to 50 practitioners: {name}", figure, "at most 5 x the time", slower <= 5)


def compete(bench: Bench) -> Iterator[Row]:
    """Fifty processes that want the same hours."""
    database = bench.fresh(MIXED)
    before = bench.deadlocks(database)
    one = race.for_one_hour(bench, database, practitioner="practitioner-2", first_day=90)
    yield _race_row("50 race for one hour, 10 rounds", one, 1)
    anyone = race.for_one_hour(bench, database, practitioner="", first_day=110)
    yield _race_row("50 race for anyone, 5 people, 3 rooms", anyone, studios.Studio().rooms)
    mixed = race.mixed(bench, database, first_day=130)
    figure = f"{mixed.deeds} deeds, {mixed.server_errors} x 5xx, {len(mixed.faults)} faults"
    yield Row("lengths, moves, cancels, ended holds mixed", figure, "nothing twice, no 5xx",
              not mixed.server_errors and not mixed.faults)  # fmt: skip
    for answer, number in sorted(mixed.answers.items()):
        yield Row(f"- {answer}", str(number))
    for fault in (one.faults + anyone.faults + mixed.faults)[:5]:
        yield Row("- fault", fault, "none", False)
    bench.stop(bench.site(database))
    if not bench.is_sqlite:
        found = bench.deadlocks(database) - before
        yield Row("- deadlocks (pg_stat_database)", str(found), "none", found == 0)


def weigh(bench: Bench) -> Iterator[Row]:
    """What the pages of the demo studio weigh, cold."""
    site = bench.site(bench.demo())
    slug = weight.first_treatment(site)
    with weight.browser() as chromium:
        page = weight.weigh(chromium, site, f"/booking/{slug}")
        number, others = len(page.addresses), page.hosts - {f"127.0.0.1:{site.port}"}
        figure = f"{page.bytes / 1000:.1f} kB in {number} requests, {len(others)} other hosts"
        is_met = page.bytes < 100_000 and number <= 10 and not others
        yield Row("the page for choosing a time, cold", figure, "< 100 kB, <= 10, none", is_met)
        for path in _client_pages(site, slug):
            page = weight.weigh(chromium, site, path)
            figure = f"{page.bytes / 1000:.1f} kB in {len(page.addresses)} requests"
            shown = path if len(path) < 30 else f"{path[:27]}..."
            yield Row(f"- {shown}", figure, "< 100 kB", page.bytes < 100_000)


def desk(bench: Bench) -> Iterator[Row]:
    """The schedule of a full day and the search for a client, as staff wait for them."""
    database = bench.fresh(BUSY_DESK)
    desks.write_clients(database, CLIENTS)
    site, floor = bench.site(database), _floor(bench, database)
    cookie = desks.signed_in(database, bench.folder)
    asked = {
        "day": f"/staff/schedule/day.json?day={desks.FULL_DAY}",
        "client": "/staff/clients/find?q=duar",
        "two words": "/staff/clients/find?q=ana+vogel",
        "phone": "/staff/clients/find?q=0049876",
    }
    targets = {name: Target(site, path, cookie=cookie) for name, path in asked.items()}
    found = alternate(bench, {"floor": floor, **targets}, rounds=ROUNDS, seconds=SECONDS)
    for name, share in {"day": 4, "client": 3, "two words": 3, "phone": 3}.items():
        slower = 1 / ratio(found[name], found["floor"])
        what = DESK_NAMES.get(name, f"- the same by {name}")
        figure = f"{_beside(found[name], found['floor'])}, {_size(found[name])}"
        yield Row(what, figure, f"1/{share} of the floor", slower <= share)
    few = bench.fresh(Studio(people=15, rooms=15, ahead=0, full_day=15))
    counts = [
        queries.count(one, asked["day"], bench.folder, desks.signed_in(one, bench.folder))
        for one in (few, database)
    ]
    figure = f"{counts[0]} for 15 visits, {counts[1]} for 120"
    yield Row("- queries of the day", figure, "the same", counts[0] == counts[1])
    with weight.browser() as chromium:
        drawn = [
            desks.seconds_to_draw(chromium, site, cookie, BUSY_DESK.full_day) for _ in range(5)
        ]
        middle = sorted(drawn)[2]
        yield Row("the day drawn in Chromium, cold", f"{middle:.2f} s", "< 1 s", middle < 1)
        for path in ("/staff", f"/staff/schedule?day={desks.FULL_DAY}", "/staff/booking/new"):
            page = weight.weigh(chromium, site, path, cookie)
            figure = f"{page.bytes / 1000:.1f} kB in {len(page.addresses)} requests"
            yield Row(f"- {path[:30]}", figure, "<= 250 kB", page.bytes <= 250_000)


def tell(bench: Bench) -> Iterator[Row]:
    """The worker with a day's messages due at once, and bookings made beside it."""
    database = bench.fresh(STUDIO)
    site = bench.site(database)
    visitors, hours = Visitors(site), iter(free_hours(site))
    visitors.book(bench, itertools.islice(hours, BOOKINGS_AT_ONCE))
    messages.make_due(database, "example.com")
    alone = [visitors.book(bench, itertools.islice(hours, BOOKINGS_AT_ONCE)) for _ in range(4)]
    with messages.worker(bench, database):
        by_file = messages.rate(database, 8)
        before, begun = messages.sent(database), time.perf_counter()
        beside = [visitors.book(bench, itertools.islice(hours, BOOKINGS_AT_ONCE)) for _ in range(8)]
        meanwhile = (messages.sent(database) - before) / (time.perf_counter() - begun)
    alone += [visitors.book(bench, itertools.islice(hours, BOOKINGS_AT_ONCE)) for _ in range(4)]
    yield Row("messages of 10,000 due, into files", f"{by_file:.0f}/s")
    yield Row("- while eight browsers book", f"{meanwhile:.0f}/s")
    with _mail_server() as url:
        messages.make_due(database, "bench-guest.com")
        with messages.worker(bench, database, MAIL_URL=url):
            yield Row("- by SMTP to this machine", f"{messages.rate(database, 8):.0f}/s")
    for share in (0.5, 0.99):
        quiet, busy = (
            quantile([wait for window in windows for wait in window.waits], share)
            for windows in (alone, beside)
        )
        figure = f"{_ms(busy)} beside it, {_ms(quiet)} without, {busy / quiet:.1f} x"
        yield Row(f"a whole booking, p{share * 100:.0f}", figure)


@contextmanager
def _mail_server() -> Iterator[str]:
    server = OnFreePort(Inbox())
    server.start()
    try:
        yield f"smtp://127.0.0.1:{server.port}"
    finally:
        server.stop()


PARTS: Mapping[str, Callable[[Bench], Iterator[Row]]] = {
    "read": read,
    "book": book,
    "past": past,
    "people": people,
    "race": compete,
    "weight": weigh,
    "desk": desk,
    "messages": tell,
}


# Helpers


def _floor(bench: Bench, database: str) -> Target:
    return Target(bench.site(database, FLOOR), f"/{SLUG}")


def _targets(site: Site) -> dict[str, Target]:
    """Tomorrow, the 31 days from tomorrow, and the page as a browser asks for it."""
    times = f"/api/v1/treatments/{SLUG}/free-times?from={studios.TODAY + timedelta(days=1)}"
    return {
        "day": Target(site, f"{times}&days=1"),
        "month": Target(site, f"{times}&days=31"),
        "page": Target(site, f"/booking/{SLUG}", AS_BROWSER),
    }


def _both(
    bench: Bench, one: Studio, other: Studio
) -> Iterator[tuple[str, Sequence[Window], Sequence[Window]]]:
    """The same questions to two studios in turn."""
    here = _targets(bench.site(bench.database(one)))
    there = _targets(bench.site(bench.database(other)))
    for name in here:
        pair = {"here": here[name], "there": there[name]}
        found = alternate(bench, pair, rounds=ROUNDS, seconds=SECONDS)
        yield {"month": "31 days"}.get(name, name), found["here"], found["there"]


def _beside(windows: Sequence[Window], floor: Sequence[Window]) -> str:
    shares = f"1/{1 / ratio(windows, floor):.1f} of the floor"
    spent = f"{cost(windows):.1f} ms CPU, {cost_ratio(windows, floor):.1f} x"
    return f"{rate(windows):.0f}/s, {shares}; {spent}"


def _size(windows: Sequence[Window]) -> str:
    return f"{windows[0].bytes / len(windows[0].waits) / 1000:.1f} kB"


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


def _race_row(what: str, outcome: race.Outcome, wanted: int) -> Row:
    said = ", ".join(f"{n} x {answer}" for answer, n in sorted(outcome.answers.items()))
    is_met = outcome.booked == [wanted] * race.ROUNDS and not outcome.server_errors
    is_met = is_met and set(outcome.answers) == {"303", "409"} and not outcome.faults
    rounds = " ".join(map(str, outcome.booked))
    return Row(what, f"booked {rounds}; {said}", f"exactly {wanted} a round, no 5xx", is_met)


def _client_pages(site: Site, slug: str) -> list[str]:
    """What a client sees on the way from the menu to the visit."""
    browser = Browser(site.port)
    browser.get(f"/booking/{slug}")
    held = browser.hold(slug, free_hours(site, slug)[0])
    pages = ["/", "/treatments", f"/treatments/{slug}", held.location, "/booking/find", "/policies"]
    return [*pages, "/privacy"]


if __name__ == "__main__":
    sys.exit(main())
