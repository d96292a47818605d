"""Measures what the site can do, always beside the floor: see `script/bench --help`."""

import argparse
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

from script import bench_studio as studios
from script.bench_load import Target, alternate, cost, cost_ratio, rate, ratio
from script.bench_servers import Bench
from script.bench_studio import Studio
from script.processes import Failed, Stopped, say

DAY = TARGET_DAY = "one day"
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
        say(f"{name:8} {rate(windows):7.0f}/s  1/{1/ratio(windows, found['floor']):.2f} of the floor; "
            f"CPU {cost(windows):.2f} ms, {cost_ratio(windows, found['floor']):.2f} x the floor; {windows[0].bytes//len(windows[0].waits)} bytes")

def main():
    with Bench(is_sqlite="--sqlite" in sys.argv) as bench:
        reading(bench)
main()
