#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
bats_require_minimum_version 1.5.0

setup_file() {
  export PATH="${VD_BIN:-$BATS_TEST_DIRNAME/../../build/bin}:$PATH"
  cd "$BATS_FILE_TMPDIR"
  vd-clip synth room -o room --length 5 --width 96 --height 64 --seed 1 -q
  mkdir -p room/depth room/masks room/traj
  cp -r room/gt/depth room/depth/copy
  cp -r room/gt/masks room/masks/dynamic
  cp room/gt/traj.txt room/traj/copy.txt
}

setup() { cd "$BATS_FILE_TMPDIR"; }

# Width and height of a PNG from its header.
png_size() { od -A n -t u1 -j 16 -N 8 "$1" | awk '{ print $3 * 256 + $4 "x" $7 * 256 + $8 }'; }

@test "every picture is there and has its size" {
  run --separate-stderr vd-view room
  [ "$status" -eq 0 ]
  [ "$output" = room ]
  [ "$(ls room/view/depth/*.png | wc -l)" -eq 5 ]
  [ "$(png_size room/view/depth/000004.png)" = 96x64 ]
  # five columns of 320 and RGB, depth, moving, true depth of 213, with labels and gaps
  [ "$(png_size room/view/sheet.png)" = 1782x996 ]
  [ -s room/view/side_by_side.mp4 ]
  grep -q 'ground truth' room/view/path.svg
  grep -q '</svg>' room/view/path.svg
  head -c 8 room/view/path.png | grep -q PNG
}

@test "a second run computes nothing" {
  vd-view room
  before=$(find room/view -type f ! -name '*stage.json' -printf '%p %T@\n' | sort)
  vd-view room
  [ "$before" = "$(find room/view -type f ! -name '*stage.json' -printf '%p %T@\n' | sort)" ]
}

@test "pictures by name only" {
  cp -r room some && rm -rf some/view
  vd-view some --what sheet,path
  [ -f some/view/sheet.png ]
  [ -f some/view/path.svg ]
  [ ! -e some/view/depth ]
  [ ! -e some/view/side_by_side.mp4 ]
}

@test "a fixed range is written down and used" {
  cp -r room fixed && rm -rf fixed/view
  vd-view fixed --range 0.5:50 --what depth
  grep -q '"far": 50' fixed/view/range.json
  grep -q '"near": 0.5' fixed/view/range.json
  for bad in 5:1 0:3 a:b 3 shots; do
    run vd-view fixed --range "$bad"
    [ "$status" -eq 2 ]
  done
}

@test "wrong names are misuse" {
  run vd-view room --what everything
  [ "$status" -eq 2 ]
  [[ "$output" == *"everything"* ]]
}

@test "a clip without results but with truth shows the truth" {
  vd-clip synth room -o fresh --length 2 --width 64 --height 48 -q
  run vd-view fresh
  [ "$status" -eq 0 ]
  [ -f fresh/view/sheet.png ]
}

@test "a clip without anything to show says how to make it" {
  mkdir -p bare && cp -r room/rgb room/clip.json bare
  run vd-view bare
  [ "$status" -eq 1 ]
  [[ "$output" == *"vd-align bare"* ]]
}

@test "depth pictures are the same for any number of threads and any sharding" {
  cp -r room sharded && rm -rf sharded/view
  vd-view sharded --what depth --shard 2/2 -j 3
  vd-view sharded --what depth --shard 1/2 -j 1
  vd-view room --what depth --force -j 1
  for k in 0 1 2 3 4; do cmp room/view/depth/00000$k.png sharded/view/depth/00000$k.png; done
}

@test "some frames only" {
  cp -r room part && rm -rf part/view
  vd-view part --frames 1:4:2 --what depth
  [ "$(ls part/view/depth/*.png | wc -l)" -eq 2 ]
}
