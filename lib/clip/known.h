// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace vd {

/// What is done with a thing that the user knows. fixed: it stays as it is. prior: it is one more
/// measurement, with a standard deviation. init: only a first guess.
enum class KnownMode { fixed, prior, init };

struct KnownAs {
  KnownMode mode = KnownMode::fixed;
  /// Of a prior. Intrinsics: that of the focal length, relative to it. Poses: of the place, in the unit of
  /// the poses, and of the rotation, in degrees.
  std::vector<double> sigmas;
};

/// A known thing as options name it: TEXT, TEXT:fixed, TEXT:init or TEXT:prior=SIGMA[,SIGMA].
struct Known {
  std::string text;
  KnownAs as;
};

/// Splits an option's value. sigma_count: how many sigmas a prior may have; the first is needed. A file of
/// that whole name wins over the meaning of its end. Throws MisuseError naming the option.
[[nodiscard]] Known parse_known(const std::string& option, const std::string& value, std::size_t sigma_count);

[[nodiscard]] std::string known_mode_word(KnownMode mode);

}  // namespace vd
