"""One measured process, and the files that it is measured on. No ratios are made here."""

import gzip
import os
import pathlib
import re
import time
import zlib

# What stands around the records of a delivered file.
ENVELOPE = re.compile(rb'\A\s*\{\s*"Records"\s*:\s*\[(.*)\]\s*\}\s*\Z', re.DOTALL)


class Failed(SystemExit):
    """A measured process did not end well; ends the measuring where nobody takes it in."""


def run(command, stderr):
    """Runs `command`, stdout to /dev/null, stderr to a file: {"cpu", "wall": seconds, "peak_mb"}.

    Resource use is that of the process alone, from wait4. Linux counts the memory of the caller before exec into the
    peak, so the caller has to stay small.
    """
    command = [str(part) for part in command]
    redirected = [
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, str(stderr), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
    ]
    start = time.monotonic()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=redirected)
    _, status, usage = os.wait4(pid, 0)
    wall = time.monotonic() - start
    code = os.waitstatus_to_exitcode(status)
    if code:
        raise Failed(f"{' '.join(command)}: exit {code}: {pathlib.Path(stderr).read_text(errors='replace')[-2000:]}")
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "peak_mb": usage.ru_maxrss / 1024}


def members(folder):
    return sorted(pathlib.Path(folder).rglob("*.json.gz"))


def concatenate(folder, out):
    """All members behind each other in one file, a valid gzip file of many members."""
    with open(out, "wb") as into:
        for member in members(folder):
            into.write(member.read_bytes())
    return out


def one_large_file(folder, work):
    """Every record of the archive in one delivered file: one envelope, one gzip member."""
    out = work / "large" / "000011112222_CloudTrail_us-east-1_20261104T2359Z_AAAAAAAAAAAAAAAA.json.gz"
    out.parent.mkdir(exist_ok=True)
    packer, between = zlib.compressobj(6, zlib.DEFLATED, 31), b'{"Records":['
    with open(out, "wb") as into:
        for member in members(folder):
            found = ENVELOPE.match(gzip.decompress(member.read_bytes()))
            if found and found[1]:
                into.write(packer.compress(between))
                into.write(packer.compress(found[1]))
                between = b","
        into.write(packer.compress(b"]}") + packer.flush())
    return out
