// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <optional>

#include "stereo/motion_evidence.h"

namespace vd::test {

/// A wall behind a disc that may move, seen by a moving camera: exact flow and masks in closed form.
struct DiscWorld {
  Intrinsics intrinsics = centred_intrinsics(100, 96, 64);
  Vec3 wall = Vec3(0.02, 0.05, 0.2);  // points X of the wall: wall . X = 1
  Vec3 disc_centre = Vec3(0, 0, 3);   // at time 0; the disc is parallel to z = 0
  double disc_radius = 0;             // 0: no disc
  Vec3 disc_step = Vec3::Zero();      // motion from frame to frame
  Vec3 camera_step = Vec3(0.08, 0, 0.03);
  Vec3 camera_turn_rad = Vec3(0.002, 0.004, 0.001);

  struct Hit {
    Vec3 point;
    bool on_disc;
  };

  [[nodiscard]] Camera camera(int time) const {
    return {intrinsics, SE3{rotation_exp(time * camera_turn_rad), time * camera_step}};
  }

  [[nodiscard]] Hit cast(int time, const Vec2& pixel) const {
    const Camera eye = camera(time);
    const Vec3 origin = eye.world_from_camera.translation;
    const Vec3 ray = eye.world_from_camera.rotation * intrinsics.unproject(pixel);
    const Vec3 centre = disc_centre + time * disc_step;
    const Vec3 on_disc = origin + ray * ((centre.z() - origin.z()) / ray.z());
    if ((on_disc - centre).norm() < disc_radius) return {on_disc, true};
    return {origin + ray * ((1 - wall.dot(origin)) / wall.dot(ray)), false};
  }

  [[nodiscard]] double inverse_depth(int time, const Vec2& pixel) const {
    return 1 / (inverse(camera(time).world_from_camera) * cast(time, pixel).point).z();
  }

  [[nodiscard]] FlowMap flow(int from, int to) const {
    FlowMap map(intrinsics.width, intrinsics.height);
    for (int y = 0; y < map.height(); ++y)
      for (int x = 0; x < map.width(); ++x) {
        Hit hit = cast(from, {x, y});
        if (hit.on_disc) hit.point += (to - from) * disc_step;
        const Vec2 seen = intrinsics.project(inverse(camera(to).world_from_camera) * hit.point);
        map(x, y, 0) = static_cast<float>(seen.x() - x);
        map(x, y, 1) = static_cast<float>(seen.y() - y);
      }
    return map;
  }

  [[nodiscard]] FlowSet flows(int time) const {
    FlowSet set;
    for (const int offset : {-2, -1, 1, 2}) {
      NeighbourFlow neighbour{offset, camera(time + offset),
                              std::make_shared<const FlowMap>(flow(time, time + offset)),
                              std::make_shared<const FlowMap>(flow(time + offset, time)), nullptr};
      if (offset % 2 == 0)
        neighbour.second_half = std::make_shared<const FlowMap>(flow(time + offset / 2, time + offset));
      set.push_back(std::move(neighbour));
    }
    return set;
  }

  [[nodiscard]] MaskMap disc_mask(int time) const {
    MaskMap mask(intrinsics.width, intrinsics.height);
    for (int y = 0; y < mask.height(); ++y)
      for (int x = 0; x < mask.width(); ++x) mask(x, y) = cast(time, {x, y}).on_disc ? 255 : 0;
    return mask;
  }

  /// A textured frame: only its gradients matter.
  [[nodiscard]] GreyImage grey() const {
    GreyImage image(intrinsics.width, intrinsics.height);
    for (int y = 0; y < image.height(); ++y)
      for (int x = 0; x < image.width(); ++x)
        image(x, y) = static_cast<std::uint8_t>(128 + 60 * std::sin(0.7 * x) * std::cos(0.9 * y + 0.2 * x));
    return image;
  }
};

}  // namespace vd::test
