#!/bin/sh
# Parts of a run as a job array, and their merge when all are over. From a folder that all nodes see:
#
#   part=$(sbatch --parsable docs/recipes/slurm.sh)
#   sbatch --dependency=afterany:$part --wrap 'wirebench merge part-* -o all'
#
#SBATCH --job-name=wirebench
#SBATCH --array=1-3
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --exclusive
wirebench run "${SCENARIOS:-scenarios}" --quiet \
    --partition "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --out "part-$SLURM_ARRAY_TASK_ID"
code=$?
# A part that fails its gates is merged like any other: the merge fails then.
[ "$code" -eq 0 ] || [ "$code" -ge 99 ] || exit "$code"
