// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "weights/weight_file.h"

namespace vd {

// The two containers of torch.save. Callers use open_weights, which knows them apart. `places` of the result
// are filled there.

/// A ZIP file of stored members: ROOT/data.pkl, and one member ROOT/data/KEY for each storage.
[[nodiscard]] WeightFile read_zip_checkpoint(const std::shared_ptr<const MappedFile>& file,
                                             WeightCheck check);

/// Five pickles one after another (a magic number, the protocol, facts about the machine, the object, the
/// keys of the storages), then for each key the number of elements and the elements.
[[nodiscard]] WeightFile read_legacy_checkpoint(const std::shared_ptr<const MappedFile>& file);

}  // namespace vd
