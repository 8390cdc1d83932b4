// SPDX-License-Identifier: Apache-2.0
#include "flow/consistency.h"

#include <algorithm>
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

struct RoundTrip {
  double error_x, error_y;
  double there_squared, back_squared;  // |f|^2, |b|^2
};

RoundTrip round_trip(const FlowMap& from_to, const FlowMap& to_from, int x, int y) {
  const double u = from_to(x, y, 0);
  const double v = from_to(x, y, 1);
  const auto back = sample_bilinear_zero_beyond(to_from, x + u, y + v);
  const double back_u = back[0];
  const double back_v = back[1];
  return {u + back_u, v + back_v, u * u + v * v, back_u * back_u + back_v * back_v};
}

/// False for NaN.
bool passes(const RoundTrip& trip, const ConsistencyOptions& options) {
  const double squared = trip.error_x * trip.error_x + trip.error_y * trip.error_y;
  switch (options.test) {
    case ConsistencyTest::sundaram:
      return squared < 0.01 * (trip.there_squared + trip.back_squared) + 0.5;
    case ConsistencyTest::geonet:
      return std::sqrt(squared) < std::max(3.0, 0.05 * std::sqrt(trip.there_squared));
    case ConsistencyTest::component_sum:
      return std::abs(trip.error_x + trip.error_y) < options.threshold_px;
    default:
      return std::sqrt(squared) <= options.threshold_px;
  }
}

}  // namespace

MaskMap consistent_pixels(const FlowMap& from_to, const FlowMap& to_from, const ConsistencyOptions& options) {
  MaskMap consistent(from_to.width(), from_to.height(), 0);
  for (int y = 0; y < from_to.height(); ++y) {
    for (int x = 0; x < from_to.width(); ++x) {
      const double there_x = x + static_cast<double>(from_to(x, y, 0));
      const double there_y = y + static_cast<double>(from_to(x, y, 1));
      const bool inside =
          there_x >= 0 && there_y >= 0 && there_x <= to_from.width() - 1 && there_y <= to_from.height() - 1;
      if (options.inside_only && !inside) continue;
      if (passes(round_trip(from_to, to_from, x, y), options)) consistent(x, y) = 255;
    }
  }
  return consistent;
}

Map<float> round_trip_length(const FlowMap& from_to, const FlowMap& to_from) {
  Map<float> length(from_to.width(), from_to.height());
  for (int y = 0; y < from_to.height(); ++y) {
    for (int x = 0; x < from_to.width(); ++x) {
      const RoundTrip trip = round_trip(from_to, to_from, x, y);
      length(x, y) = static_cast<float>(std::hypot(trip.error_x, trip.error_y));
    }
  }
  return length;
}

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
