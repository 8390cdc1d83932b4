// SPDX-License-Identifier: Apache-2.0
#include "models/depth_pro/decoder.h"

#include <algorithm>

namespace vd::nn {
namespace {

// Rows of tokens of a band: 16 of 96, each of which becomes 8 rows of the finest features and 16 pixels.
constexpr std::int64_t kBandRows = 16;
constexpr std::int64_t kFinestPerToken = 8;
constexpr std::int64_t kPixelsPerToken = 16;

ResidualConvUnit residual_unit(const Parameters& at, std::int64_t features) {
  return {conv3x3(at / "residual" / 1, features, features), conv3x3(at / "residual" / 3, features, features)};
}

void skip_residual_unit(const Parameters& at, std::int64_t features) {
  for (const int k : {1, 3}) {
    (at / "residual" / k).skip("weight", {features, features, 3, 3}, Init::fan_in_uniform);
    (at / "residual" / k).skip("bias", {features});
  }
}

}  // namespace

DepthProDecoder::Fusion::Fusion(const Parameters& at, std::int64_t features, bool has_skip, bool enlarges_)
    : unit2(residual_unit(at / "resnet2", features)),
      out_conv(conv1x1(at / "out_conv", features, features)),
      enlarges(enlarges_) {
  if (has_skip) {
    unit1 = residual_unit(at / "resnet1", features);
  } else {
    skip_residual_unit(at / "resnet1", features);
  }
  if (enlarges) enlarge = Upsampling(at / "deconv", features, features, 2, false);
}

Tensor DepthProDecoder::Fusion::fuse(Tensor coarse, const Tensor& skip) const {
  return unit2(skip.defined() ? unit1(skip).add_(coarse) : coarse);
}

Tensor DepthProDecoder::Fusion::finish(const Tensor& fused) const {
  return out_conv(enlarges ? enlarge(fused) : fused);
}

DepthProDecoder::DepthProDecoder(const Parameters& decoder, const Parameters& head, const DepthProConfig& c)
    : head0_(conv3x3(head / 0, c.features, c.features / 2)),
      head2_(conv3x3(head / 2, c.features / 2, c.last)),
      head4_(conv1x1(head / 4, c.last, 1)),
      head1_(head / 1, c.features / 2, c.features / 2, 2) {
  for (int k = 0; k < 5; ++k) fusions_.emplace_back(decoder / "fusions" / k, c.features, k<4, k> 0);
  for (int k = 1; k < 5; ++k)
    convs_.push_back(conv3x3(decoder / "convs" / k, c.channels.at(k - 1), c.features, false));
}

Tensor DepthProDecoder::head(const Tensor& x) const {
  return head4_(head2_(head1_(head0_(x))).relu_()).relu_();
}

Tensor DepthProDecoder::operator()(const DepthProEncoder& encoder, const DepthProTokens& tokens,
                                   const Tensor& lowest) const {
  Tensor fused = fusions_[4].fuse(lowest, {});
  for (int level = 3; level >= 1; --level) {
    const Tensor coarse = fusions_[level + 1].finish(fused);
    fused = fusions_[level].fuse(coarse, convs_[level - 1](encoder.features(tokens, level)));
  }
  // From here on the maps of the whole would take gigabytes. Each band is computed with a row of tokens more
  // on either side, 8 rows of the finest features, which the convolutions at its rim spoil.
  const std::int64_t token_rows = tokens.detail0.size(2);
  Tensor canonical =
      at::empty({lowest.size(0), 1, kPixelsPerToken * token_rows, kPixelsPerToken * tokens.detail0.size(3)},
                lowest.options());
  for (std::int64_t row = 0; row < token_rows; row += kBandRows) {
    const std::int64_t rows = std::min(kBandRows, token_rows - row);
    const std::int64_t first = std::max<std::int64_t>(row - 1, 0);
    const std::int64_t count = std::min(row + rows + 1, token_rows) - first;
    const Tensor coarse =
        fusions_[1].finish(fused.narrow(2, first * kFinestPerToken / 2, count * kFinestPerToken / 2));
    const Tensor band =
        head(fusions_[0].finish(fusions_[0].fuse(coarse, encoder.finest_features(tokens, first, count))));
    canonical.narrow(2, row * kPixelsPerToken, rows * kPixelsPerToken)
        .copy_(band.narrow(2, (row - first) * kPixelsPerToken, rows * kPixelsPerToken));
  }
  return canonical;
}

}  // namespace vd::nn
