// SPDX-License-Identifier: Apache-2.0
#include "report/ticks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vd {
namespace {

/// The decimals that show the given significant digits of a value.
int decimals_for(double value, int significant_digits) {
  if (value == 0) return 0;
  const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
  return std::clamp(significant_digits - 1 - magnitude, 0, 12);
}

}  // namespace

std::vector<double> linear_ticks(double low, double high, int wanted) {
  if (!(high > low) || !std::isfinite(high - low) || wanted < 1) return {};
  const double raw = (high - low) / wanted;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw * 0.75) {
      step = factor * power;
      break;
    }
  }
  std::vector<double> ticks;
  const double slack = 1e-9 * step;
  for (double k = std::ceil((low - slack) / step); k * step <= high + slack; ++k)
    ticks.push_back(k * step + 0.0);
  return ticks;
}

std::vector<double> decade_ticks(double low, double high) {
  std::vector<double> ticks;
  if (!(low > 0) || !(high >= low) || !std::isfinite(high)) return ticks;
  for (int decade = static_cast<int>(std::floor(std::log10(low))); std::pow(10, decade) <= high; ++decade) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * std::pow(10, decade);
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) ticks.push_back(value);
    }
  }
  return ticks;
}

std::string number_text(double value, int significant_digits) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  const double size = std::abs(value);
  if (size != 0 && (size < 1e-4 || size >= 1e6)) return fmt::format("{:.{}e}", value, significant_digits - 1);
  std::string text = fmt::format("{:.{}f}", value, decimals_for(value, significant_digits));
  if (text.find('.') != std::string::npos) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string tick_text(double value, double step) {
  const int decimals =
      step > 0 ? std::clamp(-static_cast<int>(std::floor(std::log10(step * 1.0001))), 0, 12) : 0;
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  return text.find_first_of("123456789") == std::string::npos && text.front() == '-' ? text.substr(1) : text;
}

std::string quantity_text(double value, const std::string& unit, int significant_digits) {
  const std::string number = number_text(value, significant_digits);
  return unit == "m" ? number + " m" : number;
}

std::string length_text(double value, const std::string& unit, int significant_digits) {
  if (unit != "m" || value == 0 || std::abs(value) >= 1)
    return quantity_text(value, unit, significant_digits);
  if (std::abs(value) >= 0.01) return number_text(100 * value, significant_digits) + " cm";
  if (std::abs(value) >= 1e-7) return number_text(1000 * value, significant_digits) + " mm";
  return "0 mm";
}

}  // namespace vd
