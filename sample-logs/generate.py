#!/usr/bin/env python3
"""generate.py [--check]: writes AWSLogs/ and iam/ beside this file: twenty days of a small organisation's CloudTrail logs,
and the state that IAM is in after them.

The story is in story/, a chapter a function; README.md tells it in prose and says what each report should find. The
same Python source gives the same bytes. --check compares what would be written with what is there (uncompressed, since
zlib builds pack differently) and exits 1 on a difference.
"""

import gzip
import pathlib
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True  # a walk over sample-logs/ should meet no __pycache__

from story.changes import intrusion, new_colleague
from story.consoles import console_sessions, single_sign_on
from story.keys import embedded_key, leaked_key, quiet_key, roaming_key, rotation, single_keys, woken_key
from story.oddities import beside_the_events, other_records
from story.people import people_in_roles
from story.root import central_root_sessions, root_use
from story.state import write_state
from story.takeovers import console_by_key, portal, quarantine, stays, stolen_function
from story.trail import Trail
from story.workloads import instances, workloads

HERE = pathlib.Path(__file__).resolve().parent

CHAPTERS = (
    single_keys,
    roaming_key,
    embedded_key,
    leaked_key,
    quiet_key,
    rotation,
    console_sessions,
    single_sign_on,
    root_use,
    central_root_sessions,
    instances,
    workloads,
    people_in_roles,
    new_colleague,
    intrusion,
    other_records,
    woken_key,
    portal,
    console_by_key,
    stolen_function,
    quarantine,
    stays,
)


def write(folder):
    trail = Trail()
    for chapter in CHAPTERS:
        chapter(trail)
    # The worker's key of 10 September 07:58:15 and its first calls are in the file delivered at 08:05.
    beside_the_events(folder, trail.write(folder, splits=["08-27 12:00", "09-04 12:00", "09-10 08:00"]))
    write_state(folder)
    return len(trail.records)


def contents(folder):
    logs = {path: gzip.decompress(path.read_bytes()) for path in sorted((folder / "AWSLogs").rglob("*.gz"))}
    state = {path: path.read_bytes() for path in sorted((folder / "iam").rglob("*.*"))}
    return {str(path.relative_to(folder)): data for path, data in (logs | state).items()}


def main():
    if sys.argv[1:] == ["--check"]:
        with tempfile.TemporaryDirectory() as fresh:
            write(pathlib.Path(fresh))
            expected, found = contents(pathlib.Path(fresh)), contents(HERE)
        wrong = [name for name in sorted(expected.keys() | found.keys()) if expected.get(name) != found.get(name)]
        print("\n".join(f"differs: {name}" for name in wrong) or f"sample-logs: {len(found)} files are as generated")
        return 1 if wrong else 0
    for name in ("AWSLogs", "iam"):
        shutil.rmtree(HERE / name, ignore_errors=True)
    print(f"{write(HERE)} records")
    return 0


if __name__ == "__main__":
    sys.exit(main())
