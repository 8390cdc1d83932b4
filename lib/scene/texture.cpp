// SPDX-License-Identifier: Apache-2.0
#include "scene/texture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <vector>

#include "core/parallel.h"
#include "image/resize.h"

namespace vd::synth {
namespace {

int log2_at_least(int size) {
  int log2 = 0;
  while ((1 << log2) < size && log2 < 12) ++log2;
  return log2;
}

const std::array<float, 256>& linear_levels() {
  static const std::array<float, 256> levels = [] {
    std::array<float, 256> table{};
    for (int i = 0; i < 256; ++i)
      table[static_cast<std::size_t>(i)] = linear_from_srgb(static_cast<float>(i));
    return table;
  }();
  return levels;
}

Colour decoded(std::uint32_t texel) {
  const auto& levels = linear_levels();
  return {levels[texel & 255u], levels[(texel >> 8) & 255u], levels[(texel >> 16) & 255u]};
}

std::uint32_t encoded(const Colour& colour) {
  std::uint32_t texel = 0;
  for (int c = 0; c < 3; ++c)
    texel |= static_cast<std::uint32_t>(std::lround(srgb_from_linear(colour[c]))) << (8 * c);
  return texel;
}

}  // namespace

float linear_from_srgb(float level) {
  const float s = std::clamp(level / 255.0f, 0.0f, 1.0f);
  return s <= 0.04045f ? s / 12.92f : std::pow((s + 0.055f) / 1.055f, 2.4f);
}

float srgb_from_linear(float light) {
  const float x = std::clamp(light, 0.0f, 1.0f);
  return 255.0f * (x <= 0.0031308f ? 12.92f * x : 1.055f * std::pow(x, 1 / 2.4f) - 0.055f);
}

Colour colour_from_srgb(int red, int green, int blue) {
  return {linear_from_srgb(static_cast<float>(red)), linear_from_srgb(static_cast<float>(green)),
          linear_from_srgb(static_cast<float>(blue))};
}

struct Texture::Level {
  int width_log2;
  int height_log2;
  std::vector<std::uint32_t> texels;  // sRGB bytes 0x00BBGGRR

  [[nodiscard]] Colour bilinear(double u, double v) const;
};

struct Texture::Pyramid {
  Pattern pattern;  // until it is painted
  std::once_flag painted_once;
  std::vector<Level> levels;
  void build(const RgbImage& image);
};

RgbImage painted(const Pattern& pattern) {
  RgbImage image(pattern.width, pattern.height);
  parallel_for(static_cast<std::size_t>(pattern.height), [&](std::size_t row) {
    const int y = static_cast<int>(row);
    for (int x = 0; x < pattern.width; ++x) {
      const Colour light = pattern.colour((x + 0.5) / pattern.width, 1 - (y + 0.5) / pattern.height);
      for (int c = 0; c < 3; ++c)
        image(x, y, c) = static_cast<std::uint8_t>(std::lround(srgb_from_linear(light[c])));
    }
  });
  return image;
}

Texture::Texture(const RgbImage& image) : pyramid_(std::make_shared<Pyramid>()) {
  std::call_once(pyramid_->painted_once, [&] { pyramid_->build(image); });
}

Texture::Texture(Pattern pattern) : pyramid_(std::make_shared<Pyramid>()) {
  pyramid_->pattern = std::move(pattern);
}

void Texture::prepare() const {
  std::call_once(pyramid_->painted_once, [&] {
    pyramid_->build(painted(pyramid_->pattern));
    pyramid_->pattern = {};
  });
}

void Texture::Pyramid::build(const RgbImage& image) {
  const int width_log2 = log2_at_least(image.width()), height_log2 = log2_at_least(image.height());
  const int width = 1 << width_log2, height = 1 << height_log2;
  const bool fits = image.width() == width && image.height() == height;
  const RgbImage base = fits ? image : resize(image, width, height, Resampling::bilinear);
  Level first{width_log2, height_log2, std::vector<std::uint32_t>(base.pixels())};
  for (std::size_t i = 0; i < base.pixels(); ++i) {
    const std::uint8_t* p = base.data() + 3 * i;
    first.texels[i] = p[0] | (std::uint32_t{p[1]} << 8) | (std::uint32_t{p[2]} << 16);
  }
  levels.push_back(std::move(first));
  while (levels.back().width_log2 > 0 || levels.back().height_log2 > 0) {
    const Level& fine = levels.back();
    Level coarse{std::max(0, fine.width_log2 - 1), std::max(0, fine.height_log2 - 1), {}};
    const int step_x = fine.width_log2 > 0 ? 1 : 0, step_y = fine.height_log2 > 0 ? 1 : 0;
    for (int y = 0; y < 1 << coarse.height_log2; ++y) {
      for (int x = 0; x < 1 << coarse.width_log2; ++x) {
        const auto texel = [&](int dx, int dy) {
          const int fx = (x << step_x) + (dx & step_x), fy = (y << step_y) + (dy & step_y);
          return decoded(
              fine.texels[(static_cast<std::size_t>(fy) << fine.width_log2) + static_cast<std::size_t>(fx)]);
        };
        coarse.texels.push_back(encoded(0.25f * (texel(0, 0) + texel(1, 0) + texel(0, 1) + texel(1, 1))));
      }
    }
    levels.push_back(std::move(coarse));
  }
}

Colour Texture::Level::bilinear(double u, double v) const {
  const int mask_x = (1 << width_log2) - 1, mask_y = (1 << height_log2) - 1;
  const double x = (u - std::floor(u)) * (mask_x + 1) - 0.5;
  const double y = (1 - (v - std::floor(v))) * (mask_y + 1) - 0.5;
  const int ix = static_cast<int>(std::floor(x)), iy = static_cast<int>(std::floor(y));
  const auto ax = static_cast<float>(x - ix), ay = static_cast<float>(y - iy);
  const std::uint32_t* row0 = texels.data() + (static_cast<std::size_t>(iy & mask_y) << width_log2);
  const std::uint32_t* row1 = texels.data() + (static_cast<std::size_t>((iy + 1) & mask_y) << width_log2);
  const int x0 = ix & mask_x, x1 = (ix + 1) & mask_x;
  return (1 - ay) * ((1 - ax) * decoded(row0[x0]) + ax * decoded(row0[x1])) +
         ay * ((1 - ax) * decoded(row1[x0]) + ax * decoded(row1[x1]));
}

Colour Texture::sample(const Vec2& uv, const Vec2& du, const Vec2& dv) const {
  prepare();
  const std::vector<Level>& levels = pyramid_->levels;
  const double width = 1 << levels[0].width_log2, height = 1 << levels[0].height_log2;
  const double along_x = std::hypot(du.x() * width, dv.x() * height);
  const double along_y = std::hypot(du.y() * width, dv.y() * height);
  const bool x_is_longer = along_x > along_y;
  const double longer = std::max(along_x, along_y), shorter = std::max(std::min(along_x, along_y), 1e-9);
  const int probes = std::clamp(static_cast<int>(std::ceil(longer / shorter - 0.3)), 1, 6);
  const double footprint = std::max(longer / probes, shorter);
  const double level =
      std::clamp(std::log2(std::max(footprint, 1e-9)), 0.0, static_cast<double>(levels.size() - 1));
  const auto finer = static_cast<std::size_t>(level);
  const std::size_t coarser = std::min(finer + 1, levels.size() - 1);
  const auto mix = static_cast<float>(level - static_cast<double>(finer));
  const Vec2 step = x_is_longer ? Vec2(du.x(), dv.x()) : Vec2(du.y(), dv.y());
  Colour sum = Colour::Zero();
  for (int k = 0; k < probes; ++k) {
    const Vec2 at = uv + step * ((k + 0.5) / probes - 0.5);
    const Colour fine = levels[finer].bilinear(at.x(), at.y());
    sum += mix > 0 ? Colour((1 - mix) * fine + mix * levels[coarser].bilinear(at.x(), at.y())) : fine;
  }
  return sum / static_cast<float>(probes);
}

}  // namespace vd::synth
