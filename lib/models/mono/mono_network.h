// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "image/map.h"
#include "nn/tensor.h"
#include "weights/weight_file.h"

namespace vd::nn {

enum class MonoQuantity {
  relative_inverse_depth,  // a (1/z) + b with unknown a > 0 and b that differ from image to image
  metric_depth             // z in metres
};

/// What a network says about one image, at its size.
struct MonoEstimate {
  Map<float> values;
  std::optional<double> focal_px;  // of the image, where the network knows it or it was given
};

struct MonoNetworkSettings {
  std::optional<double> max_depth_m;  // of a metric Depth Anything V2; its file does not tell
  std::optional<int> input_size_px;   // instead of the published one; Depth Pro's is fixed
  at::Device device = at::kCPU;
  at::ScalarType type = at::kFloat;
};

/// Depth Anything V2, Depth Pro, or one of MiDaS behind one door.
class MonoNetwork {
 public:
  virtual ~MonoNetwork() = default;
  /// "depth-anything-v2", "depth-pro", "dpt-large", "dpt-hybrid", "midas-v21", "midas-v21-small"
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual MonoQuantity quantity() const = 0;
  /// given_focal_px  of the image; only Depth Pro uses it
  [[nodiscard]] virtual MonoEstimate estimate(MapView<const std::uint8_t, 3> rgb,
                                              std::optional<double> given_focal_px = {}) const = 0;
};

/// The network of a weight file, known by the names in it, with the sizes that its shapes tell; every tensor
/// must fit. Throws Error naming the file when it is of none of these networks or does not fit it, and when
/// max_depth_m is given for another network than Depth Anything V2.
[[nodiscard]] std::unique_ptr<MonoNetwork> open_mono_network(const WeightFile& weights,
                                                             const MonoNetworkSettings& settings = {});

}  // namespace vd::nn
