// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "clip/clip.h"
#include "clip/run.h"
#include "core/options.h"

namespace vd {

/// What --help says about a program (or a verb of it) beside its options.
struct ProgramInfo {
  std::string name;                   // "vd-align"
  std::string summary;                // one sentence
  std::string usage;                  // "[CLIP...]"
  std::vector<std::string> examples;  // runnable lines
  CommonOptionsUse common;
  bool prints_itself =
      false;  // standard output carries the program's own table or JSON, no paths and records
};

/// The work of a program on one clip.
using ClipBody = std::function<void(const Clip& clip, Run& run)>;
/// Declares the program's own options (their values live in what the returned body captures).
using DeclareClipProgram = std::function<ClipBody(OptionTable& table)>;

/// Runs a program over clips: those named on the command line or, without any (or with "-"), those whose
/// paths come line by line from standard input; the path of each finished clip goes to standard output. Knows
/// argv, --help, --version,
/// --json-usage, --config, threads, signals and exit codes: 0 done, 1 failed, 2 misuse, 3 a --require did not
/// hold, 130/143 interrupted. A clip that fails does not stop the others; the worst code of all is returned,
/// where 1 is worse than 2 and 2 than 3.
int run_program(const ProgramInfo& info, int argc, char** argv, const DeclareClipProgram& declare);

/// A program that works on no clip: its words are called once with the arguments of the command line.
using ProgramBody = std::function<void(const std::vector<std::string>& arguments, Run& run)>;
using DeclareProgram = std::function<ProgramBody(OptionTable& table)>;
int run_alone(const ProgramInfo& info, int argc, char** argv, const DeclareProgram& declare);

/// A verb such as "import" of vd-clip: its own options, positional arguments instead of clips.
using VerbBody = std::function<void(const std::vector<std::string>& arguments, Run& run)>;
struct Verb {
  ProgramInfo info;  // name is the verb
  std::function<VerbBody(OptionTable& table)> declare;
  bool one_by_one = false;  // called once an argument: one that fails does not stop the others
  bool from_stdin = false;  // without arguments, or with "-", they come line by line from standard input
};
int run_verbs(const ProgramInfo& info, int argc, char** argv, const std::vector<Verb>& verbs);

/// Thrown when a --require did not hold: exit code 3.
class RequirementError : public Error {
 public:
  using Error::Error;
};

/// Thrown when what was printed says already what is wrong (vd-clip check): exit code 1, not one word more.
struct AlreadySaid {};

/// The path of a clip that is finished, or with --json its path and the records of the stages written: one
/// line on standard output for the next program of a pipe. Nothing with --dry-run.
void print_finished(const std::filesystem::path& clip, const Run& run);

/// A result for people or programs on standard output; run_program checks at the end that all of it arrived.
void print_result(const std::string& text);

}  // namespace vd
