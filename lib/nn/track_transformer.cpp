// SPDX-License-Identifier: Apache-2.0
#include "nn/track_transformer.h"

#include <algorithm>

namespace vd::nn {
namespace {

Tensor normalised(const Tensor& x) { return at::layer_norm(x, {x.size(-1)}, {}, {}, 1e-6); }

}  // namespace

TrackBlock::TrackBlock(const Parameters& at, const TrackBlockOptions& options, Kind kind)
    : heads_(options.heads) {
  const std::int64_t inner = options.heads * options.head_width;
  const auto hidden = static_cast<std::int64_t>(static_cast<double>(options.width) * options.mlp_ratio);
  if (kind == Kind::cross) context_norm_ = LayerNorm(at / "norm_context", options.width, 1e-5);
  const Parameters attention = at / (kind == Kind::cross ? "cross_attn" : "attn");
  to_q_ = Linear(attention / "to_q", options.width, inner);
  to_kv_ = Linear(attention / "to_kv", options.width, 2 * inner);
  to_out_ = Linear(attention / "to_out", inner, options.width);
  fc1_ = Linear(at / "mlp" / "fc1", options.width, hidden);
  fc2_ = Linear(at / "mlp" / "fc2", hidden, options.width);
}

Tensor TrackBlock::add(const Tensor& x, const Tensor& from, const Tensor& to) const {
  const std::vector<Tensor> kv = to_kv_(to).chunk(2, -1);
  const Tensor attended =
      attention(split_heads(to_q_(from), heads_), split_heads(kv[0], heads_), split_heads(kv[1], heads_));
  const Tensor y = x + to_out_(merge_heads(attended));
  return y + fc2_(at::gelu(fc1_(normalised(y)), "tanh"));
}

Tensor TrackBlock::operator()(const Tensor& x) const {
  const Tensor tokens = normalised(x);
  return add(x, tokens, tokens);
}

Tensor TrackBlock::operator()(const Tensor& x, const Tensor& context) const {
  return add(x, normalised(x), context_norm_(context));
}

TrackTransformer::TrackTransformer(const Parameters& at, const TrackTransformerOptions& options)
    : options_(options),
      // The misspelling is the public files'.
      virtual_tracks_(
          at.take("virual_tracks", {1, options.virtual_tracks, 1, options.block.width}, Init::small_normal)),
      input_(at / "input_transform", options.in, options.block.width),
      flow_head_(at / "flow_head", options.block.width, 2),
      visibility_head_(at / "vis_conf_head", options.block.width, 2) {
  for (std::int64_t k = 0; k < options.time_blocks; ++k)
    time_.emplace_back(at / "time_blocks" / k, options.block, TrackBlock::Kind::self);
  for (std::int64_t k = 0; k < options.space_blocks; ++k) {
    virtual_.emplace_back(at / "space_virtual_blocks" / k, options.block, TrackBlock::Kind::self);
    point_to_virtual_.emplace_back(at / "space_point2virtual_blocks" / k, options.block,
                                   TrackBlock::Kind::cross);
    virtual_to_point_.emplace_back(at / "space_virtual2point_blocks" / k, options.block,
                                   TrackBlock::Kind::cross);
  }
}

Tensor TrackTransformer::among_tracks(const Tensor& tokens, std::size_t block) const {
  const std::int64_t points = tokens.size(1) - options_.virtual_tracks;
  const Tensor point = tokens.narrow(1, 0, points);
  const Tensor gathered =
      virtual_[block](virtual_to_point_[block](tokens.narrow(1, points, options_.virtual_tracks), point));
  return at::cat({point_to_virtual_[block](point, gathered), gathered}, 1);
}

Tensor TrackTransformer::operator()(const Tensor& tracks) const {
  expect_shape(tracks, {-1, -1, options_.in}, "state of point tracks");
  const std::int64_t frames = tracks.size(1);
  const Tensor virtual_tracks =
      virtual_tracks_[0].expand({options_.virtual_tracks, frames, options_.block.width});
  Tensor tokens = at::cat({input_(tracks), virtual_tracks}, 0);  // [N + virtual, T, C]
  const std::int64_t time_steps_a_space_step =
      std::max<std::int64_t>(1, options_.time_blocks / std::max<std::int64_t>(1, options_.space_blocks));
  std::size_t space = 0;
  for (std::int64_t k = 0; k < options_.time_blocks; ++k) {
    tokens = time_[k](tokens);
    if (k % time_steps_a_space_step != 0 || space >= virtual_.size()) continue;
    tokens = among_tracks(tokens.transpose(0, 1).contiguous(), space++).transpose(0, 1).contiguous();
  }
  const Tensor points = tokens.narrow(0, 0, tracks.size(0));
  return at::cat({flow_head_(points), visibility_head_(points)}, -1);
}

}  // namespace vd::nn
