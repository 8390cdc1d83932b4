// SPDX-License-Identifier: Apache-2.0
#include "align/depth_step.h"

#include "core/parallel.h"

namespace vd {
namespace {

struct Observation {
  Vec3 offset;  // z = y - t
  double weight;
};

double objective_at(double depth, const Vec3& direction, const std::vector<Observation>& seen,
                    const NormOptions& norm) {
  double sum = 0;
  for (const Observation& o : seen) sum += norm.value(o.weight, (depth * direction - o.offset).norm());
  return sum;
}

double weighted_depth(const Vec3& direction, const std::vector<Observation>& seen, const NormOptions& norm,
                      const double* depth) {
  double numerator = 0;
  double denominator = 0;
  for (const Observation& o : seen) {
    const double a = depth ? norm.square_weight(o.weight, (*depth * direction - o.offset).norm()) : o.weight;
    numerator += a * direction.dot(o.offset);
    denominator += a;
  }
  return numerator / (direction.squaredNorm() * denominator);
}

double best_depth(double depth, const Vec3& direction, const std::vector<Observation>& seen,
                  const DepthStepOptions& options) {
  if (!(depth > 0))
    depth = std::max(options.smallest_depth, weighted_depth(direction, seen, options.norm, nullptr));
  for (int cycle = 0; cycle < options.cycles; ++cycle) {
    const double next = weighted_depth(direction, seen, options.norm, &depth);
    depth = std::max(options.smallest_depth, std::min(std::max(next, 0.05 * depth), 20 * depth));
  }
  return depth;
}

double update_run(const ImageObservations& image, int index, const Alignment& scene,
                  const DepthStepOptions& options, std::size_t begin, std::size_t end,
                  std::vector<double>& depths) {
  const CameraRays rays(scene, index);
  const SideMotions motions(scene, image);
  std::vector<Observation> seen;
  double objective = 0;
  for (std::size_t p = begin; p < end; ++p) {
    seen.clear();
    for (std::size_t k = 0; k < image.sides.size(); ++k) {
      const double weight = image.sides[k].weights[p];
      if (weight > 0)
        seen.push_back({motions.place(k, &image.sides[k].points[3 * p]) - rays.centre(), weight});
    }
    if (seen.empty()) continue;
    const auto columns = static_cast<std::size_t>(image.columns);
    const Vec3 direction = rays.direction(image.column_px(static_cast<int>(p % columns)),
                                          image.row_px(static_cast<int>(p / columns)));
    depths[p] = best_depth(depths[p], direction, seen, options);
    objective += objective_at(depths[p], direction, seen, options.norm);
  }
  return objective;
}

}  // namespace

double update_depths(const std::vector<ImageObservations>& images, const Alignment& scene,
                     const DepthStepOptions& options, GridDepths& depths) {
  const std::vector<PixelRun> runs = pixel_runs(images, 1024);
  std::vector<double> objective(runs.size());
  parallel_for(runs.size(), [&](std::size_t r) {
    const PixelRun& run = runs[r];
    objective[r] = update_run(images[run.image], static_cast<int>(run.image), scene, options, run.begin,
                              run.end, depths[run.image]);
  });
  double total = 0;
  for (const double part : objective) total += part;
  return total;
}

double update_depths_of(const ImageObservations& image, int index, const Alignment& scene,
                        const DepthStepOptions& options, std::vector<double>& depths) {
  return update_run(image, index, scene, options, 0, image.pixels(), depths);
}

}  // namespace vd
