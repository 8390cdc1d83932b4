#!/usr/bin/env bats
# What happens to a clip when the machine fails: killed at any moment, or with a full disk. Nothing that was finished is
# lost, no half file is ever seen, and the next run ends with the bytes of an undisturbed one.

load common

setup() { in_empty_folder; }

# The whole chain on one clip; standard error is kept for a look after a failure.
chain() {  # CLIP
  vd-pairs "$1" --graph swin-2 && vd-flow "$1" && vd-pointmap "$1" && vd-align "$1" && vd-view "$1"
}

# Results of one clip that another has with other bytes, or has not at all: half files, were there any.
strangers() {  # CLIP UNDISTURBED
  local file
  (cd "$1" && find . -type f ! -name '*stage*.json' ! -name '*.tmp*' ! -name '.*') | while read -r file; do
    cmp -s "$1/$file" "$2/$file" || echo "$file"
  done
}

@test "killed at 100 random moments, it continues and gives the same bytes" {
  mkdir whole fresh killed
  vd-clip synth room --seed 3 --length 4 --width 80 --height 60 -o fresh/c
  cp -r fresh/c whole/c
  cp -r fresh/c killed/c
  chain whole/c 2>err.txt
  RANDOM=7
  local kills=0
  while [ $kills -lt 100 ]; do
    chain killed/c >out.txt 2>err.txt &
    local chain_id=$!
    sleep "$(printf '0.%03d' $((RANDOM % 400)))"
    if pkill -KILL -P $chain_id; then kills=$((kills + 1)); fi
    if wait $chain_id; then  # Once more from the beginning, so that kills meet every stage.
      rm -rf killed/c && cp -r fresh/c killed/c
    fi
    equal "$(strangers killed whole)" ""
  done
  chain killed/c 2>err.txt
  # Records hold times. What a killed program left behind is swept away by the next.
  equal "$(diff -rq -x '*stage.json' killed whole)" ""
}

@test "a full disk is one line, and with more room the run goes on" {
  vd-clip synth room --seed 3 --length 4 --width 80 --height 60 -o whole
  mkdir disk
  in_small_disk() {  # KIB COMMAND...
    unshare --user --map-root-user --mount bash -c 'mount -t tmpfs -o size="$1"k none disk && shift && "$@"' - "$@"
  }
  in_small_disk 64 true 2>/dev/null || skip "no small disk can be mounted here"
  rm -r whole/gt
  vd-pairs whole
  local before after
  before=$(du -sk whole | cut -f1)
  vd-flow whole --format npy 2>err.txt
  after=$(du -sk whole | cut -f1)
  fill() {
    cp -r whole/clip.json whole/rgb whole/pairs disk/
    vd-flow disk --format npy 2>disk.err
    echo $? >disk.status
    mount -o remount,size=64m none disk
    vd-flow disk --format npy 2>disk2.err
    echo $? >disk2.status
    results_digest disk/flow >disk.digest
    find disk -name '*.tmp*' >disk.left
  }
  export -f fill results_digest
  in_small_disk $(((before + after) / 2)) bash -c fill
  equal "$(cat disk.status)" 1
  cat disk.err
  grep -q "No space left on device" disk.err
  equal "$(wc -l <disk.err)" 1
  equal "$(cat disk2.status)" 0
  equal "$(cat disk.digest)" "$(results_digest whole/flow)"
  equal "$(cat disk.left)" ""
}
