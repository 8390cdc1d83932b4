// SPDX-License-Identifier: Apache-2.0
#include "weights/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "core/error.h"
#include "core/parallel.h"
#include "weights/crc32.h"
#include "weights/little_endian.h"
#include "weights/pickle.h"
#include "weights/text_of_file.h"
#include "weights/zip_directory.h"

namespace vd {
namespace {

/// Where the storages of a pickle begin in the file, by their place in its list.
using StorageOffsets = std::vector<std::size_t>;

/// The value that holds the tensors: `model` or `state_dict` of a dict, or the dict itself.
const PickleValue& find_state_dict(const PickleGraph& graph, const std::string& where) {
  const char* const no_model = "holds no model: no dict with 'model' or 'state_dict', and no dict of tensors";
  if (!is_dict(graph.root())) throw Error(where, no_model);
  for (const char* key : {"model", "state_dict"}) {
    const PickleValue* const found = graph.find(graph.root(), key);
    if (found == nullptr) continue;
    if (!is_dict(*found) || graph.items(*found).empty()) {
      throw Error(where, fmt::format("its '{}' is no dict of tensors", key));
    }
    return *found;
  }
  const auto& items = graph.items(graph.root());
  bool has_only_tensors = !items.empty();
  for (std::size_t k = 1; k < items.size(); k += 2) {
    has_only_tensors = has_only_tensors && items[k].kind == PickleKind::tensor;
  }
  if (!has_only_tensors) throw Error(where, no_model);
  return graph.root();
}

TensorView view_of(const PickleGraph& graph, const PickleValue& value, const StorageOffsets& offsets,
                   const std::shared_ptr<const MappedFile>& file) {
  const PickleTensor& tensor = graph.tensor(value);
  const StoredType type = graph.storages()[tensor.storage].type;
  TensorView view;
  view.type = type;
  view.shape = tensor.shape;
  view.strides = tensor.strides;
  view.data = reinterpret_cast<const std::byte*>(file->bytes().data()) + offsets[tensor.storage] +
              tensor.offset * item_size(type);
  view.owner = file;
  return view;
}

void read_tensors(const PickleGraph& graph, const StorageOffsets& offsets, WeightFile& weights) {
  const auto& items = graph.items(find_state_dict(graph, weights.where));
  std::unordered_set<std::string_view> seen;
  for (std::size_t k = 0; k + 1 < items.size(); k += 2) {
    const std::string_view name =
        items[k].kind == PickleKind::text ? graph.text(items[k]) : std::string_view();
    if (!is_fit_name(name)) throw Error(weights.where, "a tensor of its model has no fit name");
    if (items[k + 1].kind != PickleKind::tensor) {
      throw Error(weights.where, in_quotes(name) + " in its model is no tensor");
    }
    if (!seen.insert(name).second) throw Error(weights.where, "two tensors are named " + in_quotes(name));
    weights.tensors.push_back(view_of(graph, items[k + 1], offsets, weights.file));
    weights.tensors.back().name = name;
  }
}

/// What stands beside the model.
void read_facts(const PickleGraph& graph, WeightFile& weights) {
  const auto& items = graph.items(graph.root());
  for (std::size_t k = 0; k + 1 < items.size(); k += 2) {
    if (items[k].kind != PickleKind::text || !is_fit_name(graph.text(items[k]))) continue;
    const std::string name(graph.text(items[k]));
    const PickleValue& value = items[k + 1];
    if (value.kind == PickleKind::real) weights.numbers[name] = value.real;
    if (value.kind == PickleKind::integer) weights.numbers[name] = static_cast<double>(value.integer);
  }
  const PickleValue* const args = graph.find(graph.root(), "args");
  const PickleValue* const model = args == nullptr ? nullptr : graph.find(*args, "model");
  if (model != nullptr && model->kind == PickleKind::text) weights.model_string = graph.text(*model);
}

/// Throws when two persistent ids give one key different types or lengths.
std::unordered_map<std::string_view, const PickleStorage*> storages_by_key(const PickleGraph& graph,
                                                                           const std::string& where) {
  std::unordered_map<std::string_view, const PickleStorage*> by_key;
  for (const PickleStorage& storage : graph.storages()) {
    const PickleStorage* const first = by_key.emplace(storage.key, &storage).first->second;
    if (first->type != storage.type || first->count != storage.count) {
      throw Error(where, "storage " + in_quotes(storage.key) + " is stated with two types or lengths");
    }
  }
  return by_key;
}

/// ROOT/ of the only ROOT/data.pkl.
std::string find_root(const std::vector<ZipEntry>& entries, const std::string& where) {
  std::string root;
  for (const ZipEntry& entry : entries) {
    const std::size_t slash = entry.name.find('/');
    if (slash == std::string::npos || entry.name.substr(slash) != "/data.pkl") continue;
    if (!root.empty()) throw Error(where, "two data.pkl, so it cannot be told which one is meant");
    root = entry.name.substr(0, slash + 1);
  }
  if (root.empty()) throw Error(where, "a ZIP file without a data.pkl: not a checkpoint of PyTorch");
  return root;
}

class ZipMembers {
 public:
  explicit ZipMembers(const std::shared_ptr<const MappedFile>& file)
      : file_(file), entries_(read_zip_directory(file->bytes(), file->where())) {
    for (const ZipEntry& entry : entries_) by_name_[entry.name] = &entry;
  }
  [[nodiscard]] const std::vector<ZipEntry>& entries() const { return entries_; }
  [[nodiscard]] const ZipEntry* find(const std::string& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }
  [[nodiscard]] std::string_view bytes(const ZipEntry& entry) const {
    return file_->bytes().substr(entry.offset, entry.size);
  }
  /// Throws when the sum of a member is not the one that the directory states.
  void check_sum(const ZipEntry& entry) const {
    constexpr std::size_t window = 8 << 20;
    const auto* const begin = reinterpret_cast<const std::byte*>(bytes(entry).data());
    std::uint32_t sum = 0;
    for (std::size_t done = 0; done < entry.size; done += window) {
      const std::size_t count = std::min(window, entry.size - done);
      sum = crc32(sum, begin + done, count);
      file_->release(begin + done, count);
    }
    if (sum == entry.crc) return;
    throw Error(file_->where(),
                "damaged: the check sum of " + in_quotes(entry.name) + " is wrong; download it again");
  }

 private:
  std::shared_ptr<const MappedFile> file_;
  std::vector<ZipEntry> entries_;
  std::unordered_map<std::string_view, const ZipEntry*> by_name_;
};

/// Members of all storages, which must be there at the length that the pickle states.
std::unordered_map<std::string_view, const ZipEntry*> find_storages(const PickleGraph& graph,
                                                                    const ZipMembers& zip,
                                                                    const std::string& root,
                                                                    const std::string& where) {
  std::unordered_map<std::string_view, const ZipEntry*> found;
  for (const auto& [key, storage] : storages_by_key(graph, where)) {
    const ZipEntry* const entry = zip.find(root + "data/" + std::string(key));
    if (entry == nullptr) throw Error(where, "storage " + in_quotes(key) + " is missing");
    const std::size_t wanted = storage->count * item_size(storage->type);
    if (entry->size != wanted) {
      throw Error(
          where, fmt::format("storage {} holds {} bytes instead of {}", in_quotes(key), entry->size, wanted));
    }
    found[key] = entry;
  }
  return found;
}

/// Of the members that tensors of the model lie in; what an optimizer left behind is not read.
void check_sums(const WeightFile& weights, const ZipMembers& zip) {
  std::vector<const ZipEntry*> order;
  for (const ZipEntry& entry : zip.entries()) order.push_back(&entry);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
  const char* const begin = weights.file->bytes().data();
  std::vector<const ZipEntry*> used;
  for (const TensorView& tensor : weights.tensors) {
    const auto offset = static_cast<std::size_t>(reinterpret_cast<const char*>(tensor.data) - begin);
    const auto after =
        std::upper_bound(order.begin(), order.end(), offset,
                         [](std::size_t value, const auto* entry) { return value < entry->offset; });
    if (after != order.begin()) used.push_back(*(after - 1));
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  parallel_for(used.size(), [&](std::size_t k) { zip.check_sum(*used[k]); });
}

constexpr std::string_view magic_number =
    "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";  // 0x1950a86a20f9469cfc6c

/// Steps over the pickles of the legacy container.
class LegacyReader {
 public:
  explicit LegacyReader(const std::shared_ptr<const MappedFile>& file) : file_(file), rest_(file->bytes()) {}

  PickleGraph next_pickle() {
    std::size_t used = 0;
    PickleGraph graph = read_pickle(rest_, file_->where(), used);
    rest_.remove_prefix(used);
    return graph;
  }

  void read_preamble() {
    const PickleGraph magic = next_pickle();
    if (magic.root().kind != PickleKind::text || magic.text(magic.root()) != magic_number) {
      throw Error(file_->where(), "a pickle, but not a checkpoint of PyTorch");
    }
    const PickleGraph protocol = next_pickle();
    if (protocol.root().kind != PickleKind::integer || protocol.root().integer != 1001) {
      throw Error(file_->where(), "a checkpoint of an unknown protocol of PyTorch");
    }
    const PickleGraph machine = next_pickle();
    const PickleValue* const little = machine.find(machine.root(), "little_endian");
    if (little == nullptr || little->kind != PickleKind::boolean || little->integer == 0) {
      throw Error(file_->where(), "was not written on a little-endian machine");
    }
  }

  /// Begin of the elements of each storage.
  StorageOffsets read_storages(const PickleGraph& graph) {
    const PickleGraph keys = next_pickle();
    if (keys.root().kind != PickleKind::list) throw Error(file_->where(), "its list of storages is no list");
    const auto by_key = storages_by_key(graph, file_->where());
    std::unordered_map<std::string_view, std::size_t> begin;
    for (const PickleValue& key_value : keys.items(keys.root())) {
      const std::string_view key =
          key_value.kind == PickleKind::text ? keys.text(key_value) : std::string_view();
      const auto storage = by_key.find(key);
      if (storage == by_key.end() || begin.count(key) > 0) {
        throw Error(file_->where(),
                    "storage " + in_quotes(key) + " is listed twice, or belongs to no tensor");
      }
      begin[storage->first] = read_storage(*storage->second);
    }
    if (!rest_.empty()) throw Error(file_->where(), "something follows its last storage");
    StorageOffsets offsets;
    for (const PickleStorage& storage : graph.storages()) {
      const auto found = begin.find(storage.key);
      if (found == begin.end())
        throw Error(file_->where(), "storage " + in_quotes(storage.key) + " is missing");
      offsets.push_back(found->second);
    }
    return offsets;
  }

 private:
  std::size_t read_storage(const PickleStorage& storage) {
    if (rest_.size() < 8) throw Error(file_->where(), "truncated before storage " + in_quotes(storage.key));
    if (little_endian_at<std::uint64_t>(rest_, 0) != storage.count) {
      throw Error(file_->where(), "storage " + in_quotes(storage.key) + " is stated with two lengths");
    }
    rest_.remove_prefix(8);
    const std::size_t wanted = storage.count * item_size(storage.type);
    if (rest_.size() < wanted) {
      throw Error(file_->where(), fmt::format("truncated: {} of {} bytes of storage {}", rest_.size(), wanted,
                                              in_quotes(storage.key)));
    }
    const auto offset = static_cast<std::size_t>(rest_.data() - file_->bytes().data());
    rest_.remove_prefix(wanted);
    return offset;
  }

  std::shared_ptr<const MappedFile> file_;
  std::string_view rest_;
};

}  // namespace

WeightFile read_zip_checkpoint(const std::shared_ptr<const MappedFile>& file, WeightCheck check) {
  WeightFile weights;
  weights.where = file->where();
  weights.format = "PyTorch ZIP";
  weights.file = file;
  const ZipMembers zip(file);
  const std::string root = find_root(zip.entries(), weights.where);
  const ZipEntry* const order = zip.find(root + "byteorder");
  if (order != nullptr && zip.bytes(*order).substr(0, 6) != "little") {
    throw Error(weights.where, "was not written on a little-endian machine");
  }
  if (zip.find(root + "constants.pkl") != nullptr) {
    throw Error(weights.where, "a compiled TorchScript program, not a checkpoint; its state dict is needed");
  }
  const ZipEntry& entry = *zip.find(root + "data.pkl");
  zip.check_sum(entry);
  std::size_t used = 0;
  const PickleGraph graph = read_pickle(zip.bytes(entry), weights.where, used);
  const auto members = find_storages(graph, zip, root, weights.where);
  StorageOffsets offsets;
  for (const PickleStorage& storage : graph.storages()) offsets.push_back(members.at(storage.key)->offset);
  read_tensors(graph, offsets, weights);
  read_facts(graph, weights);
  if (check == WeightCheck::all) check_sums(weights, zip);
  return weights;
}

WeightFile read_legacy_checkpoint(const std::shared_ptr<const MappedFile>& file) {
  WeightFile weights;
  weights.where = file->where();
  weights.format = "PyTorch legacy";
  weights.file = file;
  LegacyReader reader(file);
  reader.read_preamble();
  const PickleGraph graph = reader.next_pickle();
  const StorageOffsets offsets = reader.read_storages(graph);
  read_tensors(graph, offsets, weights);
  read_facts(graph, weights);
  return weights;
}

}  // namespace vd
