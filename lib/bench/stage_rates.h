// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "clip/run.h"

namespace vd {

/// One run of a part of a program over a small clip, as its record and its counted work tell it.
struct StageRun {
  std::string stage;  // "flow/dis"
  PlannedStage plan;  // what was counted
  double wall_s = 0;
  double cpu_s = 0;
  double peak_memory_bytes = 0;
  double expected_memory_bytes = 0;
};

/// A program that can be timed: run(...) does its work on the clip in a folder, anew.
struct StageCase {
  std::string program;
  std::function<std::vector<StageRun>(const std::filesystem::path& clip)> run;
};

struct StageCaseOptions {
  std::string scene = "orbit";  // small clips of it suffice for every program
  int frames = 8;               // at least 6
  int width = 320;
  int height = 180;
  int seed = 0;
};

/// The programs in the order in which they need each other: the first renders the clip.
[[nodiscard]] std::vector<StageCase> stage_cases(const StageCaseOptions& options,
                                                 const CommonOptions& common);

}  // namespace vd
