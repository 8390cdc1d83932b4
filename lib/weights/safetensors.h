// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "weights/weight_file.h"

namespace vd {

/// Reader of safetensors; callers use open_weights, which knows formats apart and fills `places`. A length of
/// the header (8 bytes), the header (JSON), then the elements of all tensors, C order, little endian. Throws
/// Error when the header is longer than the file or 100 MB, nested deeper than 64, repeats a name, states a
/// type that is not known or a length that does not fit the shape, and when the tensors overlap or do not
/// fill the file. Metadata that give a tensor as the value of a name are aliases.
/// Source: huggingface/safetensors, README, "Format".
[[nodiscard]] WeightFile read_safetensors(const std::shared_ptr<const MappedFile>& file);

/// Writes the same format, tensors of large elements first, so that all are aligned. Tensors that are the
/// same view of the same memory are stored once, under the first of their names in alphabetical order, and
/// the others become aliases. The bytes depend on the tensors and metadata alone. Memory is bounded by a
/// block; the file appears complete or not at all. Throws Error when it cannot be written.
///
/// source  the file that the tensors are views of; what has been copied of it is released
void write_safetensors(const std::filesystem::path& path, const std::vector<TensorView>& tensors,
                       const std::map<std::string, std::string>& metadata,
                       const MappedFile* source = nullptr);

/// The first bytes of that file: the length of the header and the header, a multiple of 8 in all.
struct SafetensorsLayout {
  std::string header;
  std::vector<const TensorView*> order;  // of the elements that follow
};
[[nodiscard]] SafetensorsLayout lay_out_safetensors(const std::vector<TensorView>& tensors,
                                                    const std::map<std::string, std::string>& metadata);

}  // namespace vd
