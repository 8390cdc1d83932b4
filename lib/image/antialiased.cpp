// SPDX-License-Identifier: Apache-2.0
#include "image/antialiased.h"

#include <algorithm>
#include <cmath>

namespace vd {
namespace {

constexpr int kFractionBits = 22;
constexpr double kPi = 3.14159265358979323846;

double sinc(double x) { return x == 0 ? 1.0 : std::sin(kPi * x) / (kPi * x); }

double weight(AntialiasedFilter filter, double x) {
  if (filter == AntialiasedFilter::lanczos) return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/// The input samples that one output sample is made of.
struct Taps {
  int first = 0;
  std::vector<std::int32_t> weights;
};

std::vector<Taps> taps_of_axis(int in, int out, AntialiasedFilter filter) {
  const double scale = static_cast<double>(in) / out;
  const double stretch = std::max(scale, 1.0);
  const double support = (filter == AntialiasedFilter::lanczos ? 3.0 : 2.0) * stretch;
  std::vector<Taps> axis(out);
  for (int i = 0; i < out; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(centre - support + 0.5));
    const int end = std::min(in, static_cast<int>(centre + support + 0.5));
    std::vector<double> weights;
    double sum = 0;
    for (int k = first; k < end; ++k) {
      weights.push_back(weight(filter, (k - centre + 0.5) / stretch));
      sum += weights.back();
    }
    axis[i].first = first;
    for (const double w : weights) {
      const double fixed = w / sum * (1 << kFractionBits);
      axis[i].weights.push_back(static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
    }
  }
  return axis;
}

std::uint8_t rounded(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kFractionBits, 0, 255));
}

RgbImage resize_columns(const RgbImage& image, int width, AntialiasedFilter filter) {
  const std::vector<Taps> axis = taps_of_axis(image.width(), width, filter);
  RgbImage resized(width, image.height());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        std::int32_t sum = 1 << (kFractionBits - 1);
        for (std::size_t k = 0; k < axis[x].weights.size(); ++k)
          sum += image(axis[x].first + static_cast<int>(k), y, c) * axis[x].weights[k];
        resized(x, y, c) = rounded(sum);
      }
    }
  }
  return resized;
}

RgbImage resize_rows(const RgbImage& image, int height, AntialiasedFilter filter) {
  const std::vector<Taps> axis = taps_of_axis(image.height(), height, filter);
  RgbImage resized(image.width(), height);
  std::vector<std::int32_t> sums(static_cast<std::size_t>(image.width()) * 3);
  for (int y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), 1 << (kFractionBits - 1));
    for (std::size_t k = 0; k < axis[y].weights.size(); ++k) {
      const std::uint8_t* row = image.row(axis[y].first + static_cast<int>(k));
      for (std::size_t x = 0; x < sums.size(); ++x) sums[x] += row[x] * axis[y].weights[k];
    }
    std::transform(sums.begin(), sums.end(), resized.row(y), rounded);
  }
  return resized;
}

}  // namespace

RgbImage resize_antialiased(const RgbImage& image, int width, int height, AntialiasedFilter filter) {
  if (image.empty() || width < 1 || height < 1) throw Error("resize", "a map of no pixels");
  const RgbImage wide = width == image.width() ? image : resize_columns(image, width, filter);
  return height == image.height() ? wide : resize_rows(wide, height, filter);
}

}  // namespace vd
