// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "scene/builder.h"

namespace vd::synth {

/// Sun, sky with clouds, and the light of the sky, drawn by the seed: from a clear to a half covered day.
/// azimuth_rad is where the sun stands, measured from the x axis.
void add_daylight(Builder& builder, double azimuth_rad);

/// Materials that many things share, made once a scene.
struct OutdoorMaterials {
  int tyre, glass, bark, metal, lamp_glass;
  std::vector<int> crowns;
};
[[nodiscard]] OutdoorMaterials make_outdoor_materials(Builder& builder);

/// Car or van with its x axis forward, turning wheels when it moves at speed_m_s.
enum class CarKind { hatchback, saloon, van };
void add_car(Builder& builder, const OutdoorMaterials& materials, CarKind kind, const MotionPath& path,
             double speed_m_s);

void add_tree(Builder& builder, const OutdoorMaterials& materials, const Vec3& foot, double height);
void add_street_lamp(Builder& builder, const OutdoorMaterials& materials, const Vec3& foot, const Vec3& arm);

/// Materials of house fronts to draw from; bay and floor are their sizes in metres.
struct FacadeMaterial {
  int material;
  double width_m, height_m;
  Colour wall;
};
[[nodiscard]] std::vector<FacadeMaterial> make_facades(Builder& builder, int count);

/// House of whole tiles of a front; centre of its ground floor at foot. Returns nothing; the roof is flat or
/// a gable along the x axis.
void add_house(Builder& builder, const FacadeMaterial& facade, const SE3& foot, const Vec3& size,
               int roof_material, bool gable);

}  // namespace vd::synth
