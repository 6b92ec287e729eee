#!/bin/sh
# One shard of a night, on an engine that numbers its parts: its variables become --shard, all else is handed on.
#
#   Kubernetes, Indexed Job: JOB_COMPLETION_INDEX, and SHARDS = the completions of the Job
#   Slurm, job array:        SLURM_ARRAY_TASK_ID, SLURM_ARRAY_TASK_COUNT, SLURM_ARRAY_TASK_MIN
#
#   NIGHT   name of the night, the same for all its shards: its seed, and its folder in RUNS
#   RUNS    folder that outlives the shard (default: runs)
#   SINCE   summary.json of the night before, the same for all shards (default: none)
#
# A shard that is red is done: the merge says so for the whole night. One that was stopped before its budget was spent
# (a node goes away) ends with 75, to be started again: it goes on where it was.
set -eu

if [ -n "${JOB_COMPLETION_INDEX:-}" ]; then
  index=$JOB_COMPLETION_INDEX
  count=${SHARDS:?the number of shards, as many as the Job has completions}
elif [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
  index=$((SLURM_ARRAY_TASK_ID - ${SLURM_ARRAY_TASK_MIN:-0}))
  count=${SLURM_ARRAY_TASK_COUNT:-${SHARDS:?the number of shards, as many as the array has tasks}}
else
  echo "shard.sh: neither JOB_COMPLETION_INDEX nor SLURM_ARRAY_TASK_ID is set; start it as an Indexed Job or an array" >&2
  exit 2
fi
night=${NIGHT:-${SLURM_ARRAY_JOB_ID:?the name of the night, NIGHT, the same for all its shards}}
out=${RUNS:-runs}/$night/shard-$index

[ -z "${SINCE:-}" ] || set -- --since "$SINCE" "$@"
mkdir -p "$out"
# The shell waits while the child works: what ends the one must reach the other.
"${NESTFUZZ:-nestfuzz}" nightly --resume --shard "$index/$count" --seed "$night" --out "$out" "$@" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null || true' TERM INT
status=0
wait "$child" || status=$?
# A signal ends the wait, not the child.
while kill -0 "$child" 2>/dev/null; do
  status=0
  wait "$child" || status=$?
done

if [ "$status" -eq 1 ] && [ -f "$out/summary.json" ]; then
  grep -q '^  "stopped": true' "$out/summary.json" || exit 0
  # Kubernetes starts it again by the code, Slurm where it is asked to.
  if [ -n "${SLURM_JOB_ID:-}" ] && command -v scontrol >/dev/null; then scontrol requeue "$SLURM_JOB_ID"; fi
  exit 75
fi
exit "$status"
