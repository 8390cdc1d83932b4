// SPDX-License-Identifier: Apache-2.0
#include "weights/safetensors.h"

#include <fstream>

#include "catch.h"
#include "checkpoint_maker.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/random.h"
#include "core/usage.h"
#include "refusal.h"
#include "temporary_folder.h"
#include "weights/convert.h"

using namespace vd;
using namespace vd::test;

namespace {

std::string safetensors(const std::string& header, const std::string& data) {
  return raw(static_cast<std::uint64_t>(header.size())) + header + data;
}

bool says(const std::string& message, const std::string& part) {
  INFO(message);
  return message.find(part) != std::string::npos;
}

/// Tensors of random types, shapes, strides and values; some share memory.
std::vector<TensorView> random_tensors(Random& random) {
  const StoredType types[] = {StoredType::f64, StoredType::f32, StoredType::f16, StoredType::bf16,
                              StoredType::i64, StoredType::i16, StoredType::u8,  StoredType::boolean};
  std::vector<TensorView> tensors;
  for (int k = 0; k < 12; ++k) {
    TensorView tensor;
    tensor.name = "part." + std::to_string(k);
    tensor.type = types[random.below(8)];
    std::size_t count = 1;
    for (std::uint32_t axis = random.below(4); axis > 0; --axis) {
      tensor.shape.push_back(random.below(5));
      count *= static_cast<std::size_t>(tensor.shape.back());
    }
    tensor.strides = c_order_strides(tensor.shape);
    const auto bytes = std::make_shared<std::string>();
    for (std::size_t byte = 0; byte < count * item_size(tensor.type); ++byte)
      *bytes += static_cast<char>(random());
    tensor.data = reinterpret_cast<const std::byte*>(bytes->data());
    tensor.owner = bytes;
    if (random.below(3) == 0 && tensor.shape.size() > 1) {
      std::swap(tensor.shape.front(), tensor.shape.back());
      std::swap(tensor.strides.front(), tensor.strides.back());
    }
    tensors.push_back(tensor);
    if (random.below(3) == 0) {
      tensor.name = "again." + std::to_string(k);
      tensors.push_back(tensor);
    }
  }
  return tensors;
}

std::string packed_bytes(const TensorView& tensor) {
  std::string bytes;
  visit_packed(tensor, [&](const std::byte* block, std::size_t count) {
    bytes.append(reinterpret_cast<const char*>(block), count);
  });
  return bytes;
}

}  // namespace

TEST_CASE("what is written as safetensors is read back bit for bit", "[weights][property]") {
  const TemporaryFolder folder;
  Random random(GENERATE(range(0, 12)));
  const std::vector<TensorView> tensors = random_tensors(random);
  const auto path = folder / "t.safetensors";
  write_safetensors(path, tensors, {{"format", "pt"}, {"line", "one\ntwo \"three\""}});
  const WeightFile weights = open_weights(path);
  for (const TensorView& tensor : tensors) {
    const TensorView* const read = weights.find(tensor.name);
    REQUIRE(read != nullptr);
    CHECK(read->type == tensor.type);
    CHECK(read->shape == tensor.shape);
    CHECK(is_usable_in_place(*read));
    CHECK(packed_bytes(*read) == packed_bytes(tensor));
  }
  CHECK(weights.tensors.size() + weights.aliases.size() == tensors.size());
  CHECK(weights.metadata.at("line") == "one\ntwo \"three\"");
  // The order in which tensors come does not matter.
  const std::string bytes = read_text(path);
  write_safetensors(path, {tensors.rbegin(), tensors.rend()},
                    {{"line", "one\ntwo \"three\""}, {"format", "pt"}});
  CHECK(read_text(path) == bytes);
}

TEST_CASE("two names of one tensor are stored once, under the first in the alphabet", "[weights]") {
  const std::string bytes = raw_all<float>({1, 2, 3, 4});
  const auto* const data = reinterpret_cast<const std::byte*>(bytes.data());
  const TensorView second{"b", StoredType::f32, {4}, {1}, data};
  TensorView first = second, other = second, part = second;
  first.name = "a";
  other.name = "c", other.shape = {2, 2}, other.strides = {2, 1};
  part.name = "d", part.shape = {2};
  const std::vector<TensorView> tensors = {second, part, other, first};
  const auto layout = lay_out_safetensors(tensors, {});
  CHECK(layout.header.size() % 8 == 0);
  REQUIRE(layout.order.size() == 3);
  CHECK(layout.order[0]->name == "a");
  CHECK(layout.header.find("\"b\":\"a\"") != std::string::npos);
}

TEST_CASE("a small safetensors file, byte by byte", "[weights]") {
  const WeightFile weights = decode(safetensors(
      R"({"__metadata__":{"format":"pt","x":"y"},"y":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
      R"("e":{"dtype":"I8","shape":[0,3],"data_offsets":[8,8]},"n":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}  )",
      raw_all<float>({0.5F, -2}) + "\x05"));
  REQUIRE(weights.tensors.size() == 3);
  CHECK(as_floats(*weights.find("y")) == std::vector<float>{0.5F, -2});
  CHECK(as_floats(*weights.find("x")) == std::vector<float>{0.5F, -2});
  CHECK(as_floats(*weights.find("n")) == std::vector<float>{5});
  CHECK(weights.find("e")->shape == std::vector<std::int64_t>{0, 3});
  CHECK(weights.metadata.at("format") == "pt");
  CHECK(weights.metadata.count("x") == 0);
}

TEST_CASE("safetensors files must hold what their header says, all of it and no more", "[weights]") {
  const auto one = [](const std::string& type, const std::string& shape, const std::string& offsets) {
    return safetensors(
        "{\"a\":{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}",
        std::string(16, 'x'));
  };
  REQUIRE(refusal(one("F32", "[2,2]", "[0,16]")).empty());
  CHECK(says(refusal(one("F32", "[2,3]", "[0,16]")), "as its shape and type need"));
  CHECK(says(refusal(one("F32", "[5]", "[0,20]")), "truncated"));
  CHECK(says(refusal(one("F32", "[3]", "[0,12]")), "follow its last tensor"));
  CHECK(says(refusal(one("F32", "[3]", "[4,16]")), "hole"));
  CHECK(says(refusal(one("F32", "[2]", "[16,8]")), "as its shape"));
  CHECK(says(refusal(one("F31", "[4]", "[0,16]")), "'F31'"));
  CHECK(says(refusal(one("F32", "[4294967296,4294967296]", "[0,16]")), "impossible shape"));
  CHECK(says(refusal(one("F32", "[0,4294967296,4294967296,4294967296]", "[0,16]")), "impossible shape"));
  CHECK(says(refusal(one("I8", "[0,4294967296,2147483648]", "[0,0]")), "impossible shape"));
  CHECK(says(refusal(one("F32", "[-4]", "[0,16]")), "natural number"));
  CHECK(says(refusal(one("F32", "[4.0]", "[0,16]")), "natural number"));
  CHECK(says(refusal(one("F32", "4", "[0,16]")), "no shape"));
  CHECK(says(refusal(one("F32", "[4]", "[0]")), "two data_offsets"));
  const std::string twin = R"("dtype":"F32","shape":[2],"data_offsets":)";
  CHECK(says(
      refusal(safetensors("{\"a\":{" + twin + "[0,8]},\"b\":{" + twin + "[4,12]}}", std::string(12, 'x'))),
      "overlaps"));
  CHECK(says(
      refusal(safetensors("{\"a\":{" + twin + "[0,8]},\"a\":{" + twin + "[8,16]}}", std::string(16, 'x'))),
      "twice"));
  CHECK(says(refusal(raw<std::uint64_t>(1ULL << 60) + "{}"), "truncated"));
  CHECK(says(refusal(safetensors("{\"__metadata__\":{\"a\":1}}", "")), "more than texts"));
  CHECK_FALSE(refusal(safetensors(std::string("{\"a\":") + std::string(5000, '['), "")).empty());
  const std::string good = one("F32", "[2,2]", "[0,16]");
  for (std::size_t length = 0; length < good.size(); ++length)
    CHECK_FALSE(refusal(good.substr(0, length)).empty());
}

TEST_CASE("a file of gigabytes is opened without reading it", "[weights]") {
  const TemporaryFolder folder;
  const auto path = folder / "large.safetensors";
  // Two tensors of 1.5 GB each, written as a hole.
  const std::string header =
      R"({"a":{"dtype":"F32","shape":[375000000],"data_offsets":[0,1500000000]},)"
      R"("b":{"dtype":"F16","shape":[750000000],"data_offsets":[1500000000,3000000000]}})";
  std::ofstream(path, std::ios::binary) << safetensors(header, "");
  std::filesystem::resize_file(path, 8 + header.size() + 3'000'000'000);
  const std::size_t before = resident_memory_bytes();
  const WeightFile weights = open_weights(path);
  REQUIRE(weights.tensors.size() == 2);
  CHECK(*(weights.find("b")->data + 1'499'999'999) == std::byte{0});
  CHECK(resident_memory_bytes() < before + (8 << 20));
}

TEST_CASE("a checkpoint converted holds the same tensors", "[weights]") {
  const TemporaryFolder folder;
  const StorageId floats{"FloatStorage", "0", 6};
  const std::string body = dict({{"model", dict({{"z", tensor(floats, 0, {2, 3}, {3, 1})},
                                                 {"t", tensor(floats, 0, {3, 2}, {1, 3})},
                                                 {"a", tensor(floats, 0, {2, 3}, {3, 1})}})}});
  write_text(folder / "in.pth", zip_checkpoint(body, {{"0", raw_all<float>({0, 1, 2, 3, 4, 5})}}));
  const ConvertReport report = convert_weights(folder / "in.pth", folder / "out.safetensors", {});
  CHECK(report.tensors == 2);
  CHECK(report.aliases == 1);
  CHECK(report.bytes == 48);
  const WeightFile weights = open_weights(folder / "out.safetensors");
  CHECK(as_floats(*weights.find("a")) == std::vector<float>{0, 1, 2, 3, 4, 5});
  CHECK(as_floats(*weights.find("z")) == std::vector<float>{0, 1, 2, 3, 4, 5});
  CHECK(as_floats(*weights.find("t")) == std::vector<float>{0, 3, 1, 4, 2, 5});
  CHECK(weights.aliases.at("z") == "a");
  // What was converted once stays as it is.
  const std::string bytes = read_text(folder / "out.safetensors");
  (void)convert_weights(folder / "out.safetensors", folder / "again.safetensors", {});
  CHECK(read_text(folder / "again.safetensors") == bytes);
}

TEST_CASE("a small file that stands for much is not converted", "[weights]") {
  const TemporaryFolder folder;
  Entries entries;
  for (int k = 0; k < 40; ++k)
    entries.emplace_back("t" + std::to_string(k), tensor({"FloatStorage", "0", 1}, 0, {1 << 20}, {0}));
  entries.back().second = tensor({"FloatStorage", "0", 1}, 0, {(1 << 20) - 1}, {0});
  write_text(folder / "in.pth", zip_checkpoint(dict(entries), {{"0", raw(1.0F)}}));
  CHECK_THROWS_AS(convert_weights(folder / "in.pth", folder / "out.safetensors", {}), Error);
  CHECK_FALSE(std::filesystem::exists(folder / "out.safetensors"));
}
