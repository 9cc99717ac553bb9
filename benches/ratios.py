#!/usr/bin/env python3
"""ratios.py [options]: prints how trailscan compares with unzipping alone, and with other tools for the same question.

The limit is `libdeflate-gunzip -c` of all members of an archive concatenated into one file, to /dev/null: nobody reads
gzip for less. `trailscan audit` of the same archive, all reports and de-duplication on, runs in turns with it, at two
threads and at one, and on one large gz file that holds every record. CPU is user and system time of the whole process,
peak is its largest resident set; the files are in the page cache; medians.

The peers answer one question of `key-spread`: for each long-lived key, how many events and how many distinct addresses.
Their rows must equal those of `trailscan key-spread --min-addresses 0 --no-dedupe` (none of them drops duplicates).

It builds nothing: run `cargo build --release` first. The archive is benches/make_archive.py's unless --archive names
one. Stdlib only; the peers are installed with `pip install duckdb chdb`, and one that is missing is left out.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from measure import concatenate, members, one_large_file, run
from peers import HOW_TO_INSTALL, PEERS, installed

HERE = pathlib.Path(__file__).resolve().parent


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=600_000, help="size of the archive to make (default 600000)")
    parser.add_argument("--archive", type=pathlib.Path, help="measure on this folder instead of making one")
    parser.add_argument("--runs", type=int, default=5, help="runs of each, in turns (default 5)")
    parser.add_argument("--peer-runs", type=int, default=3, help="runs of each peer (default 3)")
    parser.add_argument("--bin", type=pathlib.Path, default=HERE.parent / "target/release/trailscan")
    parser.add_argument("--peers", default=",".join(PEERS), help="comma-separated; empty for none")
    parser.add_argument("--work", type=pathlib.Path, help="where to keep what is made (default: a temporary folder)")
    parser.add_argument("--json", type=pathlib.Path, help="write every figure here too")
    args = parser.parse_args()
    if args.bin.is_file():
        args.bin = args.bin.resolve()
    elif not shutil.which(args.bin):
        sys.exit(f"ratios: {args.bin}: no such program; build it with `cargo build --release` or name it with --bin")
    if not shutil.which("libdeflate-gunzip"):
        sys.exit("ratios: libdeflate-gunzip is missing: install Debian's libdeflate-tools")
    return args


def archive_of(args, work):
    """The folder to measure on: given, made before, or made now."""
    if args.archive:
        if not members(args.archive):
            sys.exit(f"ratios: {args.archive}: no .json.gz files in it")
        return args.archive.resolve()
    folder = work / f"archive-{args.events}"
    if not pathlib.Path(f"{folder}.truth.json").exists():
        subprocess.run([sys.executable, HERE / "make_archive.py", folder, str(args.events)], check=True, stdout=2)
    return folder


def ladder(args, work, folder):
    """The limit and trailscan in turns: {name: [Run, …]}."""
    whole, large = concatenate(folder, work / "members.gz"), one_large_file(folder, work)
    coverage = work / "coverage.json"

    def audit(path, threads, form="table"):
        out = ["--format", form, "--output", work / f"audit.{form}", "--coverage", coverage]
        return [args.bin, "audit", path, *out, "--threads", str(threads)]

    steps = {
        "limit": ["libdeflate-gunzip", "-c", whole],
        "audit, 2 threads": audit(folder, 2),
        "audit, 1 thread": audit(folder, 1),
        "one file, 2 threads": audit(large, 2),
        "one file, 1 thread": audit(large, 1),
        "audit as JSON, 2 threads": audit(folder, 2, "json"),
    }
    runs = {name: [] for name in steps}
    for turn in range(args.runs + 1):  # the first turn fills the page cache and is thrown away
        for name, command in steps.items():
            measured = run(command, work / "stderr")
            if turn:
                runs[name].append(measured)
            if name.startswith(("audit", "one")):
                check_coverage(coverage, name)
    return runs


COVERAGE = """
import json, sys
coverage = json.load(open(sys.argv[1]))
broken = ("objects_damaged", "objects_failed", "malformed_records")
print(*(f"{name}: {coverage[name]}" for name in broken if coverage[name]), sep=", ")
"""


def check_coverage(out, name):
    """Warns when something was not read. Looks in another process: `run` counts what this one holds into the peak."""
    broken = subprocess.run([sys.executable, "-c", COVERAGE, out], check=True, capture_output=True, text=True).stdout
    if broken.strip():
        print(f"ratios: warning: {name}: not everything was read: {broken.strip()}", file=sys.stderr)


def ask_peers(args, work, folder):
    """trailscan and every installed peer, same question: {name: [Run, …]}; stops when answers differ."""
    wanted = [name for name in args.peers.split(",") if name]
    for name in wanted:
        if name not in PEERS:
            sys.exit(f"ratios: {name}: no such peer; known are {', '.join(PEERS)}")
        if not installed(name):
            print(f"ratios: {name} is left out: {HOW_TO_INSTALL[name]}", file=sys.stderr)
    answers = {name: work / f"{name}.json" for name in ["trailscan"] + [n for n in wanted if installed(n)]}
    options = ["--min-addresses", "0", "--no-dedupe", "--threads", "2", "--format", "json"]
    steps = {name: [sys.executable, HERE / "peers.py", name, folder, out] for name, out in answers.items()}
    steps["trailscan"] = [args.bin, "key-spread", folder, *options, "--output", answers["trailscan"]]
    runs = {name: [] for name in steps}
    for _ in range(args.peer_runs if len(steps) > 1 else 0):
        for name, command in steps.items():
            runs[name].append(run(command, work / "stderr"))
            compare(name, rows_of(answers[name]), rows_of(answers["trailscan"]))
    return {name: made for name, made in runs.items() if made}


def rows_of(path):
    """{key: [events, addresses]}, from a peer's answer or from trailscan's report."""
    answer = json.loads(path.read_text())
    if "rows" not in answer:
        return answer
    return {row["access_key_id"]: [row["events"], row["addresses"]] for row in answer["rows"]}


def compare(name, theirs, ours):
    for key in sorted(theirs.keys() | ours.keys()):
        if theirs.get(key) != ours.get(key):
            sys.exit(f"ratios: {name} and trailscan differ on {key}: {theirs.get(key)} and {ours.get(key)}")


def medians(runs):
    return {name: {unit: statistics.median(r[unit] for r in made) for unit in made[0]} for name, made in runs.items()}


def table(head, rows):
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    lines = [head, ["-" * w for w in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in lines
    )


def report(ladder_runs, peer_runs):
    """The two tables of docs/performance.md."""
    m = medians(ladder_runs)
    rows = [
        [n, f"{r['cpu']:.2f} s", f"{r['wall']:.2f} s", f"{r['peak_mb']:.0f} MB", f"{r['cpu'] / m['limit']['cpu']:.2f}"]
        for n, r in m.items()
    ]
    print(table(["run", "CPU", "wall", "peak", "CPU / limit"], rows))
    two, one = m["audit, 2 threads"], m["audit, 1 thread"]
    aims = [
        ["CPU / limit, 2 threads", f"{two['cpu'] / m['limit']['cpu']:.2f}", "3.0"],
        ["wall, 2 threads / 1 thread", f"{two['wall'] / one['wall']:.2f}", "0.6"],
        ["peak memory, MB", f"{max(two['peak_mb'], one['peak_mb']):.0f}", "300"],
        [
            "wall of one large file, 2 threads / 1 thread",
            f"{m['one file, 2 threads']['wall'] / m['one file, 1 thread']['wall']:.2f}",
            "below 1",
        ],
    ]
    print("\n" + table(["ratio", "measured", "at most"], aims))
    if len(peer_runs) > 1:
        p = medians(peer_runs)
        us = p["trailscan"]
        rows = [
            [
                n,
                f"{r['wall']:.2f} s",
                f"{r['cpu']:.2f} s",
                f"{r['wall'] / us['wall']:.1f}",
                f"{r['cpu'] / us['cpu']:.1f}",
            ]
            for n, r in p.items()
        ]
        print("\n" + table(["same answer", "wall", "CPU", "wall / trailscan", "CPU / trailscan"], rows))


def main():
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="trailscan-bench-") as temporary:
        work = args.work or pathlib.Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        folder = archive_of(args, work)
        ladder_runs, peer_runs = ladder(args, work, folder), ask_peers(args, work, folder)
    report(ladder_runs, peer_runs)
    if args.json:
        machine = {"cpus": os.cpu_count(), "machine": platform.machine(), "system": platform.system()}
        figures = {
            "machine": machine,
            "runs": ladder_runs,
            "peers": peer_runs,
            "medians": medians(ladder_runs | peer_runs),
        }
        args.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
