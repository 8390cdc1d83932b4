// SPDX-License-Identifier: Apache-2.0
#include "flow/consistency.h"

#include <cmath>
#include <limits>

#include "image/sample.h"

namespace vd {
namespace {

/// Calls use(x, y, squared error, |f|^2 + |b|^2) for every pixel whose way there and back is defined.
template <typename Use>
void for_each_round_trip(const FlowMap& from_to, const FlowMap& to_from, const Use& use) {
  for (int y = 0; y < from_to.height(); ++y) {
    for (int x = 0; x < from_to.width(); ++x) {
      const float u = from_to(x, y, 0);
      const float v = from_to(x, y, 1);
      const auto back = sample_bilinear(to_from, static_cast<double>(x) + u, static_cast<double>(y) + v);
      if (!back) continue;
      const float eu = u + (*back)[0];
      const float ev = v + (*back)[1];
      use(x, y, eu * eu + ev * ev, u * u + v * v + (*back)[0] * (*back)[0] + (*back)[1] * (*back)[1]);
    }
  }
}

}  // namespace

Map<float> forward_backward_error(const FlowMap& from_to, const FlowMap& to_from) {
  Map<float> error(from_to.width(), from_to.height(), std::numeric_limits<float>::quiet_NaN());
  for_each_round_trip(from_to, to_from,
                      [&](int x, int y, float squared, float) { error(x, y) = std::sqrt(squared); });
  return error;
}

ConfidenceMap flow_confidence(const FlowMap& from_to, const FlowMap& to_from) {
  ConfidenceMap confidence(from_to.width(), from_to.height(), 0.0F);
  for_each_round_trip(from_to, to_from, [&](int x, int y, float squared, float length_squared) {
    confidence(x, y) = std::exp(-squared / (0.01F * length_squared + 0.5F));
  });
  return confidence;
}

}  // namespace vd
