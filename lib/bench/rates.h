// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "bench/timing.h"
#include "clip/clip.h"
#include "core/machine_profile.h"

namespace vd {

/// One kind of work to be timed.
struct RateCase {
  WorkKind kind;
  double amount = 0;  // of a call, in the unit of the kind
  Work beside;        // other work that a call does; its time is taken off
  std::function<void(std::size_t thread)> call;
  std::string how;  // library or setting, where there is a choice
};

/// The rate of one kind of work, of one thread while all are at work.
struct MeasuredRate {
  WorkKind kind;
  double per_second = 0;  // by the median
  double least = 0;       // by the slowest repetition
  double most = 0;
  Timing timing;
  std::string how;
};

/// What any program is bound by: matrix product, convolution, multiply-add loop, copy.
[[nodiscard]] std::vector<RateCase> machine_cases();

/// What vd's own programs do, on the frames of a rendered clip with its truth (nine frames or more). Files
/// are written into and read from a folder.
[[nodiscard]] std::vector<RateCase> program_cases(const Clip& clip, const std::filesystem::path& folder);

/// Times a case, and notes its rate in the profile, which later cases take off what they do beside.
[[nodiscard]] MeasuredRate measure(const RateCase& rate_case, int repetitions, MachineProfile& profile);

}  // namespace vd
