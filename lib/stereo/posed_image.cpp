// SPDX-License-Identifier: Apache-2.0
#include "stereo/posed_image.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "image/convert.h"
#include "image/opencv.h"
#include "image/resize.h"

namespace vd {
namespace {

void expect_size(int width, int height, const Intrinsics& intrinsics) {
  if (width != intrinsics.width || height != intrinsics.height)
    throw Error("posed image", std::to_string(width) + "x" + std::to_string(height) +
                                   " pixels, but its camera has " + std::to_string(intrinsics.width) + "x" +
                                   std::to_string(intrinsics.height));
  if (std::min(width, height) < 16) throw Error("posed image", "smaller than 16 pixels");
}

double sweep_reduction(int width, int height) {
  const double quarter_or_less = std::clamp(std::min(width, height) / 48.0, 1.0, 4.0);
  return std::max(quarter_or_less, std::max(width, height) / 320.0);
}

/// Standard deviation of the noise of a frame, from its flatter quarter of blocks: there the second
/// difference both ways, which no plane and no straight edge along an axis passes, shows little else
/// (Immerkaer 1996).
double noise_of(const GreyImage& grey) {
  constexpr int block = 16;
  std::vector<double> levels;
  for (int y0 = 1; y0 + block < grey.height(); y0 += block)
    for (int x0 = 1; x0 + block < grey.width(); x0 += block) {
      double squares = 0;
      for (int y = y0; y < y0 + block; ++y) {
        const std::uint8_t* a = grey.row(y - 1);
        const std::uint8_t* b = grey.row(y);
        const std::uint8_t* c = grey.row(y + 1);
        for (int x = x0; x < x0 + block; ++x) {
          const int response = a[x - 1] - 2 * a[x] + a[x + 1] - 2 * (b[x - 1] - 2 * b[x] + b[x + 1]) +
                               c[x - 1] - 2 * c[x] + c[x + 1];
          squares += static_cast<double>(response * response);
        }
      }
      levels.push_back(std::sqrt(squares / (36.0 * block * block)));
    }
  if (levels.empty()) return 255;
  const auto quarter = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 4);
  std::nth_element(levels.begin(), quarter, levels.end());
  return *quarter;
}

Map<float, 4> blurred_with_gradient(const GreyImage& grey) {
  cv::Mat smooth;
  as_mat(grey).convertTo(smooth, CV_32F);
  cv::GaussianBlur(smooth, smooth, cv::Size(), 0.6, 0.6, cv::BORDER_REPLICATE);
  const int width = grey.width();
  const int height = grey.height();
  Map<float, 4> samples(width, height);
  for (int y = 0; y < height; ++y) {
    const float* above = smooth.ptr<float>(std::max(y - 1, 0));
    const float* here = smooth.ptr<float>(y);
    const float* below = smooth.ptr<float>(std::min(y + 1, height - 1));
    float* out = samples.row(y);
    for (int x = 0; x < width; ++x) {
      out[4 * x] = here[x];
      out[4 * x + 1] = 0.5F * (here[std::min(x + 1, width - 1)] - here[std::max(x - 1, 0)]);
      out[4 * x + 2] = 0.5F * (below[x] - above[x]);
    }
  }
  return samples;
}

}  // namespace

PosedImage posed_image(RgbImage colour, const Camera& camera) {
  expect_size(colour.width(), colour.height(), camera.intrinsics);
  GreyImage grey = to_grey(colour);
  return {std::move(colour), std::move(grey), camera};
}

PosedImage posed_image(GreyImage grey, const Camera& camera) {
  expect_size(grey.width(), grey.height(), camera.intrinsics);
  return {{}, std::move(grey), camera};
}

MatchImage prepare_for_matching(const PosedImage& image) {
  const int width = image.grey.width();
  const int height = image.grey.height();
  const double reduction = sweep_reduction(width, height);
  const int small_width = std::max(1, static_cast<int>(std::lround(width / reduction)));
  const int small_height = std::max(1, static_cast<int>(std::lround(height / reduction)));
  const GreyImage small = resize(image.grey, small_width, small_height, Resampling::area);

  MatchImage prepared;
  prepared.camera = image.camera;
  prepared.samples = blurred_with_gradient(image.grey);
  prepared.noise_grey = 0.7 * noise_of(image.grey);  // half is left by the blur; of two views
  prepared.sweep_camera = {image.camera.intrinsics.resized(small_width, small_height),
                           image.camera.world_from_camera};
  prepared.sweep_image = Map<std::int8_t>(small_width, small_height);
  std::transform(small.values().begin(), small.values().end(), prepared.sweep_image.values().begin(),
                 [](std::uint8_t grey) { return static_cast<std::int8_t>(grey - 128); });
  return prepared;
}

}  // namespace vd
