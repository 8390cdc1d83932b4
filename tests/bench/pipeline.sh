#!/usr/bin/env bash
# The whole default pipeline, frames to cameras, masks and dense depth, on every clip of a folder, with the camera given
# and not given. Prints a Markdown row a clip and case: time, memory, and scores against the truth.
# Usage: tests/bench/pipeline.sh OUT [-p preset] CLIP_FOLDER...       (run after `make build`)
set -euo pipefail
programs=$(cd "$(dirname "$0")/../../build/bin" && pwd)
out=$1
shift
preset=standard
if [ "${1:-}" = -p ]; then preset=$2; shift 2; fi
mkdir -p "$out"

row() {  # CLIP_NAME CASE CLIP SOURCE
  local record=$out/$1.$2.align.json score=$out/$1.$2.eval.json
  local still=()
  if [ "$(jq -r '.dynamic' "$4/clip.json" 2>/dev/null)" = false ]; then still=(--static-scene); fi
  "$programs/vd-eval" "$3" "${still[@]}" --json >"$score" 2>/dev/null || echo '{}' >"$score"
  jq -rn --slurpfile a "$record" --slurpfile e "$score" --arg clip "$1" --arg case "$2" '
    def show(d): if . == null then "-" else (. * pow(10; d) | round / pow(10; d) | tostring) end;
    ($a[0].stages) as $s | ($e[0].metrics // {}) as $m | ($s[0].cameras) as $c
    | ($s | map(select(.stage | startswith("depth/"))) | .[0].item_count) as $n
    | ($s | map(.wall_s) | add) as $wall | ($s | map(.cpu_s) | add) as $cpu
    | ($m["depth.observed_static.abs_rel"] // $m["depth.observed.abs_rel"]) as $absrel
    | ($m["depth.observed_static.coverage"] // $m["depth.observed.coverage"]) as $coverage
    | ($m["depth.static.abs_rel"] // $m["depth.all.abs_rel"]) as $all
    | ($m["depth.observed_static.delta1"] // $m["depth.observed.delta1"]) as $delta
    | [$clip, $case, $n, ($wall | show(1)), ($n / $wall | show(2)), ($cpu | show(1)), ($s[0].cpu_s | show(1)),
       (($s | map(.peak_memory_bytes) | max) / 1048576 | show(0)),
       ($m["poses.ate"] | show(4)), ($m["poses.ate_percent"] | show(3)), ($m["poses.rpe_rot_deg_mean"] | show(3)),
       ($m["intrinsics.focal_error_percent"] | show(1)),
       ($absrel | if . then . * 100 else . end | show(2)), ($coverage | if . then . * 100 else . end | show(0)),
       ($all | if . then . * 100 else . end | show(1)), ($delta | if . then . * 100 else . end | show(1)),
       ($m["masks.iou"] | show(2)), ($m["masks.false_alarms"] | if . then . * 100 else . end | show(2))]
    | "| " + join(" | ") + " |"'
}

echo "| clip | camera | frames | wall s | frames/s | CPU s | CPU s to poses | peak MiB | ATE m | ATE % | rot deg/step | focal error % | AbsRel % observed | coverage % | AbsRel % all | delta1 % | mask IoU | false alarms % |"
echo "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
for source in "$@"; do
  name=$(basename "$source")
  for camera in gt estimate; do
    [ "$camera" = estimate ] || [ -e "$source/intrinsics.txt" ] || [ -e "$source/gt/intrinsics.txt" ] || continue
    clip=$out/$name.$camera
    rm -rf "$clip"
    if [ -d "$source/gt" ]; then cp -r "$source" "$clip"; else "$programs/vd-clip" import "$source" -o "$clip" -q >/dev/null; fi
    "$programs/vd-align" "$clip" --intrinsics "$camera" --preset "$preset" --json -q >"$out/$name.$camera.align.json"
    row "$name" "$camera" "$clip" "$source"
  done
done
