// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/requirement.h"
#include "report/table.h"
#include "stage/eval_stage.h"

namespace vd {

/// Scores of a clip on their way to a report.
struct Evaluation {
  std::vector<int> frames;
  std::vector<Metric> metrics;
  std::map<std::string, std::vector<double>> per_frame;
  nlohmann::ordered_json facts = nlohmann::ordered_json::object();  // "protocol", "depth", "poses", "masks"
  std::vector<std::string> notes;
};

/// Bytes of pixels that are kept between rounds under this bound (0: none) of the memory of the process.
[[nodiscard]] std::size_t kept_pixel_bytes(std::size_t memory_bytes);

/// Each scores one kind of result where both it and its truth exist, and notes why it could not. Pixels are
/// kept in half of memory_bytes (of 1 GB where that is 0); frames beyond are read several times.
void evaluate_depth_of(const Clip& clip, const Results& results, const EvalStageOptions& options,
                       std::size_t memory_bytes, Evaluation& scores);
void evaluate_poses_of(const Clip& clip, const Results& results, const EvalStageOptions& options,
                       Evaluation& scores);
void evaluate_masks_of(const Clip& clip, const Results& results, const EvalStageOptions& options,
                       Evaluation& scores);

/// The file of estimated intrinsics to score; empty when there is none.
[[nodiscard]] std::filesystem::path intrinsics_file(const Clip& clip, const Results& results,
                                                    const EvalStageOptions& options);

[[nodiscard]] std::string to_json_text(const Evaluation& scores);
/// Reads a report back; throws Error when it is damaged.
[[nodiscard]] Evaluation from_json_text(const std::string& text, const std::string& where);

/// The report as tables for people.
[[nodiscard]] std::string evaluation_tables(const std::string& clip_name, const Evaluation& scores,
                                            TableFormat format);

}  // namespace vd
