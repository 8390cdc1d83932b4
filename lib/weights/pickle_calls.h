// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "weights/pickle.h"
#include "weights/pickle_globals.h"

namespace vd {

/// What a pickle's wish to call something becomes: the value that the call would have made, built here.
/// Reasons of refusal are thrown as Error without a place; the machine that calls knows it.
class PickleCalls {
 public:
  /// budget_bytes  texts that do not stand in the pickle may take so much in all
  PickleCalls(PickleGraph& graph, std::size_t budget_bytes) : graph_(graph), budget_bytes_(budget_bytes) {}

  /// Throws when a pickle has made more than 2^22 values, about a hundred times those of a large checkpoint.
  void spend(std::size_t values);

  [[nodiscard]] PickleValue call(const PickleValue& callable, const PickleValue& arguments);
  /// Gives an object its state, as the class named would.
  void build(const PickleValue& object, const PickleValue& state);
  /// The storage that a persistent id names.
  [[nodiscard]] PickleValue storage(const PickleValue& persistent_id);

  [[nodiscard]] PickleValue make_container(PickleKind kind, std::vector<PickleValue> items = {});

 private:
  using Arguments = std::vector<PickleValue>;
  [[nodiscard]] PickleValue make_record(std::uint32_t global, const PickleValue& content);
  [[nodiscard]] PickleValue make_text(PickleKind kind, std::string text);
  [[nodiscard]] PickleValue ordered_dict(const Arguments& arguments);
  [[nodiscard]] PickleValue tensor(const Arguments& arguments);
  [[nodiscard]] PickleValue encoded(const Arguments& arguments);
  [[nodiscard]] PickleValue numpy_scalar(const Arguments& arguments);
  [[nodiscard]] std::vector<std::int64_t> sizes(const PickleValue& tuple, const char* what);
  [[nodiscard]] std::int64_t natural(const PickleValue& value, const char* what) const;

  PickleGraph& graph_;
  std::size_t budget_bytes_;
  std::size_t values_left_ = std::size_t{1} << 22;
};

}  // namespace vd
