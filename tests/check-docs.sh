#!/bin/sh
# Fails when the documentation and the programs disagree: generated pages that are stale, pages that do not render, dead
# links, examples with options that do not exist, a house in CONTRIBUTING.md other than that in lib/CMakeLists.txt,
# samples that are no longer in the file they are said to come from.
# shellcheck disable=SC2012,SC2013,SC2016,SC2020
# Usage: tests/check-docs.sh [FOLDER WITH THE PROGRAMS], build/bin without one.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
programs=$(cd "${1:-build/bin}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() {
  echo "check-docs: $1" >&2
  bad=1
}

for tool in jq scdoc man; do
  command -v "$tool" >/dev/null || { echo "check-docs: $tool is missing; share/install-packages.sh test" >&2; exit 77; }
done

# Every program has a page, and every page a program.
ls tools/vd-*.cpp | sed 's|tools/||; s/\.cpp$//' | sort >"$work/programs"
ls man/vd-*.1.scd | sed 's|man/||; s/\.1\.scd$//' | sort >"$work/pages"
diff "$work/programs" "$work/pages" >"$work/diff" || complain "programs (<) and man/*.scd (>): $(grep '^[<>]' "$work/diff" | tr '\n' ' ')"

man/generate.sh "$programs" "$work/made"
(cd "$work/made" && find . -type f) | while read -r file; do
  cmp -s "$work/made/$file" "$file" || { diff -u "$file" "$work/made/$file" | head -20 >&2; echo "$file"; }
done >"$work/stale"
[ -s "$work/stale" ] && complain "stale; run man/generate.sh: $(tr '\n' ' ' <"$work/stale")"

for page in man/*.[1-9]; do
  warnings=$(MANWIDTH=100 man --warnings -l "$page" 2>&1 >/dev/null | head -3)
  [ -z "$warnings" ] || complain "$page: $warnings"
done
bash -n share/completion/vd.bash || complain "share/completion/vd.bash"
if command -v zsh >/dev/null; then zsh -n share/completion/_vd || complain "share/completion/_vd"; fi

# Relative links of the Markdown files.
git ls-files '*.md' | while read -r page; do
  sed -n '/^```/,/^```/!p' "$page" | grep -o '](\([^)]*\))' | sed 's/^](//; s/)$//; s/#.*//' | while read -r link; do
    case $link in '' | http*) continue ;; esac
    [ -e "$(dirname "$page")/$link" ] || echo "$page: $link"
  done
done >"$work/links"
[ -s "$work/links" ] && complain "dead links: $(cat "$work/links")"

# Command lines: those of --help, and those of README, CONTRIBUTING and the man pages. A command starts a line or follows
# a pipe or `; its words up to the next pipe must be a program (and verb) and its options.
for name in $(cat "$work/pages"); do
  "$programs/$name" --json-usage | jq -r '(if has("verbs") then .verbs[] else . end)
    | .program as $program | ([.options[] | .name, .short, (select(.type == "flag") | "--no-" + .name[2:])]
      + ["--help", "--help-all", "--version", "--config", "--print-config", "--json-usage", "-h"])[]
    | select(. != "") | $program + " " + .'
done | sort -u >"$work/options"
{
  for name in $(cat "$work/pages"); do
    "$programs/$name" --json-usage | jq -r '.examples[], (.verbs // [] | .[].examples[])'
  done
  grep -hE '^ *(\$ )?(vd-|.*\| *vd-)' README.md CONTRIBUTING.md man/*.scd || true
  grep -ohE '`vd-[^`]*`' README.md CONTRIBUTING.md | tr -d '`' || true
} | tr '|;&' '\n' | sed -n 's/^.*\(vd-[a-z]* .*\)$/\1/p' | sed 's/>.*//' | sort -u >"$work/commands"
while read -r program rest; do
  grep -qx "$program" "$work/programs" || { complain "no such program: $program $rest"; continue; }
  command=$program
  for word in $rest; do
    case $word in
      -[a-zA-Z]* | --*)
        case $word in --help | --version | --json | --json-usage) continue ;; esac
        grep -qxF -e "$command ${word%%=*}" "$work/options" || complain "'$program $rest': no option $word" ;;
      *) [ "$command" = "$program" ] && grep -q "^$program $word " "$work/options" && command="$program $word" ;;
    esac
  done
done <"$work/commands"

# The house: rows "| `room` | doors | ..." of CONTRIBUTING.md.
sed -n 's/^vd_\(room\|plugin\)(\([a-z]*\) *\(.*\))$/\2 \3/p' lib/CMakeLists.txt |
  sed 's/ LIBS .*//; s/ DOORS / /' | awk '{ printf "%s:", $1; for (i = 2; i <= NF; i++) printf " %s", $i; print "" }' |
  while IFS=: read -r room doors; do echo "$room: $(echo "$doors" | tr ' ' '\n' | sort | xargs)"; done | sort >"$work/rooms"
sed -n 's/^| `lib\/\([a-z]*\)` | \([a-z, -]*\) |.*$/\1: \2/p' CONTRIBUTING.md | sed 's/: -$/: /' |
  while IFS=: read -r room doors; do echo "$room: $(echo "$doors" | tr ', ' '\n\n' | sort | xargs)"; done | sort >"$work/told"
diff "$work/rooms" "$work/told" >"$work/diff" || complain "rooms and doors, lib/CMakeLists.txt (<) and CONTRIBUTING.md (>): $(cat "$work/diff")"

# Samples: a block that follows a line "From `FILE`:" must be in that file, white space apart.
awk -v work="$work" '/^ *From `[^`]*`:$/ { split($0, part, "`"); file = part[2] }
  /^ *```/ { if (inside) { inside = 0; file = ""; close(out) } else if (file != "") { inside = 1; out = work "/sample." ++n; print file > out } ; next }
  inside { print > out }' CONTRIBUTING.md
for sample in "$work"/sample.*; do
  [ -e "$sample" ] || continue
  file=$(head -1 "$sample")
  text=$(tail -n +2 "$sample" | sed 's|///||g; s/^ *//' | tr -s ' \n' '  ')
  sed 's|///||g' "$file" | tr -s ' \n' '  ' | grep -qF -e "${text% }" || complain "CONTRIBUTING.md: sample is not in $file"
done

[ "$bad" -eq 0 ]
