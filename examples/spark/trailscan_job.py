#!/usr/bin/env python3
"""One trailscan audit over many machines, with Spark: plan, a task a shard, merge, answer.

Spark schedules the tasks, runs those of a lost worker again, and may run a slow one twice: a part appears whole under the
name of its shard, so whatever runs twice counts once. Needs the standard library and pyspark, trailscan on every machine,
and a folder that all of them see.

    spark-submit trailscan_job.py --tasks 200 --parts /shared/parts --output audit.json s3://bucket/AWSLogs/
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys

# How trailscan ends when there is an answer: complete, partial, and with findings that --fail-on names.
ANSWERS = (0, 3, 4)


class Failed(Exception):
    """trailscan could not do its work; the message holds what it said."""


def trailscan(program, arguments, given=None):
    """Runs trailscan and passes on what it says; gives its exit code and what it wrote."""
    done = subprocess.run([program, *arguments], input=given, capture_output=True)
    said = done.stderr.decode(errors="replace")
    if done.returncode not in ANSWERS:
        raise Failed(f"{program} {' '.join(arguments)}: exit code {done.returncode}\n{said}")
    sys.stderr.write(said)
    return done.returncode, done.stdout


def roll_up(asked, line):
    """Reads the objects of one shard; gives the path of its part."""
    shard = ["rollup", "--quiet", "--shard", "-", "--output", asked.parts, *asked.rollup_option]
    trailscan(asked.trailscan, shard, line.encode())
    return os.path.join(asked.parts, json.loads(line)["shard"] + ".rollup")


def merge(asked, paths):
    """Makes one rollup of several. It is named by what it is made of, so that a merge that runs twice is one file."""
    paths = sorted(paths)
    if len(paths) == 1:
        return paths[0]
    name = hashlib.sha256("\n".join(map(os.path.basename, paths)).encode()).hexdigest()[:32]
    folder = asked.parts.rstrip("/") + ".merged"
    target = os.path.join(folder, name + ".rollup")
    if not os.path.exists(target):
        os.makedirs(folder, exist_ok=True)
        made = ["rollup", "--quiet", "--overwrite", "--output", target, *asked.rollup_option, *paths]
        trailscan(asked.trailscan, made)
    return target


def whole(context, asked, parts):
    """What the answer is read from: the parts, or one rollup of them where they are many, merged as a tree by the workers."""
    if len(parts) <= asked.merge_over:
        return parts
    groups = -(-len(parts) // asked.merge_over)
    merged = context.parallelize(parts, groups).glom().filter(len).map(lambda paths: merge(asked, paths))
    return [merged.treeReduce(lambda one, other: merge(asked, [one, other]))]


def arguments():
    """What was typed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="as trailscan takes it, seen alike by every machine")
    parser.add_argument("--tasks", type=int, required=True, help="the most shards: a few for each core")
    parser.add_argument("--parts", required=True, help="a folder that every machine sees; one for each plan")
    parser.add_argument("--output", required=True, help="the answer of trailscan audit: .json, .html and so on")
    parser.add_argument("--trailscan", default="trailscan", help="the program, on every machine")
    parser.add_argument("--merge-over", type=int, default=256, help="merge parts as a tree where there are more")
    parser.add_argument("--plan-option", action="append", default=[], help="for trailscan plan, such as --days=30")
    parser.add_argument("--rollup-option", action="append", default=[], help="for trailscan rollup, such as --no-dedupe")
    parser.add_argument("--answer-option", action="append", default=[], help="for trailscan audit, such as --days=30")
    asked = parser.parse_args()
    asked.parts = os.path.abspath(asked.parts)
    return asked


def main():
    """Plans on the driver, rolls up and merges on the workers, answers on the driver."""
    from pyspark.sql import SparkSession

    asked = arguments()
    planned = ["plan", *asked.inputs, "--tasks", str(asked.tasks), *asked.plan_option]
    _, plan = trailscan(asked.trailscan, planned)
    os.makedirs(asked.parts, exist_ok=True)
    # Whoever has to run a lost shard again finds its line here.
    with open(asked.parts.rstrip("/") + ".plan.jsonl", "wb") as kept:
        kept.write(plan)
    shards = plan.decode().splitlines()
    context = SparkSession.builder.appName("trailscan").getOrCreate().sparkContext
    parts = context.parallelize(shards, len(shards)).map(lambda line: roll_up(asked, line)).collect()
    # Not to standard output: spark-submit writes there what a driver says, too.
    answer = ["audit", "--output", asked.output, *asked.answer_option, *whole(context, asked, parts)]
    code, _ = trailscan(asked.trailscan, answer)
    context.stop()
    return code


if __name__ == "__main__":
    sys.exit(main())
