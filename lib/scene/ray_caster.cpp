// SPDX-License-Identifier: Apache-2.0
#include "scene/ray_caster.h"

#include <algorithm>
#include <cmath>

namespace vd::synth {
namespace {

constexpr int leaf_size = 2;

struct BoxRay {
  Vec3 origin, inverse;
  explicit BoxRay(const Ray& ray) : origin(ray.origin) {
    // A huge number instead of infinity: 0 times infinity would not compare.
    for (int k = 0; k < 3; ++k) inverse[k] = ray.direction[k] == 0 ? 1e300 : 1 / ray.direction[k];
  }
  /// Way of the ray through a box, as [enter, leave].
  bool through(const Vec3& low, const Vec3& high, double& enter, double& leave) const {
    for (int k = 0; k < 3; ++k) {
      const double a = (low[k] - origin[k]) * inverse[k], b = (high[k] - origin[k]) * inverse[k];
      enter = std::max(enter, std::min(a, b));
      leave = std::min(leave, std::max(a, b));
    }
    return enter <= leave;
  }
};

struct Bounds {
  Vec3 low = Vec3::Constant(1e300), high = Vec3::Constant(-1e300);
  void add(const Vec3& other_low, const Vec3& other_high) {
    low = low.cwiseMin(other_low);
    high = high.cwiseMax(other_high);
  }
  [[nodiscard]] double area() const {
    const Vec3 size = high - low;
    return size.x() * size.y() + size.y() * size.z() + size.z() * size.x();
  }
};

double distance_to_box(const Vec3& low, const Vec3& high, const Vec3& p) {
  return (low - p).cwiseMax(p - high).cwiseMax(0.0).norm();
}

}  // namespace

RayCaster::RayCaster(const World& world, double time_s) {
  place_all(world, time_s);
  plant(all_, false);
  plant(shadows_, true);
}

void RayCaster::plant(Tree& tree, bool shadows_only) const {
  for (int k = 0; k < static_cast<int>(placed_.size()); ++k) {
    const PlacedPart& p = placed_[static_cast<std::size_t>(k)];
    if (shadows_only && !p.object->casts_shadow) continue;
    (p.low.allFinite() && p.high.allFinite() ? tree.order : tree.unbounded).push_back(k);
  }
  if (tree.order.empty()) return;
  tree.nodes.reserve(2 * tree.order.size() + 1);
  tree.nodes.push_back({});
  build(tree, 0, 0, static_cast<int>(tree.order.size()));
}

void RayCaster::place_all(const World& world, double time_s) {
  for (std::size_t o = 0; o < world.objects.size(); ++o) {
    const Object& object = world.objects[o];
    const SE3 world_from_object = object.world_from_object(time_s);
    first_placed_.push_back(static_cast<int>(placed_.size()));
    if (object.deformation) deformations_.emplace_back(*object.deformation, time_s);
    for (std::size_t k = 0; k < object.parts.size(); ++k) {
      const Part& part = object.parts[k];
      const SE3 pose = object.deformation ? world_from_object : world_from_object * part.object_from_part;
      PlacedPart placed{&object, &part,         static_cast<int>(o), static_cast<int>(k),
                        -1,      pose.matrix(), pose.translation};
      Vec3 low = -half_extents(part.shape), high = -low;
      if (object.deformation) {
        placed.deformation = static_cast<int>(deformations_.size()) - 1;
        const Vec3 half = part.object_from_part.matrix().cwiseAbs() * high;
        deformations_.back().bounds(part.object_from_part.translation, half, low, high);
      }
      Vec3 half = Vec3::Zero();
      for (int a = 0; a < 3; ++a) {
        for (int b = 0; b < 3; ++b) {
          const double weight = std::abs(placed.world_from_part(a, b));
          if (weight > 1e-15) half[a] += weight * 0.5 * (high[b] - low[b]);  // 0 * infinity is not a number
        }
      }
      const Vec3 middle = 0.5 * (low + high);
      const Vec3 centre = middle.allFinite() ? Vec3(pose * middle) : pose.translation;
      const Vec3 margin = Vec3::Constant(1e-9) + 1e-12 * centre.cwiseAbs();
      placed.low = centre - half - margin;
      placed.high = centre + half + margin;
      placed_.push_back(placed);
    }
  }
}

void RayCaster::build(Tree& tree, int node, int begin, int end) const {
  const auto part = [&](int i) -> const PlacedPart& {
    return placed_[static_cast<std::size_t>(tree.order[static_cast<std::size_t>(i)])];
  };
  Bounds bounds;
  for (int i = begin; i < end; ++i) bounds.add(part(i).low, part(i).high);
  if (end - begin <= leaf_size) {
    tree.nodes[static_cast<std::size_t>(node)] = {bounds.low, bounds.high, begin, end - begin};
    return;
  }
  const auto sort_along = [&](int axis) {
    std::sort(tree.order.begin() + begin, tree.order.begin() + end, [&](int a, int b) {
      const PlacedPart &pa = placed_[static_cast<std::size_t>(a)], &pb = placed_[static_cast<std::size_t>(b)];
      const double ca = pa.low[axis] + pa.high[axis], cb = pb.low[axis] + pb.high[axis];
      return ca < cb || (ca == cb && a < b);
    });
  };
  // Cost of a split: area of each side times its number of parts.
  double best_cost = 1e300;
  int best_axis = 0, middle = (begin + end) / 2;
  std::vector<double> right_area(static_cast<std::size_t>(end - begin));
  for (int axis = 0; axis < 3; ++axis) {
    sort_along(axis);
    Bounds right, left;
    for (int i = end - 1; i > begin; --i) {
      right.add(part(i).low, part(i).high);
      right_area[static_cast<std::size_t>(i - begin)] = right.area();
    }
    for (int i = begin + 1; i < end; ++i) {
      left.add(part(i - 1).low, part(i - 1).high);
      const double cost =
          left.area() * (i - begin) + right_area[static_cast<std::size_t>(i - begin)] * (end - i);
      if (cost < best_cost) best_cost = cost, best_axis = axis, middle = i;
    }
  }
  sort_along(best_axis);
  const auto left = static_cast<int>(tree.nodes.size());
  tree.nodes.push_back({});
  tree.nodes.push_back({});
  tree.nodes[static_cast<std::size_t>(node)] = {bounds.low, bounds.high, left, 0};
  build(tree, left, begin, middle);
  build(tree, left + 1, middle, end);
}

bool RayCaster::meet(int index, const Ray& ray, double t_min, double t_max, Hit& hit) const {
  const PlacedPart& placed = placed_[static_cast<std::size_t>(index)];
  const Ray local{placed.world_from_part.transpose() * (ray.origin - placed.translation),
                  placed.world_from_part.transpose() * ray.direction};
  if (placed.deformation >= 0) {
    double enter = t_min, leave = t_max;
    if (!BoxRay(ray).through(placed.low, placed.high, enter, leave)) return false;
    const auto found =
        intersect_deformed(std::get<Ellipsoid>(placed.part->shape), placed.part->object_from_part,
                           deformations_[static_cast<std::size_t>(placed.deformation)], local, enter, leave);
    if (!found || found->t <= t_min || found->t >= t_max) return false;
    hit = {found->t, index, 0, found->rest};
    return true;
  }
  const auto found = intersect(placed.part->shape, local, t_min, t_max);
  if (!found) return false;
  hit = {found->t, index, found->face, local.at(found->t)};
  return true;
}

/// Visits the parts whose bounds the ray meets before t_max (which the visitor may lower), near branches
/// first; a visitor that returns true ends the walk.
template <typename Visit>
void RayCaster::walk(const Tree& tree, const Ray& ray, double t_min, double& t_max, Visit&& visit) const {
  for (const int k : tree.unbounded) {
    if (visit(k)) return;
  }
  if (tree.nodes.empty()) return;
  const BoxRay box_ray(ray);
  struct Waiting {
    int node;
    double enter;
  };
  Waiting stack[64];
  int depth = 0;
  double enter = t_min, leave = t_max;
  if (!box_ray.through(tree.nodes[0].low, tree.nodes[0].high, enter, leave)) return;
  stack[depth++] = {0, enter};
  while (depth > 0) {
    const Waiting next = stack[--depth];
    if (next.enter > t_max) continue;
    const Node& node = tree.nodes[static_cast<std::size_t>(next.node)];
    if (node.count > 0) {
      for (int i = node.first; i < node.first + node.count; ++i) {
        if (visit(tree.order[static_cast<std::size_t>(i)])) return;
      }
      continue;
    }
    Waiting child[2];
    bool met[2];
    for (int c = 0; c < 2; ++c) {
      const Node& box = tree.nodes[static_cast<std::size_t>(node.first + c)];
      double from = t_min, to = t_max;
      met[c] = box_ray.through(box.low, box.high, from, to);
      child[c] = {node.first + c, from};
    }
    const int near = met[0] && met[1] && child[1].enter < child[0].enter ? 1 : 0;
    if (met[1 - near]) stack[depth++] = child[1 - near];
    if (met[near]) stack[depth++] = child[near];
  }
}

std::optional<Hit> RayCaster::closest(const Ray& ray, double t_min, double t_max) const {
  std::optional<Hit> best;
  Hit hit;
  walk(all_, ray, t_min, t_max, [&](int k) {
    if (meet(k, ray, t_min, t_max, hit)) {
      best = hit;
      t_max = hit.t;
    }
    return false;
  });
  return best;
}

bool RayCaster::blocked(const Ray& ray, double t_min, double t_max) const {
  bool found = false;
  Hit hit;
  walk(all_, ray, t_min, t_max, [&](int k) { return found = meet(k, ray, t_min, t_max, hit); });
  return found;
}

bool RayCaster::shaded(const Ray& ray, double t_max, int& blocker) const {
  Hit hit;
  if (blocker >= 0 && meet(blocker, ray, 0, t_max, hit)) return true;
  bool found = false;
  walk(shadows_, ray, 0, t_max, [&](int k) {
    if (k == blocker || !meet(k, ray, 0, t_max, hit)) return false;
    blocker = k;
    return found = true;
  });
  return found;
}

double RayCaster::clearance(const Vec3& point, double reach, int except_placed) const {
  double nearest = reach;
  const auto look = [&](int k) {
    if (k == except_placed) return;
    const PlacedPart& placed = placed_[static_cast<std::size_t>(k)];
    if (distance_to_box(placed.low, placed.high, point) >= nearest) return;
    Vec3 local = placed.world_from_part.transpose() * (point - placed.translation);
    if (placed.deformation >= 0) {
      local = inverse(placed.part->object_from_part) *
              deformations_[static_cast<std::size_t>(placed.deformation)].rest_of(local);
    }
    nearest = std::min(nearest, distance(placed.part->shape, local));
  };
  for (const int k : all_.unbounded) look(k);
  int stack[64];
  int depth = 0;
  if (!all_.nodes.empty()) stack[depth++] = 0;
  while (depth > 0) {
    const Node& node = all_.nodes[static_cast<std::size_t>(stack[--depth])];
    if (distance_to_box(node.low, node.high, point) >= nearest) continue;
    for (int i = node.first; i < node.first + node.count; ++i) look(all_.order[static_cast<std::size_t>(i)]);
    if (node.count == 0) stack[depth++] = node.first, stack[depth++] = node.first + 1;
  }
  return nearest;
}

SurfacePoint RayCaster::surface_point(const Hit& hit) const {
  const PlacedPart& placed = placed_[static_cast<std::size_t>(hit.placed)];
  return {placed.object_index, placed.part_index, hit.rest};
}

Vec3 RayCaster::normal(const Hit& hit) const {
  const PlacedPart& placed = placed_[static_cast<std::size_t>(hit.placed)];
  Vec3 normal = normal_at(placed.part->shape, hit.rest, hit.face);
  if (placed.deformation >= 0) {
    const SE3& object_from_part = placed.part->object_from_part;
    normal = deformations_[static_cast<std::size_t>(placed.deformation)].deformed_normal(
        object_from_part * hit.rest, object_from_part.rotation * normal);
  }
  return (placed.world_from_part * normal).normalized();
}

Vec3 RayCaster::position(const SurfacePoint& point) const {
  const auto index =
      static_cast<std::size_t>(first_placed_[static_cast<std::size_t>(point.object)] + point.part);
  const PlacedPart& placed = placed_[index];
  if (placed.deformation < 0) return placed.world_from_part * point.rest + placed.translation;
  const auto& deformation = deformations_[static_cast<std::size_t>(placed.deformation)];
  return placed.world_from_part * deformation.deformed(placed.part->object_from_part * point.rest) +
         placed.translation;
}

}  // namespace vd::synth
