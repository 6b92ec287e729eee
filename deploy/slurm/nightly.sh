#!/bin/bash
#SBATCH --job-name=nestfuzz-nightly
#SBATCH --array=0-99
#SBATCH --cpus-per-task=10
#SBATCH --mem-per-cpu=300M
#SBATCH --time=08:30:00
#SBATCH --signal=B:TERM@60
#SBATCH --requeue
#SBATCH --open-mode=append
# A night on a Slurm cluster: a hundred machines of ten cores. RUNS must be a folder that all nodes share.
#
#   night=$(sbatch --parsable deploy/slurm/nightly.sh)
#   sbatch --dependency=afterany:$night --wrap "deploy/merge.sh $night"
#
# sbatch copies this file away: NESTFUZZ_HOME says where the program is, by default the folder sbatch was called in.
set -euo pipefail

home=${NESTFUZZ_HOME:-${SLURM_SUBMIT_DIR:-.}}
export NESTFUZZ=${NESTFUZZ:-$home/bin/nestfuzz.js}

exec "$home/deploy/shard.sh" --hours "${HOURS:-8}" --workers "${SLURM_CPUS_PER_TASK:-1}" "$@"
