// SPDX-License-Identifier: Apache-2.0
#include "weights/pickle_calls.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "weights/little_endian.h"
#include "weights/text_of_file.h"

namespace vd {
namespace {

constexpr std::size_t most_axes = 16;

void refuse(const std::string& reason) { throw Error("", reason); }

void expect(bool condition, const char* reason) {
  if (!condition) refuse(reason);
}

std::string name_of(const Global& global) { return fmt::format("{}.{}", global.module, global.name); }

std::uint64_t checked_product(std::uint64_t a, std::uint64_t b, const char* what) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) refuse(std::string(what) + " is beyond 64 bits");
  return product;
}

std::uint64_t checked_sum(std::uint64_t a, std::uint64_t b, const char* what) {
  std::uint64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) refuse(std::string(what) + " is beyond 64 bits");
  return sum;
}

/// Throws unless every element of the view lies inside its storage, and the whole of it is of a size that a
/// file of good will has: views that repeat elements without end would fill the memory when they are used.
void check_tensor(const PickleTensor& tensor, std::uint64_t stored) {
  constexpr std::uint64_t harmless_elements = 1 << 20;
  std::uint64_t elements = 1;
  std::uint64_t farthest = tensor.offset;
  bool empty = false;
  for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
    const auto size = static_cast<std::uint64_t>(tensor.shape[axis]);
    const auto stride = static_cast<std::uint64_t>(tensor.strides[axis]);
    empty = empty || size == 0;
    elements = checked_product(elements, std::max<std::uint64_t>(size, 1), "a tensor's size");
    if (size > 1) farthest = checked_sum(farthest, checked_product(size - 1, stride, "a stride"), "a tensor");
  }
  if (empty) {
    expect(tensor.offset <= stored, "a tensor lies outside its storage");
    return;
  }
  expect(farthest < stored, "a tensor lies outside its storage");
  const std::uint64_t most = std::max(harmless_elements, 4 * std::min(stored, std::uint64_t{1} << 60));
  expect(elements <= most, "a tensor repeats its storage too often");
}

}  // namespace

void PickleCalls::spend(std::size_t values) {
  expect(values <= values_left_, "more values than any checkpoint has");
  values_left_ -= values;
}

PickleValue PickleCalls::make_container(PickleKind kind, std::vector<PickleValue> items) {
  spend(1 + items.size());
  graph_.containers_.push_back(std::move(items));
  PickleValue value;
  value.kind = kind;
  value.index = static_cast<std::uint32_t>(graph_.containers_.size() - 1);
  return value;
}

PickleValue PickleCalls::make_record(std::uint32_t global, const PickleValue& content) {
  graph_.records_.push_back({global, content});
  PickleValue value;
  value.kind = PickleKind::record;
  value.index = static_cast<std::uint32_t>(graph_.records_.size() - 1);
  return value;
}

PickleValue PickleCalls::make_text(PickleKind kind, std::string text) {
  spend(4);
  expect(text.size() <= budget_bytes_, "more text than the file can stand for");
  budget_bytes_ -= text.size();
  graph_.made_texts_.push_back(std::move(text));
  graph_.texts_.push_back(graph_.made_texts_.back());
  PickleValue value;
  value.kind = kind;
  value.index = static_cast<std::uint32_t>(graph_.texts_.size() - 1);
  return value;
}

std::int64_t PickleCalls::natural(const PickleValue& value, const char* what) const {
  if (value.kind != PickleKind::integer) refuse(std::string(what) + " is no integer");
  if (value.integer < 0) refuse(std::string(what) + " is negative");
  return value.integer;
}

PickleValue PickleCalls::call(const PickleValue& callable, const PickleValue& arguments) {
  expect(callable.kind == PickleKind::global, "something that is no function is called");
  expect(arguments.kind == PickleKind::tuple, "arguments are no tuple");
  const Global& global = global_at(callable.index);
  const Arguments& values = graph_.items(arguments);
  switch (global.meaning) {
    case GlobalMeaning::ordered_dict:
      return ordered_dict(values);
    case GlobalMeaning::namespace_object:
      expect(values.empty(), "a Namespace is made with arguments");
      return make_record(callable.index, make_container(PickleKind::dict));
    case GlobalMeaning::rebuild_tensor:
      expect(values.size() == 4, "a tensor is not made of 4 arguments");
      return tensor(values);
    case GlobalMeaning::rebuild_tensor_v2:
      expect(values.size() == 6 || values.size() == 7, "a tensor is not made of 6 or 7 arguments");
      return tensor(values);
    case GlobalMeaning::rebuild_parameter:
      expect(values.size() == 3 && values[0].kind == PickleKind::tensor, "a parameter is made of no tensor");
      return values[0];
    case GlobalMeaning::size:
      expect(values.size() == 1 && values[0].kind == PickleKind::tuple, "a size is made of no tuple");
      return values[0];
    case GlobalMeaning::numpy_scalar:
      return numpy_scalar(values);
    case GlobalMeaning::encode:
      return encoded(values);
    case GlobalMeaning::device:
    case GlobalMeaning::numpy_dtype:
    case GlobalMeaning::path:
      return make_record(callable.index, arguments);
    case GlobalMeaning::set:
      expect(values.size() == 1 && values[0].kind == PickleKind::list, "a set is made of no list");
      return make_container(PickleKind::set, graph_.items(values[0]));
    case GlobalMeaning::bytes:
      expect(values.empty(), "bytes are made with arguments");
      return make_text(PickleKind::bytes, "");
    case GlobalMeaning::storage:
    case GlobalMeaning::untyped_storage:
    case GlobalMeaning::other_storage:
    case GlobalMeaning::dtype:
      break;
  }
  throw Error("", name_of(global) + " is called, which no weight file does");
}

PickleValue PickleCalls::ordered_dict(const Arguments& arguments) {
  if (arguments.empty()) return make_container(PickleKind::ordered_dict);
  expect(arguments.size() == 1 && arguments[0].kind == PickleKind::list,
         "a dict is made of no list of pairs");
  std::vector<PickleValue> items;
  for (const PickleValue& pair : graph_.items(arguments[0])) {
    expect(pair.kind == PickleKind::list || pair.kind == PickleKind::tuple, "a dict is made of no pairs");
    const auto& key_and_value = graph_.items(pair);
    expect(key_and_value.size() == 2, "a dict is made of no pairs");
    items.insert(items.end(), key_and_value.begin(), key_and_value.end());
  }
  return make_container(PickleKind::ordered_dict, std::move(items));
}

std::vector<std::int64_t> PickleCalls::sizes(const PickleValue& tuple, const char* what) {
  expect(tuple.kind == PickleKind::tuple, "a tensor's sizes or strides are no tuple");
  const auto& items = graph_.items(tuple);
  expect(items.size() <= most_axes, "a tensor has more than 16 axes");
  std::vector<std::int64_t> values;
  for (const PickleValue& item : items) values.push_back(natural(item, what));
  return values;
}

PickleValue PickleCalls::tensor(const Arguments& arguments) {
  expect(arguments[0].kind == PickleKind::storage, "a tensor is made of no storage");
  PickleTensor made;
  made.storage = arguments[0].index;
  // A part of a storage, which old files may name in its place, begins at `integer`.
  const auto begin = static_cast<std::uint64_t>(arguments[0].integer);
  made.offset = checked_sum(static_cast<std::uint64_t>(natural(arguments[1], "a tensor's offset")), begin,
                            "a tensor's offset");
  made.shape = sizes(arguments[2], "a tensor's size");
  made.strides = sizes(arguments[3], "a tensor's stride");
  expect(made.shape.size() == made.strides.size(), "a tensor has not as many strides as sizes");
  check_tensor(made, graph_.storages_[made.storage].count);
  spend(16);
  graph_.tensors_.push_back(std::move(made));
  PickleValue value;
  value.kind = PickleKind::tensor;
  value.index = static_cast<std::uint32_t>(graph_.tensors_.size() - 1);
  return value;
}

PickleValue PickleCalls::storage(const PickleValue& persistent_id) {
  expect(persistent_id.kind == PickleKind::tuple, "a persistent id is no tuple");
  const Arguments& id = graph_.items(persistent_id);
  const bool is_storage = (id.size() == 5 || id.size() == 6) && id[0].kind == PickleKind::text &&
                          graph_.text(id[0]) == "storage" && id[1].kind == PickleKind::global &&
                          id[2].kind == PickleKind::text;
  expect(is_storage, "a persistent id names no storage");
  expect(graph_.text(id[2]).size() <= 256, "a storage's key is longer than 256 bytes");
  const Global& global = global_at(id[1].index);
  const bool is_typed =
      global.meaning == GlobalMeaning::storage || global.meaning == GlobalMeaning::untyped_storage;
  if (!is_typed) refuse(name_of(global) + " is no type of a storage");
  PickleStorage made{global.type, std::string(graph_.text(id[2])),
                     static_cast<std::uint64_t>(natural(id[4], "a storage's length"))};
  (void)checked_product(made.count, item_size(made.type), "a storage's length");

  PickleValue value;
  value.kind = PickleKind::storage;
  if (id.size() == 6 && id[5].kind != PickleKind::none) {
    expect(id[5].kind == PickleKind::tuple, "a part of a storage is no tuple");
    const Arguments& part = graph_.items(id[5]);
    expect(part.size() == 3, "a part of a storage is no triple");
    const auto begin = static_cast<std::uint64_t>(natural(part[1], "the begin of a part"));
    const auto length = static_cast<std::uint64_t>(natural(part[2], "the length of a part"));
    expect(begin <= made.count && length <= made.count - begin, "a part lies outside its storage");
    value.integer = static_cast<std::int64_t>(begin);
  }
  spend(8);
  graph_.storages_.push_back(std::move(made));
  value.index = static_cast<std::uint32_t>(graph_.storages_.size() - 1);
  return value;
}

PickleValue PickleCalls::encoded(const Arguments& arguments) {
  const bool is_latin1 = arguments.size() == 2 && arguments[0].kind == PickleKind::text &&
                         arguments[1].kind == PickleKind::text && graph_.text(arguments[1]) == "latin1";
  expect(is_latin1, "_codecs.encode is called for something else than latin1");
  // How protocol 2 writes bytes: a text of as many code points.
  std::string bytes;
  for (std::string_view text = graph_.text(arguments[0]); !text.empty();) {
    const CodePoint next = first_code_point(text);
    expect(next.length > 0 && next.value < 0x100, "bytes are written as no latin1");
    bytes += static_cast<char>(next.value);
    text.remove_prefix(next.length);
  }
  return make_text(PickleKind::bytes, std::move(bytes));
}

PickleValue PickleCalls::numpy_scalar(const Arguments& arguments) {
  const bool is_number = arguments.size() == 2 && arguments[0].kind == PickleKind::record &&
                         arguments[1].kind == PickleKind::bytes;
  expect(is_number, "a NumPy number is not made of a type and bytes");
  const PickleRecord& type = graph_.record(arguments[0]);
  expect(global_at(type.global).meaning == GlobalMeaning::numpy_dtype, "a NumPy number has no type");
  const auto& words = graph_.items(type.content);
  expect(!words.empty() && words[0].kind == PickleKind::text, "a NumPy type has no name");
  const std::string_view word = graph_.text(words[0]);
  const std::string_view bytes = graph_.text(arguments[1]);
  PickleValue value;
  const auto is_of = [&](std::string_view name, std::size_t size) {
    return word == name && bytes.size() == size;
  };
  if (is_of("f8", 8))
    return value.kind = PickleKind::real, value.real = little_endian_at<double>(bytes, 0), value;
  if (is_of("f4", 4)) {
    return value.kind = PickleKind::real, value.real = static_cast<double>(little_endian_at<float>(bytes, 0)),
           value;
  }
  value.kind = PickleKind::integer;
  if (is_of("i8", 8)) return value.integer = little_endian_at<std::int64_t>(bytes, 0), value;
  if (is_of("i4", 4)) return value.integer = little_endian_at<std::int32_t>(bytes, 0), value;
  // Other numbers are of no use to vd; they stay what they are, bytes.
  return arguments[1];
}

void PickleCalls::build(const PickleValue& object, const PickleValue& state) {
  // State dicts of modules carry their versions this way; nothing depends on them.
  if (object.kind == PickleKind::ordered_dict)
    return expect(is_dict(state), "a dict is given a state that is none");
  expect(object.kind == PickleKind::record, "something that has no state is given one");
  const PickleRecord& record = graph_.record(object);
  const GlobalMeaning meaning = global_at(record.global).meaning;
  if (meaning == GlobalMeaning::numpy_dtype) {
    return expect(state.kind == PickleKind::tuple, "a NumPy type is given a state that is no tuple");
  }
  expect(meaning == GlobalMeaning::namespace_object, "something that has no state is given one");
  expect(is_dict(state), "a Namespace is given a state that is no dict");
  const auto& added = graph_.items(state);
  for (std::size_t k = 0; k < added.size(); k += 2) {
    expect(added[k].kind == PickleKind::text, "an attribute has no name");
  }
  spend(added.size());
  auto& attributes = graph_.containers_[record.content.index];
  attributes.insert(attributes.end(), added.begin(), added.end());
}

}  // namespace vd
