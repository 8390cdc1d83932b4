// SPDX-License-Identifier: Apache-2.0
#include "models/dust3r/module.h"

#include "core/error.h"
#include "nn/resample.h"
#include "nn/vision_transformer.h"

namespace vd::nn {
namespace {

BlockOptions encoder_block(const PairNetworkConfig& c) {
  return {c.stated.enc_embed_dim, c.stated.enc_num_heads, static_cast<double>(c.stated.mlp_ratio), 1e-6};
}
BlockOptions decoder_block(const PairNetworkConfig& c) {
  return {c.stated.dec_embed_dim, c.stated.dec_num_heads, static_cast<double>(c.stated.mlp_ratio), 1e-6};
}

Rotation rotation(const EncodedImage& image, const BlockOptions& block, double base) {
  return Rotation(image.positions.to(image.tokens.device()), block.width / block.heads, base);
}

/// Both images [B, 3, H, W], transposed where their true shape is a portrait's.
Tensor upright(const Tensor& stored, bool is_portrait) {
  return is_portrait ? stored.transpose(2, 3).contiguous() : stored;
}

bool is_portrait(const Tensor& shapes, std::int64_t sample) {
  return shapes[sample][0].item<std::int64_t>() > shapes[sample][1].item<std::int64_t>();
}

void stack_upright(ViewPrediction& all, const ViewPrediction& one, bool portrait) {
  const auto add = [portrait](Tensor& sum, const Tensor& part) {
    if (!part.defined()) return;
    const Tensor stored = portrait ? part.transpose(1, 2) : part;
    sum = sum.defined() ? at::cat({sum, stored}, 0) : stored;
  };
  add(all.points, one.points);
  add(all.confidence, one.confidence);
  add(all.descriptors, one.descriptors);
  add(all.descriptor_confidence, one.descriptor_confidence);
}

}  // namespace

Tensor network_tensor(const RgbImage& image) {
  const Tensor bytes = at::from_blob(const_cast<std::uint8_t*>(image.data()),
                                     {1, image.height(), image.width(), 3}, at::kByte);
  return ((bytes.permute({0, 3, 1, 2}).to(at::kFloat) / 255.0 - 0.5) / 0.5).contiguous();
}

Tensor network_tensor(const PointMap& points) {
  const Tensor values =
      at::from_blob(const_cast<float*>(points.data()), {1, points.height(), points.width(), 3}, at::kFloat);
  return values.permute({0, 3, 1, 2}).contiguous();
}

EncodedImage concatenate(const std::vector<EncodedImage>& images) {
  if (images.size() == 1) return images.front();
  EncodedImage batch = images.at(0);
  std::vector<Tensor> tokens, embedded;
  for (const EncodedImage& image : images) {
    tokens.push_back(image.tokens);
    embedded.push_back(image.embedded);
  }
  batch.tokens = at::cat(tokens, 0);
  batch.embedded = at::cat(embedded, 0);
  for (std::size_t k = 0; k < batch.injections.size(); ++k) {
    std::vector<Tensor> parts;
    for (const EncodedImage& image : images) parts.push_back(image.injections.at(k));
    batch.injections[k] = at::cat(parts, 0);
  }
  return batch;
}

Dust3r::Dust3r(const Parameters& parameters, const PairNetworkConfig& config) : config_(config) {
  const int channels = config.depth_input == DepthInput::concatenated ? 4 : 3;
  const ConvOptions patch{config.stated.patch_size, 0, 1, true};
  parameters.skip("mask_token", {1, 1, config.stated.dec_embed_dim});
  patches_ = Conv2d(parameters / "patch_embed" / "proj", channels, config.stated.enc_embed_dim,
                    config.stated.patch_size, patch);
  for (int k = 0; k < config.stated.enc_depth; ++k)
    encoder_.emplace_back(parameters / "enc_blocks" / k, encoder_block(config));
  encoder_norm_ = LayerNorm(parameters / "enc_norm", config.stated.enc_embed_dim, 1e-6);
  embed_ = Linear(parameters / "decoder_embed", config.stated.enc_embed_dim, config.stated.dec_embed_dim);
  // Files of the first generation hold one decoder for both views.
  const bool one_decoder = !parameters.contains("dec_blocks2.0.norm1.weight");
  for (int k = 0; k < config.stated.dec_depth; ++k) {
    decoder1_.emplace_back(parameters / "dec_blocks" / k, decoder_block(config));
    decoder2_.emplace_back(parameters / (one_decoder ? "dec_blocks" : "dec_blocks2") / k,
                           decoder_block(config));
  }
  decoder_norm_ = LayerNorm(parameters / "dec_norm", config.stated.dec_embed_dim, 1e-6);
  heads_.emplace_back(parameters / "downstream_head1", config);
  heads_.emplace_back(parameters / "downstream_head2", config);
  if (config.depth_input != DepthInput::point_map) return;
  point_patches_ = Conv2d(parameters / "patch_embed_point_cloud" / "proj", 3, config.stated.dec_embed_dim,
                          config.stated.patch_size, patch);
  for (int k = 0; k < point_map_blocks(config); ++k)
    point_blocks_.emplace_back(parameters / "dec_blocks_pc" / k, decoder_block(config));
  for (int k = 0; k <= point_map_blocks(config); ++k)
    zero_convolutions_.push_back(pointwise(parameters / "zero_convs" / k / "0", config.stated.dec_embed_dim));
}

EncodedImage Dust3r::encode(const Tensor& image, const Tensor& point_map) const {
  expect_shape(image, {-1, 3, -1, -1}, "image of a pair network");
  if (image.size(2) % config_.stated.patch_size != 0 || image.size(3) % config_.stated.patch_size != 0)
    throw Error("image of a pair network", to_text(image.sizes()) + " is not a multiple of " +
                                               std::to_string(config_.stated.patch_size) + " pixels");
  if (point_map.defined() != (config_.depth_input != DepthInput::none))
    throw Error("pair network", point_map.defined() ? "takes no depth" : "needs the depth of each image");
  const Tensor input = config_.depth_input == DepthInput::concatenated
                           ? at::cat({image, 2 * point_map.narrow(1, 2, 1) - 1}, 1)
                           : image;
  EncodedImage encoded;
  const Tensor map = patches_(input);
  encoded.rows = map.size(2);
  encoded.columns = map.size(3);
  encoded.positions = grid_positions(encoded.rows, encoded.columns);
  encoded.tokens = map.flatten(2).transpose(1, 2);
  const Rotation turned = rotation(encoded, encoder_block(config_), config_.stated.rope_base());
  for (const Block& block : encoder_) encoded.tokens = block(encoded.tokens, &turned);
  encoded.tokens = encoder_norm_(encoded.tokens);
  encoded.embedded = embed_(encoded.tokens);
  if (config_.depth_input != DepthInput::point_map) return encoded;
  const std::vector<Tensor> points = point_map_tokens(point_map);
  encoded.embedded = encoded.embedded + zero_convolutions_[0](points[0]);
  for (std::size_t k = 1; k < points.size(); ++k)
    encoded.injections.push_back(zero_convolutions_[k](points[k]));
  return encoded;
}

std::vector<Tensor> Dust3r::point_map_tokens(const Tensor& point_map) const {
  const Tensor map = point_patches_(point_map);
  const BlockOptions block = decoder_block(config_);
  const Rotation turned(grid_positions(map.size(2), map.size(3)).to(map.device()), block.width / block.heads,
                        config_.stated.rope_base());
  std::vector<Tensor> tokens = {map.flatten(2).transpose(1, 2)};
  for (const Block& next : point_blocks_) tokens.push_back(next(tokens.back(), &turned));
  return tokens;
}

DecodedPair Dust3r::decode(const EncodedImage& first, const EncodedImage& second) const {
  const Rotation turned1 = rotation(first, decoder_block(config_), config_.stated.rope_base());
  const Rotation turned2 = rotation(second, decoder_block(config_), config_.stated.rope_base());
  DecodedPair lists{{first.tokens}, {second.tokens}};
  Tensor x1 = first.embedded;
  Tensor x2 = second.embedded;
  for (std::size_t k = 0; k < decoder1_.size(); ++k) {
    // Each branch reads the other's state of the layer before.
    const Tensor next1 = decoder1_[k](x1, x2, turned1, turned2);
    x2 = decoder2_[k](x2, x1, turned2, turned1);
    x1 = next1;
    if (k < first.injections.size()) {
      x1 = x1 + first.injections[k];
      x2 = x2 + second.injections[k];
    }
    lists.first.push_back(x1);
    lists.second.push_back(x2);
  }
  lists.first.back() = decoder_norm_(x1);
  lists.second.back() = decoder_norm_(x2);
  return lists;
}

std::array<ViewPrediction, 2> Dust3r::predict(const EncodedImage& first, const EncodedImage& second) const {
  const DecodedPair lists = decode(first, second);
  return {heads_[0](lists.first, first.rows, first.columns),
          heads_[1](lists.second, second.rows, second.columns)};
}

std::vector<Tensor> Dust3r::attention_maps(const EncodedImage& first, const EncodedImage& second) const {
  const Rotation turned1 = rotation(first, decoder_block(config_), config_.stated.rope_base());
  const Rotation turned2 = rotation(second, decoder_block(config_), config_.stated.rope_base());
  Tensor x1 = first.embedded;
  Tensor x2 = second.embedded;
  std::vector<Tensor> maps;
  for (std::size_t k = 0; k < decoder1_.size(); ++k) {
    maps.push_back(decoder1_[k].cross_attention_weights(x1, x2, turned1, turned2));
    const Tensor next1 = decoder1_[k](x1, x2, turned1, turned2);
    x2 = decoder2_[k](x2, x1, turned2, turned1);
    x1 = next1;
    if (k < first.injections.size()) {
      x1 = x1 + first.injections[k];
      x2 = x2 + second.injections[k];
    }
  }
  return maps;
}

std::array<ViewPrediction, 2> predict_landscape_storage(const Dust3r& network, const Tensor& first,
                                                        const Tensor& first_shapes, const Tensor& second,
                                                        const Tensor& second_shapes) {
  std::array<ViewPrediction, 2> all;
  for (std::int64_t k = 0; k < first.size(0); ++k) {
    const bool portrait1 = is_portrait(first_shapes, k);
    const bool portrait2 = is_portrait(second_shapes, k);
    const EncodedImage a = network.encode(upright(first.narrow(0, k, 1), portrait1));
    const EncodedImage b = network.encode(upright(second.narrow(0, k, 1), portrait2));
    const std::array<ViewPrediction, 2> pair = network.predict(a, b);
    stack_upright(all[0], pair[0], portrait1);
    stack_upright(all[1], pair[1], portrait2);
  }
  return all;
}

}  // namespace vd::nn
