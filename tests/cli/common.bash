# What the tests of the programs share. Each test starts in an empty folder of its own.
bats_require_minimum_version 1.5.0

: "${VD_SOURCE:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${VD_BUILD:=$VD_SOURCE/build}"
PATH=$VD_BUILD/bin:$PATH

in_empty_folder() { cd "$BATS_TEST_TMPDIR" || return 1; }

# N frames of a moving test pattern as a video, ten a second.
make_video() {  # FILE FRAMES [WIDTHxHEIGHT]
  ffmpeg -v error -y -f lavfi -i "testsrc2=size=${3:-64x48}:rate=10:duration=10" -frames:v "$2" -c:v mpeg4 -q:v 2 "$1"
}

# N numbered images of a moving test pattern.
make_images() {  # FOLDER FRAMES EXTENSION [WIDTHxHEIGHT]
  mkdir -p "$1"
  ffmpeg -v error -y -f lavfi -i "testsrc2=size=${4:-64x48}:rate=10:duration=10" -frames:v "$2" "$1/f%d.$3"
}

# Digest of all results below a folder. Records hold times, and are left out.
results_digest() {
  (cd "$1" && find . -type f ! -name '*stage*.json' | LC_ALL=C sort | xargs sha256sum | sha256sum)
}

count_files() { find "$1" -maxdepth 1 -type f -name "$2" | wc -l; }

# Standard error is one line that contains every given text.
is_one_line_with() {
  [ "${#stderr_lines[@]}" -eq 1 ] || { echo "standard error: $stderr"; return 1; }
  local text
  for text in "$@"; do
    [[ $stderr == *"$text"* ]] || { echo "'$text' is not in: $stderr"; return 1; }
  done
}

equal() { [ "$1" = "$2" ] || { echo "got '$1', want '$2'"; return 1; }; }
