#!/usr/bin/env bats
# Results of other programs: stages without a record are taken as they are, and import-stage takes them from elsewhere.

load common
setup_file() {
  cd "$BATS_FILE_TMPDIR" || return 1
  vd-clip synth orbit -o c --length 6 --width 128 --height 96 --seed 4
  vd-clip import-stage c c/gt/depth --kind depth --format npy -o gtcopy
}
setup() {
  in_empty_folder
  cp -r "$BATS_FILE_TMPDIR/c" c
  made=$BATS_TEST_DIRNAME/foreign.py
}

# The depth is the truth, up to a scale (or a scale and shift for inverse depth).
is_true_depth() {  # OPTIONS OF VD-EVAL...
  vd-eval c "$@" --require 'abs_rel<=0.002' >/dev/null
}

@test "numbered files of any program become a stage with a record" {
  equal "$(jq -r '[.program, .unit, .quantity, .item_count, .source_program] | join(" ")' c/depth/gtcopy/stage.json)" \
    "vd-clip relative depth 6 plain"
  vd-clip check c
  is_true_depth --depth gtcopy
  before=$(results_digest c)
  equal "$(vd-clip import-stage c c/gt/depth --kind depth --format npy -o gtcopy --dry-run | grep -vc '^#')" 0
  vd-clip import-stage c c/gt/depth --kind depth --format npy -o gtcopy
  equal "$(results_digest c)" "$before"
  mkdir plain
  for k in 0 1 2 3 4 5; do cp "c/depth/gtcopy/00000$k.npy" "plain/result-1-$((k + 7)).npy"; done
  vd-clip import-stage c plain --kind depth -o plain --unit m
  equal "$(jq -r .unit c/depth/plain/stage.json)" m
  is_true_depth --depth plain --align none
  vd-clip import-stage c plain --kind depth -o pattern --pattern 'result-1-%d.npy'
  equal "$(results_digest c/depth/pattern)" "$(results_digest c/depth/plain)"
}

@test "an array of all frames, and files that fit no frame" {
  python3 "$made" stack c/depth/gtcopy stack.npy
  vd-clip import-stage c stack.npy --kind depth -o stack
  vd-clip import-stage c c/gt/depth --kind depth -o again
  equal "$(results_digest c/depth/stack)" "$(results_digest c/depth/again)"
  head -c 100000 stack.npy >short.npy
  run --separate-stderr vd-clip import-stage c short.npy --kind depth
  equal "$status" 1
  is_one_line_with short.npy truncated
  mkdir few
  cp c/depth/gtcopy/00000[0-3].npy few
  run --separate-stderr vd-clip import-stage c few --kind depth
  equal "$status" 1
  is_one_line_with few "4 maps for 6 frames" --first
  vd-clip import-stage c few --kind depth --first 1 -o few 2>/dev/null
  equal "$(jq -c '.failed | keys' c/depth/few/stage.json)" '["000000","000005"]'
  vd-clip check c
  run --separate-stderr vd-clip import-stage c few --kind depth --first 4 -o more
  equal "$status" 1
  is_one_line_with "frame 6"
  run --separate-stderr vd-clip import-stage c few
  equal "$status" 2
  is_one_line_with --kind
}

@test "DepthCrafter and Video-Depth-Anything: inverse depth, affine" {
  python3 "$made" depthcrafter c/depth/gtcopy dc.npz
  python3 "$made" vda c/depth/gtcopy v.npz
  vd-clip import-stage c dc.npz --kind inverse
  vd-clip import-stage c v.npz --kind inverse
  equal "$(jq -r '[.unit, .quantity, .source_program] | join(" ")' c/inverse/depthcrafter/stage.json)" "affine inverse depthcrafter"
  equal "$(results_digest c/inverse/vda)" "$(results_digest c/inverse/depthcrafter)"
  is_true_depth --inverse vda
  run --separate-stderr vd-clip import-stage c dc.npz --kind depth
  equal "$status" 1
  is_one_line_with dc.npz "--kind inverse"
  run --separate-stderr vd-clip import-stage c v.npz --kind depth
  equal "$status" 2
  is_one_line_with --unit
}

@test "MegaSaM: depth, cameras and path of one archive" {
  python3 "$made" megasam c scene.npz
  for kind in depth traj intrinsics; do vd-clip import-stage c scene.npz --kind $kind; done
  is_true_depth --depth megasam --traj megasam
  vd-eval c --depth megasam --traj megasam --require 'ate<=0.0001' >/dev/null
  equal "$(tail -1 c/intrinsics/megasam.txt | cut -c 1-9)" "$(tail -1 c/gt/intrinsics.txt | cut -c 1-9)"
  vd-clip check c
}

@test "MonST3R: quaternions with w first, the logarithm of confidence, masks of two names, a middle at W/2" {
  python3 "$made" monst3r c demo
  for k in 0 1 2 3 4 5; do cp c/gt/masks/00000$k.png demo/enlarged_dynamic_mask_$k.png 2>/dev/null || cp "$(make_mask)" demo/enlarged_dynamic_mask_$k.png; done
  for kind in depth traj intrinsics mask; do vd-clip import-stage c demo --kind $kind; done
  vd-clip check c
  vd-eval c --depth monst3r --traj monst3r --require 'ate<=0.0001' --require 'abs_rel<=0.002' >/dev/null
  equal "$(grep -v '#' c/intrinsics/monst3r.txt | cut -d ' ' -f 4-)" "63.5 47.5 128 96"
  # exp(1), and 0 where the confidence was cleaned away.
  vd-clip import-stage c demo --kind depth --format npy -o again
  equal "$(python3 -c 'import struct; d = open("c/conf/again/000002.npy", "rb").read(); print("%.3f %.3f" % struct.unpack("<2f", d[128:136]))')" "0.000 2.718"
  # In the common order it is another path.
  vd-clip import-stage c demo --kind traj --quaternion xyzw -o wrong
  run vd-eval c --depth monst3r --traj wrong --require 'rpe_rot_deg<=0.01'
  [ "$status" -ne 0 ]
}

make_mask() {
  python3 -c '
import struct, zlib
def chunk(name, data): return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
rows = b"".join(b"\0" + bytes([255 if x < 64 else 0 for x in range(128)]) for y in range(96))
open("mask.png", "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 128, 96, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))'
  echo mask.png
}

@test "ViPE: a ZIP with one EXR a frame" {
  python3 "$made" vipe c/gt/depth depth.zip
  vd-clip import-stage c depth.zip --kind depth --unit m
  is_true_depth --depth vipe --align none
  head -c 3000 depth.zip >cut.zip
  run --separate-stderr vd-clip import-stage c cut.zip --kind depth
  equal "$status" 1
  is_one_line_with cut.zip
}

@test "other sizes are brought to that of the frames, or kept and recorded; other shapes are refused" {
  vd-clip synth orbit -o small --length 6 --width 64 --height 48 --seed 4
  vd-clip import-stage c small/gt/depth --kind depth -o up
  vd-clip check c
  vd-eval c --depth up --require 'abs_rel<=0.05' >/dev/null
  vd-clip import-stage c small/gt/depth --kind depth -o kept --native
  equal "$(jq -c .size c/depth/kept/stage.json)" "[64,48]"
  vd-clip check c
  vd-clip synth orbit -o wide --length 6 --width 128 --height 64 --seed 4
  run --separate-stderr vd-clip import-stage c wide/gt/depth --kind depth -o wide
  equal "$status" 1
  is_one_line_with 128x64 128x96
  vd-clip import-stage c small/gt/flow --kind flow -o up
  vd-clip check c
}

@test "a cut of MonST3R lies where it was cut" {
  # 512 x 218 after scaling, of which the rows 5 to 212 remain.
  vd-clip synth orbit -o cinema --length 2 --width 1024 --height 436 --seed 4 --quiet
  vd-clip import-stage cinema cinema/gt/depth --kind depth --format npy -o full
  mkdir demo
  python3 - <<'END'
import struct
for k in range(2):
    data = open("cinema/depth/full/%06d.npy" % k, "rb").read()
    values = struct.unpack("<%df" % (1024 * 436), data[128:])
    rows = [values[(2 * (y + 5)) * 1024 + 2 * x] for y in range(208) for x in range(512)]
    head = ("{'descr': '<f4', 'fortran_order': False, 'shape': (208, 512), }" + " " * 80)[:117] + "\n"
    open("demo/frame_%04d.npy" % k, "wb").write(b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + head.encode() + struct.pack("<%df" % len(rows), *rows))
END
  vd-clip import-stage cinema demo --kind depth
  vd-eval cinema --depth monst3r --align none --require 'abs_rel<=0.01' >/dev/null
}

@test "tracks of other programs" {
  python3 "$made" tracks c results.npz
  vd-clip import-stage c results.npz --kind tracks -o uni4d
  vd-clip check c
  equal "$(unzip -l c/tracks/uni4d.npz | grep -c npy)" 4
  vd-clip import-stage c c/gt/tracks.npz --kind tracks -o truth
  vd-clip check c
}

@test "a stage of the clip itself is checked as it is, and recorded" {
  mkdir c/depth/theirs
  cp c/depth/gtcopy/*.npy c/depth/theirs
  vd-clip import-stage c c/depth/theirs --kind depth --unit m
  equal "$(jq -r '[.unit, .item_count] | join(" ")' c/depth/theirs/stage.json)" "m 6"
  cmp c/depth/theirs/000001.npy c/depth/gtcopy/000001.npy
  run --separate-stderr vd-clip import-stage c c/depth/theirs --kind depth
  equal "$status" 1
  is_one_line_with record --force
  rm c/depth/theirs/stage.json c/depth/theirs/000004.npy
  run --separate-stderr vd-clip import-stage c c/depth/theirs --kind depth
  equal "$status" 1
  is_one_line_with 000004
  [ ! -e c/depth/theirs/stage.json ]
}

@test "every stage may be another program's arrays: flow, point maps and depth run on to scores" {
  vd-pairs c --graph swin-2-noncyclic -o p
  vd-flow c --pairs p -o ours --format npy --preset fast
  # Flow without a record, half of it as arrays without a confidence.
  mkdir -p c/flow/theirs
  for file in c/flow/ours/*.npy; do
    python3 - "$file" "c/flow/theirs/$(basename "$file")" <<'END'
import struct, sys
data = open(sys.argv[1], "rb").read()
start = 10 + struct.unpack("<H", data[8:10])[0]
values = struct.unpack("<%df" % ((len(data) - start) // 4), data[start:])
kept = [v for k, v in enumerate(values) if k % 3 < 2]
head = ("{'descr': '<f4', 'fortran_order': False, 'shape': (96, 128, 2), }" + " " * 80)[:117] + "\n"
open(sys.argv[2], "wb").write(b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + head.encode() + struct.pack("<%df" % len(kept), *kept))
END
  done
  vd-pointmap c --pairs p --flow ours --intrinsics gt -o ours --format npy
  vd-pointmap c --pairs p --flow theirs --intrinsics gt -o same --format npy
  equal "$(results_digest c/pointmap/same)" "$(results_digest c/pointmap/ours)"
  mkdir -p c/pointmap/theirs
  for file in c/pointmap/ours/*.npz; do python3 "$made" pointmap "$file" "c/pointmap/theirs/$(basename "$file")"; done
  vd-align c --method pointmaps --pointmap theirs --intrinsics gt -o a --format npy --quiet
  vd-align c --method pointmaps --pointmap ours --intrinsics gt -o same --format npy --quiet
  equal "$(results_digest c/depth/a)" "$(results_digest c/depth/same)"
  vd-eval c --depth a --traj a >/dev/null
  # Masks for vd-align from the same flow.
  vd-align c --flow theirs --intrinsics gt -o b --format npy --quiet
  equal "$(count_files c/depth/b '*.npy') $(count_files c/conf/b '*.npy')" "6 6"
  vd-clip check c
  # Depth of a third program beside a path of ours.
  mkdir c/depth/c
  cp c/depth/b/*.npy c/depth/c
  vd-eval c --depth c --traj b --masks b >/dev/null
  vd-view c --depth c --conf b --traj b --masks b --what depth,sheet >/dev/null
}
