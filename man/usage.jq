# SPDX-License-Identifier: Apache-2.0
# What is made of a program's --json-usage; each output starts at one of the last definitions. Input: one usage object.

# The program itself, or its verbs.
def commands: if has("verbs") then .verbs[] else . end;
# Answered by every program beside its own options.
def shared: [
  {name: "--config", value: "FILE", help: "take options from a TOML file whose keys are long option names; the command line wins"},
  {name: "--print-config", help: "print the options as such a file, and stop"},
  {name: "--help", short: "-h", help: "print a help of one screen; --help-all also shows the rarely needed options"},
  {name: "--help-all", help: "print a help with all options"},
  {name: "--version", help: "print the version; with --json also compiler, libraries and the BLAS kernel in use"},
  {name: "--json-usage", help: "print the interface as JSON"}];
def is_on: .type == "flag" and .default == "true";
def off_name: "--no-" + .name[2:];
def value_word:
  if .value then .value
  elif .type == "int" or .type == "number" then "N"
  elif .type == "size" then "SIZE"
  elif .type == "choice" then "WORD"
  elif .type == "text" or .type == "list" then "TEXT"
  else "" end;
# Options that all verbs have alike are told once.
def common_options:
  if has("verbs") then [.verbs[].options] | .[1:] as $rest
    | [.[0][] | . as $option | select(all($rest[]; index([$option]) != null))]
  else [] end;
def notes:
  [ if .type == "flag" then (if is_on then "on unless " + off_name else empty end)
    elif .default != "" and .default != null and .default != "0" then "default " + .default else empty end,
    if (.range // "") != "" then "range " + .range else empty end ];

# --- scdoc
def scd: gsub("(?<c>[\\\\*_`])"; "\\\(.c)");
def scd_option:
  ([ "*" + (.name | scd) + "*",
     (if is_on then "*" + (off_name | scd) + "*" else empty end),
     (if (.short // "") != "" then "*" + .short + "*" else empty end) ] | join(", "))
  + (value_word | if . == "" then "" else " _" + . + "_" end) + "\n"
  + "\t" + (.help | scd)
  + (if (.choices // []) != [] then ": " + (.choices | map("*" + scd + "*") | join(", ")) else "" end)
  + (notes | if . == [] then "" else " (" + (map(scd) | join("; ")) + ")" end) + "\n";
def scd_topics($left_out):
  [.options[] | select(. as $option | $left_out | index([$option]) | not)] as $options
  | reduce $options[].topic as $topic ([]; if index([$topic]) then . else . + [$topic] end)
  | .[] as $topic | "## " + ($topic | ascii_upcase) + "\n",
    ($options[] | select(.topic == $topic) | scd_option);
def scd_options:
  if has("verbs") then
    common_options as $common
    | (.verbs[] | . as $verb | "# " + (.program | split(" ") | .[1] | ascii_upcase) + "\n",
        "*" + (.program | scd) + "* [options] _" + (.usage | scd) + "_: " + (.summary | scd) + ".\n",
        (.options[] | select(. as $option | $common | index([$option]) | not) | scd_option)),
      "# OPTIONS OF EVERY VERB\n", ($common[] | scd_option), (shared[] | scd_option)
  else "# OPTIONS\n", scd_topics([]), "## EVERY PROGRAM\n", (shared[] | scd_option) end;
def scd_synopsis:
  [commands | "*" + (.program | scd) + "* [options] " + (.usage | gsub("(?<w>[A-Z]+)"; "_\(.w)_"))] | join("++\n");
def scd_examples:
  "```", ([.examples[], (if has("verbs") then .verbs[].examples[] else empty end)]
          | reduce .[] as $line ([]; if index([$line]) then . else . + [$line] end) | .[]), "```";

# --- Markdown
def md: gsub("(?<c>[|<>])"; "\\\(.c)");
def md_options:
  commands | "\n## " + .program + "\n\n" + .summary + "\n\n| option | default | meaning |\n|---|---|---|",
    (.options[] | "| `" + .name + (value_word | if . == "" then "" else " " + . end) + "`"
      + (if .short != "" then " `" + .short + "`" else "" end) + " | "
      + (if .default == "" then "" else "`" + .default + "`" end) + " | " + (.help | md)
      + (if .choices != [] then ": " + (.choices | map("`" + . + "`") | join(", ")) else "" end)
      + (if .range != "" then " (" + (.range | md) + ")" else "" end) + " |");

# --- completion: one line a command, "PROGRAM [VERB]" and what follows.
def option_words: [.options[] | .name, (if .type == "flag" then off_name else empty end), (.short | select(. != ""))]
  + [shared[] | .name] + ["-h"] | unique | join(" ");
def sh_quote: gsub("'"; "'\\''");
def bash_cases:
  (select(has("verbs")) | "    '" + .program + " verbs') words='" + ([.verbs[].program | split(" ")[1]] | join(" ")) + "' ;;"),
  (commands | "    '" + .program + " options') words='" + option_words + "' ;;",
    (.program as $program | .options[] | select(.choices != [])
      | "    '" + $program + " " + .name + "') words='" + (.choices | join(" ")) + "' ;;"));
# Options with a free value: the shell completes file names behind them, and no option.
def bash_values: [commands.options[] | select(.type != "flag" and .choices == []) | .name, (.short | select(. != ""))];
def zsh_text: gsub("(?<c>[\\[\\]\\\\:])"; "\\\(.c)") | sh_quote;
def zsh_action:
  if (.choices // []) != [] then ":word:(" + (.choices | join(" ")) + ")"
  elif .type == "text" or .type == "list" or .value == "FILE" then ":text:_files"
  elif .type == "flag" or .type == null then ""
  else ":" + (value_word | ascii_downcase) + ":" end;
def zsh_spec:
  . as $option | [.name, (.short // "" | select(. != ""))][]
    | "'" + (if $option.type == "list" then "*" else "" end) + . + "[" + ($option.help | zsh_text) + "]"
      + ($option | zsh_action) + "'";
def zsh_specs:
  (.options[] | zsh_spec, (select(.type == "flag") | "'" + off_name + "[not: " + (.help | zsh_text) + "]'")),
  (shared[] | zsh_spec), "'*:argument:_files'";
def zsh_function_name: "_" + (.program | gsub("[ -]"; "_"));
def zsh_functions:
  commands | zsh_function_name + "() {\n  _arguments -s \\\n    " + ([zsh_specs] | join(" \\\n    ")) + "\n}\n";
