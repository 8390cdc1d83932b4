// SPDX-License-Identifier: Apache-2.0
#include "nn/correlation.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/parallel.h"
#include "nn/correlation_window.h"

namespace vd::nn {
namespace {

constexpr std::int64_t kPlacesATask = 64;

/// Taps of each window along one axis, centred on the place divided by 2^level: [N, 2 r + 1].
Tensor taps(const Tensor& centres, const Tensor& steps, std::int64_t size) {
  return (centres.unsqueeze(1) + steps.unsqueeze(0)) * (2.0 / std::max<double>(size - 1.0, 1.0)) - 1.0;
}

/// Windows of tables [N, 1, h, w] around places x, y [N] by LibTorch's sampler: [N, (2 r + 1)^2].
Tensor sampled_windows(const Tensor& table, const Tensor& x, const Tensor& y, std::int64_t radius) {
  const std::int64_t side = 2 * radius + 1;
  const std::int64_t count = table.size(0);
  const Tensor steps = at::arange(-radius, radius + 1, x.options());
  const Tensor columns = taps(x, steps, table.size(3)).reshape({count, side, 1}).expand({count, side, side});
  const Tensor rows = taps(y, steps, table.size(2)).reshape({count, 1, side}).expand({count, side, side});
  const Tensor grid = at::stack({columns, rows}, -1);
  return at::grid_sampler(table, grid, 0, 0, true).reshape({count, side * side});
}

}  // namespace

Correlation::Correlation(const Tensor& first, const Tensor& second, const CorrelationOptions& options)
    : options_(options), size_(first.sizes().vec()) {
  expect_shape(first, {-1, -1, -1, -1}, "features of a correlation");
  expect_shape(second, first.sizes(), "second features of a correlation");
  if (options.radius < 1 || options.radius > kMostWindowRadius)
    throw Error("correlation", "radius " + std::to_string(options.radius) + " is not in 1 to " +
                                   std::to_string(kMostWindowRadius));
  const std::int64_t batch = size_[0], depth = size_[1], height = size_[2], width = size_[3];
  if (std::min(height, width) >> (options.levels - 1) < 1)
    throw Error("correlation", "features of " + to_text(first.sizes()) + " are too small for " +
                                   std::to_string(options.levels) + " levels");
  first_ = first.flatten(2).transpose(1, 2).contiguous() * (1.0 / std::sqrt(static_cast<double>(depth)));
  Tensor smaller = second;
  for (std::int64_t level = 0; level < options.levels; ++level) {
    if (level > 0) smaller = at::avg_pool2d(smaller, Shape{2, 2});
    sizes_.push_back({smaller.size(2), smaller.size(3)});
    seconds_.push_back(smaller.flatten(2).transpose(1, 2).contiguous());
  }
  const double table_bytes = 4.0 / 3.0 * static_cast<double>(batch * height * width) *
                             static_cast<double>(height * width) * static_cast<double>(first.element_size());
  if (table_bytes > static_cast<double>(options.most_table_bytes)) return;
  for (std::int64_t level = 0; level < options.levels; ++level) {
    // Products with means are means of products, so the coarse levels need no pass over the finest one.
    tables_.push_back(at::bmm(first_, seconds_[level].transpose(1, 2))
                          .reshape({batch * height * width, 1, sizes_[level][0], sizes_[level][1]}));
  }
  first_ = Tensor();
  seconds_.clear();
}

Tensor Correlation::operator()(const Tensor& places) const {
  expect_shape(places, {size_[0], 2, size_[2], size_[3]}, "places of a correlation");
  const bool plain = places.is_cpu() && places.scalar_type() == at::kFloat;
  return plain ? look_up_on_cpu(places.contiguous()) : look_up_by_rows(places);
}

Tensor Correlation::look_up_on_cpu(const Tensor& places) const {
  const std::int64_t side = 2 * options_.radius + 1;
  const std::int64_t area = size_[2] * size_[3];
  const std::int64_t channels = options_.levels * side * side;
  // Channels last: a place writes one run of memory, and 1x1 convolutions that follow read it so.
  Tensor found = at::empty({size_[0], size_[2], size_[3], channels}, places.options());
  float* const out = found.data_ptr<float>();
  const float* const in = places.data_ptr<float>();
  const std::int64_t count = size_[0] * area;
  const auto level_values = [&](std::int64_t level) {
    CorrelationLevel values;
    values.height = sizes_[level][0];
    values.width = sizes_[level][1];
    values.depth = size_[1];
    if (keeps_table()) {
      values.table = tables_[level].data_ptr<float>();
    } else {
      values.first = first_.data_ptr<float>();
      values.second = seconds_[level].data_ptr<float>();
    }
    return values;
  };
  parallel_for(static_cast<std::size_t>((count + kPlacesATask - 1) / kPlacesATask), [&](std::size_t task) {
    const std::int64_t begin = static_cast<std::int64_t>(task) * kPlacesATask;
    const std::int64_t end = std::min(begin + kPlacesATask, count);
    for (std::int64_t level = 0; level < options_.levels; ++level) {
      const CorrelationLevel values = level_values(level);
      const float scale = 1.0F / static_cast<float>(std::int64_t{1} << level);
      for (std::int64_t place = begin; place < end; ++place) {
        const std::int64_t image = place / area;
        const std::int64_t pixel = place % area;
        const float x = in[2 * image * area + pixel] * scale;
        const float y = in[(2 * image + 1) * area + pixel] * scale;
        correlation_window(values, image, place, x, y, options_.radius,
                           out + place * channels + level * side * side);
      }
    }
  });
  return found.permute({0, 3, 1, 2});
}

Tensor Correlation::look_up_by_rows(const Tensor& places) const {
  const std::int64_t side = 2 * options_.radius + 1;
  const std::int64_t height = size_[2], width = size_[3];
  std::vector<Tensor> images;
  for (std::int64_t image = 0; image < size_[0]; ++image) {
    std::vector<Tensor> rows;
    for (std::int64_t row = 0; row < height; ++row) {
      const Tensor at_row = places[image].select(1, row);
      std::vector<Tensor> levels;
      for (std::int64_t level = 0; level < options_.levels; ++level) {
        const std::int64_t first = row * width;
        const Tensor table = keeps_table() ? tables_[level].narrow(0, image * height * width + first, width)
                                           : at::matmul(first_[image].narrow(0, first, width),
                                                        seconds_[level][image].transpose(0, 1))
                                                 .reshape({width, 1, sizes_[level][0], sizes_[level][1]});
        const double scale = 1.0 / static_cast<double>(std::int64_t{1} << level);
        levels.push_back(sampled_windows(table, at_row[0] * scale, at_row[1] * scale, options_.radius));
      }
      rows.push_back(at::cat(levels, 1));
    }
    images.push_back(at::stack(rows));
  }
  return at::stack(images)
      .reshape({size_[0], height, width, options_.levels * side * side})
      .permute({0, 3, 1, 2});
}

Tensor pixel_grid(const Tensor& x) {
  const Tensor columns = at::arange(x.size(3), x.options()).reshape({1, 1, 1, x.size(3)});
  const Tensor rows = at::arange(x.size(2), x.options()).reshape({1, 1, x.size(2), 1});
  const Shape one = {x.size(0), 1, x.size(2), x.size(3)};
  return at::cat({columns.expand(one), rows.expand(one)}, 1);
}

}  // namespace vd::nn
