#!/usr/bin/env python3
"""make_archive.py OUT EVENTS [SEED]: writes a CloudTrail archive to measure on, and the truth beside it.

Ten accounts, four regions, thirty days, about 2,400 gz files in AWSLogs layout and 1.4 KB of JSON a record for 600,000
events. In it: users with keys that stay in one place (single), move with their owner (roaming, an address a day), sit
on many machines (embedded, four addresses within minutes) or leak (a new network with a new tool after day 25); role
sessions of half a day with the AssumeRole event that issued them; root in every class; services; a hundredth of the
files delivered twice. Deterministic: the same arguments give the same JSON.

OUT.truth.json says what is in it: bytes, files, events (each once), duplicates, root events by account and class, keys
as [events, addresses, kind, events with duplicates], role sessions (seen, issued here, with MFA). Addresses are of
198.18.0.0/15, which RFC 2544 sets aside for benchmarks; ids end in EXAMPLE. Stdlib only.
"""

import itertools
import json
import pathlib
import sys
import zlib

sys.dont_write_bytecode = True

from principals import BASE32, DAYS, Archive, principals_of, stamp

REGIONS = {"us-east-1": 4, "eu-west-1": 2, "us-west-2": 1, "ap-southeast-2": 1}  # files a day


def slots():
    """(region, start, length) of every file of an account, in order of time."""
    for day in range(DAYS):
        parts = [
            (part * 86400 // parts, 86400 // parts, region)
            for region, parts in REGIONS.items()
            for part in range(parts)
        ]
        for start, length, region in sorted(parts):
            yield region, day * 86400 + start, length


def put(folder, account, region, when, salt, packed):
    """Writes one object under its AWSLogs key."""
    time = stamp(when)
    name = f"{account}_CloudTrail_{region}_{time[:16].replace('-', '').replace(':', '')}Z_{salt}.json.gz"
    path = folder / "AWSLogs/o-exampleorgid" / account / "CloudTrail" / region / time[:10].replace("-", "/") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed)


class Writer:
    """Writes one account after the other and counts what it wrote."""

    def __init__(self, folder, archive, wanted):
        self.folder, self.archive, self.wanted = folder, archive, wanted
        self.files = self.events = self.duplicates = self.size = 0

    def write(self, accounts):
        shares = list(slots())
        total = len(accounts) * len(shares)
        for number, account in enumerate(accounts):
            self.archive.account = account
            principals = principals_of(self.archive)
            for index, slot in enumerate(shares):
                done = number * len(shares) + index + 1
                self.write_file(account, principals, slot, self.wanted * done // total - self.events)

    def write_file(self, account, principals, slot, quota):
        """One file of at least `quota` records, now and then delivered twice."""
        (region, start, length), a = slot, self.archive
        weights = list(itertools.accumulate(p.weight for p in principals))
        records, used = [], []
        while len(records) < quota:
            when = start + a.random.randrange(length - 60)
            for key, text in a.random.choices(principals, cum_weights=weights)[0].records(a, when, region):
                records.append(text)
                used.append(key)
        if not records:
            return
        body = ('{"Records":[' + ",".join(records) + "]}").encode()
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        packed = packer.compress(body) + packer.flush()
        times = 1 + (a.random.random() < 0.01)
        for _ in range(times):
            put(self.folder, account, region, start + length - 1, "".join(a.random.choices(BASE32, k=16)), packed)
        self.events += len(records)
        self.duplicates += (times - 1) * len(records)
        self.files += times
        self.size += times * len(body)
        for key in used:
            a.delivered[key] += times

    def truth(self):
        a = self.archive
        keys = sorted((key, *known) for key, known in a.keys.items())
        mfa = sum(flag == "true" for flag in a.session_mfa.values())
        return {
            "json_bytes": self.size,
            "files": self.files,
            "events": self.events,
            "duplicates": self.duplicates,
            "root": {account: dict(sorted(classes.items())) for account, classes in sorted(a.root.items())},
            "keys": {k: [count[0], len(places), kind, a.delivered[k]] for k, kind, places, count in keys if count[0]},
            "role_sessions": {"seen": len(a.session_mfa), "issued": len(a.issued), "with_mfa": mfa},
        }


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    folder, wanted, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    writer = Writer(folder, Archive(seed), wanted)
    # One id with leading zeros: account ids are text.
    writer.write([f"{111100000000 + 37 * n:012}" if n else "000011112222" for n in range(10)])
    truth = {"seed": seed} | writer.truth()
    pathlib.Path(f"{folder}.truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    each = truth["json_bytes"] / (truth["events"] + truth["duplicates"])
    print(f"{folder}: {truth['events']} events, {truth['duplicates']} of them delivered twice, {truth['files']} files,")
    print(f"{truth['json_bytes'] / 1e6:.0f} MB of JSON, {each:.0f} bytes a record")


if __name__ == "__main__":
    main()
