// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "align/align.h"

namespace vd::align_scene {

// A rendered alignment problem whose every number follows from a seed by written formulas (no library's
// generator): a plane, a floor and three balls, seen by a camera on a curved path; each edge's points carry a
// smooth warp, noise, outliers and a scale of their own.

/// Uniform number in [0, 1) addressed by five indices (16, 12, 4, 8 and 24 bits); splitmix64 of their
/// concatenation.
inline double uniform(std::uint64_t seed, std::uint64_t a, std::uint64_t b, std::uint64_t c,
                      std::uint64_t n) {
  std::uint64_t z = (((seed << 48) | (a << 36) | (b << 32) | (c << 24)) + n + 1) * 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1.0p-53;
}

/// Unit variance, bell shaped: a sum of four uniform numbers.
inline double bell(std::uint64_t seed, std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t n) {
  return std::sqrt(3.0) * (uniform(seed, a, b, c, n) + uniform(seed, a, b, c + 1, n) +
                           uniform(seed, a, b, c + 2, n) + uniform(seed, a, b, c + 3, n) - 2);
}

struct Settings {
  int images = 10;
  int width = 256;
  int height = 144;
  std::uint64_t seed = 7;
  double noise = 0.01;
  double warp = 0.03;
  double outlier_fraction = 0.02;
};

inline SE3 camera_pose(int n, int images) {
  constexpr double two_pi = 6.283185307179586;
  const double t = images > 1 ? n / (images - 1.0) : 0.0;
  const Eigen::AngleAxisd y(-0.22 * (t - 0.5), Vec3::UnitY());
  const Eigen::AngleAxisd x(0.05 * std::sin(two_pi * t + 0.5), Vec3::UnitX());
  const Eigen::AngleAxisd z(0.04 * std::cos(two_pi * t), Vec3::UnitZ());
  return {Quat(y * x * z), {t - 0.5, 0.1 * std::sin(two_pi * t), 0.3 * t}};
}

/// Depth along z of the first surface on the ray centre + depth * direction.
inline double cast(const Vec3& centre, const Vec3& direction) {
  double nearest = INFINITY;
  const auto hit = [&](double depth) {
    if (depth > 1e-6 && depth < nearest) nearest = depth;
  };
  const Vec3 wall(-0.15, 0, 1);
  hit((4.5 - wall.dot(centre)) / wall.dot(direction));
  hit((0.95 - centre.y()) / direction.y());
  const std::array<std::pair<Vec3, double>, 3> balls{
      {{Vec3(-0.7, 0.25, 2.6), 0.45}, {Vec3(0.55, 0.05, 3.1), 0.60}, {Vec3(0.15, 0.70, 2.1), 0.25}}};
  for (const auto& [middle, radius] : balls) {
    const double a = direction.squaredNorm();
    const double b = direction.dot(centre - middle);
    const double discriminant = b * b - a * ((centre - middle).squaredNorm() - radius * radius);
    if (discriminant > 0) hit((-b - std::sqrt(discriminant)) / a);
  }
  return nearest;
}

inline double focal_px(const Settings& s) { return 0.9 * std::max(s.width, s.height); }

inline Vec3 ray(const Settings& s, int x, int y) {
  return {(x - s.width / 2.0) / focal_px(s), (y - s.height / 2.0) / focal_px(s), 1.0};
}

/// Depth maps in float64, row by row.
inline std::vector<std::vector<double>> true_depths(const Settings& s) {
  std::vector<std::vector<double>> depths;
  for (int n = 0; n < s.images; ++n) {
    const SE3 pose = camera_pose(n, s.images);
    const Mat3 rotation = pose.matrix();
    std::vector<double> map;
    for (int y = 0; y < s.height; ++y) {
      for (int x = 0; x < s.width; ++x) map.push_back(cast(pose.translation, rotation * ray(s, x, y)));
    }
    depths.push_back(std::move(map));
  }
  return depths;
}

/// (i, j) for i < j <= i + window, then all of them mirrored.
inline std::vector<std::pair<int, int>> window_edges(int images, int window) {
  std::vector<std::pair<int, int>> edges;
  for (int i = 0; i < images; ++i) {
    for (int j = i + 1; j <= std::min(images - 1, i + window); ++j) edges.emplace_back(i, j);
  }
  const std::size_t count = edges.size();
  for (std::size_t k = 0; k < count; ++k) edges.emplace_back(edges[k].second, edges[k].first);
  return edges;
}

/// One side of one edge in float64: points (3 a pixel) and confidences.
struct Side {
  std::vector<double> points;
  std::vector<double> confidence;
};

inline Side make_side(const Settings& s, const std::vector<double>& depth, std::pair<int, int> edge,
                      std::uint64_t e, std::uint64_t side) {
  constexpr double two_pi = 6.283185307179586;
  const double edge_scale = std::exp(0.25 * bell(s.seed, e, 0, 0, 0));
  std::array<double, 2> phase, amplitude;
  for (std::uint64_t q = 0; q < 2; ++q) {
    phase[q] = two_pi * uniform(s.seed, e, side + 1, 0, q);
    amplitude[q] = s.warp * bell(s.seed, e, side + 1, 4, q);
  }
  const SE3 first_from_second =
      inverse(camera_pose(edge.first, s.images)) * camera_pose(edge.second, s.images);
  const Mat3 rotation = first_from_second.matrix();
  Side result;
  for (int y = 0; y < s.height; ++y) {
    for (int x = 0; x < s.width; ++x) {
      const auto p = static_cast<std::uint64_t>(y) * s.width + x;
      const double d = depth[p];
      const double smooth = amplitude[0] * std::sin(two_pi * x / s.width + phase[0]) +
                            amplitude[1] * std::sin(two_pi * y / s.height + phase[1]);
      const bool outlier = uniform(s.seed, e, side + 5, 0, p) < s.outlier_fraction;
      const double relative = smooth + s.noise * bell(s.seed, e, side + 3, 0, p) +
                              (outlier ? 0.25 * bell(s.seed, e, side + 5, 4, p) : 0.0);
      Vec3 point = d * ray(s, x, y) * (1 + relative);
      for (int c = 0; c < 2; ++c) point[c] += 0.3 * s.noise * d * bell(s.seed, e, side + 7, 4 * c, p);
      if (side == 1) point = rotation * point + first_from_second.translation;
      for (int c = 0; c < 3; ++c) result.points.push_back(point[c] / edge_scale);
      const double exponent =
          1.6 - 0.25 * d - 0.15 * std::abs(edge.first - edge.second) + 0.25 * bell(s.seed, e, side + 9, 0, p);
      result.confidence.push_back(1 + std::exp(exponent) * (outlier ? 0.4 : 1.0));
    }
  }
  return result;
}

/// The pairs of a graph as float32 maps.
inline std::vector<PairMaps> make_pairs(const Settings& s, const std::vector<std::pair<int, int>>& edges) {
  const auto depths = true_depths(s);
  std::vector<PairMaps> pairs(edges.size());
  for (std::size_t e = 0; e < edges.size(); ++e) {
    for (std::uint64_t side = 0; side < 2; ++side) {
      const Side made = make_side(s, depths[side == 0 ? edges[e].first : edges[e].second], edges[e], e, side);
      PointMap points(s.width, s.height);
      ConfidenceMap confidence(s.width, s.height);
      points.values().assign(made.points.begin(), made.points.end());
      confidence.values().assign(made.confidence.begin(), made.confidence.end());
      (side == 0 ? pairs[e].first_points : pairs[e].second_points) = std::move(points);
      (side == 0 ? pairs[e].first_confidence : pairs[e].second_confidence) = std::move(confidence);
    }
  }
  return pairs;
}

/// The problem over pairs that the caller keeps.
inline AlignProblem make_problem(const Settings& s, const std::vector<std::pair<int, int>>& edges,
                                 const std::vector<PairMaps>& pairs) {
  AlignProblem problem;
  problem.images.assign(static_cast<std::size_t>(s.images), {s.width, s.height});
  problem.edges = edges;
  problem.load = in_memory(pairs);
  return problem;
}

}  // namespace vd::align_scene
