// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scene/builder.h"

namespace vd::synth {

/// Soft animal about length metres long, nose along x, standing on z = 0 of its path, bending as it goes.
void add_creature(Builder& builder, const MotionPath& path, double length_m);

/// Balloon or jelly that breathes and leans, its lowest point near z = 0 of its path.
void add_jelly(Builder& builder, const MotionPath& path, double radius_m);

}  // namespace vd::synth
