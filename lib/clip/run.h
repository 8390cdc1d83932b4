// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "clip/prediction.h"
#include "core/options.h"
#include "core/progress.h"

namespace vd {

/// Which part of a stage's items this process computes: item k where k mod count == index - 1.
struct Shard {
  int index = 1;
  int count = 1;
  [[nodiscard]] bool takes(std::size_t item) const {
    return static_cast<int>(item % static_cast<std::size_t>(count)) == index - 1;
  }
};

/// "I/N" with 1 <= I <= N; throws MisuseError otherwise.
[[nodiscard]] Shard parse_shard(const std::string& text);

/// The options every stage of every program has, with one meaning everywhere.
struct CommonOptions {
  std::string output;  // -o: name of the stage to write
  std::string frames;  // A:B[:S]
  int threads = 0;     // 0 = the cores this process may use
  std::size_t memory_bytes = 0;
  int seed = 0;
  bool force = false;
  bool dry_run = false;
  bool native_size = false;
  bool quiet = false;
  bool verbose = false;
  bool json = false;
  bool provenance = true;
  std::string shard = "1/1";
  ProgressMode progress = ProgressMode::automatic;
};

/// Declares them; a program leaves out those that mean nothing to it.
struct CommonOptionsUse {
  bool output = true;
  std::string output_help = "name of the stage to write";
  bool frames = true;
  bool native_size = true;
  std::vector<std::string> native_size_changes;  // parts of the results; empty: all
  bool seed = true;
  std::vector<std::string> seed_changes;
  bool force = true;
  bool items = true;   // --dry-run, --shard
  bool record = true;  // --provenance
  bool memory = true;
};
void describe(CommonOptions& options, OptionTable& table, const CommonOptionsUse& use);

/// What a stage adaptor gets beside its clip: the common options and the program's name and version, for the
/// record.
struct Run {
  std::string program;
  CommonOptions common;
  const OptionTable* table = nullptr;  // all options of this program, for the record and the digest
  std::string command_line;
  bool printed_result = false;  // standard output carries what was asked for; no path of the clip after it
  std::vector<std::string> records;  // of the stages finished on the present clip, as JSON, for --json
  /// With --dry-run: files of the present clip that earlier parts of the run would write, shared by all
  /// copies of this object; what is made from them would be made anew.
  std::shared_ptr<std::set<std::filesystem::path>> planned =
      std::make_shared<std::set<std::filesystem::path>>();

  /// The stages begun on the present clip, with the work that was counted; shared by all copies.
  std::shared_ptr<std::vector<PlannedStage>> stages = std::make_shared<std::vector<PlannedStage>>();

  [[nodiscard]] Shard shard() const { return parse_shard(common.shard); }
  [[nodiscard]] std::string output_or(const std::string& default_name) const {
    return common.output.empty() ? default_name : common.output;
  }
};

}  // namespace vd
