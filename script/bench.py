"""Measures what the site can do, always beside the floor: see `script/bench --help`."""

import sys
from datetime import timedelta

from script import bench_studio as studios
from script import bench_race as race
from script.bench_booking import STEPS, Visitors, free_hours
from script.bench_load import Target, alternate, cost, cost_ratio, load, quantile, rate, ratio
from script.bench_servers import Bench
from script.bench_studio import Studio
from script.processes import say

STUDIO = Studio()


def addresses(slug: str = studios.SLUG) -> dict[str, tuple[str, str]]:
    first = studios.TODAY + timedelta(days=1)
    api = f"/api/v1/treatments/{slug}/free-times?from={first}"
    return {
        "day": (f"{api}&days=1", ""),
        "month": (f"{api}&days=31", ""),
        "page": (f"/booking/{slug}", "gzip, deflate, br, zstd"),
    }


def reading(bench: Bench) -> None:
    database = bench.database(STUDIO)
    floor = bench.site(database, "script.bench_floor:app")
    site = bench.site(database)
    targets = {"floor": Target(floor, f"/{studios.SLUG}")}
    targets |= {name: Target(site, path, accepts) for name, (path, accepts) in addresses().items()}
    found = alternate(bench, targets, rounds=5, seconds=1.5)
    for name, windows in found.items():
        say(
            f"{name:8} {rate(windows):7.0f}/s  1/{1 / ratio(windows, found['floor']):.2f} of the floor; "
            f"CPU {cost(windows):.2f} ms, {cost_ratio(windows, found['floor']):.2f} x the floor; {windows[0].bytes // len(windows[0].waits)} bytes"
        )


def booking(bench: Bench) -> None:
    database = bench.copy(STUDIO, "bench_booking")
    floor = Target(bench.site(database, "script.bench_floor:app"), f"/{studios.SLUG}")
    site = bench.site(database)
    visitors, hours = Visitors(site), free_hours(site)
    say(f"{len(hours)} free hours")
    load(floor, 1)
    visitors.book(bench, hours[:40])
    hours = hours[40:]
    floors, books = [], []
    for n in range(5):
        b = bench.cpu(floor.site)
        floors.append(load(floor, 1.5))
        floors[-1].cpu = bench.cpu(floor.site) - b
        books.append(visitors.book(bench, hours[n * 80 : n * 80 + 80]))
    say(
        f"bookings {rate(books):.1f}/s 1/{1 / ratio(books, floors):.1f} of {rate(floors):.0f}/s; CPU {cost(books):.1f} ms = {cost_ratio(books, floors):.1f} x"
    )
    waits = [w for b in books for w in b.waits]
    say(
        f"whole p50 {quantile(waits, 0.5) * 1000:.0f} p99 {quantile(waits, 0.99) * 1000:.0f} worst {max(waits) * 1000:.0f} ms"
    )
    for s in STEPS:
        w = [x for b in books for x in b.steps[s]]
        say(
            f"{s} p50 {quantile(w, 0.5) * 1000:.1f} p99 {quantile(w, 0.99) * 1000:.1f} worst {max(w) * 1000:.0f} ms"
        )


def racing(bench: Bench) -> None:
    import time

    studio = Studio(is_mixed=True)
    database = bench.copy(studio, "bench_race")
    name = database.rpartition("/")[2]
    before = (
        None
        if bench.is_sqlite
        else bench.ask(f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{name}'")
    )
    for who, kw in (
        ("one", dict(practitioner="practitioner-2", first_day=90)),
        ("anyone", dict(practitioner="", first_day=110)),
    ):
        t = time.time()
        out = race.for_one_hour(bench, database, **kw)
        say(
            f"{who}: {out.booked} {dict(out.answers)} faults {out.faults[:3]} {time.time() - t:.0f} s"
        )
    t = time.time()
    out = race.mixed(bench, database, 130)
    say(
        f"mixed: {out.booked} {dict(sorted(out.answers.items()))} faults {out.faults[:3]} {time.time() - t:.0f} s"
    )
    bench.stop(bench.site(database))
    if before is not None:
        say(
            f"deadlocks {before} -> "
            + str(bench.ask(f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{name}'"))
        )


def main():
    with Bench(is_sqlite="--sqlite" in sys.argv) as bench:
        for name in sys.argv[1:]:
            if name in ("reading", "booking", "racing"):
                globals()[name](bench)


main()
