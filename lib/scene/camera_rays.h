// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scene/scene.h"
#include "scene/shading.h"

namespace vd::synth {

constexpr double nearest_depth_m = 1e-3;
constexpr double farthest_depth_m = 1e5;

/// Rays of one camera; t along a ray is the depth z because the direction has z = 1 in the camera frame.
class CameraRays {
 public:
  CameraRays(const Intrinsics& intrinsics, const SE3& world_from_camera)
      : intrinsics_(intrinsics),
        origin_(world_from_camera.translation),
        rotation_(world_from_camera.matrix()) {}
  [[nodiscard]] ViewRay through(double x, double y) const {
    return {{origin_, rotation_ * intrinsics_.unproject({x, y})},
            rotation_.col(0) / intrinsics_.fx,
            rotation_.col(1) / intrinsics_.fy};
  }

 private:
  Intrinsics intrinsics_;
  Vec3 origin_;
  Mat3 rotation_;
};

/// What the ray through each pixel's centre, moved by shift, meets; Hit::placed is -1 in the sky.
using HitMap = Map<Hit>;
[[nodiscard]] HitMap cast_pixels(const CameraRays& rays, const RayCaster& caster, int width, int height,
                                 const Vec2& shift);

/// Linear light of a frame, as one sharp moment or as the mean over the open shutter, centred on the frame's
/// time. centres are the hits of the frame's own moment.
[[nodiscard]] Map<float, 3> render_light(const Scene& scene, int frame, const RayCaster& caster,
                                         const HitMap& centres);

/// Where material points are seen by the camera of one frame.
class FrameView {
 public:
  FrameView(const Scene& scene, int frame);

  struct Sight {
    bool in_front;
    Vec2 pixel;
    bool visible;  // inside the image and not hidden
  };
  [[nodiscard]] Sight look(const SurfacePoint& point) const;
  [[nodiscard]] const RayCaster& caster() const { return caster_; }

 private:
  RayCaster caster_;
  SE3 world_from_camera_;
  SE3 camera_from_world_;
  Intrinsics intrinsics_;
};

}  // namespace vd::synth
