#!/usr/bin/env bats
# What `make install` leaves: programs, man pages, completion, shared files; and that the installed things work.

load common
setup_file() {
  DESTDIR=$BATS_FILE_TMPDIR/root cmake --install "$VD_BUILD" --prefix /usr >/dev/null
}
setup() { cd "$BATS_FILE_TMPDIR/root/usr" || return 1; }

@test "the tree is sane" {
  for program in "$VD_SOURCE"/tools/vd-*.cpp; do
    name=$(basename "$program" .cpp)
    [ -x "bin/$name" ]
    [ -e "share/man/man1/$name.1" ]
    [ -e "share/bash-completion/completions/$name" ]
  done
  for file in man/man5/vd-clip.5 man/man7/vd.7 zsh/vendor-completions/_vd vd/vd.mk vd/packages.txt vd/install-packages.sh \
    vd/demo/motorcycle_calib.txt doc/vd/NOTICE doc/vd/README.md doc/vd/CHANGELOG.md; do
    [ -e "share/$file" ] || { echo "no share/$file"; return 1; }
  done
  equal "$(ls)" "$(printf 'bin\nlib\nshare')"
  equal "$(find lib -type f)" lib/vd/libvd_video.so
  equal "$(find . -name '*.scd' -o -name 'test_*' -o -name '*.cmake' | wc -l)" 0
  [ -x share/vd/install-packages.sh ]
}

@test "what needs no video needs no plugin, what needs one says so in a line" {
  vd_video=lib/vd/libvd_video.so
  mv $vd_video hidden
  bin/vd-view --help >/dev/null
  run --separate-stderr bin/vd-clip import "$BATS_TEST_DIRNAME/common.bash" -o "$BATS_TEST_TMPDIR/c"
  missing=$stderr before=$status
  echo text >$vd_video
  run --separate-stderr bin/vd-clip import "$BATS_TEST_DIRNAME/common.bash" -o "$BATS_TEST_TMPDIR/c"
  mv hidden $vd_video
  equal "$before $status" "1 1"
  is_one_line_with "$vd_video" "file too short"
  stderr=$missing
  is_one_line_with "$vd_video" "is missing"
}

@test "help comes at once" {
  # Loading the video library's dependencies takes ten times as long as any program needs.
  for program in bin/vd-*; do
    equal "$(ldd "$program" | grep -c -e libopencv_videoio -e libavcodec)" 0
  done
}

@test "every preset is taken by its program" {
  for preset in share/vd/presets/*.toml; do
    program=$(basename "$preset")
    "bin/vd-${program%%-*}" --config "$preset" --print-config >"$BATS_TEST_TMPDIR/resolved"
    grep -v '^#' "$preset" | while read -r line; do
      grep -qx "$line" "$BATS_TEST_TMPDIR/resolved"
    done
  done
}

@test "man finds the pages" {
  command -v man >/dev/null || skip "no man"
  MANPATH=$PWD/share/man man -w vd-align vd-clip.5 vd.7
  MANPATH=$PWD/share/man man 5 vd-clip | grep -q 'clip.json'
}

@test "bash completes programs, verbs, options and words" {
  complete_line() {  # WORDS...: what may stand for the last one
    bash -c 'source "share/bash-completion/completions/$1"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vd
      echo "${COMPREPLY[*]}"' _ "$@"
  }
  equal "$(complete_line vd-clip im)" "import import-stereo import-stage"
  equal "$(complete_line vd-clip import --max)" "--max-side"
  equal "$(complete_line vd-flow --preset be)" "best"
  equal "$(complete_line vd-flow --preset = ul)" "ultrafast"
  equal "$(complete_line vd-align --no-find)" "--no-find-movers"
  equal "$(complete_line vd-flow --config vd-)" ""
}

@test "zsh reads its completion" {
  command -v zsh >/dev/null || skip "no zsh"
  zsh -n share/zsh/vendor-completions/_vd
}

@test "the make rules run a pipeline and then have nothing to do" {
  cd "$BATS_TEST_TMPDIR"
  cat >Makefile <<END
VD := $BATS_FILE_TMPDIR/root/usr/bin/
include $BATS_FILE_TMPDIR/root/usr/share/vd/vd.mk
all: c/flow/dis/stage.json
\$(eval \$(call vd_import,c,in,--image-fps 5))
END
  make_images in 3 png
  make -s all
  jq -e '.times_s == [0, 0.2, 0.4]' c/clip.json
  make -q all
  touch in/f1.png
  rm c/flow/dis/stage.json
  make -s all
  make -q all
}

@test "the make rules align, score and draw a clip and then have nothing to do" {
  cd "$BATS_TEST_TMPDIR"
  cat >Makefile <<END
VD := $BATS_FILE_TMPDIR/root/usr/bin/
include $BATS_FILE_TMPDIR/root/usr/share/vd/vd.mk
VD_ALIGN_FLAGS = --preset preview
all: c/view/path.stage.json c/report/eval.stage.json
\$(eval \$(call vd_synth,c,orbit,--length 6 --width 160 --height 96))
END
  make -s all
  [ -s c/view/sheet.png ]
  make -q all
}
