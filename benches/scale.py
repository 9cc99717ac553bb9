#!/usr/bin/env python3
"""scale.py [options]: what a rollup holds for each thing that is remembered, and what merging parts takes.

Logs grow in one direction, and what grows with them is told for one more of it: bytes of a rollup that is one file, and of
memory of the audit that reads it. Then an archive is planned for more and more tasks: peak memory of the largest task and
of the audit over all parts. It builds nothing; name the program with --bin. Stdlib only.
"""

import argparse
import ipaddress
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from directions import NOW, write
from growth import list_buckets, session, token, user, when
from measure import run


def mixed(i):
    """Numbers that follow no order, each once: ids in a row would be told in few bytes, which real ones are not."""
    return i * 0x9E3779B97F4A7C15 % 32**9


def principals(n):
    return (list_buckets(i, n, user(mixed(i))) for i in range(n))


def keys(n):
    return (list_buckets(i, n, user(0, token("AKIA", mixed(i)))) for i in range(n))


def addresses(n):
    who = user(0, token("AKIA", 0))
    return (list_buckets(i, n, who, sourceIPAddress=str(ipaddress.ip_address(mixed(i) % 2**30 + 2**30))) for i in range(n))


def sessions(n):
    made = (session(0, f"s-{mixed(i)}", token("ASIA", mixed(i)), when(i, n)) for i in range(n))
    return (list_buckets(i, n, who) for i, who in enumerate(made))


def days_of_a_principal(n):
    """Thirty days of each of n / 30 users."""
    return (list_buckets(i, n, user(mixed(i % (n // 30)))) for i in range(n))


def small_objects(n):
    """An object each."""
    return (list_buckets(i, n, user()) for i in range(n))


THINGS = (small_objects, principals, keys, addresses, sessions, days_of_a_principal)


def measured(trailscan, arguments, stderr):
    """Peak memory in bytes."""
    return run([trailscan, *arguments], stderr)["peak_mb"] * 2**20


def rolled_up(args, logs, tasks, work):
    """(lines of a plan, the folder of their parts, peak memory of each task)."""
    parts = work / f"parts-{tasks}-of-{logs.name}"
    plan = subprocess.run([args.bin, "plan", "--tasks", str(tasks), logs], capture_output=True, check=True)
    lines, peaks = plan.stdout.splitlines(), []
    for line in lines:
        (work / "line").write_bytes(line)
        shard = ["rollup", "-q", "--threads", "1", "--shard", work / "line", "-o", parts, "--now", NOW]
        peaks.append(measured(args.bin, shard, work / "stderr"))
    return lines, parts, peaks


def held(parts):
    return sum(part.stat().st_size for part in parts.iterdir())


def audited(args, parts, work):
    return measured(args.bin, ["audit", "-q", "--threads", "1", "--now", NOW, parts], work / "stderr")


def of_things(args, work):
    for records in (thing for thing in THINGS if thing.__name__ in args.things or not args.things):
        figures = []
        for size in args.sizes:
            folder = work / f"{records.__name__}-{size}"
            write(folder, records.__name__.replace("_", "-"), records(size))
            _, parts, _ = rolled_up(args, folder, 10, work)
            figures.append((size, held(parts), audited(args, parts, work)))
        (first, bytes_first, peak_first), (last, bytes_last, peak_last) = figures[0], figures[-1]
        more = last - first
        of_one, memory = (bytes_last - bytes_first) / more, (peak_last - peak_first) / more
        print(f"{records.__name__:20} {of_one:8.1f} bytes of parts {memory:8.0f} bytes of memory", flush=True)


def of_parts(args, work):
    for tasks in args.tasks:
        lines, parts, peaks = rolled_up(args, args.archive, tasks, work)
        answer = audited(args, parts, work)
        sizes = [json.loads(line)["bytes"] for line in lines]
        print(
            f"{len(lines):6} shards of {min(sizes)} to {max(sizes)} bytes: {max(peaks) / 2**20:6.0f} MB at most a task, "
            f"{held(parts):10} bytes of parts, {answer / 2**20:6.0f} MB the audit",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--bin", type=pathlib.Path, default=here.parent / "target/release/trailscan")
    parser.add_argument("things", nargs="*", help=f"of {', '.join(thing.__name__ for thing in THINGS)}; all when none is named")
    parser.add_argument("--sizes", default="20000,80000", help="events, two sizes")
    parser.add_argument("--archive", type=pathlib.Path, help="logs, as make_archive.py makes them")
    parser.add_argument("--tasks", default="1,10,100", help="tasks of each plan")
    args = parser.parse_args()
    args.sizes, args.tasks = ([int(one) for one in text.split(",")] for text in (args.sizes, args.tasks))
    args.bin = args.bin.resolve()
    with tempfile.TemporaryDirectory() as work:
        of_things(args, pathlib.Path(work))
        if args.archive:
            of_parts(args, pathlib.Path(work))


if __name__ == "__main__":
    main()
