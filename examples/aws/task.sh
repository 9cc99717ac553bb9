#!/bin/sh
# task.sh SHARDS PARTS INDEX: a task on a machine that shares no storage with others, such as one of AWS Batch or ECS.
#
# Rolls up the shard in SHARDS/INDEX.json, where INDEX has five digits from 00000, and puts its part into PARTS; both are places
# of S3. Needs trailscan and the AWS CLI. A task that runs twice puts the same object twice.
set -eu
shards=$1 parts=$2 index=$(printf %05d "$3")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
aws s3 cp --quiet "$shards/$index.json" "$work/shard.json"
ended=0
trailscan rollup --quiet --shard "$work/shard.json" --output "$work/parts" || ended=$?
# 3 is a part of which something was damaged: the answer names it. Whoever runs tasks takes all but 0 for a failure.
[ "$ended" -eq 0 ] || [ "$ended" -eq 3 ] || exit "$ended"
aws s3 cp --quiet --recursive "$work/parts" "$parts"
