#!/usr/bin/env python3
"""repeat_logs.py LOGS OUT TIMES: writes every gz log file below LOGS to OUT, TIMES times over, each with new eventIDs.

For ratios on real logs, of which nobody has enough to measure on: `ratios.py --archive OUT`. Everything but the
eventIDs stays as it was, byte for byte, so what the files compress to stays too. Stdlib only.
"""

import gzip
import hashlib
import pathlib
import re
import sys
import zlib

EVENT_ID = re.compile(rb'("eventID"\s*:\s*")([^"]+)"')


def renamed(body, turn):
    """`body` with every eventID replaced by one that depends on it and on `turn`; equal ids stay equal."""

    def new(found):
        h = hashlib.sha256(b"%d:%b" % (turn, found[2])).hexdigest()
        return b'%b%b"' % (found[1], f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:32]}".encode())

    return EVENT_ID.sub(new, body) if turn else body


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    logs, out, times = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    for source in sorted(logs.rglob("*.json.gz")):
        body = gzip.decompress(source.read_bytes())
        for turn in range(times):
            packer = zlib.compressobj(6, zlib.DEFLATED, 31)
            path = out / f"turn-{turn}" / source.relative_to(logs)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(packer.compress(renamed(body, turn)) + packer.flush())


if __name__ == "__main__":
    main()
