#!/usr/bin/env bats
# The recipes of vd(7) for many processes and many clips, as they stand on the page: each line that begins with the given
# word is run, and leaves what one process would. Slurm is played by a few lines of shell.

load common
setup_file() {
  cd "$BATS_FILE_TMPDIR" || return 1
  make_images in 5 png 64x48
  vd-clip import in -o beach
  vd-pairs beach --graph swin-2-noncyclic
  cp -r beach whole
  vd-flow whole
  for k in 1 2; do vd-clip synth orbit --seed $k --length 4 --width 64 --height 48 -o "clips/clip $k"; done
  cp -r clips ready
  for clip in ready/*; do vd-align "$clip" --preset preview 2>/dev/null; done
}
setup() {
  in_empty_folder
  cp -r "$BATS_FILE_TMPDIR"/{beach,clips} .
}

# The line of a block of the page that holds the given pattern.
recipe() { sed -n '/^```$/,/^```$/p' "$VD_SOURCE/man/vd.7.scd" | grep -- "$1"; }

# What `sbatch --array=1-N --wrap COMMAND` does in the end.
play_slurm() {
  mkdir -p bin
  cat >bin/sbatch <<'SHELL'
#!/bin/bash
count=${1#--array=1-}
for SLURM_ARRAY_TASK_ID in $(seq "$count"); do
  export SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT=$count
  bash -c "$3" &
done
wait
SHELL
  chmod +x bin/sbatch
  PATH=$PWD/bin:$PATH
}

all_flow_is_there() {
  vd-flow beach  # shards that end at the same moment may each leave the record to the other
  equal "$(results_digest beach)" "$(results_digest "$BATS_FILE_TMPDIR/whole")"
  [ -e beach/flow/dis/stage.json ]
}

all_clips_are_there() {
  for k in 1 2; do
    equal "$(results_digest "clips/clip $k")" "$(results_digest "$BATS_FILE_TMPDIR/ready/clip $k")"
  done
}

# With the quick preset, for the sake of time.
quick() { sed 's/vd-align/vd-align --preset preview/'; }

@test "xargs: shards, and clips" {
  bash -euo pipefail -c "$(recipe 'xargs.*shard')"
  all_flow_is_there
  bash -euo pipefail -c "$(recipe 'xargs.*vd-align' | quick)"
  all_clips_are_there
}

@test "GNU parallel: shards, and clips" {
  command -v parallel >/dev/null && parallel --version 2>/dev/null | grep -q GNU || skip "no GNU parallel"
  export PARALLEL_HOME=$PWD
  bash -euo pipefail -c "$(recipe 'parallel.*shard')"
  all_flow_is_there
  equal "$(tail -n +2 flow.log | wc -l)" 8
  # Again: every job is in the log, and none runs.
  bash -euo pipefail -c "$(recipe 'parallel.*shard')"
  equal "$(tail -n +2 flow.log | wc -l)" 8
  bash -euo pipefail -c "$(recipe 'parallel.*vd-align' | quick)"
  all_clips_are_there
}

@test "Slurm: shards, and clips" {
  play_slurm
  bash -euo pipefail -c "$(recipe 'sbatch.*shard')"
  all_flow_is_there
  bash -euo pipefail -c "$(recipe 'sbatch.*vd-align' | quick | sed 's/1-20/1-2/')"
  all_clips_are_there
}
