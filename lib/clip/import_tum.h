// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "clip/import_dataset.h"

namespace vd {

/// Folders laid out like TUM RGB-D: rgb.txt and depth.txt with lines `time file`, groundtruth.txt; without
/// the lists, files named by their time. Depth is 5000 steps a metre, 0 unknown. Depth and pose of a frame
/// are the nearest in time, at most 20 ms away, as in the benchmark's own association.
[[nodiscard]] Sequence read_tum_layout(const std::filesystem::path& folder, const std::string& data_set,
                                       const LensCamera& camera_of_640x480);

}  // namespace vd
