# Completion of the programs of vd for bash. Made by man/generate.sh from --json-usage; do not edit.
# shellcheck shell=bash disable=SC2207
_vd_words() {
  local words=''
  case $1 in
    'vd-align options') words='--align-memory --base-scale --cameras-only --compression --confidence-weight --config --corner-cell --corner-floor --dry-run --find-movers --finest-stride --fix-focals --floating-cue --flow --force --format --full-iterations --growing-points --guided --half --help --help-all --intrinsics --json --json-usage --loss --mask-chain --mask-invert --mask-return --mask-smallest --mask-smoothness --masks --max-disagreement --max-iterations --max-offset --max-planes --memory --method --min-agreeing --min-angle --min-parallax --min-strength --motion-sigma --native --neighbours --no-cameras-only --no-dry-run --no-find-movers --no-fix-focals --no-floating-cue --no-force --no-guided --no-half --no-json --no-mask-invert --no-native --no-provenance --no-published-focals --no-quiet --no-refine --no-share-focal --no-squared-residuals --no-verbose --output --pnp-iterations --pnp-min-confidence --pointmap --points --poses --preset --print-config --progress --provenance --published-focals --quiet --refine --rotation-only --round-trip --seed --shard --share-focal --smoothness --spacing --squared-residuals --starts --threads --tolerance --track-rms --verbose --version --window --window-frames --working-side -f -h -j -o -q -v' ;;
    'vd-align --method') words='auto tracks pointmaps' ;;
    'vd-align --confidence-weight') words='log sqrt m1 value' ;;
    'vd-align --preset') words='preview standard' ;;
    'vd-align --format') words='exr npy' ;;
    'vd-align --compression') words='none rle zips zip piz' ;;
    'vd-align --progress') words='auto always never json' ;;
    'vd-bench options') words='--config --height --help --help-all --json --json-usage --length --no-json --no-quiet --no-save --no-stages --no-verbose --print-config --progress --quiet --repetitions --save --stage-runs --stages --table --threads --verbose --version --width -h -j -q -v' ;;
    'vd-bench --table') words='text markdown csv' ;;
    'vd-bench --progress') words='auto always never json' ;;
    'vd-clip verbs') words='import import-stereo info import-stage check synth' ;;
    'vd-clip import options') words='--config --cuts --dataset --force --fps --frames --help --help-all --image-fps --intrinsics --json --json-usage --mask-invert --masks --max-side --no-force --no-json --no-mask-invert --no-provenance --no-quiet --no-verbose --output --poses --poses-unit --print-config --progress --provenance --quiet --threads --undistort --verbose --version -f -h -j -o -q -v' ;;
    'vd-clip import --undistort') words='auto always never' ;;
    'vd-clip import --progress') words='auto always never json' ;;
    'vd-clip import-stereo options') words='--calib --config --disparity --force --help --help-all --json --json-usage --no-force --no-json --no-provenance --no-quiet --no-verbose --output --print-config --progress --provenance --quiet --threads --verbose --version -f -h -j -o -q -v' ;;
    'vd-clip import-stereo --progress') words='auto always never json' ;;
    'vd-clip info options') words='--config --help --help-all --json --json-usage --no-json --no-provenance --no-quiet --no-verbose --print-config --progress --provenance --quiet --threads --verbose --version -h -j -q -v' ;;
    'vd-clip info --progress') words='auto always never json' ;;
    'vd-clip import-stage options') words='--compression --config --dry-run --first --force --format --from --half --help --help-all --json --json-usage --kind --memory --native --no-dry-run --no-force --no-half --no-json --no-native --no-provenance --no-quiet --no-verbose --output --pattern --print-config --progress --provenance --quaternion --quiet --scale --shard --size --step --threads --unit --verbose --version -f -h -j -o -q -v' ;;
    'vd-clip import-stage --kind') words=' depth inverse conf flow pointmap mask tracks traj intrinsics' ;;
    'vd-clip import-stage --from') words='auto plain monst3r megasam vda depthcrafter vipe' ;;
    'vd-clip import-stage --unit') words='auto m relative affine' ;;
    'vd-clip import-stage --quaternion') words='auto xyzw wxyz' ;;
    'vd-clip import-stage --format') words='exr npy' ;;
    'vd-clip import-stage --compression') words='none rle zips zip piz' ;;
    'vd-clip import-stage --progress') words='auto always never json' ;;
    'vd-clip check options') words='--config --help --help-all --json --json-usage --no-json --no-provenance --no-quiet --no-verbose --print-config --progress --provenance --quiet --threads --verbose --version -h -j -q -v' ;;
    'vd-clip check --progress') words='auto always never json' ;;
    'vd-clip synth options') words='--config --dry-run --focal --force --fps --height --help --help-all --json --json-usage --length --memory --motion-blur --no-dry-run --no-force --no-json --no-motion-blur --no-provenance --no-quiet --no-verbose --noise --output --print-config --progress --provenance --quiet --seed --shard --shutter --threads --verbose --version --width -f -h -j -o -q -v' ;;
    'vd-clip synth --progress') words='auto always never json' ;;
    'vd-eval options') words='--align --align-first --align-path --all-pairs --clip-max --clip-min --conf --config --delta --delta-tolerance --delta-unit --depth --disparity --dry-run --fit --fit-pixels --fit-scored-only --force --frames --help --help-all --intrinsics --inverse --json --json-usage --lad2-iterations --lad2-rate --mask --masks --max-depth --memory --min-depth --no-all-pairs --no-disparity --no-dry-run --no-fit-scored-only --no-force --no-json --no-pairs-from-reference --no-provenance --no-quiet --no-static-scene --no-unknown-is-zero --no-verbose --output --pairs-from-reference --pooling --pre-clip-max --pre-clip-min --print-config --progress --provenance --quiet --require --shard --static-scene --table --threads --traj --unknown-is-zero --verbose --version -f -h -j -o -q -v' ;;
    'vd-eval --align') words='none ratio median scale lstsq lad lad2 lad-published' ;;
    'vd-eval --fit') words='sequence frame' ;;
    'vd-eval --pooling') words='pooled frame-mean' ;;
    'vd-eval --fit-pixels') words='observed all own' ;;
    'vd-eval --align-path') words='none se3 sim3 scale origin' ;;
    'vd-eval --delta-unit') words='frames m deg rad' ;;
    'vd-eval --table') words='text markdown csv' ;;
    'vd-eval --progress') words='auto always never json' ;;
    'vd-flow options') words='--compression --config --dry-run --force --format --frames --half --help --help-all --json --json-usage --memory --method --no-dry-run --no-force --no-half --no-json --no-provenance --no-quiet --no-verbose --output --pairs --preset --print-config --progress --provenance --quiet --shard --threads --verbose --version -f -h -j -o -q -v' ;;
    'vd-flow --method') words='dis farneback' ;;
    'vd-flow --preset') words='ultrafast fast medium best' ;;
    'vd-flow --format') words='exr npy flo kitti' ;;
    'vd-flow --compression') words='none rle zips zip piz' ;;
    'vd-flow --progress') words='auto always never json' ;;
    'vd-pairs options') words='--budget --clip-variant --compat --config --dialect --dry-run --exact-clips --flow --force --force-symmetrise --frames --full-parallax --graph --help --help-all --json --json-usage --least-overlap --memory --no-compat --no-dry-run --no-exact-clips --no-force --no-force-symmetrise --no-json --no-print --no-provenance --no-quiet --no-symmetrise --no-verbose --output --prefilter --print --print-config --progress --provenance --quiet --reach --shard --symmetrise --threads --verbose --version -f -h -j -o -q -v' ;;
    'vd-pairs --dialect') words='vd dust3r monst3r align3r' ;;
    'vd-pairs --clip-variant') words='depth pose' ;;
    'vd-pairs --progress') words='auto always never json' ;;
    'vd-pointmap options') words='--compression --config --depth --dry-run --flow --force --format --frames --half --help --help-all --intrinsics --json --json-usage --memory --model --no-dry-run --no-force --no-half --no-json --no-pair-refine --no-provenance --no-quiet --no-verbose --output --pair-inlier --pair-motion --pair-refine --pair-rotation --pair-samples --pair-sigma --pairs --poses --print-config --progress --provenance --quiet --shard --threads --verbose --version -f -h -j -o -q -v' ;;
    'vd-pointmap --format') words='exr npy' ;;
    'vd-pointmap --compression') words='none rle zips zip piz' ;;
    'vd-pointmap --progress') words='auto always never json' ;;
    'vd-train verbs') words='convert list' ;;
    'vd-train convert options') words='--config --force --help --help-all --json --json-usage --memory --no-force --no-json --no-provenance --no-quiet --no-read-args --no-verbose --print-config --progress --provenance --quiet --read-args --threads --verbose --version -f -h -j -q -v' ;;
    'vd-train convert --progress') words='auto always never json' ;;
    'vd-train list options') words='--config --help --help-all --json --json-usage --memory --no-json --no-provenance --no-quiet --no-read-args --no-verbose --print-config --progress --provenance --quiet --read-args --threads --verbose --version -h -j -q -v' ;;
    'vd-train list --progress') words='auto always never json' ;;
    'vd-view options') words='--colours --columns --conf --config --depth --dry-run --force --fps --frames --help --help-all --inverse --json --json-usage --masks --max-side --memory --no-dry-run --no-force --no-json --no-provenance --no-quiet --no-verbose --print-config --progress --provenance --quiet --range --shard --threads --traj --verbose --version --what -f -h -j -q -v' ;;
    'vd-view --colours') words='ember rainbow grey' ;;
    'vd-view --progress') words='auto always never json' ;;
  esac
  printf '%s' "$words"
}
_vd_takes_value() {
  case $1 in
    --align-first|--align-memory|--base-scale|--budget|--calib|--clip-max|--clip-min|--columns|--conf|--corner-cell|--corner-floor|--cuts|--dataset|--delta|--delta-tolerance|--depth|--disparity|--finest-stride|--first|--flow|--focal|--fps|--frames|--full-iterations|--full-parallax|--graph|--growing-points|--height|--image-fps|--intrinsics|--inverse|--lad2-iterations|--lad2-rate|--least-overlap|--length|--loss|--mask|--mask-chain|--mask-return|--mask-smallest|--mask-smoothness|--masks|--max-depth|--max-disagreement|--max-iterations|--max-offset|--max-planes|--max-side|--memory|--min-agreeing|--min-angle|--min-depth|--min-parallax|--min-strength|--model|--motion-sigma|--neighbours|--noise|--output|--pair-inlier|--pair-motion|--pair-rotation|--pair-samples|--pair-sigma|--pairs|--pattern|--pnp-iterations|--pnp-min-confidence|--pointmap|--points|--poses|--poses-unit|--pre-clip-max|--pre-clip-min|--prefilter|--range|--reach|--repetitions|--require|--rotation-only|--round-trip|--scale|--seed|--shard|--shutter|--size|--smoothness|--spacing|--stage-runs|--starts|--step|--threads|--tolerance|--track-rms|--traj|--what|--width|--window|--window-frames|--working-side|-j|-o) return 0 ;;
  esac
  return 1
}
_vd() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[0]##*/} verbs words
  COMPREPLY=()
  # "--option=va" arrives as three words.
  if [[ $cur == = ]]; then cur=''; elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi
  verbs=$(_vd_words "$command verbs")
  if [[ -n $verbs ]]; then
    if ((COMP_CWORD == 1)); then
      COMPREPLY=($(compgen -W "$verbs --help --version --json-usage" -- "$cur"))
      return
    fi
    command+=" ${COMP_WORDS[1]}"
  fi
  if [[ $prev == -* ]]; then
    words=$(_vd_words "$command $prev")
    if [[ -n $words ]]; then
      COMPREPLY=($(compgen -W "$words" -- "$cur"))
      return
    fi
    if _vd_takes_value "$prev"; then return; fi
  fi
  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "$(_vd_words "$command options")" -- "$cur")); fi
}
complete -o default -F _vd vd-align vd-bench vd-clip vd-eval vd-flow vd-pairs vd-pointmap vd-train vd-view
