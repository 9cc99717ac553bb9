#!/usr/bin/env python3
"""cases.py CHECK TRAILSCAN: runs the machine-checked cases and fails when one does not hold that is not excused.

CHECK is the cases' own check.py. A kind that later work owns is excused here by name with the reason; an excused kind all
of whose cases hold fails too, so that this list only shrinks. Standard library only.
"""
import json
import pathlib
import re
import subprocess
import sys

EXCUSED = {}


def main():
    check, program = sys.argv[1:]
    folder = pathlib.Path(check).parent
    kinds = {}
    for path in folder.glob("*/case.json"):
        case = json.loads(path.read_text(encoding="utf-8"))
        kinds[case["name"]] = case["kind"]
    done = subprocess.run([sys.executable, check, program], capture_output=True, text=True)
    print(done.stdout, done.stderr, sep="", end="")
    if not re.search(r"^\d+ passed, \d+ failed$", done.stdout, re.M):
        sys.exit("cases: check.py did not come to its end")
    failed = {name for name in re.findall(r"^FAIL ([^:]+):", done.stdout, re.M)}
    wrong = sorted(name for name in failed if kinds.get(name) not in EXCUSED)
    excused = sorted(failed - set(wrong))
    stale = sorted(kind for kind in EXCUSED if not any(kinds[name] == kind for name in excused))
    for name in excused:
        print(f"excused: {name} ({kinds[name]}): {EXCUSED[kinds[name]]}")
    for name in wrong:
        print(f"cases: {name} ({kinds.get(name)}) does not hold", file=sys.stderr)
    for kind in stale:
        print(f"cases: every case of kind {kind} holds: take it off the list in .ci/cases.py", file=sys.stderr)
    if wrong or stale:
        sys.exit(1)
    print(f"{len(kinds) - len(excused)} cases hold, {len(excused)} are excused")


main()
