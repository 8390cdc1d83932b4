// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "scene/world.h"

namespace vd::synth {

/// A part where it is at one moment.
struct PlacedPart {
  const Object* object;
  const Part* part;
  int object_index, part_index;
  int deformation;       // index into the caster's deformations, -1 for rigid parts
  Mat3 world_from_part;  // of a deforming part: world_from_object
  Vec3 translation;
  Vec3 low, high;  // bounds in the world
};

struct Hit {
  double t;
  int placed;  // index of the placed part
  int face;
  Vec3 rest;  // in the part's frame
};

/// The world at one moment, ready for rays: a tree of bounding boxes over the bounded parts (split where the
/// surface area heuristic is least), infinite planes beside it.
class RayCaster {
 public:
  RayCaster(const World& world, double time_s);

  [[nodiscard]] std::optional<Hit> closest(const Ray& ray, double t_min, double t_max) const;
  /// Whether anything lies on the ray with t in (t_min, t_max).
  [[nodiscard]] bool blocked(const Ray& ray, double t_min, double t_max) const;
  /// The same for the parts that cast shadows. blocker is the placed part that was in the way of an earlier
  /// ray, or -1; it is tried first, and set when the ray is blocked.
  [[nodiscard]] bool shaded(const Ray& ray, double t_max, int& blocker) const;
  /// Distance from a point to the nearest surface of any part but one, at most reach.
  [[nodiscard]] double clearance(const Vec3& point, double reach, int except_placed) const;

  [[nodiscard]] const PlacedPart& placed(int index) const { return placed_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] SurfacePoint surface_point(const Hit& hit) const;
  /// Outward unit normal in the world.
  [[nodiscard]] Vec3 normal(const Hit& hit) const;
  /// Where a material point is, as world_position, but without asking its motion again.
  [[nodiscard]] Vec3 position(const SurfacePoint& point) const;

 private:
  struct Node {
    Vec3 low, high;
    int first;  // of a leaf: into the order; of a branch: its left child (the right one follows)
    int count;  // 0 for a branch
  };
  struct Tree {
    std::vector<int> unbounded;
    std::vector<int> order;
    std::vector<Node> nodes;
  };
  void plant(Tree& tree, bool shadows_only) const;
  void build(Tree& tree, int node, int begin, int end) const;
  void place_all(const World& world, double time_s);
  bool meet(int placed, const Ray& ray, double t_min, double t_max, Hit& hit) const;
  template <typename Visit>
  void walk(const Tree& tree, const Ray& ray, double t_min, double& t_max, Visit&& visit) const;

  std::vector<PlacedPart> placed_;
  std::vector<int> first_placed_;  // of each object
  std::vector<DeformationAt> deformations_;
  Tree all_;
  Tree shadows_;
};

}  // namespace vd::synth
