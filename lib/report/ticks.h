// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace vd {

/// Round numbers (1, 2 or 5 times a power of ten apart) within [low, high], about wanted of them; empty when
/// low >= high.
[[nodiscard]] std::vector<double> linear_ticks(double low, double high, int wanted);

/// Round numbers 1, 2, 5 times powers of ten within [low, high] (low > 0): for scales that are not linear.
[[nodiscard]] std::vector<double> decade_ticks(double low, double high);

/// A number as people write it: the given significant digits, no trailing zeros, no exponent between 1e-4 and
/// 1e6; "nan" and "inf" by name.
[[nodiscard]] std::string number_text(double value, int significant_digits = 3);

/// A tick with as many decimals as its step needs: step 0.5 gives "1.0", "1.5"; step 20 gives "40".
[[nodiscard]] std::string tick_text(double value, double step);

/// Whole text of a quantity: "3.2 m"; units "relative" and "affine" are written out of the way: "3.2".
[[nodiscard]] std::string quantity_text(double value, const std::string& unit, int significant_digits = 3);

/// A length in the unit that reads best: "1.3 mm", "4.2 cm", "12 m"; other units as quantity_text.
[[nodiscard]] std::string length_text(double value, const std::string& unit, int significant_digits = 3);

}  // namespace vd
