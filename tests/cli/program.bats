#!/usr/bin/env bats
# What all programs share: help, options, exit codes, streams.

load common
setup() { in_empty_folder; }

programs() { (cd "$VD_SOURCE/tools" && ls vd-*.cpp | sed 's/\.cpp$//'); }

# "vd-flow", and "vd-clip import" for a program with verbs.
commands() {
  for program in $(programs); do
    "$program" --json-usage | jq -r 'if has("verbs") then .verbs[].program else .program end'
  done
}

small_clip() {
  make_images in 4 png
  vd-clip import in -o c >/dev/null
}

@test "--help is one screen on standard output" {
  commands | while read -r command; do
    run --separate-stderr $command --help
    equal "$status" 0
    equal "$stderr" ""
    [ "$(wc -l <<<"$output")" -le 64 ] || { echo "$command --help: $(wc -l <<<"$output") lines"; return 1; }
    for text in "Usage: $command" "Examples:" "  $command"; do
      [[ $output == *"$text"* ]] || { echo "$command --help lacks $text"; return 1; }
    done
    run $command --help-all
    equal "$status" 0
  done
}

@test "the interface as data agrees with --print-config" {
  commands | while read -r command; do
    $command --json-usage | jq -r '.options[].name[2:]' | sort >told
    $command --print-config | sed -n 's/^\([a-z0-9-]*\) = .*/\1/p' | sort >printed
    diff told printed
  done
}

@test "a printed configuration is read back" {
  small_clip
  vd-pairs --graph stride-2 --print-config >options.toml
  equal "$(vd-pairs c --config options.toml --print | grep -vc '^#')" 4
  equal "$(vd-pairs c --config options.toml --graph stride-3 --print | grep -vc '^#')" 2
}

@test "wrong use is one line, a hint, and exit code 2" {
  small_clip
  for line in "vd-flow --no-such-option c" "vd-flow c --threads many" "vd-flow c --method magic" "vd-flow c --shard 3/2" \
    "vd-pairs c --graph nonsense" "vd-clip" "vd-clip frobnicate" "vd-clip import" "vd-clip synth nowhere" \
    "vd-flow c --memory lots" "vd-pairs c --frames 9:2" "vd-align c --intrinsics nowhere.txt"; do
    run --separate-stderr $line
    equal "$status" 2 || { echo "for: $line"; return 1; }
    equal "$output" ""
    is_one_line_with "${line%% *}: " || { echo "for: $line"; return 1; }
  done
}

@test "--version is one line, with --json a record" {
  for program in $(programs); do
    run --separate-stderr "$program" --version
    equal "$status" 0
    [[ $output =~ ^$program\ [0-9]+\.[0-9]+\.[0-9]+(\ \(git\ [0-9a-f]+\))?$ ]]
    "$program" --version --json | jq -e '.version and .compiler and .blas_kernel' >/dev/null
  done
}

@test "what is no clip fails with the next step" {
  mkdir empty
  run --separate-stderr vd-flow empty
  equal "$status" 1
  is_one_line_with "vd-flow: empty: " "vd-clip import"
  mkdir broken
  echo '{"format": 1, "frames": 3' >broken/clip.json
  run --separate-stderr vd-flow broken
  equal "$status" 1
  is_one_line_with broken/clip.json
  echo '{"format": 99, "frames": 1, "width": 8, "height": 8, "times_s": [0]}' >broken/clip.json
  run --separate-stderr vd-flow broken
  equal "$status" 1
  is_one_line_with broken/clip.json "format 99"
}

@test "programs chain by clip paths, and a bad clip does not stop the others" {
  small_clip
  cp -r c d
  equal "$(printf 'c\nd\n' | vd-pairs --graph stride-1 | vd-flow | xargs)" "c d"
  run --separate-stderr bash -c "printf 'nowhere\nc\n' | vd-pairs --graph stride-1"
  equal "$status" 1
  equal "$output" c
  is_one_line_with nowhere
  equal "$(echo c | vd-pairs --graph stride-1 -)" c
}

@test "wrong use on one clip does not stop the others, and the worst exit code is returned" {
  small_clip
  cp -r c d
  vd-pairs c --graph stride-1 -o one
  vd-pairs c --graph stride-2 -o two
  vd-pairs d --graph stride-1
  run --separate-stderr bash -c "printf 'c\nd\n' | vd-flow"  # c has two lists of pairs and no choice was made
  equal "$status" 2
  equal "$output" d
  is_one_line_with "one, two"
  run --separate-stderr bash -c "printf 'c\nnowhere\nd\n' | vd-flow"
  equal "$status" 1
  equal "$output" d
  run --separate-stderr vd-flow c d
  equal "$status" 2
  equal "$output" d
}

@test "values that mean nothing are wrong use" {
  small_clip
  for line in "--threads -1" "--threads 1.5" "--shard 0/4" "--shard 5/4" "--shard 1/0" "--shard 1/4x" "--shard -1/4" "--shard 1" \
    "--frames nonsense" "--frames 0:4:0" "--frames 0:4:-1" "--frames 0:x" "--frames 7:9" "--frames :::" "--frames 1.5" \
    "--memory -1" "--memory 1Q"; do
    run --separate-stderr vd-flow c $line
    equal "$status" 2 || { echo "for: $line"; return 1; }
    is_one_line_with "vd-flow: " "${line%% *}" || { echo "for: $line"; return 1; }
  done
  for text in '' ' ' ','; do
    run vd-eval c --require "$text"
    equal "$status" 2 || { echo "for: --require '$text'"; return 1; }
  done
  vd-flow c --threads 0
}

@test "--json prints one object a clip, with the records of its stages" {
  small_clip
  cp -r c d
  vd-flow c d --json | jq -es 'length == 2 and .[0].clip == "c" and .[0].stages[0].stage == "flow/dis"
    and .[0].stages[0].item_count == 3 and (.[0].stages[0] | has("options") and has("inputs") and has("wall_s"))'
  vd-clip import in -o e --json | jq -e '.clip == "e" and .stages[0].item_count == 4'
  vd-clip info c --json | jq -e '.frames == 4 and .stages["flow/dis"].items == 6'
}

@test "a full disk behind standard output is a failure" {
  small_clip
  for line in "vd-pairs c --print" "vd-clip info c" "vd-flow --help" "vd-flow --json-usage"; do
    run bash -c "$line 2>message >/dev/full"
    equal "$status" 1
    [[ $(cat message) == *"standard output: No space left"* ]]
  done
}

@test "a closed pipe ends quietly with 141" {
  small_clip
  run --separate-stderr bash -c 'set -o pipefail; { sleep 0.5; vd-pairs c --graph complete --print; } | true'
  equal "$status" 141
  equal "$stderr" ""
}

@test "progress stays off standard output, and is data when asked" {
  small_clip
  vd-flow c --progress json 2>progress >out
  equal "$(cat out)" c
  tail -1 progress | jq -e '.done == .total and .total == 3'
  vd-flow c --force --quiet 2>progress
  equal "$(cat progress)" ""
}

@test "vd-pairs loads no library that it does not need to say what it can do" {
  run ldd "$(command -v vd-pairs)"
  [[ $output == *libopencv_core* ]]
  for library in imgcodecs videoio ximgproc ceres torch; do
    [[ $output != *$library* ]]
  done
}
