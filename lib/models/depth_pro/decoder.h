// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/depth_pro/encoder.h"
#include "nn/dpt.h"

namespace vd::nn {

/// Depth Pro's fusion of feature maps from coarse to fine, and its head.
class DepthProDecoder {
 public:
  /// decoder, head  places of their parameters
  DepthProDecoder(const Parameters& decoder, const Parameters& head, const DepthProConfig& config);

  /// The coarsest features at the decoder's width, [B, D, 2t, 2t]; the field of view is read from them, too.
  [[nodiscard]] Tensor lowest(const Tensor& coarsest_features) const {
    return convs_.back()(coarsest_features);
  }

  /// lowest -> canonical inverse depth [B, 1, S, S]. Feature maps are made as they are needed, and the two
  /// finest steps go over a band of rows at a time: nothing in them reaches further than 6 rows.
  [[nodiscard]] Tensor operator()(const DepthProEncoder& encoder, const DepthProTokens& tokens,
                                  const Tensor& lowest) const;

 private:
  struct Fusion {
    Fusion(const Parameters& at, std::int64_t features, bool has_skip, bool enlarges);
    /// Before it is enlarged; skip may be undefined.
    [[nodiscard]] Tensor fuse(Tensor coarse, const Tensor& skip) const;
    [[nodiscard]] Tensor finish(const Tensor& fused) const;
    ResidualConvUnit unit1, unit2;
    Upsampling enlarge;
    Conv2d out_conv;
    bool enlarges;
  };
  [[nodiscard]] Tensor head(const Tensor& x) const;

  std::vector<Fusion> fusions_;
  std::vector<Conv2d> convs_;  // of levels 1..4
  Conv2d head0_, head2_, head4_;
  Upsampling head1_;
};

}  // namespace vd::nn
