// SPDX-License-Identifier: Apache-2.0
#include "weights/weight_file.h"

#include <string_view>

#include "core/error.h"
#include "weights/checkpoint.h"
#include "weights/safetensors.h"

namespace vd {
namespace {

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

/// What people download instead of weights, and what to do about it.
[[noreturn]] void refuse_unknown(std::string_view bytes, const std::string& where) {
  if (bytes.empty()) throw Error(where, "empty file");
  if (starts_with(bytes, "version https://git-lfs")) {
    throw Error(where, "a Git LFS pointer instead of weights; fetch the file itself (git lfs pull)");
  }
  const auto begin = bytes.find_first_not_of(" \t\r\n");
  if (begin != std::string_view::npos && bytes[begin] == '<') {
    throw Error(where, "a web page instead of weights; download the file again");
  }
  throw Error(where, "not a weight file: neither safetensors nor a checkpoint of PyTorch");
}

}  // namespace

const TensorView* WeightFile::find(const std::string& name) const {
  const auto alias = aliases.find(name);
  const auto place = places.find(alias == aliases.end() ? name : alias->second);
  return place == places.end() ? nullptr : &tensors[place->second];
}

WeightFile decode_weights(const std::shared_ptr<const MappedFile>& file, WeightCheck check) {
  const std::string_view bytes = file->bytes();
  WeightFile weights;
  const bool is_named_safetensors = std::filesystem::path(file->where()).extension() == ".safetensors";
  if (starts_with(bytes, "PK\x03\x04")) {
    weights = read_zip_checkpoint(file, check);
  } else if (bytes.size() > 8 && (bytes[8] == '{' || is_named_safetensors)) {
    weights = read_safetensors(file);
  } else if (bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] <= 5) {
    weights = read_legacy_checkpoint(file);
  } else {
    refuse_unknown(bytes, file->where());
  }
  for (std::size_t k = 0; k < weights.tensors.size(); ++k) weights.places[weights.tensors[k].name] = k;
  return weights;
}

WeightFile open_weights(const std::filesystem::path& path, WeightCheck check) {
  return decode_weights(MappedFile::open(path), check);
}

}  // namespace vd
