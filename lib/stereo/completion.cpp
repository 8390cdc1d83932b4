// SPDX-License-Identifier: Apache-2.0
#include "stereo/completion.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/ximgproc/edge_filter.hpp>

#include "image/opencv.h"

namespace vd {
namespace {

template <typename T>
void expect_size(MapView<const T> hint, const Map<float>& map, const char* what) {
  if (!hint.empty() && (hint.width() != map.width() || hint.height() != map.height()))
    throw Error("completion", std::string(what) + " is not of the size of the image");
}

float quantile(std::vector<float> values, double fraction) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(fraction * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

ConfidenceMap static_confidence(const CheckedDepth& checked, MapView<const std::uint8_t> moving) {
  ConfidenceMap confidence = checked.confidence;
  if (moving.empty()) return confidence;
  for (int y = 0; y < confidence.height(); ++y)
    for (int x = 0; x < confidence.width(); ++x)
      if (moving(x, y) != 0) confidence(x, y) = 0;
  return confidence;
}

/// Inverse depth and weight that the smoother starts from at each pixel.
struct Evidence {
  Map<float> inverse, weight;
};

Evidence gather(const CheckedDepth& checked, const ConfidenceMap& confidence, float sure,
                const CompletionHints& hints, const CompletionOptions& options) {
  const int width = confidence.width();
  const int height = confidence.height();
  Evidence evidence{Map<float>(width, height), Map<float>(width, height)};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      // Matching at moving things is wrong rather than vague: it says nothing about the depth there.
      const bool moves = !hints.moving.empty() && hints.moving(x, y) != 0;
      float weight = 1e-6F + (moves ? 0 : checked.support(x, y) * static_cast<float>(options.raw_weight));
      weight += std::min(1.0F, confidence(x, y) / sure);
      float sum = weight * checked.inverse(x, y);
      if (!hints.prior_inverse.empty() && hints.prior_inverse(x, y) > 0 && confidence(x, y) == 0) {
        const auto prior_weight = static_cast<float>(options.prior_weight);
        sum += prior_weight * hints.prior_inverse(x, y);
        weight += prior_weight;
      }
      evidence.inverse(x, y) = sum / weight;
      evidence.weight(x, y) = weight;
    }
  }
  return evidence;
}

/// Each round starts from what the last one filled, so that values travel farther than the smoother's own
/// reach.
Map<float> diffuse(const PosedImage& image, const Evidence& evidence, const ConfidenceMap& confidence,
                   const CompletionOptions& options) {
  const cv::Mat guide = image.colour.empty() ? as_mat(image.grey) : as_mat(image.colour);
  const auto smoother =
      cv::ximgproc::createFastGlobalSmootherFilter(guide, options.smoothness, options.edge_grey, 0.25, 3);
  Map<float> inverse = evidence.inverse;
  Map<float> weighted(inverse.width(), inverse.height());
  cv::Mat smooth_weight, smooth;
  smoother->filter(as_mat(evidence.weight), smooth_weight);
  for (int round = 0; round < options.rounds; ++round) {
    for (std::size_t i = 0; i < inverse.pixels(); ++i)
      weighted.values()[i] = inverse.values()[i] * evidence.weight.values()[i];
    smoother->filter(as_mat(weighted), smooth);
    for (std::size_t i = 0; i < inverse.pixels(); ++i)
      if (confidence.values()[i] <= 0)
        inverse.values()[i] = smooth.ptr<float>()[i] / std::max(smooth_weight.ptr<float>()[i], 1e-12F);
  }
  return inverse;
}

}  // namespace

FrameDepth complete(const PosedImage& image, const CheckedDepth& checked, const CompletionHints& hints,
                    const CompletionOptions& options) {
  expect_size(hints.moving, checked.inverse, "mask");
  expect_size(hints.prior_inverse, checked.inverse, "prior");
  FrameDepth result{DepthMap(checked.inverse.width(), checked.inverse.height()),
                    static_confidence(checked, hints.moving)};
  std::vector<float> positive;
  std::vector<float> observed_inverse;
  for (std::size_t i = 0; i < result.confidence.pixels(); ++i) {
    if (result.confidence.values()[i] <= 0) continue;
    positive.push_back(result.confidence.values()[i]);
    observed_inverse.push_back(checked.inverse.values()[i]);
  }
  if (positive.empty()) return result;
  const float sure = 0.25F * quantile(std::move(positive), 0.99);
  const float lowest = 0.5F * quantile(std::move(observed_inverse), 0.01);

  const Evidence evidence = gather(checked, result.confidence, sure, hints, options);
  const Map<float> inverse = diffuse(image, evidence, result.confidence, options);
  for (std::size_t i = 0; i < inverse.pixels(); ++i)
    result.depth.values()[i] = 1.0F / std::max(inverse.values()[i], lowest);
  return result;
}

}  // namespace vd
