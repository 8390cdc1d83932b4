// SPDX-License-Identifier: Apache-2.0
#include "core/error.h"
#include "models/dust3r/module.h"
#include "nn/resample.h"
#include "nn/vision_transformer.h"

namespace vd::nn {

Tensor points_of(const Tensor& raw, const OutputRange& mode) {
  const Tensor xyz = raw.narrow(1, 0, 3).permute({0, 2, 3, 1}).contiguous();
  if (mode.mode == "linear") return xyz;
  const Tensor length = xyz.norm(2, {-1}, true);
  const Tensor direction = xyz / length.clamp_min(1e-8);
  if (mode.mode == "exp") return direction * length.expm1();
  if (mode.mode == "square") return direction * length.square();
  throw Error("pair network", "depth mode '" + mode.mode + "' is not exp, square or linear");
}

Tensor confidence_of(const Tensor& raw, const OutputRange& mode) {
  if (mode.mode == "exp") return mode.least + raw.exp().clamp_max(mode.most - mode.least);
  if (mode.mode == "sigmoid") return (mode.most - mode.least) * raw.sigmoid() + mode.least;
  throw Error("pair network", "confidence mode '" + mode.mode + "' is not exp or sigmoid");
}

PointMapHead::PointMapHead(const Parameters& at, const PairNetworkConfig& c) : config_(c) {
  const std::int64_t channels = c.stated.conf_mode ? 4 : 3;
  const std::int64_t patch_pixels = static_cast<std::int64_t>(c.stated.patch_size) * c.stated.patch_size;
  if (c.stated.head_type == "linear") {
    linear_ = Linear(at / "proj", c.stated.dec_embed_dim, channels * patch_pixels);
    return;
  }
  const Parameters dpt = at / "dpt";
  const std::vector<int> hooked = hooks(c);
  for (int k = 0; k < 4; ++k) {
    const Parameters level = dpt / "act_postprocess" / k;
    const int width = hooked.at(k) == 0 ? c.stated.enc_embed_dim : c.stated.dec_embed_dim;
    reassemble_.emplace_back(level / "0", level / "1", width, c.dpt.channels.at(k), k);
  }
  PyramidOptions pyramid;
  pyramid.channels.assign(c.dpt.channels.begin(), c.dpt.channels.end());
  pyramid.features = c.dpt.features;
  pyramid.sizes = LevelSizes::doubled_and_cropped;
  pyramid.layers_have_alias = true;
  fusion_ = PyramidFusion(dpt / "scratch", pyramid);
  head_ = DenseHead(dpt / "head" / "0", dpt / "head" / "2", dpt / "head" / "4", c.dpt.features, c.dpt.last,
                    channels);
  if (c.stated.head_type != "catmlp+dpt") return;
  const std::int64_t both = c.stated.enc_embed_dim + c.stated.dec_embed_dim;
  local_features_ =
      Mlp(at / "head_local_features", both, static_cast<std::int64_t>(c.descriptor_hidden_factor * both),
          (descriptor_channels(c) + (c.stated.two_confs ? 1 : 0)) * patch_pixels);
}

Tensor PointMapHead::dense(const std::vector<Tensor>& list, std::int64_t rows, std::int64_t columns) const {
  if (config_.stated.head_type == "linear")
    return at::pixel_shuffle(tokens_to_map(linear_(list.back()), rows, columns), config_.stated.patch_size);
  const std::vector<int> hooked = hooks(config_);
  std::vector<Tensor> levels;
  for (std::size_t k = 0; k < 4; ++k)
    levels.push_back(reassemble_[k](tokens_to_map(list.at(hooked[k]), rows, columns)));
  return head_(fusion_(levels), rows * config_.stated.patch_size, columns * config_.stated.patch_size);
}

ViewPrediction PointMapHead::operator()(const std::vector<Tensor>& list, std::int64_t rows,
                                        std::int64_t columns) const {
  const Tensor raw = dense(list, rows, columns);
  ViewPrediction view;
  view.points = points_of(raw, config_.stated.depth_mode);
  if (config_.stated.conf_mode) view.confidence = confidence_of(raw.select(1, 3), *config_.stated.conf_mode);
  if (config_.stated.head_type != "catmlp+dpt") return view;
  const Tensor local = at::pixel_shuffle(
      tokens_to_map(local_features_(at::cat({list.front(), list.back()}, -1)), rows, columns),
      config_.stated.patch_size);
  const Tensor descriptors = local.narrow(1, 0, descriptor_channels(config_)).permute({0, 2, 3, 1});
  view.descriptors = descriptors / descriptors.norm(2, {-1}, true);
  view.descriptor_confidence = view.confidence;
  const std::optional<OutputRange> mode =
      config_.stated.desc_conf_mode ? config_.stated.desc_conf_mode : config_.stated.conf_mode;
  if (config_.stated.two_confs && mode)
    view.descriptor_confidence = confidence_of(local.select(1, descriptor_channels(config_)), *mode);
  return view;
}

}  // namespace vd::nn
