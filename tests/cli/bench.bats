#!/usr/bin/env bats
# vd-bench, and what the other programs make of its rates: predictions of --dry-run, and --memory. How fast anything is,
# no test asks.

load common
setup_file() {
  cd "$BATS_FILE_TMPDIR" || return 1
  mkdir tmp cache
  TMPDIR=$PWD/tmp XDG_CACHE_HOME=$PWD/cache vd-bench -q --save --json --repetitions 1 >bench.json 2>bench.err
  vd-clip synth orbit --seed 2 --length 6 --width 256 --height 144 -o c
  vd-pairs c --graph swin-2 >/dev/null
  for program in vd-flow vd-pointmap vd-align "vd-align --method pointmaps -o pairs"; do
    $program c >/dev/null 2>>runs.err
  done
}
setup() {
  cd "$BATS_FILE_TMPDIR" || return 1
  export XDG_CACHE_HOME=$PWD/nothing
}

@test "every rate is there, positive, and no share is above its limit" {
  [ ! -s bench.err ] || { cat bench.err; return 1; }
  jq -e '.processor != "" and .threads >= 1 and (.rates | length == 25)
    and (.rates | all(.per_second_and_thread > 0 and .least <= .per_second_and_thread and .per_second_and_thread <= .most))
    and (.rates | all(.share_of_limit >= 0 and .share_of_limit < 2))
    and ([.rates[] | select(.work == "matrix product" or .work == "copy") | .share_of_limit] | all(. > 0.999 and . < 1.001))
    ' bench.json
}

@test "every stage is timed, and its work counted" {
  jq -r '.stages[].stage' bench.json >stages
  for stage in rgb/render pairs/stride flow/dis pointmap/geometric traj/align masks/dynamic depth/align depth/pairs \
    report/eval view/depth view/sheet view/path; do
    grep -qx "$stage" stages || { echo "no $stage in: $(xargs <stages)"; return 1; }
  done
  jq -e '.stages | all(.items > 0 and .wall_s > 0 and .predicted_s > 0 and .flop + .bytes > 0 and .share_of_limit > 0
    and .peak_memory_bytes > 0)' bench.json
  equal "$(ls tmp)" ""
}

@test "the tables have a row for each" {
  vd-bench --no-stages --repetitions 1 --length 6 --width 64 --height 64 --table csv >table.csv
  equal "$(grep -c '^plane sweep,' table.csv)" 1
  equal "$(grep -c '^rgb/render,' table.csv)" 1
  equal "$(grep -c '^traj/align,' table.csv)" 0
  run --separate-stderr vd-bench beach
  equal "$status" 2
  is_one_line_with "vd-bench: beach"
}

predicted_s() { "$@" --dry-run --force | sed -n 's/^# .*memory, \([0-9.e+-]*\) s here.*/\1/p' | tail -1; }

@test "predictions are made from the saved rates, and say so" {
  [[ $(vd-flow c --dry-run --force | tail -1) == *"built-in rates; vd-bench --save"* ]]
  export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
  [[ $(vd-flow c --dry-run --force | tail -1) == *"(rates of vd-bench, 20"* ]]
  mkdir -p slow/vd
  jq '.rates[] *= 0.01' cache/vd/machine.json >slow/vd/machine.json
  fast=$(predicted_s vd-align c --method tracks)
  slow=$(XDG_CACHE_HOME=$PWD/slow predicted_s vd-align c --method tracks)
  awk -v fast="$fast" -v slow="$slow" 'BEGIN { exit !(slow / fast > 90 && slow / fast < 110) }' || {
    echo "$fast s at full speed, $slow s at a hundredth"; return 1; }
}

@test "a damaged profile is a warning, and the prediction is made without it" {
  mkdir -p damaged/vd
  echo '{' >damaged/vd/machine.json
  XDG_CACHE_HOME=$PWD/damaged run --separate-stderr vd-flow c --dry-run --force
  equal "$status" 0
  is_one_line_with warning machine.json "vd-bench --save"
  [[ $output == *"built-in rates"* ]]
}

@test "more frames, more pixels and fewer threads are predicted to take longer" {
  export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
  vd-clip synth orbit --length 6 --width 512 --height 288 -o large >/dev/null
  vd-clip synth orbit --length 12 --width 256 --height 144 -o long >/dev/null
  small=$(predicted_s vd-align c -j 2 --method tracks)
  for other in "large -j 2" "long -j 2" "c -j 1"; do
    # shellcheck disable=SC2086
    more=$(predicted_s vd-align $other --method tracks)
    awk -v a="$small" -v b="$more" 'BEGIN { exit !(b > 1.3 * a) }' || { echo "$other: $more s, not $small"; return 1; }
  done
}

# Runs a command; prints its peak of resident memory in MiB, and ends as it did.
peak_mib() {
  python3 -c 'import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=open("peak.err", "w")).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(status)' "$@"
}

chosen="--depth align --traj align --masks dynamic"

@test "memory is predicted within a factor of two" {
  command -v python3 >/dev/null || skip "no python3 to measure with"
  local bad=0
  while read -r program options; do
    # shellcheck disable=SC2086
    predicted=$("$program" c --force --dry-run $options | sed -n 's/^# .* \([0-9]*\) MiB of memory.*/\1/p' | sort -n | tail -1)
    # shellcheck disable=SC2086
    peak=$(peak_mib "$program" c --force $options) || bad=1
    echo "$program $options: $predicted MiB predicted, $peak MiB at the peak"
    awk -v p="$predicted" -v m="$peak" 'BEGIN { exit !(p < 2 * m && m < 2 * p) }' || bad=1
  done <<LIST
vd-pairs --graph swin-2
vd-flow -j 1
vd-flow -j 4
vd-pointmap -j 2
vd-align -j 1 --method tracks
vd-align -j 4 --method tracks
vd-align --method pointmaps -o pairs
vd-eval $chosen
vd-view $chosen
LIST
  [ $bad -eq 0 ]
}

@test "a refusal names the least that is enough, and with that it runs below it" {
  command -v python3 >/dev/null || skip "no python3 to measure with"
  cp -r c d
  local bad=0
  while read -r program options; do
    # shellcheck disable=SC2086
    run --separate-stderr "$program" d --force --memory 1M $options
    equal "$status" 1
    is_one_line_with "needs about" "--memory allows 1M" || bad=1
    # Later parts of a program may need more than the first.
    least=1
    for _ in 1 2 3 4 5 6; do
      # shellcheck disable=SC2086
      peak=$(peak_mib "$program" d --force -j 2 --memory "${least}M" $options) && break
      least=$(sed -n 's/.*needs about \([0-9]*\)M.*/\1/p' peak.err)
    done
    echo "$program $options: $peak MiB with --memory ${least}M"
    [ "$peak" -le "$least" ] || bad=1
  done <<LIST
vd-pairs --graph swin-2
vd-pairs --graph select -o swin
vd-flow
vd-pointmap
vd-align --method tracks
vd-align --method pointmaps -o pairs
vd-eval $chosen
vd-view $chosen
LIST
  run --separate-stderr vd-clip synth room --length 2 --width 192 --height 128 -o e --memory 1M
  equal "$status" 1
  is_one_line_with "rgb/render: needs about"
  [ $bad -eq 0 ]
}
