#!/usr/bin/env bats
# vd-pairs --graph select: pairs by overlap and parallax from flow.

load common
setup_file() {
  cd "$BATS_FILE_TMPDIR" || return 1
  vd-clip synth corridor -o c --length 12 --width 128 --height 96 --seed 8
  vd-pairs c --graph stride-1 -o near
  vd-flow c --pairs near --preset fast
}
setup() {
  in_empty_folder
  cp -r "$BATS_FILE_TMPDIR/c" c
}

pairs_of() { grep -vc '^#' "$1"; }

@test "the budget bounds the pairs, and flow of neighbours is enough" {
  vd-pairs c --graph select --budget 2 --no-symmetrise -o two
  [ "$(pairs_of c/pairs/two.txt)" -le 21 ]
  [ "$(pairs_of c/pairs/two.txt)" -ge 11 ]
  equal "$(jq .pair_count c/pairs/two.stage.json)" "$(pairs_of c/pairs/two.txt)"
  # Farther than neighbours, since these have the least parallax.
  [ "$(grep -v '^#' c/pairs/two.txt | awk '$2 - $1 > 1' | wc -l)" -ge 5 ]
  vd-pairs c --graph select --budget 2 -o both
  equal "$(pairs_of c/pairs/both.txt)" "$((2 * $(pairs_of c/pairs/two.txt)))"
  equal "$(vd-pairs c --graph select --budget 2 --no-symmetrise --print | grep -v '^#')" "$(grep -v '^#' c/pairs/two.txt)"
  vd-clip check c
}

@test "the same pairs for any number of threads, and again when the flow changes" {
  vd-pairs c --graph select -o one -j 1
  vd-pairs c --graph select -o three -j 3
  cmp c/pairs/one.txt c/pairs/three.txt
  equal "$(vd-pairs c --graph select -o one --dry-run | grep -vc '^#')" 0
  cp c/flow/dis/000003_000004.exr c/flow/dis/000004_000005.exr
  equal "$(vd-pairs c --graph select -o one --dry-run | grep -vc '^#')" 1
}

@test "reach and frames bound the distance; frames keep their numbers" {
  vd-pairs c --graph select --reach 3 --budget 3 -o near
  equal "$(grep -v '^#' c/pairs/near.txt | awk '$2 - $1 > 3 || $1 - $2 > 3' | wc -l)" 0
  vd-pairs c --graph select --frames 2:12:3 -o some --no-symmetrise
  equal "$(grep -v '^#' c/pairs/some.txt | tr ' ' '\n' | sort -n | uniq | xargs)" "2 5 8 11"
}

@test "without flow it says how to make some" {
  rm -r c/flow
  run --separate-stderr vd-pairs c --graph select
  equal "$status" 1
  is_one_line_with vd-flow
  mkdir -p c/flow/empty
  run --separate-stderr vd-pairs c --graph select
  equal "$status" 1
  is_one_line_with "stride-1"
  run --separate-stderr vd-pairs c --graph select-3
  equal "$status" 2
}

@test "the chain goes on with the chosen pairs" {
  vd-pairs c --graph select --budget 1 -o chosen
  vd-flow c --pairs chosen --preset fast -o chosen
  vd-pointmap c --pairs chosen --flow chosen --intrinsics gt
  vd-align c --method pointmaps --intrinsics gt -o a --quiet
  equal "$(count_files c/depth/a '*.exr')" 12
}
