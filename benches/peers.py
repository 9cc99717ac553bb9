#!/usr/bin/env python3
"""peers.py NAME ARCHIVE OUT: one question of key-spread, asked of another tool. Started by ratios.py, a process a run.

For each long-lived access key (AKIA, no session creation date, neither a role session nor a federated user): how many
events and how many distinct addresses. OUT gets {key: [events, addresses]}. Each peer is told the few fields it needs,
which is the fastest way we know to ask it. No duplicates are dropped. An address is compared as text, so two spellings
of one IPv6 address would count twice; the archive has one spelling of each.
"""

import importlib.util
import json
import pathlib
import sys

HOW_TO_INSTALL = {"duckdb": "pip install duckdb", "clickhouse": "pip install chdb", "python": ""}
MODULES = {"duckdb": "duckdb", "clickhouse": "chdb", "python": "json"}


def installed(name):
    return importlib.util.find_spec(MODULES[name]) is not None


def ask_duckdb(folder):
    import duckdb

    identity = (
        "STRUCT(type VARCHAR, accessKeyId VARCHAR, sessionContext STRUCT(attributes STRUCT(creationDate VARCHAR)))"
    )
    database = duckdb.connect()
    database.execute("SET threads = 2")
    return database.execute(f"""
        WITH calls AS (
            SELECT unnest(Records) AS r
            FROM read_json('{folder}/**/*.json.gz', format = 'unstructured', maximum_object_size = 33554432,
                           columns = {{Records: 'STRUCT(userIdentity {identity}, sourceIPAddress VARCHAR)[]'}}))
        SELECT r.userIdentity.accessKeyId, count(*), count(DISTINCT CASE WHEN r.sourceIPAddress SIMILAR TO
               '[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*' THEN r.sourceIPAddress END)
        FROM calls
        WHERE r.userIdentity.accessKeyId LIKE 'AKIA%'
          AND r.userIdentity.sessionContext.attributes.creationDate IS NULL
          AND r.userIdentity.type NOT IN ('AssumedRole', 'FederatedUser')
        GROUP BY 1""").fetchall()


def ask_clickhouse(folder):
    import chdb

    context = "Tuple(attributes Tuple(creationDate Nullable(String)))"
    identity = f"Tuple(type String, accessKeyId String, sessionContext {context})"
    answer = chdb.query(
        f"""
        SELECT r.userIdentity.accessKeyId AS key, count(), uniqExactIf(r.sourceIPAddress,
               isIPv4String(r.sourceIPAddress) OR isIPv6String(r.sourceIPAddress))
        FROM file('{folder}/**/*.json.gz', 'JSONEachRow',
                  'Records Array(Tuple(userIdentity {identity}, sourceIPAddress String))')
        ARRAY JOIN Records AS r
        WHERE startsWith(key, 'AKIA') AND isNull(r.userIdentity.sessionContext.attributes.creationDate)
          AND r.userIdentity.type NOT IN ('AssumedRole', 'FederatedUser')
        GROUP BY key
        SETTINGS max_threads = 2, input_format_skip_unknown_fields = 1,
                 input_format_json_ignore_unknown_keys_in_named_tuple = 1,
                 input_format_json_defaults_for_missing_elements_in_named_tuple = 1""",
        "JSONCompactEachRow",
    )
    return [(key, int(events), int(addresses)) for key, events, addresses in map(json.loads, str(answer).splitlines())]


def ask_python(folder):
    import gzip
    import ipaddress

    def is_address(text):
        try:
            return bool(ipaddress.ip_address(text))
        except ValueError:
            return False

    keys = {}
    for path in pathlib.Path(folder).rglob("*.json.gz"):
        with gzip.open(path) as packed:
            records = json.load(packed).get("Records", [])
        for record in records:
            identity = record.get("userIdentity", {})  # an Insights event has none
            key = identity.get("accessKeyId", "")
            created = identity.get("sessionContext", {}).get("attributes", {}).get("creationDate")
            if not key.startswith("AKIA") or created or identity.get("type") in ("AssumedRole", "FederatedUser"):
                continue
            row = keys.setdefault(key, [0, set()])
            row[0] += 1
            row[1].add(record["sourceIPAddress"])
    return [(key, events, sum(map(is_address, sources))) for key, (events, sources) in keys.items()]


PEERS = {"duckdb": ask_duckdb, "clickhouse": ask_clickhouse, "python": ask_python}


if __name__ == "__main__":
    name, folder, out = sys.argv[1:]
    rows = {key: [events, addresses] for key, events, addresses in PEERS[name](folder)}
    pathlib.Path(out).write_text(json.dumps(rows))
