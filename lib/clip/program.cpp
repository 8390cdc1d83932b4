// SPDX-License-Identifier: Apache-2.0
#include "clip/program.h"

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <new>

#include <nlohmann/json.hpp>

#include "clip/command_line.h"
#include "clip/help.h"
#include "core/blas.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/parallel.h"

namespace vd {
namespace {

enum ExitCode { done = 0, failed = 1, misuse = 2, requirement_failed = 3 };

/// Calls body and turns what it throws into one line on standard error and an exit code.
int guarded(const std::function<int()>& body) {
  try {
    return body();
  } catch (const MisuseError& problem) {
    log_error(problem.what());
    return misuse;
  } catch (const RequirementError& problem) {
    log_error(problem.what());
    return requirement_failed;
  } catch (const AlreadySaid&) {
    return failed;
  } catch (const Interrupted& interruption) {
    return 128 + interruption.signal;
  } catch (const std::bad_alloc&) {
    log_error("out of memory; a smaller --memory or --threads needs less");
    return failed;
  } catch (const std::exception& problem) {
    log_error(problem.what());
    return failed;
  }
}

/// A full disk behind a redirected standard output shows only when it is closed.
int close_stdout(int code) {
  const bool good = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::fclose(stdout) == 0;
  if (good || code != done) return code;
  log_error(std::string("standard output: ") + std::strerror(errno));
  return failed;
}

void begin_run(Run& run) {
  const auto level = run.common.quiet     ? LogLevel::quiet
                     : run.common.verbose ? LogLevel::verbose
                                          : LogLevel::normal;
  set_log(run.program, level);
  (void)run.shard();  // a wrong --shard is misuse before any work
  guard_blas_kernel();
  set_thread_count(run.common.threads);
  catch_interrupts();
}

/// Answers --help and its kin; true when that was all that was asked.
bool answered(const CommandLine& line, const ProgramInfo& info, const OptionTable& table, const Run& run) {
  using Request = CommandLine::Request;
  switch (line.request) {
    case Request::run:
      return false;
    case Request::help:
      print_result(help_text(info, table, false));
      return true;
    case Request::help_all:
      print_result(help_text(info, table, true));
      return true;
    case Request::version:
      guard_blas_kernel();
      print_result((run.common.json ? version_json(info.name) : version_line(info.name)) + "\n");
      return true;
    case Request::json_usage:
      print_result(usage_json(info, table) + "\n");
      return true;
    case Request::print_config:
      print_result(config_toml(table));
      return true;
  }
  return false;
}

/// One clip; its path goes to standard output when it is finished, so that the next program of a pipe can
/// start on it.
int run_on_clip(const std::string& path, const ProgramInfo& info, const ClipBody& body, Run& run) {
  return guarded([&] {
    run.records.clear();
    run.planned->clear();
    run.stages->clear();
    body(Clip::open(path), run);
    if (run.common.dry_run && run.stages->size() > 1) {
      print_result("# in all: about " + cost_text(*run.stages, profile_of_this_machine()) + "\n");
    }
    if (!info.prints_itself && !run.printed_result) print_finished(path, run);
    std::fflush(stdout);
    return static_cast<int>(done);
  });
}

/// How bad an exit code is: a failure outranks wrong use (on some clips an option may name nothing), and that
/// a --require that did not hold; an interruption outranks all.
int severity(int code) {
  switch (code) {
    case done:
      return 0;
    case requirement_failed:
      return 1;
    case misuse:
      return 2;
    case failed:
      return 3;
    default:
      return 4;
  }
}

/// Notes how one of several clips ended. True when the next may follow: only an interruption ends everything.
bool goes_on(int code, int& worst) {
  if (severity(code) > severity(worst)) worst = code;
  return severity(code) < severity(128);
}

/// Without arguments, or with "-" alone. Throws MisuseError where that would wait for somebody to type.
bool come_from_stdin(const std::vector<std::string>& arguments, const std::string& program) {
  if (arguments.empty() && isatty(STDIN_FILENO) != 0) {
    throw MisuseError("", "no clip named, and none piped in; see " + program + " --help");
  }
  return arguments.empty() || (arguments.size() == 1 && arguments[0] == "-");
}

int run_on_clips(const std::vector<std::string>& arguments, const ProgramInfo& info, const ClipBody& body,
                 Run& run) {
  int worst = done;
  const auto work = [&](const std::string& path) {
    return goes_on(run_on_clip(path, info, body, run), worst);
  };
  if (!come_from_stdin(arguments, info.name)) {
    for (const auto& path : arguments)
      if (!work(path)) break;
    return worst;
  }
  std::string path;
  while (std::getline(std::cin, path)) {
    if (!path.empty() && !work(path)) break;
  }
  return worst;
}

int run_verb(const Verb& verb, const VerbBody& body, std::vector<std::string> arguments, Run& run) {
  if (verb.from_stdin && come_from_stdin(arguments, run.program + " " + verb.info.name)) {
    arguments.clear();
    std::string line;
    while (std::getline(std::cin, line)) {
      if (!line.empty()) arguments.push_back(line);
    }
    if (arguments.empty()) return done;
  }
  if (!verb.one_by_one || arguments.size() < 2) {
    body(arguments, run);
    return done;
  }
  if (!run.common.output.empty()) throw MisuseError("--output", "names one clip, not several");
  int worst = done;
  for (const auto& argument : arguments) {
    const int code = guarded([&]() -> int {
      body({argument}, run);
      return done;
    });
    if (!goes_on(code, worst)) break;
  }
  return worst;
}

std::vector<std::string> arguments_of(int argc, char** argv, int first) {
  return {argv + std::min(first, argc), argv + argc};
}

}  // namespace

void print_result(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_finished(const std::filesystem::path& clip, const Run& run) {
  if (run.common.dry_run) return;
  std::string line = clip.string();
  if (run.common.json) {
    nlohmann::json object = {{"clip", clip.string()}, {"stages", nlohmann::json::array()}};
    for (const auto& record : run.records) object["stages"].push_back(nlohmann::json::parse(record));
    line = object.dump();
  }
  print_result(line + "\n");
  std::fflush(stdout);  // the next program of a pipe can start
}

namespace {

/// The options and the arguments of a program, brought together: work(arguments) unless another answer was
/// asked for.
int run_declared(const ProgramInfo& info, int argc, char** argv, OptionTable& table, Run& run,
                 const std::function<int(const std::vector<std::string>&)>& work) {
  describe(run.common, table, info.common);
  run.program = info.name;
  run.table = &table;
  run.command_line = fmt::format("{}", fmt::join(arguments_of(argc, argv, 0), " "));
  const CommandLine line = parse_command_line(info.name, arguments_of(argc, argv, 1), table);
  if (answered(line, info, table, run)) return done;
  begin_run(run);
  return work(line.arguments);
}

}  // namespace

int run_alone(const ProgramInfo& info, int argc, char** argv, const DeclareProgram& declare) {
  set_log(info.name, LogLevel::normal);
  return close_stdout(guarded([&] {
    Run run;
    OptionTable table;
    const ProgramBody body = declare(table);
    return run_declared(info, argc, argv, table, run, [&](const std::vector<std::string>& arguments) {
      body(arguments, run);
      return static_cast<int>(done);
    });
  }));
}

int run_program(const ProgramInfo& info, int argc, char** argv, const DeclareClipProgram& declare) {
  set_log(info.name, LogLevel::normal);
  return close_stdout(guarded([&] {
    Run run;
    OptionTable table;
    const ClipBody body = declare(table);
    return run_declared(info, argc, argv, table, run, [&](const std::vector<std::string>& arguments) {
      return run_on_clips(arguments, info, body, run);
    });
  }));
}

int run_verbs(const ProgramInfo& info, int argc, char** argv, const std::vector<Verb>& verbs) {
  set_log(info.name, LogLevel::normal);
  return close_stdout(guarded([&]() -> int {
    const std::string word = argc > 1 ? argv[1] : "";
    if (word == "--help" || word == "-h" || word == "help") {
      print_result(verbs_help_text(info, verbs));
      return done;
    }
    if (word == "--json-usage") {
      print_result(verbs_usage_json(info, verbs) + "\n");
      return done;
    }
    if (word == "--version") {
      const bool as_json = argc > 2 && std::string(argv[2]) == "--json";
      print_result((as_json ? version_json(info.name) : version_line(info.name)) + "\n");
      return done;
    }
    for (const auto& verb : verbs) {
      if (verb.info.name != word) continue;
      Run run;
      OptionTable table;
      const VerbBody body = verb.declare(table);
      describe(run.common, table, verb.info.common);
      const ProgramInfo verb_info = full_info(info, verb);
      run.program = info.name;
      run.table = &table;
      run.command_line = fmt::format("{}", fmt::join(arguments_of(argc, argv, 0), " "));
      const CommandLine line = parse_command_line(verb_info.name, arguments_of(argc, argv, 2), table);
      if (answered(line, verb_info, table, run)) return done;
      begin_run(run);
      return run_verb(verb, body, line.arguments, run);
    }
    const std::string reason = word.empty() ? "no verb given" : fmt::format("'{}' is no verb", word);
    throw MisuseError("", fmt::format("{}; see {} --help", reason, info.name));
  }));
}

}  // namespace vd
