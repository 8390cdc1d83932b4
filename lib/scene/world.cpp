// SPDX-License-Identifier: Apache-2.0
#include "scene/world.h"

namespace vd::synth {

Vec3 world_position(const World& world, const SurfacePoint& point, double time_s) {
  const Object& object = world.objects[static_cast<std::size_t>(point.object)];
  Vec3 in_object = object.parts[static_cast<std::size_t>(point.part)].object_from_part * point.rest;
  if (object.deformation) in_object = object.deformation->deformed(in_object, time_s);
  return object.world_from_object(time_s) * in_object;
}

}  // namespace vd::synth
