#!/usr/bin/env bats
# vd-clip synth: rendered clips with truth.

load common
setup() { in_empty_folder; }

@test "the seed decides every byte" {
  vd-clip synth orbit -o a --length 3 --width 96 --height 64 --seed 4 -j 1
  vd-clip synth orbit -o b --length 3 --width 96 --height 64 --seed 4 -j 2
  vd-clip synth orbit -o c --length 3 --width 96 --height 64 --seed 5
  equal "$(results_digest a)" "$(results_digest b)"
  run cmp a/rgb/000000.png c/rgb/000000.png
  equal "$status" 1
}

@test "all truth is there" {
  vd-clip synth room -o r --length 3 --width 96 --height 64
  equal "$(jq -c '[.frames, .width, .height, .gt_unit]' r/clip.json)" '[3,96,64,"m"]'
  equal "$(cd r/gt && find . -type f | sort | xargs)" "./depth/000000.exr ./depth/000001.exr ./depth/000002.exr \
./flow/000000_000001.exr ./flow/000001_000000.exr ./flow/000001_000002.exr ./flow/000002_000001.exr ./intrinsics.txt \
./masks/000000.png ./masks/000001.png ./masks/000002.png ./tracks.npz ./traj.txt"
  equal "$(grep -vc '^#' r/gt/traj.txt)" 3
}

@test "every scene that --help names can be rendered" {
  scenes=$(vd-clip synth --help | sed -n '1s/.*: //p' | tr -d ',')
  [ -n "$scenes" ]
  for scene in $scenes; do
    vd-clip synth "$scene" --length 1 --width 32 --height 24 >/dev/null
    [ -e "$scene/rgb/000000.png" ]
  done
}
