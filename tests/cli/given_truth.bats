#!/usr/bin/env bats
# Giving the truth never makes a result worse: cameras, poses and masks of rendered clips, given as fixed, as a
# prior and as a first guess, against giving nothing.

load common
setup() { in_empty_folder; }

# Aligns the clip c under a name and writes NAME.json: error of the path, of the depth of what is still (that of movers is a
# stand-in without confidence), and overlap of the masks.
score() {  # NAME OPTIONS...
  vd-align c --preset preview -o "$1" --quiet "${@:2}"
  vd-eval c --depth "$1" --traj "$1" --masks "$1" -o "$1" --json >report.json
  jq '.metrics | {ate_percent: ."poses.ate_percent", abs_rel: ."depth.static.abs_rel", iou: ."masks.iou"}' \
    report.json >"$1.json"
  echo "$1: $(jq -c . "$1.json")"
}

# The given truth may lose to luck by no more than this: 0.1 % of the path, 0.5 % of depth, 1 % of the overlap.
is_no_worse() {  # NAME THAN
  jq -e -n --slurpfile a "$1.json" --slurpfile b "$2.json" '$a[0] as $a | $b[0] as $b |
    $a.ate_percent <= $b.ate_percent + 0.1 and $a.abs_rel <= $b.abs_rel + 0.005 and $a.iou >= $b.iou - 0.01' \
    >/dev/null || { echo "$1 is worse than $2"; return 1; }
}

check_scene() {  # SCENE SEED FRAMES-A-SECOND: slow enough that movers are seen to move
  vd-clip synth "$1" -o c --length 8 --width 256 --height 144 --seed "$2" --fps "$3" --quiet
  score nothing
  score intrinsics-fixed --intrinsics gt
  score intrinsics-prior --intrinsics gt:prior=0.01
  score intrinsics-init --intrinsics gt:init
  score poses-fixed --intrinsics gt --poses gt
  score poses-prior --poses gt:prior=0.002,0.02
  score poses-init --poses gt:init
  score masks-fixed --masks gt
  score masks-prior --masks gt:prior=1
  score masks-init --masks gt:init
  for thing in intrinsics poses masks; do
    for way in fixed prior init; do is_no_worse $thing-$way nothing; done
  done
  # Movers are found at all; what is held is what was given, and what is sure is not far from it.
  jq -e '.iou > 0.1' nothing.json
  jq -e '.ate_percent < 1e-4' poses-fixed.json
  jq -e '.ate_percent < 0.2' poses-prior.json
}

@test "of a room with movers" { check_scene room 1 8; }

@test "of things that bend" { check_scene nonrigid 2 8; }
