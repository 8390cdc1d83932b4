// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/options.h"
#include "image/map.h"

namespace vd {

/// How much time a flow method may take; each method maps these words to its own settings.
enum class FlowPreset { ultrafast, fast, medium, best };

struct FlowOptions {
  std::string method = "dis";  // a name out of flow_methods()
  FlowPreset preset = FlowPreset::medium;
};

void describe(FlowOptions& options, OptionTable& table);

/// A classical flow method. A further one is one more line in the table of dense_flow.cpp.
struct FlowMethod {
  std::string name;
  std::string what;  // one line for people, with the source
  /// Both images have the same size of at least 16 x 16 pixels.
  FlowMap (*compute)(const GreyImage& from, const GreyImage& to, FlowPreset preset);
};

[[nodiscard]] const std::vector<FlowMethod>& flow_methods();

/// Motion of every pixel of one image to another: pixel p of `from` is seen at p + flow(p) in `to`.
///
/// from, to  same size, any size from 1 x 1
/// returns   flow in pixels, defined everywhere (also where the target is hidden or outside: see
/// flow/consistency.h).
///           The same bytes for any number of threads.
/// throws    Error when the sizes differ or the images are empty, MisuseError for an unknown method
[[nodiscard]] FlowMap dense_flow(const GreyImage& from, const GreyImage& to, const FlowOptions& options);

}  // namespace vd
