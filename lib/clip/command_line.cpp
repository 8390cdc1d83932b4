// SPDX-License-Identifier: Apache-2.0
#include "clip/command_line.h"

#include <CLI/CLI.hpp>

#include <algorithm>

#include "core/error.h"

namespace vd {
namespace {

/// CLI11 wants "-o,--output"; the table says "--output,-o".
std::string cli_names(const Option& option) {
  const auto comma = option.name.find(',');
  const std::string long_form = option.name.substr(0, comma);
  const std::string short_form = comma == std::string::npos ? "" : option.name.substr(comma + 1) + ",";
  if (option.type != "flag") return short_form + long_form;
  return short_form + long_form + ",!--no-" + long_form.substr(2);
}

void bind(CLI::App& app, const Option& option) {
  if (option.type == "flag") {
    app.add_flag_function(cli_names(option),
                          [&option](std::int64_t count) { option.set(count > 0 ? "true" : "false"); });
  } else if (option.type == "list") {
    const auto set_all = [&option](const std::vector<std::string>& texts) {
      for (const auto& text : texts) option.set(text);
    };
    app.add_option_function<std::vector<std::string>>(cli_names(option), set_all)
        ->take_all()
        ->expected(1)
        ->allow_extra_args(false);
  } else {
    app.add_option_function<std::string>(cli_names(option),
                                         [&option](const std::string& text) { option.set(text); });
  }
}

/// An unset variable of a script must not pass for a list of nothing; a configuration may say so.
void refuse_empty_lists(const std::vector<std::string>& argv, const OptionTable& table) {
  for (const auto& option : table.options()) {
    if (option.type != "list") continue;
    const std::string name = long_name(option);
    for (std::size_t k = 0; k < argv.size(); ++k) {
      const bool is_joined = argv[k].compare(0, name.size() + 1, name + "=") == 0;
      if (!is_joined && (argv[k] != name || k + 1 == argv.size())) continue;
      const std::string text = is_joined ? argv[k].substr(name.size() + 1) : argv[k + 1];
      if (text.find_first_not_of(" ,") == std::string::npos) throw MisuseError(name, "is empty");
    }
  }
}

CommandLine::Request requested(const CLI::App& app) {
  using Request = CommandLine::Request;
  const auto has = [&](const char* name) { return app.get_option(name)->count() > 0; };
  if (has("--help")) return Request::help;
  if (has("--help-all")) return Request::help_all;
  if (has("--version")) return Request::version;
  if (has("--json-usage")) return Request::json_usage;
  if (has("--print-config")) return Request::print_config;
  return Request::run;
}

}  // namespace

CommandLine parse_command_line(const std::string& program, const std::vector<std::string>& argv,
                               OptionTable& table) {
  CLI::App app("", program);
  app.set_help_flag();
  app.add_flag("-h,--help");
  for (const char* name : {"--help-all", "--version", "--json-usage", "--print-config"}) app.add_flag(name);
  app.set_config("--config");
  app.allow_config_extras(CLI::config_extras_mode::error);  // a misspelt name must not pass in silence
  CommandLine line;
  app.add_option("arguments", line.arguments)->configurable(false);
  for (const auto& option : table.options()) bind(app, option);
  // A lone "-" is an argument (standard input) to vd, and an error to CLI11.
  std::vector<std::string> reversed;
  bool from_stdin = false;
  for (const auto& text : argv) {
    if (text == "-")
      from_stdin = true;
    else
      reversed.insert(reversed.begin(), text);
  }
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& problem) {
    throw MisuseError("", std::string(problem.what()) + "; see " + program + " --help");
  }
  refuse_empty_lists(argv, table);
  if (from_stdin) line.arguments.insert(line.arguments.begin(), "-");
  line.request = requested(app);
  return line;
}

}  // namespace vd
