#!/usr/bin/env bats
# vd-align on a small rendered clip: what it leaves on disk. How good it is, tests/unit and tests/bench say.

load common
setup_file() {
  cd "$BATS_FILE_TMPDIR" || return 1
  vd-clip synth orbit -o c --length 8 --width 256 --height 144
  cp -r c unaligned
  vd-align c --preset preview --json 2>/dev/null >record.json
}
setup() { cd "$BATS_FILE_TMPDIR" || return 1; }

@test "N frames in, N results out, of the size of the frames" {
  for stage in depth/align:exr conf/align:exr masks/dynamic:png; do
    equal "$(count_files "c/${stage%:*}" "0*.${stage#*:}")" 8
    [ -e "c/${stage%:*}/stage.json" ]
  done
  equal "$(grep -vc '^#' c/traj/align.txt)" 8
  awk '!/^#/ && NF != 8 { bad = 1 } END { exit bad }' c/traj/align.txt
  diff <(awk '!/^#/ { printf "%.9f\n", $1 }' c/traj/align.txt) <(jq -r '.times_s[]' c/clip.json | xargs printf '%.9f\n')
  awk '!/^#/ && ($6 != 256 || $7 != 144) { bad = 1 } END { exit bad }' c/intrinsics/align.txt
  equal "$(vd-clip info c --json | jq -c '[.stages["depth/align"].items, .stages["depth/align"].unit]')" '[8,"relative"]'
}

@test "depth has the size of the frames, and is observed where confidence is above 0" {
  vd-align unaligned --preset preview --format npy 2>/dev/null
  python=$(command -v python3) || skip "no python3 to look into NPY files"
  "$python" - unaligned <<'END'
import ast, glob, struct, sys
for path in sorted(glob.glob(sys.argv[1] + "/*/align/0*.npy")):
    data = open(path, "rb").read()
    size = struct.unpack("<H", data[8:10])[0]
    header = ast.literal_eval(data[10:10 + size].decode())
    assert header == {"descr": "<f4", "fortran_order": False, "shape": (144, 256)}, (path, header)
    values = struct.unpack("<%df" % (144 * 256), data[10 + size:])
    assert all(0 <= v < 1e9 for v in values), path
    share = sum(v > 0 for v in values) / len(values)
    assert share > (0.9 if "depth" in path else 0.1), (path, share)
END
}

@test "--json is the records of its stages" {
  jq -e '.clip == "c" and ([.stages[].stage] | index("traj/align") != null and index("depth/align") != null)
    and (.stages | all(has("options") and has("inputs") and has("wall_s") and has("peak_memory_bytes")))' record.json
}

@test "the path is the one that was rendered" {
  vd-eval c --require 'poses.ate_percent<=5'
}

@test "a rerun computes nothing, and another thread count gives the same bytes" {
  equal "$(vd-align c --preset preview --dry-run | grep -vc '^#')" 0
  cp -r c again
  rm -r again/depth again/conf again/traj again/intrinsics again/clouds again/masks
  vd-align again --preset preview -j 1 2>/dev/null
  equal "$(results_digest again)" "$(results_digest c)"
}

@test "shards make the depth that one run makes" {
  cp -r c parts
  rm -r parts/depth parts/conf
  vd-align parts --preset preview --shard 1/2 2>/dev/null
  vd-align parts --preset preview --shard 2/2 2>/dev/null
  equal "$(results_digest parts)" "$(results_digest c)"
  [ -e parts/depth/align/stage.json ]
}

@test "memory is what was expected, within a factor of two, and stays below --memory" {
  jq -e '[.stages[] | .peak_memory_bytes / .expected_memory_bytes] | length == 3 and all(. > 0.5 and . < 2)' record.json
  cp -r c bounded
  rm -r bounded/depth bounded/conf bounded/traj bounded/intrinsics bounded/clouds bounded/masks
  vd-align bounded --preset preview -j 64 --memory 110M --json 2>/dev/null >bounded.json
  jq -e '[.stages[] | .threads < 64 and .peak_memory_bytes < 110 * 1048576] | all' bounded.json
  equal "$(results_digest bounded)" "$(results_digest c)"
  run --separate-stderr vd-align unaligned --preset preview --memory 20M
  equal "$status" 1
  is_one_line_with "traj/align: needs about" "--memory allows"
}

@test "a shot longer than a window goes through in windows, by option or by what --memory allows" {
  vd-clip synth corridor -o long --length 40 --width 192 --height 108
  vd-align long --cameras-only --window-frames 18 --json 2>/dev/null >windows.json
  jq -e '.stages[0] | .cameras.windows == 3 and (.cameras.frames.registered == 40)' windows.json
  equal "$(grep -vc '^#' long/traj/align.txt)" 40
  equal "$(grep -v '^#' long/intrinsics/align.txt | cut -d' ' -f2- | sort -u | wc -l)" 1
  vd-eval long --require 'poses.ate_percent<=3'
  cp long/traj/align.txt windows.txt
  vd-align long --cameras-only --window-frames 18 -j 1 --force 2>/dev/null
  cmp long/traj/align.txt windows.txt

  vd-align long --cameras-only --json 2>/dev/null >whole.json
  jq -e '.stages[0].cameras.windows == 1' whole.json
  vd-align long --cameras-only --memory "$(jq '.stages[0].expected_memory_bytes - 3000000' whole.json)" --force \
    --json 2>/dev/null >less.json
  jq -e '.stages[0] | .cameras.windows == 2 and .cameras.frames.registered == 40' less.json
  vd-eval long --require 'poses.ate_percent<=3'
}

@test "known cameras are held, and bring their unit" {
  vd-align c --intrinsics gt --poses gt --preset preview -o known --cameras-only
  equal "$(jq -r .unit c/traj/known.stage.json)" m
  paste <(grep -v '^#' c/gt/traj.txt) <(grep -v '^#' c/traj/known.txt) |
    awk '{ for (i = 1; i <= 4; i++) if (($i - $(i + 8)) ^ 2 > 1e-12) bad = 1 } END { exit bad }'
}

@test "known cameras that do not fit the clip are refused" {
  head -5 c/gt/traj.txt >short.txt
  run --separate-stderr vd-align c --intrinsics gt --poses short.txt -o bad
  equal "$status" 1
  is_one_line_with short.txt
  run --separate-stderr vd-align c --poses gt --intrinsics estimate -o bad
  equal "$status" 2
  is_one_line_with --intrinsics
}

@test "a clip of one frame, and of two equal ones, still gives results" {
  make_images one 1 png 64x48
  vd-clip import one -o single
  vd-align single 2>/dev/null
  equal "$(count_files single/depth/align '*.exr')" 1
  equal "$(grep -vc '^#' single/traj/align.txt)" 1
  cp one/f1.png one/f2.png
  vd-clip import one -o equal
  vd-align equal 2>/dev/null
  equal "$(count_files equal/depth/align '*.exr')" 2
}

@test "point maps: every pair has its file" {
  vd-clip synth orbit -o p --length 3 --width 160 --height 96 --seed 5
  vd-pairs p --graph swin-1-noncyclic -o near | vd-flow | vd-pointmap 2>/dev/null
  equal "$(count_files p/pointmap/geometric '0*.exr')" 4
  equal "$(jq .item_count p/pointmap/geometric/stage.json)" 4
}

@test "a clip of one frame goes through the whole chain" {
  make_images lone 1 png 64x48
  vd-clip import lone -o l | vd-pairs | vd-flow | vd-pointmap 2>warnings | vd-align --method pointmaps 2>/dev/null
  [[ $(cat warnings) == *"no pair"* ]]
  equal "$(count_files l/depth/align '*.exr')" 1
  equal "$(count_files l/conf/align '*.exr')" 1
  equal "$(count_files l/masks/dynamic '*.png')" 1
  equal "$(grep -v '^#' l/traj/align.txt | cut -d' ' -f2-8 | awk '{ print $1 + 0, $2 + 0, $3 + 0, $4 + 0, $5 + 0, $6 + 0, $7 + 0 }')" "0 0 0 0 0 0 1"
  equal "$(jq .item_count l/flow/dis/stage.json)" 0
  vd-align l -o tracks 2>/dev/null
  equal "$(count_files l/depth/tracks '*.exr')" 1
  vd-view l --depth tracks 2>/dev/null
  [ -e l/view/sheet.png ]
}

@test "frames without a pair, and their pose and confidence" {
  vd-clip synth orbit -o q --length 6 --width 160 --height 96 --seed 5
  printf '0 1\n1 0\n1 2\n2 1\n2 4\n4 2\n' >list  # frames 3 and 5 have none
  mkdir -p q/pairs && cp list q/pairs/gaps.txt
  vd-flow q --pairs gaps
  vd-pointmap q --pairs gaps --intrinsics gt 2>/dev/null
  run --separate-stderr vd-align q --method pointmaps --intrinsics gt --format npy
  equal "$status" 0
  [[ $stderr == *"frame 3 has no pair"*"frame 5 has no pair"* ]]
  equal "$(count_files q/depth/align '*.npy')" 6
  equal "$(count_files q/masks/dynamic '*.png')" 6
  equal "$(jq -c .alignment.unposed q/depth/align/stage.json)" "[3,5]"
  # Halfway between frames 2 and 4, and where frame 4 is.
  grep -v '^#' q/traj/align.txt | awk '
    { for (c = 1; c <= 3; c++) x[NR - 1, c] = $(c + 1) }
    END { for (c = 1; c <= 3; c++) if ((x[3, c] - (x[2, c] + x[4, c]) / 2) ^ 2 > 1e-10 || (x[5, c] - x[4, c]) ^ 2 > 1e-10) exit 1 }'
  for frame in 3 5; do  # all bytes after the header are 0
    equal "$(tail -c $((160 * 96 * 4)) "q/conf/align/00000$frame.npy" | tr -d '\000' | wc -c)" 0
  done
  [ "$(tail -c $((160 * 96 * 4)) q/conf/align/000002.npy | tr -d '\000' | wc -c)" -gt 0 ]
}

@test "--native and --working-side are refused where point maps are aligned" {
  for option in --native "--working-side 64"; do
    run --separate-stderr vd-align c --method pointmaps $option
    equal "$status" 2
    is_one_line_with "${option%% *}" "point maps"
  done
}
