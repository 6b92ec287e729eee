#!/bin/sh
# The shards of a night as one: merge.sh [NIGHT] merges RUNS/NIGHT/shard-* into RUNS/NIGHT/whole; without a name it takes
# the last night by name. Ends with 0 where the night is green, with 1 where it is red.
set -eu

runs=${RUNS:-runs}
night=${1:-}
if [ -z "$night" ]; then
  for folder in "$runs"/*/; do
    [ -d "$folder" ] && night=$(basename "$folder")
  done
fi
if [ -z "$night" ] || [ ! -d "$runs/$night" ]; then
  echo "merge.sh: no night ${night:-at all} in $runs; known: folders that shard.sh wrote" >&2
  exit 2
fi
exec "${NESTFUZZ:-nestfuzz}" nightly merge "$runs/$night"/shard-* --out "$runs/$night/whole"
