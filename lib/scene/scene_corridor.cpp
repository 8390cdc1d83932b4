// SPDX-License-Identifier: Apache-2.0
#include "scene/scene_list.h"
namespace vd::synth {
Scene make_corridor(const SceneOptions& o) { return make_room(o); }
}
