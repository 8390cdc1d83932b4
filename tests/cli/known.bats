#!/usr/bin/env bats
# Known things are priors: cameras, poses and masks that a user gives, and shots that nothing ties.

load common
setup() { in_empty_folder; }

render() { vd-clip synth "$1" -o "$2" --length 8 --width 192 --height 108 --seed "${3:-1}" --focal "${4:-0}"; }

focal_of() { awk '!/^#/ { print $2; exit }' "$1"; }

@test "a focal length is held, weighed, or a first guess" {
  render room c 1 160
  vd-align c --cameras-only -o held --intrinsics gt
  equal "$(focal_of c/intrinsics/held.txt)" 160
  # A wrong prior that is sure of itself pulls harder than one that is not.
  vd-align c --cameras-only -o sure --intrinsics 200,200,95.5,53.5:prior=0.001 --quiet
  vd-align c --cameras-only -o unsure --intrinsics 200,200,95.5,53.5:prior=0.3 --quiet
  vd-align c --cameras-only -o guess --intrinsics 200,200,95.5,53.5:init --quiet
  awk -v s="$(focal_of c/intrinsics/sure.txt)" -v u="$(focal_of c/intrinsics/unsure.txt)" \
    'BEGIN { exit !(s > 198 && s <= 200 && u < s) }'
  [ "$(focal_of c/intrinsics/guess.txt)" != 200 ]
  jq -e '.cameras.focal | .estimated and .spread_px[1] - .spread_px[0] < 2' c/traj/sure.stage.json
  run --separate-stderr vd-align c --cameras-only -o bad --intrinsics gt:prior
  equal "$status" 2
  is_one_line_with --intrinsics SIGMA
}

@test "what an import is told holds for vd-align" {
  render room c 1 160
  mkdir in && cp c/rgb/*.png in
  vd-clip import in -o told --image-fps 24 --intrinsics 200,200,95.5,53.5:prior=0.001 --poses c/gt/traj.txt:init \
    --poses-unit m
  vd-align told --cameras-only --quiet
  awk -v f="$(focal_of told/intrinsics/align.txt)" 'BEGIN { exit !(f > 198 && f <= 200) }'
  # The world and the unit are those of the poses, though these are not held.
  equal "$(jq -r .unit told/traj/align.stage.json)" m
  paste <(grep -v '^#' told/traj/align.txt) <(grep -v '^#' c/gt/traj.txt) |
    awk '{ d = ($2 - $10) ^ 2 + ($3 - $11) ^ 2 + ($4 - $12) ^ 2; if (d > 0.05 ^ 2) exit 1 }'
}

@test "poses come in the formats of other programs, and by name" {
  render room c 1 160
  mkdir in && cp c/rgb/*.png in
  vd-clip import in -o named --image-fps 24
  # Camera from world as COLMAP writes it: here of identity rotations, apart by their names.
  for k in 0 1 2 3 4 5 6 7; do printf '%d 1 0 0 0 %g 0 0 1 00000%d.png\n\n' $((8 - k)) -$k $k; done | tac |
    sed '1{/^$/d}' >reversed.txt
  { grep . reversed.txt | sed 's/$/\n/'; } >images.txt
  vd-align named --cameras-only --intrinsics 160,160,95.5,53.5 --poses images.txt --quiet
  equal "$(awk '!/^#/ { print $2 }' named/traj/align.txt | xargs)" '0 1 2 3 4 5 6 7'
  sed -i s/000003.png/000009.png/ images.txt
  run --separate-stderr vd-align named --cameras-only -o bad --intrinsics 160,160,95.5,53.5 --poses images.txt
  equal "$status" 1
  is_one_line_with "images.txt: no pose for 1 of 8 frames (matched by name)" 000003.png
}

@test "given masks keep their pixels out of the static world" {
  render room c
  ffmpeg -v error -f lavfi -i "color=black:size=192x108,drawbox=x=0:y=80:w=192:h=28:color=white:t=fill,format=gray" \
    -frames:v 1 hood.png
  vd-align c --preset preview -o m --masks hood.png --intrinsics gt --quiet
  ffmpeg -v error -i c/masks/m/000003.png -vf "crop=192:28:0:80,format=gray" -f rawvideo - | od -An -v -tu1 -w1 |
    awk '$1 != 255 { exit 1 }'
  vd-align c --preset preview -o none --masks none --intrinsics gt --quiet
  ! cmp -s c/masks/m/000003.png c/masks/none/000003.png
  vd-align c --cameras-only -o all --masks hood.png --mask-invert --intrinsics gt --quiet
  run --separate-stderr vd-align c --masks nowhere -o bad
  equal "$status" 2
  is_one_line_with --masks nowhere
}

@test "shots are aligned one by one" {
  render room a 1
  render corridor b 2
  mkdir in
  for k in 0 1 2 3 4 5 6 7; do cp a/rgb/00000$k.png in/a$k.png && cp b/rgb/00000$k.png in/b$k.png; done
  vd-clip import in -o c --image-fps 24
  equal "$(jq -c .cuts c/clip.json)" '[8]'
  run --separate-stderr vd-align c --preset preview
  [[ $stderr == *"2 shots, aligned one by one"* ]]
  equal "$(count_files c/depth/align '*.exr')" 16
  equal "$(jq -c .shots.frames c/traj/align.stage.json)" '[[0,8],[8,16]]'
  # The first shot is what it is alone.
  vd-clip import in -o alone --image-fps 24 --frames 0:8
  vd-align alone --preset preview --quiet
  cmp <(sed -n 1,9p c/traj/align.txt) alone/traj/align.txt
  cmp c/masks/dynamic/000007.png alone/masks/dynamic/000007.png
  cmp c/depth/align/000007.exr alone/depth/align/000007.exr
}
