#!/usr/bin/env bats
# The recipe of CONTRIBUTING.md, "Your first flow method", as it stands there: its two files and two lines are put into a
# copy of lib/flow, compiled with the flags of the build, and linked over the built libraries.

load common

# The block of code that follows the first line with the given text.
block_after() {
  awk -v text="$1" 'index($0, text) { found = 1 } found && /^```/ { if (inside) exit; inside = 1; next } inside' \
    "$VD_SOURCE/CONTRIBUTING.md"
}

# The command that compiled a source of the tree, for another source, object, and a folder that is searched first.
compile_like() {  # MODEL SOURCE OBJECT
  local command
  command=$(jq -r --arg file "$VD_SOURCE/$1" '.[] | select(.file == $file) | .command' "$VD_BUILD/compile_commands.json")
  command=${command%% -o *}
  (cd "$VD_BUILD" && eval "${command/ -I/ -I$tree\/lib -I}" -o "$3" -c "$2")
}

# The command that links a program of the build, with further objects and another output.
link_like() {  # PROGRAM OUTPUT OBJECTS...
  local command output=$2
  command=$(cd "$VD_BUILD" && ninja -t commands "bin/$1" | tail -1)
  command=${command#: && }
  command=${command% && :}
  shift 2
  (cd "$VD_BUILD" && eval "${command/ -o bin\/*([^ ])/ $* -o $output}")
}

@test "a method made by the recipe runs, and passes the tests of every method" {
  [ -e "$VD_BUILD/build.ninja" ] || skip "not a Ninja build"
  shopt -s extglob
  tree=$BATS_TEST_TMPDIR/tree
  mkdir -p "$tree/lib"
  cp -r "$VD_SOURCE/lib/flow" "$tree/lib/flow"
  block_after 'Create `lib/flow/block_matching.h`' >"$tree/lib/flow/block_matching.h"
  block_after 'Create `lib/flow/block_matching.cpp`' >"$tree/lib/flow/block_matching.cpp"
  block_after 'add to the includes' >"$tree/include"
  block_after 'and to the table in `flow_methods()`' >"$tree/line"
  sed -i -e "/#include \"flow\/dense_flow.h\"/r $tree/include" -e "/{\"farneback\", /r $tree/line" "$tree/lib/flow/dense_flow.cpp"
  grep -q 'block_matching}' "$tree/lib/flow/dense_flow.cpp"

  for name in block_matching dense_flow; do
    compile_like lib/flow/dense_flow.cpp "$tree/lib/flow/$name.cpp" "$tree/$name.o"
  done
  link_like vd-flow "$tree/vd-flow" "$tree/block_matching.o" "$tree/dense_flow.o"
  "$tree/vd-flow" --json-usage | jq -e '.options[] | select(.name == "--method") | .choices | index("block-matching")'
  cd "$tree"
  make_images in 3 png 48x32
  vd-clip import in -o c
  ./vd-flow c --method block-matching
  equal "$(count_files c/flow/block-matching '0*.exr')" 4

  if [ -x "$VD_BUILD/bin/test_flow" ]; then
    link_like test_flow "$tree/test_flow" "$tree/block_matching.o" "$tree/dense_flow.o"
    ./test_flow "every method finds a shift with every preset"
    ./test_flow "flow takes images of any size and refuses unequal ones"
  fi
}
