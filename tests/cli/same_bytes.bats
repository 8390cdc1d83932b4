#!/usr/bin/env bats
# One clip through the whole default pipeline: the same bytes come out for 1, 2 and 8 threads and for any split into
# shards, in any order. Every result is compared; records hold times, and are left out.

load common
setup_file() {
  cd "$BATS_FILE_TMPDIR" || return 1
  vd-clip synth room --seed 5 --length 6 --width 96 --height 72 -o fresh
  mkdir whole  # pictures bear the name of the clip
  cp -r fresh whole/c
  pipeline whole/c -j 2
}
setup() {
  in_empty_folder
  cp -r "$BATS_FILE_TMPDIR/fresh" c
  whole=$BATS_FILE_TMPDIR/whole/c
}

shown="--depth align --traj align --masks dynamic"
programs=(vd-pairs vd-flow vd-pointmap vd-align "vd-eval $shown" "vd-view $shown")

pipeline() {  # CLIP OPTIONS...
  local program
  for program in "${programs[@]}"; do $program "$@" >/dev/null 2>>pipeline.err || return 1; done
}

# A clip has every file of another, and no more, with the same bytes.
same_results() {  # CLIP OTHER
  local differences kind
  differences=$(diff -rq -x '*stage*.json' "$1" "$2") || true
  equal "$differences" ""
  # Something was compared: each of these has files.
  for kind in pairs flow pointmap traj intrinsics masks unknown depth conf clouds report view; do
    [ "$(find "$1/$kind" -type f ! -name '*stage*.json' | wc -l)" -gt 0 ] || { echo "no $kind"; return 1; }
  done
}

@test "1 thread" {
  pipeline c -j 1
  same_results c "$whole"
}

@test "8 threads" {
  pipeline c -j 8
  same_results c "$whole"
}

@test "rendering with 1 and 8 threads" {
  for threads in 1 8; do
    vd-clip synth room --seed 5 --length 6 --width 96 --height 72 -j $threads -o again -f
    diff -rq -x '*stage*.json' again "$BATS_FILE_TMPDIR/fresh"
  done
}

# Every program over its shards in the given order, then the next program.
in_shards() {  # ORDER
  local program shard
  for program in "${programs[@]}"; do
    for shard in "$@"; do
      $program c -j 1 --shard "$shard/$#" >/dev/null 2>>pipeline.err || return 1
    done
  done
}

@test "the only shard of one" {
  in_shards 1
  same_results c "$whole"
}

@test "two shards in order" {
  in_shards 1 2
  same_results c "$whole"
}

@test "two shards, the second first" {
  in_shards 2 1
  same_results c "$whole"
}

@test "three shards from the middle on" {
  in_shards 2 3 1
  same_results c "$whole"
}

@test "three shards from the last" {
  in_shards 3 1 2
  same_results c "$whole"
}

@test "three shards at once, with 8 threads each" {
  local program shard job
  for program in "${programs[@]}"; do
    local jobs=()
    for shard in 3 1 2; do
      $program c -j 8 --shard $shard/3 >/dev/null 2>>pipeline.err &
      jobs+=($!)
    done
    for job in "${jobs[@]}"; do wait "$job"; done
    # Shards that end at the same moment may each leave the record to the other.
    $program c >/dev/null 2>>pipeline.err
  done
  same_results c "$whole"
}
