// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>

#include "image/map.h"
#include "models/dust3r/config.h"
#include "nn/dpt.h"
#include "nn/transformer.h"

namespace vd::nn {

/// All of one image that does not depend on its partner: computed once a frame, used by every pair it is in.
struct EncodedImage {
  Tensor tokens;                   // [B, N, encoder width], normalised
  Tensor embedded;                 // [B, N, decoder width], start of the decoder
  std::vector<Tensor> injections;  // [B, N, decoder width] each: added after decoder layer i (Align3R)
  Tensor positions;                // [1, N, 2]
  std::int64_t rows = 0;           // of the token grid
  std::int64_t columns = 0;
};

/// 8-bit RGB -> [1, 3, H, W] in [-1, 1], bit for bit as the published programs scale it.
[[nodiscard]] Tensor network_tensor(const RgbImage& image);
/// Interleaved points -> [1, 3, H, W].
[[nodiscard]] Tensor network_tensor(const PointMap& points);

/// Images of one size as a batch, in this order.
[[nodiscard]] EncodedImage concatenate(const std::vector<EncodedImage>& images);

/// Token lists of both decoders: entry 0 is the encoder's output, the last one is normalised.
struct DecodedPair {
  std::vector<Tensor> first;
  std::vector<Tensor> second;
};

/// What a head says about one view; undefined where the network has no such output.
struct ViewPrediction {
  Tensor points;                 // [B, H, W, 3] in the camera frame of the pair's first view
  Tensor confidence;             // [B, H, W]
  Tensor descriptors;            // [B, H, W, d], unit length
  Tensor descriptor_confidence;  // [B, H, W]
};

/// Raw head output [B, 3 + 1, H, W] -> points [B, H, W, 3]: direction times a range of its length.
[[nodiscard]] Tensor points_of(const Tensor& raw, const OutputRange& mode);
/// Raw channel [B, H, W] -> confidence.
[[nodiscard]] Tensor confidence_of(const Tensor& raw, const OutputRange& mode);

/// The regression head of one view.
class PointMapHead {
 public:
  PointMapHead(const Parameters& at, const PairNetworkConfig& config);
  /// list  the view's tokens of all decoder layers
  [[nodiscard]] ViewPrediction operator()(const std::vector<Tensor>& list, std::int64_t rows,
                                          std::int64_t columns) const;

 private:
  [[nodiscard]] Tensor dense(const std::vector<Tensor>& list, std::int64_t rows, std::int64_t columns) const;

  PairNetworkConfig config_;
  Linear linear_;
  std::vector<Reassemble> reassemble_;
  PyramidFusion fusion_;
  DenseHead head_;
  Mlp local_features_;
};

/// The two-view network of DUSt3R (Wang et al. 2024) and its descendants. Both point maps of a pair lie in
/// the camera frame of its first view, so (a, b) and (b, a) are different runs of the decoder over the same
/// encoded images.
class Dust3r {
 public:
  Dust3r(const Parameters& parameters, const PairNetworkConfig& config);

  /// image      [B, 3, H, W] in [-1, 1], sides multiples of the patch
  /// point_map  [B, 3, H, W] of the mono depth, normalised (point_map_of_depth); only for networks with depth
  /// input
  [[nodiscard]] EncodedImage encode(const Tensor& image, const Tensor& point_map = {}) const;
  /// Batches of equal length; the two views may have different sizes.
  [[nodiscard]] DecodedPair decode(const EncodedImage& first, const EncodedImage& second) const;
  [[nodiscard]] std::array<ViewPrediction, 2> predict(const EncodedImage& first,
                                                      const EncodedImage& second) const;
  /// Attention of the tokens of the first view to those of the second, mean over heads, a decoder layer each:
  /// [B, N1, N2].
  [[nodiscard]] std::vector<Tensor> attention_maps(const EncodedImage& first,
                                                   const EncodedImage& second) const;
  /// Tokens of Align3R's point map transformer: the embedding, then after each of its blocks.
  [[nodiscard]] std::vector<Tensor> point_map_tokens(const Tensor& point_map) const;

  [[nodiscard]] const PairNetworkConfig& config() const { return config_; }

 private:
  PairNetworkConfig config_;
  Conv2d patches_;
  std::vector<Block> encoder_;
  LayerNorm encoder_norm_, decoder_norm_;
  Linear embed_;
  std::vector<DecoderBlock> decoder1_, decoder2_;
  std::vector<PointMapHead> heads_;
  Conv2d point_patches_;
  std::vector<Block> point_blocks_;
  std::vector<Linear> zero_convolutions_;
};

/// A training batch in landscape storage: portrait samples (true shape H > W) are stored transposed. Runs
/// each sample in its real orientation and gives results in the storage of the input. images  [B, 3, H, W], W
/// >= H;  true_shapes  [B, 2] (height, width)
[[nodiscard]] std::array<ViewPrediction, 2> predict_landscape_storage(const Dust3r& network,
                                                                      const Tensor& first,
                                                                      const Tensor& first_shapes,
                                                                      const Tensor& second,
                                                                      const Tensor& second_shapes);

}  // namespace vd::nn
