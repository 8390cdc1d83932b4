// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "stereo/depth.h"

namespace vd::depth_test {

/// A plane n . X = offset in world coordinates, painted with smooth noise, large enough to fill every view.
struct Plane {
  Vec3 normal = Vec3::UnitZ();
  double offset = 4;
  Vec3 along = Vec3::UnitX(), across = Vec3::UnitY();  // directions of the paint
  double grain = 0.06;                                 // size of the finest detail, world units

  [[nodiscard]] double depth_at(const Camera& camera, double x, double y) const {
    const Vec3 ray = camera.world_from_camera.rotation * camera.intrinsics.unproject({x, y});
    return (offset - normal.dot(camera.world_from_camera.translation)) / normal.dot(ray);
  }
};

inline double lattice(int i, int j, int octave) {
  auto h = static_cast<std::uint32_t>(i) * 0x9E3779B1U ^ static_cast<std::uint32_t>(j) * 0x85EBCA77U ^
           static_cast<std::uint32_t>(octave) * 0xC2B2AE3DU;
  h = (h ^ (h >> 15)) * 0x2C1B3C6DU;
  h = (h ^ (h >> 12)) * 0x297A2D39U;
  return static_cast<double>(h ^ (h >> 15)) / 4294967296.0;
}

inline double noise(double a, double b, int octave) {
  const int i = static_cast<int>(std::floor(a));
  const int j = static_cast<int>(std::floor(b));
  const auto fade = [](double t) { return t * t * (3 - 2 * t); };
  const double s = fade(a - i);
  const double t = fade(b - j);
  return (1 - t) * ((1 - s) * lattice(i, j, octave) + s * lattice(i + 1, j, octave)) +
         t * ((1 - s) * lattice(i, j + 1, octave) + s * lattice(i + 1, j + 1, octave));
}

/// Grey level of the paint at a point of the plane.
inline double paint(const Plane& plane, const Vec3& point) {
  const double a = plane.along.dot(point) / plane.grain;
  const double b = plane.across.dot(point) / plane.grain;
  const double value = 0.5 * noise(a, b, 0) + 0.3 * noise(a / 3, b / 3, 1) + 0.2 * noise(a / 9, b / 9, 2);
  return 20 + 215 * value;
}

/// The plane seen by a camera; 2x2 samples a pixel.
inline PosedImage photograph(const Plane& plane, const Camera& camera) {
  GreyImage grey(camera.intrinsics.width, camera.intrinsics.height);
  for (int y = 0; y < grey.height(); ++y) {
    for (int x = 0; x < grey.width(); ++x) {
      double sum = 0;
      for (const double dy : {-0.25, 0.25}) {
        for (const double dx : {-0.25, 0.25}) {
          const double z = plane.depth_at(camera, x + dx, y + dy);
          sum += paint(plane, camera.world_from_camera * (z * camera.intrinsics.unproject({x + dx, y + dy})));
        }
      }
      grey(x, y) = static_cast<std::uint8_t>(std::lround(std::clamp(sum / 4, 0.0, 255.0)));
    }
  }
  return posed_image(std::move(grey), camera);
}

/// Cameras side by side, looking along z, step apart.
inline std::vector<Camera> sideways(int count, double step, int width = 160, int height = 120) {
  std::vector<Camera> cameras;
  for (int i = 0; i < count; ++i)
    cameras.push_back(
        {centred_intrinsics(150, width, height), {Quat::Identity(), Vec3(step * i, 0.02 * step * i, 0)}});
  return cameras;
}

inline std::vector<PosedImage> photographs(const Plane& plane, const std::vector<Camera>& cameras) {
  std::vector<PosedImage> images;
  for (const Camera& camera : cameras) images.push_back(photograph(plane, camera));
  return images;
}

struct DepthError {
  double coverage = 0;       // observed share of all pixels
  double median = 0;         // relative, of the observed
  double mean_complete = 0;  // relative, of all pixels
};

inline DepthError error_of(const FrameDepth& frame, const Plane& plane, const Camera& camera) {
  std::vector<double> observed;
  double sum = 0;
  for (int y = 0; y < frame.depth.height(); ++y) {
    for (int x = 0; x < frame.depth.width(); ++x) {
      const double error = std::abs(frame.depth(x, y) / plane.depth_at(camera, x, y) - 1);
      sum += error;
      if (frame.confidence(x, y) > 0) observed.push_back(error);
    }
  }
  const auto pixels = static_cast<double>(frame.depth.pixels());
  if (observed.empty()) return {0, 0, sum / pixels};
  std::nth_element(observed.begin(), observed.begin() + static_cast<std::ptrdiff_t>(observed.size() / 2),
                   observed.end());
  return {static_cast<double>(observed.size()) / pixels, observed[observed.size() / 2], sum / pixels};
}

inline Plane slanted() {
  Plane plane;
  plane.normal = Vec3(0.4, 0.2, 1).normalized();
  plane.along = plane.normal.cross(Vec3::UnitY()).normalized();
  plane.across = plane.normal.cross(plane.along);
  return plane;
}

}  // namespace vd::depth_test
