"""Ids and times: every id is one of AWS's documentation ids or has their form (...EXAMPLE).

Nothing here is random: ids are hashes of what they stand for, so the same story gives the same bytes.
"""

import base64
import datetime as dt
import hashlib


def digest(*parts):
    """32 bytes that depend on `parts` and nothing else."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).digest()


def example_id(prefix, label, letters):
    """`prefix`, `letters` base32 letters that stand for `label`, and EXAMPLE: AROADBQP57FF2AEXAMPLE."""
    return prefix + base64.b32encode(digest(prefix, label)).decode()[:letters] + "EXAMPLE"


def uuid(*parts):
    """A version 4 UUID that stands for `parts`."""
    h = digest(*parts).hex()
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:32]}"


def at(text):
    """A moment of the story: "09-10 07:58:15" or "09-10 07:58", in 2026, UTC."""
    layout = "%Y-%m-%d %H:%M:%S" if text.count(":") == 2 else "%Y-%m-%d %H:%M"
    return dt.datetime.strptime("2026-" + text, layout)


def iso(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def sts_date(time, space=" "):
    """A date inside a response: "Sep 10, 2026, 7:58:15 PM". Newer JDKs put U+202F before AM and PM."""
    return f"{time:%b} {time.day}, {time.year}, {time.hour % 12 or 12}:{time:%M:%S}{space}{time:%p}"


def hm(hour, minute=0, second=0):
    return dt.timedelta(hours=hour, minutes=minute, seconds=second)
