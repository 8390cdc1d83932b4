#!/usr/bin/env bats
# vd-clip check: silent on a good clip, one line a bad file otherwise.

load common
setup_file() {
  cd "$BATS_FILE_TMPDIR" || return 1
  vd-clip synth orbit -o c --length 5 --width 96 --height 64 --seed 2
  vd-pairs c --graph swin-2-noncyclic
  vd-flow c --preset ultrafast
  vd-flow c --preset ultrafast -o array --format npy
  vd-pointmap c --flow dis
  vd-align c --quiet
  vd-eval c >/dev/null
}
setup() {
  in_empty_folder
  cp -r "$BATS_FILE_TMPDIR/c" c
}

# The check fails and says one line, with every given text.
is_bad() {
  run --separate-stderr vd-clip check c
  equal "$status" 1
  equal "$stderr" ""
  [ "${#lines[@]}" -eq 1 ] || { echo "got: $output"; return 1; }
  local text
  for text in "$@"; do [[ $output == *"$text"* ]] || { echo "'$text' is not in: $output"; return 1; }; done
}

# One array of float32: SHAPE VALUE...
array() {
  python3 -c '
import struct, sys
shape, values = sys.argv[1], [float(v) for v in sys.argv[2:]]
head = "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (%s,), }" % shape
head = head.replace("\"", chr(39)).encode()
head += b" " * (117 - len(head)) + b"\n"
count = 1
for n in shape.split(","): count *= int(n)
values += [1.0] * (count - len(values))
sys.stdout.buffer.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + struct.pack("<%df" % count, *values))' "$@"
}

@test "a clip with every stage is good, and silent" {
  run --separate-stderr vd-clip check c
  equal "$status" 0
  equal "$output$stderr" ""
  equal "$(vd-clip check c --json | jq -c '[.ok, .bad, .files > 60]')" "[true,[],true]"
}

@test "every prefix of a file of each kind is bad, and named" {
  for file in rgb/000001.png gt/depth/000002.exr gt/flow/000001_000002.exr gt/masks/000000.png \
    flow/array/000000_000001.npy depth/align/000003.exr conf/align/000003.exr masks/align/000001.png \
    pointmap/geometric/000000_000001.exr gt/tracks.npz clouds/align/points.npz; do
    [ -e "c/$file" ] || continue
    size=$(stat -c %s "c/$file")
    cp "c/$file" whole
    for part in 0 3 $((size / 2)) $((size - 1)); do
      head -c "$part" whole >"c/$file"
      run --separate-stderr vd-clip check c
      equal "$status" 1
      [[ ${lines[*]} == *"$file: "* ]] || { echo "$part bytes of $file: $output"; return 1; }
    done
    cp whole "c/$file"
  done
  run vd-clip check c
  equal "$status" 0
}

@test "what is missing, too many, or of another size is named" {
  rm -r c/report  # made from the depth
  rm c/depth/align/000002.exr
  is_bad "c/depth/align: 1 of 5 items are missing, the first is 000002"
  cp "$BATS_FILE_TMPDIR/c/depth/align/000002.exr" c/depth/align/
  cp c/depth/align/000002.exr c/depth/align/000005.exr
  is_bad c/depth/align/000005.exr "the clip has 5"
  rm c/depth/align/000005.exr
  array 2,3 >c/depth/align/000001.npy
  is_bad c/depth/align/000001.npy second
  rm c/depth/align/000001.npy
  mkdir c/depth/other
  for k in 0 1 2 3 4; do array 64,96 >"c/depth/other/00000$k.npy"; done
  vd-clip check c
  array 32,48 >c/depth/other/000003.npy
  is_bad c/depth/other/000003.npy 48x32 96x64
  rm c/depth/other/000003.npy
  is_bad c/depth/other missing 000003
  rm -r c/depth/other
  rm c/rgb/000004.png
  run vd-clip check c
  equal "$status" 1
  [[ $output == *"c/rgb/000004: no such frame"* ]]
}

@test "values that no reader should have to forgive are named" {
  mkdir -p c/depth/other
  for k in 0 1 2 3 4; do array 64,96 >"c/depth/other/00000$k.npy"; done
  for value in nan inf -1; do
    array 64,96 1 1 $value >c/depth/other/000001.npy
    is_bad c/depth/other/000001.npy "in 1 pixels" "x 2 y 0"
  done
  array 64,96 >c/depth/other/000001.npy
  mkdir -p c/inverse/other c/flow/other
  for k in 0 1 2 3 4; do array 64,96 -1 0 >"c/inverse/other/00000$k.npy"; done
  array 64,96,2 nan nan >c/flow/other/000000_000001.npy
  vd-clip check c
  array 64,96,2 inf >c/flow/other/000000_000001.npy
  is_bad c/flow/other/000000_000001.npy infinite
  array 64,96,3 0 0 1.5 >c/flow/other/000000_000001.npy
  is_bad c/flow/other/000000_000001.npy "confidence outside"
  array 64,96,2 >c/flow/other/000000_000001.npy
  array 64,96,2 >c/flow/other/000004_000005.npy
  is_bad c/flow/other/000004_000005.npy "no such frame"
}

@test "cameras, pairs and facts of a clip are held against each other" {
  echo "0 9" >c/pairs/far.txt
  is_bad c/pairs/far.txt "0 9"
  rm c/pairs/far.txt
  head -4 c/traj/align.txt >c/traj/short.txt
  is_bad c/traj/short.txt "3 poses for 5 frames"
  sed 's/^0 .*/0 0 0 0 0 0 0 1.05/' c/traj/align.txt >c/traj/short.txt
  is_bad c/traj/short.txt "1.0500"
  (sed -n 2p c/traj/align.txt; sed -n 4p c/traj/align.txt; sed -n 3p c/traj/align.txt; tail -2 c/traj/align.txt) >c/traj/short.txt
  is_bad c/traj/short.txt increase
  rm c/traj/short.txt
  echo "* -100 100 47.5 31.5 96 64" >c/intrinsics/odd.txt
  is_bad c/intrinsics/odd.txt
  echo "* 100 100 47.5 31.5 96 96" >c/intrinsics/odd.txt
  is_bad c/intrinsics/odd.txt 96x96 96x64
  rm c/intrinsics/odd.txt
  echo "{" >c/report/odd.json
  is_bad c/report/odd.json JSON
  rm c/report/odd.json
  cp c/clip.json good
  for cuts in '[5]' '[0]' '[3, 2]'; do
    jq ".cuts = $cuts" good >c/clip.json
    is_bad c/clip.json cuts
  done
  cp good c/clip.json
  jq '.times_s[1] = 0' c/clip.json >t && cp t c/clip.json
  is_bad c/clip.json increase
  rm c/clip.json
  is_bad c/clip.json
}

@test "a stage made from other inputs is stale, and only then" {
  vd-flow c -o some --frames 0:3 --preset ultrafast
  vd-clip check c
  cp c/rgb/000001.png c/rgb/000004.png
  run --separate-stderr vd-clip check c
  equal "$status" 1
  [[ $output == *"c/flow/dis/stage.json: stale: made from another state of rgb"* ]]
  [[ $output != *"c/flow/some"* ]]
  equal "$(vd-clip check c --json | jq '[.bad[].stale] | all')" true
  vd-flow c --preset ultrafast
  [[ $(vd-clip check c) != *"c/flow/dis/stage.json"* ]]
}

@test "each clip is checked, and what is none is one line" {
  cp -r c other
  rm other/depth/align/000000.exr
  rm -r other/report
  mkdir empty
  run --separate-stderr vd-clip check c other empty
  equal "$status" 1
  equal "${#lines[@]}" 2
  [[ ${lines[0]} == other/depth/align:* ]]
  [[ ${lines[1]} == empty/clip.json:* ]]
  equal "$(printf 'c\nother\n' | vd-clip check)" "${lines[0]}"
  vd-pairs c --graph stride-2 | vd-clip check
}
