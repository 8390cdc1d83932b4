// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "weights/tensor_view.h"

namespace vd {

enum class PickleKind : std::uint8_t {
  none,
  boolean,
  integer,
  real,
  text,  // also integers too long for 64 bits, as their bytes
  bytes,
  list,
  tuple,
  set,
  dict,
  ordered_dict,
  global,  // a name that the pickle mentions; nothing is behind it
  record,  // an object without behaviour: Namespace, device, path, dtype
  storage,
  tensor,
};

/// A value of a pickle: small ones as they are, the others as an index into the graph, so that values are
/// shared, may hold each other, and need no recursion to be destroyed.
struct PickleValue {
  PickleKind kind = PickleKind::none;
  std::uint32_t index = 0;
  union {
    std::int64_t integer = 0;
    double real;
  };
};

/// Where the numbers of tensors lie: `count` elements under a key, given by a persistent id.
struct PickleStorage {
  StoredType type = StoredType::f32;
  std::string key;
  std::uint64_t count = 0;
};

/// A view of a storage, checked: every element lies inside it, and no axis has a negative size or stride.
struct PickleTensor {
  std::uint32_t storage = 0;
  std::uint64_t offset = 0;  // all in elements
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
};

/// An object of one of the few classes that may occur, as its name and its content.
struct PickleRecord {
  std::uint32_t global = 0;
  PickleValue content;
};

/// What a pickle holds. Views of texts point into the pickle's bytes, which must outlive the graph.
class PickleGraph {
 public:
  PickleGraph() = default;
  PickleGraph(PickleGraph&&) =
      default;  // texts point into the object's own; they move along, a copy's would not
  PickleGraph& operator=(PickleGraph&&) = default;

  [[nodiscard]] const PickleValue& root() const { return root_; }
  [[nodiscard]] std::string_view text(const PickleValue& value) const { return texts_[value.index]; }
  /// Of a list, tuple or set; of a dict keys and values by turns.
  [[nodiscard]] const std::vector<PickleValue>& items(const PickleValue& value) const {
    return containers_[value.index];
  }
  [[nodiscard]] const PickleTensor& tensor(const PickleValue& value) const { return tensors_[value.index]; }
  [[nodiscard]] const PickleRecord& record(const PickleValue& value) const { return records_[value.index]; }
  [[nodiscard]] const std::deque<PickleStorage>& storages() const { return storages_; }
  /// The value under a text key of a dict, or of the attributes of a Namespace; the last one if there are
  /// several, as Python has it; null when there is none.
  [[nodiscard]] const PickleValue* find(const PickleValue& dict, std::string_view key) const;

 private:
  friend class PickleMachine;
  friend class PickleCalls;

  PickleValue root_;
  std::deque<std::string_view> texts_;
  std::deque<std::string> made_texts_;  // those that do not stand in the pickle
  std::deque<std::vector<PickleValue>> containers_;
  std::deque<PickleRecord> records_;
  std::deque<PickleStorage> storages_;
  std::deque<PickleTensor> tensors_;
};

[[nodiscard]] bool is_dict(const PickleValue& value);

/// Reads one pickle of protocol 2 to 5 at the start of `bytes` by a stack machine that knows only how to
/// build values: it imports nothing and calls nothing, whatever the pickle asks for. Names outside a short
/// list of harmless ones are refused where they are mentioned. Memory and time are bounded by a fixed
/// multiple of the bytes, 2^22 values at most.
///
/// used     becomes the length of the pickle
/// returns  the graph; throws Error of one line, with the place in the pickle, on everything else
[[nodiscard]] PickleGraph read_pickle(std::string_view bytes, const std::string& where, std::size_t& used);

}  // namespace vd
