// SPDX-License-Identifier: Apache-2.0
#include "clip/help.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <opencv2/core/version.hpp>

#include "clip/version.h"
#include "core/blas.h"
#include "core/parallel.h"

namespace vd {
namespace {

using nlohmann::json;
constexpr std::size_t help_column = 28;
constexpr std::size_t screen_width = 100;

/// Words of a text broken into lines that begin at help_column.
std::string wrapped(const std::string& text) {
  std::string result;
  std::size_t column = help_column;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::size_t length = end - begin;
    if (column > help_column && column + 1 + length > screen_width) {
      result += "\n" + std::string(help_column, ' ');
      column = help_column;
    } else if (column > help_column) {
      result += ' ';
      ++column;
    }
    result += text.substr(begin, length);
    column += length;
    begin = end + 1;
  }
  return result;
}

std::string names_column(const Option& option) {
  const auto comma = option.name.find(',');
  std::string names = comma == std::string::npos
                          ? "    " + option.name
                          : option.name.substr(comma + 1) + ", " + option.name.substr(0, comma);
  if (option.type == "int" || option.type == "number") names += " N";
  if (option.type == "text" || option.type == "list") names += " TEXT";
  if (option.type == "size") names += " SIZE";
  if (option.type == "choice") names += " WORD";
  return "  " + names;
}

std::string option_text(const Option& option) {
  std::string help = option.help;
  if (!option.choices.empty()) help += fmt::format(": {}", fmt::join(option.choices, " | "));
  std::vector<std::string> notes;
  if (option.type == "flag") {
    if (option.default_value == "true")
      notes.push_back("on; --no-" + long_name(option).substr(2) + " for off");
  } else if (!option.default_value.empty() && option.default_value != "0") {
    notes.push_back("default " + option.default_value);
  }
  if (!notes.empty()) help += fmt::format(" ({})", fmt::join(notes, "; "));
  const std::string names = names_column(option);
  const std::string gap = names.size() + 2 > help_column ? "\n" + std::string(help_column, ' ')
                                                         : std::string(help_column - names.size(), ' ');
  return names + gap + wrapped(help) + "\n";
}

/// Headings in the order of their first use: rooms may come back to one.
std::vector<std::string> topics(const OptionTable& table) {
  std::vector<std::string> headings;
  for (const auto& option : table.options()) {
    if (std::find(headings.begin(), headings.end(), option.topic) == headings.end())
      headings.push_back(option.topic);
  }
  return headings;
}

std::string examples_text(const ProgramInfo& info) {
  std::string text = "\nExamples:\n";
  for (const auto& example : info.examples) text += "  " + example + "\n";
  return info.examples.empty() ? "" : text;
}

}  // namespace

std::string help_text(const ProgramInfo& info, const OptionTable& table, bool all) {
  std::string text =
      info.summary + "\n\nUsage: " + info.name + " [options] " + info.usage + "\n" + examples_text(info);
  for (const auto& topic : topics(table)) {
    std::string lines;
    for (const auto& option : table.options()) {
      if (option.topic == topic && (all || !option.advanced)) lines += option_text(option);
    }
    if (!lines.empty()) text += "\n" + topic + ":\n" + lines;
  }
  text +=
      "\nAlso: --help-all, --version [--json], --config FILE.toml, --print-config, --json-usage; see man " +
      info.name.substr(0, info.name.find(' ')) + "\n";
  return text;
}

std::string verbs_help_text(const ProgramInfo& info, const std::vector<Verb>& verbs) {
  std::string text = info.summary + "\n\nUsage: " + info.name + " VERB [options] " + info.usage + "\n" +
                     examples_text(info) + "\nVerbs:\n";
  for (const auto& verb : verbs) text += fmt::format("  {:14} {}\n", verb.info.name, verb.info.summary);
  return text + "\nOptions of a verb: " + info.name + " VERB --help\n";
}

ProgramInfo full_info(const ProgramInfo& program, const Verb& verb) {
  ProgramInfo info = verb.info;
  info.name = program.name + " " + info.name;
  return info;
}

namespace {

json usage(const ProgramInfo& info, const OptionTable& table) {
  json options = json::array();
  for (const auto& option : table.options()) {
    const auto comma = option.name.find(',');
    options.push_back({{"name", long_name(option)},
                       {"short", comma == std::string::npos ? "" : option.name.substr(comma + 1)},
                       {"type", option.type},
                       {"default", option.default_value},
                       {"range", option.range},
                       {"choices", option.choices},
                       {"topic", option.topic},
                       {"help", option.help},
                       {"advanced", option.advanced},
                       {"changes_result", option.changes_result},
                       {"changes", option.parts}});
  }
  return {{"program", info.name},
          {"summary", info.summary},
          {"usage", info.usage},
          {"examples", info.examples},
          {"options", options}};
}

}  // namespace

std::string usage_json(const ProgramInfo& info, const OptionTable& table) {
  return usage(info, table).dump(1);
}

std::string verbs_usage_json(const ProgramInfo& info, const std::vector<Verb>& verbs) {
  json list = json::array();
  for (const auto& verb : verbs) {
    Run run;
    OptionTable table;
    const VerbBody body = verb.declare(table);  // holds the values that the table points to
    describe(run.common, table, verb.info.common);
    list.push_back(usage(full_info(info, verb), table));
  }
  const json whole = {{"program", info.name},
                      {"summary", info.summary},
                      {"usage", info.usage},
                      {"examples", info.examples},
                      {"verbs", list}};
  return whole.dump(1);
}

std::string config_toml(const OptionTable& table) {
  std::string text;
  for (const auto& option : table.options()) {
    const bool quoted = option.type == "text" || option.type == "list" || option.type == "choice";
    const std::string mark = option.get().find('"') == std::string::npos ? "\"" : "'";
    const std::string value = quoted ? mark + option.get() + mark : option.get();
    text += fmt::format("# {}\n{} = {}\n", option.help, long_name(option).substr(2), value);
  }
  return text;
}

std::string version_line(const std::string& program) { return program + " " + version_text(); }

std::string version_json(const std::string& program) {
  const json version = {{"program", program},           {"version", version_text()},
                        {"compiler", __VERSION__},      {"opencv", CV_VERSION},
                        {"blas_kernel", blas_kernel()}, {"cores_allowed", allowed_cores()}};
  return version.dump(1);
}

}  // namespace vd
