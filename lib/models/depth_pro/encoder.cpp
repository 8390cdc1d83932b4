// SPDX-License-Identifier: Apache-2.0
#include "models/depth_pro/encoder.h"

#include <algorithm>

#include "core/error.h"
#include "nn/resample.h"

namespace vd::nn {
namespace {

// Activations of so many crops stay below 300 MB, and their matrix products are large enough for full speed.
constexpr std::int64_t kCropsAtOnce = 5;

/// Overlapping squares of `side` pixels in rows, B entries each: [n n B, 3, side, side].
Tensor crops_of(const Tensor& image, std::int64_t crops_per_side, std::int64_t side) {
  if (crops_per_side == 1) return image;
  const std::int64_t step = (image.size(2) - side) / (crops_per_side - 1);
  std::vector<Tensor> crops;
  for (std::int64_t row = 0; row < crops_per_side; ++row)
    for (std::int64_t column = 0; column < crops_per_side; ++column)
      crops.push_back(image.narrow(2, row * step, side).narrow(3, column * step, side));
  return at::cat(crops, 0);
}

/// Maps of crops [n n B, C, t, t] side by side, each without its `margin` of tokens where it has a neighbour:
/// nothing is blended.
Tensor merge(const Tensor& crops, std::int64_t crops_per_side, std::int64_t margin) {
  const std::int64_t batch = crops.size(0) / (crops_per_side * crops_per_side);
  const auto inner = [&](const Tensor& map, int axis, std::int64_t index) {
    const std::int64_t before = index > 0 ? margin : 0;
    const std::int64_t after = index + 1 < crops_per_side ? margin : 0;
    return map.narrow(axis, before, map.size(axis) - before - after);
  };
  std::vector<Tensor> rows;
  for (std::int64_t row = 0; row < crops_per_side; ++row) {
    std::vector<Tensor> columns;
    for (std::int64_t column = 0; column < crops_per_side; ++column) {
      const Tensor crop = crops.narrow(0, (row * crops_per_side + column) * batch, batch);
      columns.push_back(inner(inner(crop, 2, row), 3, column));
    }
    rows.push_back(at::cat(columns, 3));
  }
  return at::cat(rows, 2);
}

}  // namespace

DepthProEncoder::Enlargement::Enlargement(const Parameters& at, std::int64_t in, std::int64_t middle,
                                          std::int64_t out, int count)
    : project(conv1x1(at / 0, in, middle, false)) {
  for (int k = 0; k < count; ++k) steps.emplace_back(at / (k + 1), k == 0 ? middle : out, out, 2, false);
}

Tensor DepthProEncoder::Enlargement::operator()(Tensor x) const {
  x = project(x);
  for (const Upsampling& step : steps) x = step(x);
  return x;
}

DepthProEncoder::DepthProEncoder(const Parameters& at, const DepthProConfig& c)
    : config_(c),
      crops_(at / "patch_encoder", c.transformer),
      whole_(at / "image_encoder", c.transformer),
      global_(at / "upsample_lowres", c.transformer.block.width, c.channels.at(3), 2),
      fuse_(conv1x1(at / "fuse_lowres", 2 * c.channels.at(3), c.channels.at(3))) {
  const std::int64_t width = c.transformer.block.width;
  detail0_ = Enlargement(at / "upsample_latent0", width, c.channels.at(0), c.features, 3);
  detail1_ = Enlargement(at / "upsample_latent1", width, c.channels.at(0), c.channels.at(0), 2);
  fine_ = Enlargement(at / "upsample0", width, c.channels.at(1), c.channels.at(1), 1);
  middle_ = Enlargement(at / "upsample1", width, c.channels.at(2), c.channels.at(2), 1);
  coarse_ = Enlargement(at / "upsample2", width, c.channels.at(3), c.channels.at(3), 1);
}

DepthProEncoder::CropTokens DepthProEncoder::crop_tokens(const Tensor& image, std::int64_t crops_per_side,
                                                         bool with_hooks) const {
  const std::int64_t grid = config_.transformer.grid;
  const Tensor crops = crops_of(image, crops_per_side, config_.crop_px());
  std::vector<int> listed;
  if (with_hooks) listed.assign(config_.hooks.begin(), config_.hooks.begin() + 2);
  listed.push_back(static_cast<int>(config_.transformer.depth) - 1);
  std::vector<std::vector<Tensor>> parts(listed.size());
  for (std::int64_t first = 0; first < crops.size(0); first += kCropsAtOnce) {
    const Tensor some = crops.narrow(0, first, std::min(kCropsAtOnce, crops.size(0) - first));
    const std::vector<BlockTokens> tokens = crops_.blocks(crops_.embed(some), listed, false);
    for (std::size_t k = 0; k < listed.size(); ++k) {
      const bool is_last = k + 1 == listed.size();
      const Tensor kept = is_last ? crops_.normalise(tokens[k].patches) : tokens[k].patches;
      parts[k].push_back(tokens_to_map(kept, grid, grid));
    }
  }
  CropTokens result;
  for (std::size_t k = 0; k + 1 < listed.size(); ++k) result.hooks.push_back(at::cat(parts[k], 0));
  result.last = at::cat(parts.back(), 0);
  return result;
}

DepthProTokens DepthProEncoder::tokens(const Tensor& image) const {
  const std::int64_t side = config_.image_px();
  const std::int64_t grid = config_.transformer.grid;
  expect_shape(image, {-1, 3, side, side}, "image of Depth Pro");
  const Tensor half = bilinear(image, side / 2, side / 2, Corners::half_pixel);
  const Tensor quarter = bilinear(image, side / 4, side / 4, Corners::half_pixel);
  DepthProTokens tokens;
  {
    const CropTokens fine = crop_tokens(image, 5, true);
    tokens.detail0 = merge(fine.hooks[0], 5, grid / 8);
    tokens.detail1 = merge(fine.hooks[1], 5, grid / 8);
    tokens.fine = merge(fine.last, 5, grid / 8);
  }
  tokens.middle = merge(crop_tokens(half, 3, false).last, 3, grid / 4);
  tokens.coarse = crop_tokens(quarter, 1, false).last;
  const int last = static_cast<int>(config_.transformer.depth) - 1;
  tokens.global = tokens_to_map(whole_.blocks(whole_.embed(quarter), {last}, true).at(0).patches, grid, grid);
  return tokens;
}

Tensor DepthProEncoder::features(const DepthProTokens& tokens, int level) const {
  switch (level) {
    case 0:
      return detail0_(tokens.detail0);
    case 1:
      return detail1_(tokens.detail1);
    case 2:
      return fine_(tokens.fine);
    case 3:
      return middle_(tokens.middle);
    case 4:
      return fuse_(at::cat({coarse_(tokens.coarse), global_(tokens.global)}, 1));
    default:
      throw Error("Depth Pro", "has no feature level " + std::to_string(level));
  }
}

Tensor DepthProEncoder::finest_features(const DepthProTokens& tokens, std::int64_t first_row,
                                        std::int64_t rows) const {
  return detail0_(tokens.detail0.narrow(2, first_row, rows));
}

}  // namespace vd::nn
