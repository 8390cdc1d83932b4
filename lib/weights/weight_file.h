// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "weights/mapped_file.h"
#include "weights/tensor_view.h"

namespace vd {

/// A file of trained weights, of either format, as values: names and views of the mapped file.
struct WeightFile {
  std::string where;                            // the path, for messages
  std::string format;                           // "safetensors", "PyTorch ZIP", "PyTorch legacy"
  std::vector<TensorView> tensors;              // in the order of the file; names are unique
  std::map<std::string, std::string> aliases;   // a further name of a tensor -> the name it stands under here
  std::map<std::string, std::string> metadata;  // safetensors: texts, aliases left out
  std::map<std::string, double> numbers;        // .pth: what stands beside the model: "epoch", "best_so_far"
  std::optional<std::string> model_string;      // .pth: args.model, how the network was made
  std::unordered_map<std::string, std::size_t> places;  // of names in tensors
  std::shared_ptr<const MappedFile> file;

  /// Also by another name of the same tensor; null when there is none.
  [[nodiscard]] const TensorView* find(const std::string& name) const;
};

/// structure: headers, sizes and places, which must all hold anyway; all: also the check sums of the ZIP
/// container, for which the whole file is read. Safetensors and the legacy container have none.
enum class WeightCheck { structure, all };

/// Opens a safetensors file, or a .pth or .pt file that torch.save has written, in its ZIP or its legacy
/// container; which one is told by the content. Of a checkpoint the tensors are those under `model` or
/// `state_dict`, or all of a bare state dict. Nothing is converted and no tensor is copied: start-up reads
/// the headers. Nothing in a file is ever run. Throws Error of one line on every other file, also on
/// truncated and hostile ones; memory stays below about 250 MiB whatever the file says.
[[nodiscard]] WeightFile open_weights(const std::filesystem::path& path,
                                      WeightCheck check = WeightCheck::all);
[[nodiscard]] WeightFile decode_weights(const std::shared_ptr<const MappedFile>& file,
                                        WeightCheck check = WeightCheck::all);

}  // namespace vd
