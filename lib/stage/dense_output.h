// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "clip/run.h"
#include "io/exr.h"

namespace vd {

/// How a stage stores its dense maps: codec and precision beside --format.
struct DenseOutput {
  ExrEncoding encoding;
};
void describe(DenseOutput& output, OptionTable& table);

/// ".exr" or ".npy".
[[nodiscard]] const char* dense_extension(const Run& run);

}  // namespace vd
