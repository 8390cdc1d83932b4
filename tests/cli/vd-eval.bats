#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Scores of results that are known beforehand: the ground truth itself, taken as a result.
bats_require_minimum_version 1.5.0

setup_file() {
  export PATH="${VD_BIN:-$BATS_TEST_DIRNAME/../../build/bin}:$PATH"
  cd "$BATS_FILE_TMPDIR"
  vd-clip synth room -o room --length 4 --width 96 --height 64 --seed 1 -q
  mkdir -p room/depth room/masks room/traj room/intrinsics
  cp -r room/gt/depth room/depth/copy
  cp -r room/gt/masks room/masks/dynamic
  cp room/gt/traj.txt room/traj/copy.txt
  cp room/gt/intrinsics.txt room/intrinsics/copy.txt
}

setup() { cd "$BATS_FILE_TMPDIR"; }

@test "the truth scored against itself is perfect" {
  run vd-eval room --require 'abs_rel<=1e-6' --require 'ate<=1e-9,rpe_rot_deg<=1e-4' --require 'iou==1 and delta1>=1' \
    --require 'depth.all.coverage>=0.999' --require 'focal_error_percent<=1e-9'
  [ "$status" -eq 0 ]
  [[ "$output" == *"depth/copy"* ]]
  [[ "$output" == *"traj/copy"* ]]
  [ -f room/report/eval.json ]
  [ -f room/report/eval.stage.json ]
}

@test "--json is the report, with the same numbers" {
  run --separate-stderr vd-eval room --json
  [ "$status" -eq 0 ]
  [ "$output" = "$(cat room/report/eval.json)" ]
  [[ "$output" == *'"poses.ate"'* ]]
  [[ "$output" == *'"depth.observed.abs_rel"'* ]]
}

@test "a requirement that does not hold ends with 3 and names it" {
  run vd-eval room --require 'depth.observed.abs_rel<=0.5' --require 'ate>=0.5'
  [ "$status" -eq 3 ]
  [[ "$output" == *"required ate>=0.5, but poses.ate is"* ]]
}

@test "bad and unknown requirements are misuse" {
  for text in 'ate' 'ate<=' 'ate<=x' '<=3' 'banana<=1' 'ate<=1<=2'; do
    run vd-eval room --require "$text"
    [ "$status" -eq 2 ]
  done
}

@test "a requirement on something that cannot be scored fails" {
  mkdir -p bare && cp -r room/rgb room/clip.json bare
  run vd-eval bare
  [ "$status" -eq 0 ]
  [[ "$output" == *"no true depth"* ]]
  run vd-eval bare --require 'ate<=1'
  [ "$status" -eq 3 ]
}

@test "without truth standard output is empty" {
  mkdir -p bare2 && cp -r room/rgb room/clip.json bare2
  run --separate-stderr vd-eval bare2
  [ "$status" -eq 0 ]
  [ -z "${output//[[:space:]]/}" ]
}

@test "several stages and no choice is misuse that names them" {
  cp -r room two && cp -r two/depth/copy two/depth/other
  run vd-eval two
  [ "$status" -eq 2 ]
  [[ "$output" == *"copy, other"* ]]
  run vd-eval two --depth other
  [ "$status" -eq 0 ]
}

@test "a rerun gives the same bytes without computing" {
  vd-eval room -o again > first
  before=$(stat -c %Y.%i room/report/again.json)
  vd-eval room -o again > second
  [ "$before" = "$(stat -c %Y.%i room/report/again.json)" ]
  cmp first second
  vd-eval room -o again --force -j 3 > third
  cmp first third
}

@test "tables as CSV and Markdown" {
  run --separate-stderr vd-eval room --table csv
  [ "${lines[0]}" = "clip,metric,value" ]
  [[ "$output" == *"room,poses.path_length,"* ]]
  run --separate-stderr vd-eval room --table markdown
  [[ "$output" == *"| all "* ]]
}

@test "a damaged map is an error that names the file" {
  cp -r room damaged
  file=$(ls damaged/depth/copy/000002.*)
  head -c 100 "$file" > cut && mv cut "$file"
  run vd-eval damaged
  [ "$status" -eq 1 ]
  [[ "$output" == *"000002"* ]]
}

@test "a clip that cannot be written is scored all the same" {
  vd-eval room -o again >want
  cp -r room locked
  rm -r locked/report
  touch locked/report  # no folder can be made here, whoever runs this
  run --separate-stderr vd-eval locked --json
  [ "$status" -eq 0 ]
  [ "$output" = "$(cat room/report/again.json)" ]
  [[ "$stderr" == *"report is not kept"* ]]
  run vd-eval locked -o mine
  [ "$status" -eq 1 ]
  run vd-eval locked --require 'ate<=1e-9'
  [ "$status" -eq 0 ]
}

@test "scores do not depend on --memory" {
  vd-eval room -o plenty --json --depth copy >plenty
  vd-eval room -o little --json --depth copy --memory 72M --force >little
  cmp plenty little
}

@test "results of another size are brought to that of the truth, and said to be" {
  cp -r room native
  vd-align native --working-side 48 --native --preset preview --poses gt --intrinsics gt 2>/dev/null
  run --separate-stderr vd-eval native --depth align --masks dynamic --json
  [ "$status" -eq 0 ]
  vd-eval room >/dev/null
  [ "$(jq -c .depth.resized_from <<<"$output")" = "[48,32]" ]
  [ "$(jq '.metrics["depth.all.pixels"]' <<<"$output")" = "$(jq '.metrics["depth.all.pixels"]' room/report/eval.json)" ]
  vd-view native --depth align --masks dynamic --what sheet,depth 2>/dev/null
  [ -e native/view/sheet.png ]
  [ "$(jq .depth.resized_from room/report/eval.json)" = null ]
}

@test "truth may be NPY as well as EXR" {
  cd "$BATS_TEST_TMPDIR"
  vd-clip synth orbit -o c --length 6 --width 160 --height 96
  vd-align c --preset preview --quiet
  vd-eval c --json >exr.json
  # The truth of the first run, in the other format: what vd-align wrote becomes the truth of itself.
  vd-align c --preset preview -o other --format npy --quiet
  vd-clip check c
  rm -r c/gt/depth/*.exr c/report  # scores of the other truth would be stale
  cp c/depth/other/*.npy c/gt/depth
  vd-clip check c
  vd-eval c --depth align --json >npy.json
  jq -e '.metrics."depth.observed.abs_rel" < 1e-6 and .metrics."depth.observed.delta1" == 1' npy.json
  jq -e '.metrics."depth.observed.abs_rel" > 1e-4' exr.json
}
