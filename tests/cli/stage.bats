#!/usr/bin/env bats
# Stages: resume, shards, threads, interruption, dry runs. The clip is made once and copied for each test.

load common
setup_file() {
  cd "$BATS_FILE_TMPDIR" || return 1
  make_images in 7 png 128x96
  vd-clip import in -o c
  vd-pairs c --graph swin-2-noncyclic
}
setup() {
  in_empty_folder
  cp -r "$BATS_FILE_TMPDIR/c" c
}

@test "a second run computes nothing and changes no byte" {
  vd-flow c
  before=$(results_digest c)
  equal "$(vd-flow c --json | jq .stages[0].computed_now)" 11
  touch -d '2000-01-01' c/flow/dis/*.exr
  vd-flow c
  equal "$(date -r c/flow/dis/000000_000001.exr +%Y)" 2000
  equal "$(results_digest c)" "$before"
}

@test "only what is missing or out of date is computed again" {
  vd-flow c
  before=$(results_digest c)
  rm c/flow/dis/000002_000003.exr
  equal "$(vd-flow c --dry-run | grep -v '^#' | xargs)" "flow/dis/000002_000003"
  vd-flow c
  equal "$(results_digest c)" "$before"
  cp c/rgb/000000.png c/rgb/000006.png  # in two pairs: with frames 4 and 5
  equal "$(vd-flow c --dry-run | grep -v '^#' | xargs)" "flow/dis/000004_000006 flow/dis/000005_000006"
  equal "$(vd-flow c --json | jq .stages[0].computed_now)" 2
  equal "$(vd-flow c --preset fast --dry-run | grep -vc '^#')" 11
  equal "$(vd-flow c -j 1 --quiet --dry-run | grep -vc '^#')" 0
}

@test "--force redoes all, with the same bytes" {
  vd-flow c
  before=$(results_digest c)
  equal "$(vd-flow c --force --json | jq .stages[0].computed_now)" 11
  equal "$(results_digest c)" "$before"
}

@test "--dry-run changes nothing and predicts the cost" {
  before=$(find c -type f -printf '%p %T@ %s\n' | sort | sha256sum)
  run --separate-stderr vd-flow c --dry-run
  equal "$status" 0
  equal "${#lines[@]}" 12
  [[ ${lines[11]} =~ 11\ of\ 11.*GFLOP.*MB.*\ s ]]
  equal "$(vd-align c --dry-run >/dev/null; vd-clip synth room -o new --dry-run >/dev/null; ls -d new 2>/dev/null)" ""
  equal "$(find c -type f -printf '%p %T@ %s\n' | sort | sha256sum)" "$before"
}

@test "shards make what one run makes" {
  cp -r c whole
  vd-flow whole
  vd-flow c --shard 2/2
  [ ! -e c/flow/dis/stage.json ]
  [ -e c/flow/dis/stage.2-2.json ]
  vd-flow c --shard 1/2
  [ -e c/flow/dis/stage.json ]
  equal "$(find c/flow/dis -name 'stage.*-*' -o -name '.*' -type f | wc -l)" 0
  equal "$(results_digest c)" "$(results_digest whole)"
  equal "$(jq -S .items c/flow/dis/stage.json)" "$(jq -S .items whole/flow/dis/stage.json)"
  equal "$(vd-flow c --dry-run | grep -vc '^#')" 0
}

@test "shards at the same time make what one run makes" {
  cp -r c whole
  vd-flow whole
  seq 3 | xargs -P 3 -I{} vd-flow c -j 1 --shard {}/3 >/dev/null
  equal "$(results_digest c)" "$(results_digest whole)"
  vd-flow c
  [ -e c/flow/dis/stage.json ]
}

@test "threads do not change a byte" {
  cp -r c two
  vd-flow c -j 1
  vd-flow two -j 2
  equal "$(results_digest c)" "$(results_digest two)"
  cp -r c npy
  vd-flow c --format npy -o n -j 1
  vd-flow npy --format npy -o n -j 2
  equal "$(results_digest c)" "$(results_digest npy)"
}

@test "SIGTERM leaves finished items, and a rerun completes them" {
  vd-clip synth orbit -o r --length 40 --width 96 --height 64 2>/dev/null &
  pid=$!
  for _ in $(seq 300); do
    [ "$(count_files r/rgb '0*.png' 2>/dev/null)" -ge 3 ] && break
    sleep 0.1
  done
  kill -TERM $pid
  status=0
  wait $pid || status=$?
  equal "$status" 143
  done_before=$(count_files r/rgb '0*.png')
  [ "$done_before" -ge 3 ] && [ "$done_before" -lt 40 ]
  [ ! -e r/rgb/render.stage.json ]
  equal "$(find r -name '*.tmp*' | wc -l)" 0
  rest=$(vd-clip synth orbit -o r --length 40 --width 96 --height 64 --dry-run | grep -vc '^#')
  [ "$rest" -lt 40 ]
  sums=$(cd r/rgb && sha256sum 000000.png 000001.png)
  vd-clip synth orbit -o r --length 40 --width 96 --height 64
  equal "$(count_files r/rgb '0*.png')" 40
  equal "$(cd r/rgb && sha256sum 000000.png 000001.png)" "$sums"
  equal "$(jq .computed_now r/rgb/render.stage.json)" "$rest"
}

@test "several pair lists and no choice is misuse that names them" {
  vd-pairs c --graph stride-3
  run --separate-stderr vd-flow c
  equal "$status" 2
  is_one_line_with stride swin --pairs
  vd-flow c --pairs stride
  equal "$(count_files c/flow/dis '*.exr')" 8
}

@test "a damaged input fails with its name and leaves no half result" {
  head -c 200 c/rgb/000003.png >cut && mv cut c/rgb/000003.png
  run --separate-stderr vd-flow c
  equal "$status" 1
  is_one_line_with "vd-flow: c/rgb/000003.png"
  [ ! -e c/flow/dis/stage.json ]
  equal "$(find c -name '*.tmp*' | wc -l)" 0
}

@test "a folder that cannot be written fails with one line" {
  touch c/flow
  run --separate-stderr vd-flow c
  equal "$status" 1
  is_one_line_with "c/flow"
}

@test "pair lists: --print writes nothing, --frames keeps frame numbers" {
  vd-pairs c --graph stride-2 --frames 1:6 --no-symmetrise --print >list
  equal "$(grep -v '^#' list | xargs)" "1 3 2 4 3 5"
  [ ! -e c/pairs/stride.txt ]
  vd-pairs c --graph stride-2 --frames 1:6 --no-symmetrise -o odd
  diff list c/pairs/odd.txt
}

@test "another --format leaves no file of the first behind" {
  vd-flow c
  vd-flow c --preset fast --format npy
  equal "$(find c/flow/dis -name '*.exr' | wc -l)" 0
  equal "$(find c/flow/dis -name '*.npy' | wc -l)" 22
}

@test "frames computed in two runs make one stage" {
  vd-flow c --frames 0:4
  vd-flow c --frames 3:7
  equal "$(vd-flow c --frames 0:4 --dry-run | grep -vc '^#')" 0
  equal "$(jq .item_count c/flow/dis/stage.json)" 10
}

@test "vd-pointmap --dry-run writes nothing" {
  vd-pairs c -o both --graph swin-2-noncyclic
  vd-flow c --pairs both
  before=$(find c | sort)
  vd-pointmap c --pairs both --intrinsics 100,100,63.5,47.5 --dry-run
  equal "$(find c | sort)" "$before"
}

@test "shards of vd-align may run in any order, and at once" {
  cp -r c whole
  vd-align whole
  for k in 3 2 1; do vd-align c --shard $k/3 & done
  for job in $(jobs -p); do wait "$job"; done
  equal "$(results_digest c)" "$(results_digest whole)"
  [ ! -e c/depth/align/stage.1-3.json ]
}

@test "every option of vd-align that changes results redoes what it changes" {
  vd-align c
  vd-flow c -o own
  equal "$(vd-align c --dry-run | grep -vc '^#')" 0
  for option in --motion-sigma=9 --mask-smoothness=2 --no-find-movers --flow=own; do
    [[ $(vd-align c "$option" --dry-run) == *masks/dynamic/000003* ]]
  done
  vd-align c --flow own
  vd-flow c -o own --preset fast
  [[ $(vd-align c --flow own --dry-run) == *masks/dynamic/000003* ]]
}

@test "the name of a stage does not lead out of the clip" {
  for name in ../evil a/b . ..; do
    run vd-flow c -o "$name"
    equal "$status" 2
  done
}

@test "a misspelt name in a configuration is misuse" {
  echo 'nonsense = 3' >bad.toml
  run vd-flow c --config bad.toml
  equal "$status" 2
}

@test "one bad clip does not stop the others, and outranks a requirement" {
  equal "$(printf 'nowhere\nc\n' | vd-pairs 2>/dev/null)" c
  vd-align c
  run vd-eval nowhere c --require 'ate<=1'
  equal "$status" 1
  run vd-eval c nowhere --require 'ate<=1'
  equal "$status" 1
}

@test "flow of another size is refused by its name" {
  mkdir -p c/flow/own
  vd-flow c -o right --format npy
  for file in c/flow/right/*.npy; do cp "$file" c/flow/own/; done
  make_images small 7 png 64x48
  vd-clip import small -o s
  vd-flow s --format npy
  cp s/flow/dis/000000_000001.npy c/flow/own/
  # One thread: the bad pair is the first, so no warning about another comes before its error.
  run --separate-stderr vd-pointmap c --flow own --intrinsics 100,100,63.5,47.5 --threads 1
  equal "$status" 1
  is_one_line_with "c/flow/own/000000_000001.npy: not of the size of the frames"
}

@test "every option of vd-align says what it changes, and redoes that" {
  vd-clip synth orbit -o r --length 2 --width 64 --height 48
  vd-align r --preset preview --format exr
  # Of numbers, the default plus a little where the range allows it, else minus; of choices, another one.
  vd-align --json-usage | jq -r '.options[] | select(.changes_result and (.changes | index("alignment") | not)) |
    . as $o | (if .type == "flag" then (if .default == "true" then "--no-" + .name[2:] else .name end)
      elif .type == "choice" then .name + "=" + (.choices | map(select(. != $o.default)) | .[0])
      elif .type == "number" then .name + "=" + (if .range == "0..1" then "0.5" else (.default | tonumber * 1.1 + 0.01 | tostring) end)
      elif .type == "int" then .name + "=" + (.default | tonumber + 2 | tostring)
      else empty end) + " " + (.changes | join(" "))' >options
  [ "$(wc -l <options)" -ge 25 ]
  while read -r option parts; do
    [ -n "$parts" ] || { echo "$option does not say which part it changes"; return 1; }
    case $option in --preset=* | --format=*) option=${option%=*}; continue ;; esac
    planned=$(vd-align r --preset preview --format exr "$option" --dry-run | sed '/^#/d')
    case " $parts " in
      *" cameras "*) want=traj/align ;;
      *" masks "*) want=masks/dynamic ;;
      *) want=depth/align ;;
    esac
    [[ $planned == *$want* ]] || { echo "$option changes $parts, but $want is not redone: $planned"; return 1; }
    [[ $want == traj/* || $planned != *traj/align* ]] || { echo "$option redoes the cameras"; return 1; }
  done <options
}

@test "--dry-run lists the items of every part, those too whose inputs are yet to be made" {
  vd-clip synth orbit -o r --length 3 --width 64 --height 48
  equal "$(vd-align r --preset preview --dry-run | grep -v '^#' | xargs)" "traj/align/cameras \
masks/dynamic/000000 masks/dynamic/000001 masks/dynamic/000002 depth/align/000000 depth/align/000001 depth/align/000002"
  equal "$(vd-view r --depth gt --dry-run | grep -v '^#' | xargs)" "view/range/range view/depth/000000 view/depth/000001 \
view/depth/000002 view/side_by_side/side_by_side view/sheet/sheet view/path/path"
  [ ! -e r/depth ] && [ ! -e r/view ]
  vd-align r --preset preview
  cp r/rgb/000000.png r/rgb/000002.png
  equal "$(vd-align r --preset preview --dry-run | grep -vc '^#')" 7
}

@test "fewer pairs leave no file of the others behind" {
  vd-flow c
  vd-pairs c --graph stride-2 --frames 0:4 --no-symmetrise -o fewer
  vd-flow c --pairs fewer
  equal "$(cd c/flow/dis && ls *.exr | xargs)" "000000_000002.exr 000001_000003.exr"
  equal "$(jq .item_count c/flow/dis/stage.json)" 2
  equal "$(vd-flow c --pairs fewer --dry-run | grep -vc '^#')" 0
}

@test "flow goes to other programs as .flo or KITTI PNG, and comes back" {
  vd-clip synth orbit -o r --length 2 --width 64 --height 48
  vd-pairs r --graph swin-1-noncyclic | vd-flow
  vd-flow r --format flo -o flo
  vd-flow r --format kitti -o kitti
  equal "$(head -c 4 r/flow/flo/000000_000001.flo)" PIEH
  equal "$(stat -c %s r/flow/flo/000000_000001.flo)" $((12 + 64 * 48 * 8))
  equal "$(ls r/flow/kitti | grep -c png)" 2
  equal "$(vd-flow r --format flo -o flo --dry-run | grep -vc '^#')" 0
  vd-clip check r
  vd-pointmap r --flow dis -o a
  vd-pointmap r --flow flo -o b
  vd-pointmap r --flow kitti -o c
  run vd-pointmap r --format flo
  equal "$status" 2
}
