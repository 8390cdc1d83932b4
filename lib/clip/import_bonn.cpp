// SPDX-License-Identifier: Apache-2.0
#include "clip/import_tum.h"

namespace vd {
namespace fs = std::filesystem;

bool is_bonn_sequence(const fs::path& folder) {
  return folder_name(folder).rfind("rgbd_bonn_", 0) == 0 && fs::is_directory(folder / "rgb");
}

Sequence open_bonn_sequence(const fs::path& folder) {
  // As the web page of the data set publishes it; no file of a sequence says it. --intrinsics takes its
  // place.
  const Intrinsics camera{542.822841, 542.576870, 315.593520, 237.756098, 640, 480};
  const Lens lens = make_lens(LensModel::opencv, {0.039903, -0.099343, -0.000730, -0.000144, 0.0}, "Bonn");
  Sequence sequence = read_tum_layout(folder, "bonn", {camera, lens});
  sequence.notes.emplace_back(
      "the true path is that of the motion-capture marker, not of the optical centre: compare it up to a "
      "rigid motion");
  return sequence;
}

}  // namespace vd
