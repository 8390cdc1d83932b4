#!/usr/bin/env bash
# COLMAP (Debian's package) on the frames of sample clips, scored by vd-eval like vd's own cameras: CPU seconds, frames
# registered, ATE. Settings: SIFT defaults on the CPU, one camera, sequential matching over 10 frames, default mapper.
# Usage: tests/bench/colmap.sh OUT CLIP_FOLDER...                    (run after `make build`)
set -euo pipefail
programs=$(cd "$(dirname "$0")/../../build/bin" && pwd)
out=$1
shift
mkdir -p "$out"
export QT_QPA_PLATFORM=offscreen
TIMEFORMAT='%R %U %S'

to_tum() {  # images.txt CLIP -> TUM lines, camera to world, time stamps of the clip
  jq -r '.times_s | to_entries[] | "\(.key) \(.value)"' "$2/clip.json" >"$out/times"
  awk 'NR == FNR {time[$1] = $2; next} /^#/ {next} ++line % 2 == 1 {
    w = $2; x = $3; y = $4; z = $5; frame = $10 + 0
    tx = $6; ty = $7; tz = $8
    r11 = 1-2*(y*y+z*z); r12 = 2*(x*y-z*w); r13 = 2*(x*z+y*w)
    r21 = 2*(x*y+z*w); r22 = 1-2*(x*x+z*z); r23 = 2*(y*z-x*w)
    r31 = 2*(x*z-y*w); r32 = 2*(y*z+x*w); r33 = 1-2*(x*x+y*y)
    print time[frame], -(r11*tx+r21*ty+r31*tz), -(r12*tx+r22*ty+r32*tz), -(r13*tx+r23*ty+r33*tz), -x, -y, -z, w
  }' "$out/times" "$1" | sort -n
}

reconstruct() {  # CLIP WORK CAMERA_OPTIONS...
  local clip=$1 work=$2
  shift 2
  colmap feature_extractor --database_path "$work/db" --image_path "$clip/rgb" --ImageReader.single_camera 1 \
    --SiftExtraction.use_gpu 0 "$@"
  colmap sequential_matcher --database_path "$work/db" --SequentialMatching.overlap 10 \
    --SequentialMatching.quadratic_overlap 1 --SiftMatching.use_gpu 0
  mkdir -p "$work/sparse"
  colmap mapper --database_path "$work/db" --image_path "$clip/rgb" --output_path "$work/sparse" "${refine[@]}"
}

echo "| clip | camera | registered / frames | CPU s | wall s | ATE m | ATE % | rot deg/step |"
echo "|---|---|---|---|---|---|---|---|"
for source in "$@"; do
  name=$(basename "$source")
  clip=$out/$name.clip
  [ -e "$clip/clip.json" ] || "$programs/vd-clip" import "$source" -o "$clip" -q >/dev/null
  for camera in gt estimate; do
    work=$out/$name.$camera
    rm -rf "$work"
    mkdir -p "$work"
    if [ "$camera" = gt ]; then
      [ -e "$clip/gt/intrinsics.txt" ] || continue
      # COLMAP puts the centre of the first pixel at (0.5, 0.5).
      params=$(awk '!/^#/ {print $2","$3","$4+0.5","$5+0.5; exit}' "$clip/gt/intrinsics.txt")
      options=(--ImageReader.camera_model PINHOLE --ImageReader.camera_params "$params")
      refine=(--Mapper.ba_refine_focal_length 0 --Mapper.ba_refine_extra_params 0)
    else
      options=(--ImageReader.camera_model SIMPLE_PINHOLE)
      refine=()
    fi
    read -r wall user system < <({ time reconstruct "$clip" "$work" "${options[@]}" >"$work/log" 2>&1 || true; } 2>&1)
    best='' most=0
    for model in "$work"/sparse/*/; do
      [ -e "$model/images.bin" ] || continue
      colmap model_converter --input_path "$model" --output_path "$model" --output_type TXT >/dev/null 2>&1
      count=$(grep -vc '^#' "$model/images.txt" || true)
      if [ $((count / 2)) -gt "$most" ]; then most=$((count / 2)) best=$model; fi
    done
    scores='- | - | -'
    if [ "$most" -gt 2 ] && [ -e "$clip/gt/traj.txt" ]; then
      mkdir -p "$clip/traj"
      to_tum "$best/images.txt" "$clip" >"$clip/traj/colmap.txt"
      scores=$("$programs/vd-eval" "$clip" --traj colmap --json 2>/dev/null |
        jq -r '.metrics | [."poses.ate", ."poses.ate_percent", ."poses.rpe_rot_deg_mean"]
               | map(if . == null then "-" else (. * 10000 | round / 10000 | tostring) end) | join(" | ")' || echo '- | - | -')
      rm -f "$clip/traj/colmap.txt"
    fi
    frames=$(jq .frames "$clip/clip.json")
    awk -v n="$name" -v c="$camera" -v m="$most" -v f="$frames" -v u="$user" -v s="$system" -v w="$wall" -v r="$scores" \
      'BEGIN {printf "| %s | %s | %d / %d | %.0f | %.0f | %s |\n", n, c, m, f, u + s, w, r}'
  done
done
