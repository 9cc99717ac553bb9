#!/usr/bin/env python3
"""directions.py [options] [DIRECTION]…: how time and memory grow with logs that grow in one direction only.

Each direction of growth.py is made at every size, and `trailscan audit` and the reports concerned read it at one thread.
Printed are CPU seconds and peak memory by size, and the exponents of both between the second and the last size: 1 is
linear, 2 is quadratic. Exit status 1 names the directions above --bound, and those that did not end well.

With --check it is a gate, for any build: `trailscan audit` of each direction at two sizes, without what a run costs that
reads one event, and a bound that only growth far from linear passes. Nothing in it depends on how fast a machine is: what
counts is the CPU of one size beside that of another in the same run, and what is above the bound is measured again, the least
of three counting. Exit status 1 names the directions.

A size that took more than --enough seconds of CPU is the last of its direction; what ends below the floor of 0.2 s and 64 MiB
is not judged, since noise and fixed costs would be. It builds nothing: run `cargo build --release` first, for --check
`cargo build`. Stdlib only.
"""

import argparse
import concurrent.futures
import gzip
import json
import math
import os
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True

from growth import ACCOUNT, DIRECTIONS
from measure import Failed, run

HERE = pathlib.Path(__file__).resolve().parent
NOW = "2026-11-20T00:00:00Z"
# Directions whose every record is an object of its own.
ONE_EACH = ("small-objects", "delivering-regions")
A_FILE = 1000
FLOOR = {"cpu": 0.2, "peak_mb": 64}
# Of --check: four times the events may take eight times the CPU.
CHECK_SIZES = "1000,4000"
CHECK_BOUND = 1.5
CHECK_RUNS = 3
# What less than this is taken for: a ratio of two small numbers is chance.
LEAST = {"cpu": 0.1, "peak_mb": 16}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [name for name, _, _ in DIRECTIONS]
    parser.add_argument("directions", nargs="*", metavar="DIRECTION", help=f"one or more of {', '.join(names)}")
    parser.add_argument("--check", action="store_true", help=f"the gate, at {CHECK_SIZES} events with bound {CHECK_BOUND}")
    parser.add_argument("--bin", type=pathlib.Path, help="default target/release/trailscan, with --check target/debug")
    parser.add_argument("--sizes", help="events, three sizes or more (default 10000,20000,40000,80000)")
    parser.add_argument("--bound", type=float, help="the largest exponent that passes (default 1.3)")
    parser.add_argument("--enough", type=float, default=20, help="CPU seconds after which no larger size is tried")
    parser.add_argument("--max-memory", default="4GiB", help="what each run is allowed (default 4GiB)")
    parser.add_argument("--runs", type=int, default=1, help="runs of each; the least counts")
    parser.add_argument("--json", type=pathlib.Path, help="write every figure here too")
    args = parser.parse_args()
    args.bin = args.bin or HERE.parent / "target" / ("debug" if args.check else "release") / "trailscan"
    args.bound = args.bound or (CHECK_BOUND if args.check else 1.3)
    sizes = args.sizes or (CHECK_SIZES if args.check else "10000,20000,40000,80000")
    args.sizes = [int(size) for size in sizes.split(",")]
    unknown = set(args.directions) - set(names)
    if unknown:
        parser.error(f"no direction is named {', '.join(sorted(unknown))}")
    if len(args.sizes) < (2 if args.check else 3):
        parser.error("--sizes: three or more are needed, with --check two")
    if not args.bin.is_file():
        sys.exit(f"directions: {args.bin}: no such program; build it with `cargo build --release` or name it with --bin")
    args.bin = args.bin.resolve()
    return args


def write(folder, name, records):
    """Lays the records out as CloudTrail delivers them: in many files, or one each."""
    batch, number = [], 0
    for made in records:
        batch.append(made)
        if name in ONE_EACH or len(batch) == A_FILE:
            deliver(folder, number, batch)
            batch, number = [], number + 1
    if batch:
        deliver(folder, number, batch)


def deliver(folder, number, batch):
    region, day = batch[0]["awsRegion"], batch[0]["eventTime"][:10]
    place = folder / "AWSLogs" / ACCOUNT / "CloudTrail" / region / day.replace("-", "/")
    place.mkdir(parents=True, exist_ok=True)
    file = place / f"{ACCOUNT}_CloudTrail_{region}_{day.replace('-', '')}T2359Z_{number:016d}.json.gz"
    text = json.dumps({"Records": batch}, separators=(",", ":")).encode()
    file.write_bytes(gzip.compress(text, 1, mtime=0))


def exponent(figures, what):
    """Of the growth from the second size to the last; nothing where the last is below the floor."""
    (size, first), (last_size, last) = figures[min(1, len(figures) - 2)], figures[-1]
    if last[what] < FLOOR[what]:
        return None
    return math.log(last[what] / max(first[what], 1e-3)) / math.log(last_size / size)


def measure(args, report, records, work, times=1):
    """[(size, figures)] of one report, as far as --enough allows; records is {size: folder}."""
    figures = []
    for size, folder in records.items():
        command = [args.bin, report, folder, "--threads", "1", "--format", "json", "--now", NOW, "--max-memory", args.max_memory]
        runs = [run(command, work / "stderr") for _ in range(max(args.runs, times))]
        figures.append((size, {what: min(one[what] for one in runs) for what in runs[0]}))
        if figures[-1][1]["cpu"] > args.enough and len(figures) > 1:
            break
    return figures


def tell(name, report, figures, exponents):
    sizes = "  ".join(f"{of['cpu']:6.2f} s {of['peak_mb']:5.0f} MB" for _, of in figures)
    shown = ["   -" if power is None else f"{power:4.2f}" for power in exponents]
    print(f"{name:36} {report:15} {sizes}   time {shown[0]} memory {shown[1]}", flush=True)


def check(args, chosen):
    """The names of the directions that grow faster than the bound lets them, or fail."""
    bad, base = [], cost_of_one(args, chosen[0][2])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as at_once:
        for (name, _, _), figures in zip(chosen, at_once.map(lambda one: checked(args, one, base), chosen)):
            if isinstance(figures, Failed):
                print(f"{name:36} {figures}", flush=True)
                bad.append(name)
                continue
            powers = exponents_above(figures, base)
            tell(name, "audit", figures, powers)
            if is_above(powers, args.bound):
                bad.append(name)
    return bad


def cost_of_one(args, records):
    """The figures of a run that reads one event."""
    with tempfile.TemporaryDirectory(prefix="directions-") as work:
        work = pathlib.Path(work)
        write(work / "one", "one", records(1))
        return measure(args, "audit", {1: work / "one"}, work, CHECK_RUNS)[0][1]


def checked(args, direction, base):
    """The figures of one direction, or how it failed."""
    name, _, records = direction
    with tempfile.TemporaryDirectory(prefix="directions-") as work:
        work = pathlib.Path(work)
        folders = {size: work / str(size) for size in args.sizes}
        for size, folder in folders.items():
            write(folder, name, records(size))
        try:
            figures = measure(args, "audit", folders, work)
            if is_above(exponents_above(figures, base), args.bound):
                # Once may be chance: somebody else may have used the machine.
                figures = measure(args, "audit", folders, work, CHECK_RUNS)
            return figures
        except Failed as failed:
            return failed


def exponents_above(figures, base):
    """The exponents of what is above the cost of one event."""
    above = lambda of: {what: max(of[what] - base[what], LEAST[what]) for what in FLOOR}
    return exponents_of([(size, above(of)) for size, of in figures])


def exponents_of(figures):
    return [exponent(figures, what) for what in FLOOR]


def is_above(powers, bound):
    return any(power is not None and power > bound for power in powers)


def main():
    args, bad, all_figures = arguments(), [], []
    chosen = [one for one in DIRECTIONS if not args.directions or one[0] in args.directions]
    if args.check:
        bad = check(args, chosen)
        if bad:
            sys.exit(f"directions: grow faster than their events to the power of {args.bound}, or failed: {', '.join(bad)}")
        return
    print(f"{'direction':36} {'report':15} {'  '.join(f'{size:12} events' for size in args.sizes)}")
    for name, reports, records in chosen:
        with tempfile.TemporaryDirectory(prefix="directions-") as work:
            work = pathlib.Path(work)
            folders = {size: work / str(size) for size in args.sizes}
            for size, folder in folders.items():
                write(folder, name, records(size))
            for report in ("audit", *reports):
                try:
                    figures = measure(args, report, folders, work)
                except Failed as failed:
                    print(f"{name:36} {report:15} {failed}", flush=True)
                    bad.append(f"{name} ({report})")
                    continue
                exponents = exponents_of(figures)
                tell(name, report, figures, exponents)
                all_figures.append({"direction": name, "report": report, "figures": figures, "exponents": exponents})
                if is_above(exponents, args.bound):
                    bad.append(f"{name} ({report})")
    if args.json:
        args.json.write_text(json.dumps(all_figures, indent=1) + "\n")
    if bad:
        sys.exit(f"directions: grow faster than their events to the power of {args.bound}, or failed: {', '.join(bad)}")


if __name__ == "__main__":
    main()
