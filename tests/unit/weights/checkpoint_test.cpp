// SPDX-License-Identifier: Apache-2.0
#include "catch.h"
#include "checkpoint_maker.h"
#include "core/error.h"
#include "refusal.h"
#include "weights/pickle.h"

using namespace vd;
using namespace vd::test;

namespace {

const std::string four_floats = raw_all<float>({1, 2, 3, 4});

/// A checkpoint of one tensor `a` over the storage "0" of four floats.
std::string checkpoint_of(const std::string& tensor_pickle) {
  return zip_checkpoint(dict({{"model", dict({{"a", tensor_pickle}})}}), {{"0", four_floats}});
}

std::string four_by(std::int64_t offset, const std::vector<std::int64_t>& shape,
                    const std::vector<std::int64_t>& strides) {
  return checkpoint_of(tensor({"FloatStorage", "0", 4}, offset, shape, strides));
}

bool says(const std::string& message, const std::string& part) {
  INFO(message);
  return message.find(part) != std::string::npos;
}

std::string refusal_of_pickle(const std::string& body) {
  return refusal(zip_checkpoint(body, {{"0", four_floats}}));
}

}  // namespace

TEST_CASE("both containers of PyTorch give the same tensors", "[weights]") {
  const StorageId floats{"FloatStorage", "0", 4}, halves{"HalfStorage", "1", 2};
  const std::string half_bytes = raw_all<std::uint16_t>({0x3C00, 0xC000});
  const auto body = [&](bool legacy) {
    return dict({{"epoch", "K\x07"},
                 {"args", global("argparse", "Namespace") + ")\x81" + dict({{"model", text("Net()")}}) + "b"},
                 {"model", dict({{"a", tensor(floats, 0, {2, 2}, {2, 1}, legacy)},
                                 {"b", tensor(floats, 0, {2, 2}, {1, 2}, legacy)},
                                 {"c", tensor(halves, 1, {}, {}, legacy)}})}});
  };
  const std::string zip = zip_checkpoint(body(false), {{"0", four_floats}, {"1", half_bytes}});
  const std::string legacy = legacy_checkpoint(
      body(true), {{"1", raw<std::int64_t>(2) + half_bytes}, {"0", raw<std::int64_t>(4) + four_floats}});
  for (const std::string& bytes : {zip, legacy}) {
    const WeightFile weights = decode(bytes);
    REQUIRE(weights.tensors.size() == 3);
    CHECK(as_floats(*weights.find("a")) == std::vector<float>{1, 2, 3, 4});
    CHECK(as_floats(*weights.find("b")) == std::vector<float>{1, 3, 2, 4});
    CHECK(as_floats(*weights.find("c")) == std::vector<float>{-2});
    CHECK(weights.find("c")->type == StoredType::f16);
    CHECK(weights.find("a")->data == weights.find("b")->data);  // shared, not copied
    CHECK(weights.find("d") == nullptr);
    CHECK(weights.numbers.at("epoch") == 7);
    CHECK(weights.model_string == "Net()");
  }
  CHECK(decode(zip).format == "PyTorch ZIP");
  CHECK(decode(legacy).format == "PyTorch legacy");
}

TEST_CASE("the tensors are found under model, state_dict, or at the top", "[weights]") {
  const std::string one = tensor({"FloatStorage", "0", 4}, 0, {4}, {1});
  const std::string ordered =
      global("collections", "OrderedDict") + ")R(" + text("a") + one + "u}" + text("_metadata") + "}sb";
  // Python 2 hands the entries over as a list of pairs.
  const std::string python2 = global("collections", "OrderedDict") +
                              "](](U\x01"
                              "a" +
                              one + "ee\x85R";
  for (const std::string& body :
       {dict({{"model", dict({{"a", one}})}}), python2, dict({{"state_dict", dict({{"a", one}})}}),
        dict({{"a", one}}), ordered, dict({{"model", ordered}, {"optimizer", dict({})}})}) {
    const WeightFile weights = decode(zip_checkpoint(body, {{"0", four_floats}}));
    REQUIRE(weights.tensors.size() == 1);
    CHECK(weights.tensors[0].name == "a");
  }
  CHECK(says(refusal_of_pickle("]"), "holds no model"));
  CHECK(says(refusal_of_pickle(dict({})), "holds no model"));
  CHECK(says(refusal_of_pickle(dict({{"args", "N"}})), "holds no model"));
  CHECK(says(refusal_of_pickle(dict({{"model", "K\x01"}})), "'model' is no dict"));
  CHECK(says(refusal_of_pickle(dict({{"model", dict({{"a", "K\x01"}})}})), "'a' in its model is no tensor"));
  CHECK(says(refusal_of_pickle(dict({{"model", dict({{"a", one}, {"a", one}})}})),
             "two tensors are named 'a'"));
  CHECK(says(refusal_of_pickle(dict({{"model", dict({{"a\nb", one}})}})), "no fit name"));
}

TEST_CASE("a tensor must lie inside its storage", "[weights]") {
  constexpr std::int64_t huge = std::int64_t{1} << 62;
  CHECK(refusal(four_by(0, {2, 2}, {2, 1})).empty());
  CHECK(refusal(four_by(3, {}, {})).empty());
  CHECK(refusal(four_by(1, {3}, {1})).empty());
  CHECK(refusal(four_by(3, {1}, {huge})).empty());  // a stride that is never taken
  CHECK(refusal(four_by(4, {0, 7}, {1, 1})).empty());
  CHECK(refusal(four_by(0, {2, 4}, {0, 1})).empty());
  CHECK(says(refusal(four_by(4, {}, {})), "outside its storage"));
  CHECK(says(refusal(four_by(2, {3}, {1})), "outside its storage"));
  CHECK(says(refusal(four_by(0, {2}, {4})), "outside its storage"));
  CHECK(says(refusal(four_by(5, {0}, {1})), "outside its storage"));
  CHECK(says(refusal(four_by(-1, {1}, {1})), "negative"));
  CHECK(says(refusal(four_by(0, {-1}, {1})), "negative"));
  CHECK(says(refusal(four_by(0, {2}, {-1})), "negative"));
  CHECK(says(refusal(four_by(0, {5}, {huge})), "64 bits"));
  CHECK(says(refusal(four_by(0, {huge, huge}, {0, 0})), "64 bits"));
  CHECK(says(refusal(four_by(0, {1 << 21}, {0})), "repeats its storage"));
  CHECK(refusal(four_by(0, {1 << 20}, {0})).empty());
  CHECK(says(refusal(four_by(0, {2, 2}, {1})), "as many strides"));
  CHECK(says(refusal(four_by(0, std::vector<std::int64_t>(17, 1), std::vector<std::int64_t>(17, 1))),
             "16 axes"));
}

TEST_CASE("storages must be there as they are stated", "[weights]") {
  const auto with = [](const StorageId& id) { return checkpoint_of(tensor(id, 0, {1}, {1})); };
  CHECK(says(refusal(with({"FloatStorage", "1", 4})), "storage '1' is missing"));
  CHECK(says(refusal(with({"FloatStorage", "../../etc/passwd", 4})), "is missing"));
  CHECK(says(refusal(with({"FloatStorage", "0", 5})), "holds 16 bytes instead of 20"));
  CHECK(says(refusal(with({"HalfStorage", "0", 4})), "holds 16 bytes instead of 8"));
  CHECK(says(refusal(with({"FloatStorage", "0", -4})), "negative"));
  CHECK(says(refusal(with({"FloatStorage", "0", (std::int64_t{1} << 62) + 4})), "64 bits"));
  CHECK(says(refusal(with({"Size", "0", 4})), "no type of a storage"));
  const std::string two = dict({{"model", dict({{"a", tensor({"FloatStorage", "0", 4}, 0, {1}, {1})},
                                                {"b", tensor({"IntStorage", "0", 4}, 0, {1}, {1})}})}});
  CHECK(says(refusal(zip_checkpoint(two, {{"0", four_floats}})), "two types"));
}

TEST_CASE("nothing that a pickle asks for is looked up or called", "[weights]") {
  const std::string call = text("touch vd_pwned") + "\x85R";
  CHECK(says(refusal_of_pickle(global("os", "system") + call), "asks for 'os.system'"));
  CHECK(says(refusal_of_pickle(global("os", "system") + "0" + dict({})),
             "asks for 'os.system'"));  // not even named
  CHECK(says(refusal_of_pickle(text("posix") + text("system") + "\x93" + call), "asks for 'posix.system'"));
  CHECK(says(refusal_of_pickle(global("torch._utils", "_rebuild_tensor_v2.__globals__")), "asks for"));
  CHECK(says(refusal_of_pickle(global("torch", "FloatStorage") + ")R"), "torch.FloatStorage is called"));
  CHECK(says(refusal_of_pickle(global("torch", "float32") + ")R"), "is called"));
  CHECK(says(refusal_of_pickle(text("x") + ")R"), "no function"));
  CHECK(says(refusal_of_pickle(global("_codecs", "encode") + text("x") + text("rot13") + "\x86R"), "latin1"));
  CHECK(says(refusal_of_pickle("(" + text("x") + "ios\nsystem\n"), "look something up"));
  CHECK(says(refusal_of_pickle("(" + global("argparse", "Namespace") + "o"), "look something up"));
  CHECK(says(refusal_of_pickle("\x82\x01"), "look something up"));
  CHECK(says(refusal_of_pickle("Pid\n"), "look something up"));
  CHECK(says(refusal_of_pickle("K\x01}b"), "no state"));
  CHECK(says(refusal_of_pickle("}}b"), "no state"));  // a plain dict has none
}

TEST_CASE("damaged pickles are refused", "[weights]") {
  for (const std::string& body : {std::string("0"),
                                  std::string("a"),
                                  std::string("u"),
                                  std::string("e"),
                                  std::string("}(K\x01u"),
                                  std::string("](a"),
                                  std::string("R"),
                                  std::string("K\x01K\x02s"),
                                  std::string("h\x05"),
                                  std::string("2"),
                                  std::string("(K\x01\x85"),
                                  std::string("\xff"),
                                  std::string("\x95") + raw<std::uint64_t>(1ULL << 60) + "N",
                                  "X" + raw<std::uint32_t>(0xFFFFFFFF),
                                  "\x8d" + raw<std::uint64_t>(1ULL << 62),
                                  "B" + raw<std::uint32_t>(1U << 31),
                                  "\x8b" + raw<std::int32_t>(-1),
                                  "\x8b" + raw<std::int32_t>(0x7FFFFFFF),
                                  "T" + raw<std::int32_t>(-5),
                                  "Nr" + raw<std::uint32_t>(1U << 24),
                                  std::string("I1\n")}) {
    CHECK_FALSE(refusal_of_pickle(body).empty());
  }
  const auto bare = [](const std::string& pickle_bytes) {
    return refusal(stored_zip({{"a/data.pkl", pickle_bytes}}));
  };
  CHECK(says(bare(""), "truncated"));
  CHECK(says(bare("\x80\x02N"), "truncated"));
  CHECK(says(bare("\x80\x63N."), "newer than 5"));
}

TEST_CASE("numbers, texts and objects of pickles have their values", "[weights]") {
  const std::string numpy = global("numpy", "dtype") + text("f8") + "K\x01K\x01\x87R(" +
                            std::string("K\x03") + text("<") + "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x01tb";
  const std::string latin1 = text("\x7f\xc2\x80") + text("latin1");
  const std::string bytes = pickle(
      dict({{"int", "J\xfe\xff\xff\xff"},
            {"long", std::string("\x8a\x02\x00\xff", 4)},
            {"empty", std::string("\x8a\x00", 2)},
            {"float", std::string("G\x3f\xf8\x00\x00\x00\x00\x00\x00", 9)},
            {"numpy", global("numpy.core.multiarray", "scalar") + numpy + "C\x08" + raw(0.125) + "\x86R"},
            {"bytes", global("_codecs", "encode") + latin1 + "\x86R"},
            {"device", global("torch", "device") + text("cuda") + "K\x01\x86R"},
            {"size", global("torch", "Size") + tuple({3, 4}) + "\x85R"},
            {"set", "\x8f(K\x01\x90"}}));
  const std::string longer = bytes + "rest";  // must outlive the graph
  std::size_t used = 0;
  const PickleGraph graph = read_pickle(longer, "file", used);
  CHECK(used == bytes.size());
  const auto at = [&](const char* key) { return *graph.find(graph.root(), key); };
  CHECK(at("int").integer == -2);
  CHECK(at("long").integer == -256);
  CHECK(at("empty").integer == 0);
  CHECK(at("float").real == 1.5);
  CHECK(at("numpy").kind == PickleKind::real);
  CHECK(at("numpy").real == 0.125);
  CHECK(graph.text(at("bytes")) == "\x7f\x80");
  CHECK(at("device").kind == PickleKind::record);
  CHECK(graph.items(at("size")).size() == 2);
  CHECK(graph.items(at("set")).size() == 1);
}

TEST_CASE("values that hold themselves or each other without end are harmless", "[weights]") {
  CHECK(says(refusal_of_pickle("]q\x01h\x01"
                               "a"),
             "holds no model"));
  CHECK(says(refusal_of_pickle("}q\x01" + text("model") + "h\x01s"), "in its model is no tensor"));
  std::string doubled = "K\x01";
  for (int k = 0; k < 40; ++k) doubled += "2\x86";  // 2^40 numbers as a tree
  CHECK(says(refusal_of_pickle(dict({{"model", doubled}})), "no dict"));
  CHECK(says(refusal_of_pickle(std::string(1000000, ']')), "holds no model"));
  CHECK(says(refusal_of_pickle(std::string(5000000, ']')), "more values than any checkpoint has"));
  // A set made of the same long list again and again: few bytes, much to copy.
  std::string list = "]q\x01(";
  for (int k = 0; k < 100000; ++k) list += "N";
  list += "e0";
  for (int k = 0; k < 1000; ++k) list += global("builtins", "set") + "h\x01\x85R";
  CHECK(says(refusal_of_pickle(list), "more values than any checkpoint has"));
  // So with a text that is encoded again and again.
  std::string texts = text(std::string(100000, 'x')) + "q\x01" + text("latin1") + "q\x02";
  for (int k = 0; k < 1000; ++k) texts += global("_codecs", "encode") + "h\x01h\x02\x86R";
  CHECK(says(refusal_of_pickle(texts), "more text than the file can stand for"));
}

TEST_CASE("ZIP files are believed only as far as their bytes go", "[weights]") {
  const std::string good = four_by(0, {4}, {1});
  REQUIRE(refusal(good).empty());
  SECTION("cut off anywhere") {
    for (std::size_t length = 0; length < good.size(); ++length) {
      CHECK_FALSE(refusal(good.substr(0, length)).empty());
    }
  }
  SECTION("a changed byte of a storage is found by its sum, when sums are checked") {
    std::string bad = good;
    bad[bad.find(four_floats) + 5] ^= 1;
    CHECK(says(refusal(bad), "check sum of 'archive/data/0'"));
    CHECK_NOTHROW(decode_weights(MappedFile::of_bytes(bad, "file"), WeightCheck::structure));
  }
  SECTION("members that are missing, repeated, compressed or elsewhere") {
    const std::string body = pickle(dict({{"a", tensor({"FloatStorage", "0", 4}, 0, {4}, {1})}}));
    CHECK(says(refusal(stored_zip({{"a/version", "3"}})), "without a data.pkl"));
    CHECK(says(refusal(stored_zip({{"data.pkl", body}})), "without a data.pkl"));
    CHECK(says(refusal(stored_zip({{"a/data.pkl", body}, {"b/data.pkl", body}})), "two data.pkl"));
    CHECK(says(refusal(stored_zip({{"a/data.pkl", body}, {"a/data.pkl", body}})), "occurs twice"));
    CHECK(says(refusal(stored_zip({{"a/data.pkl", body}, {"a/constants.pkl", ""}})), "TorchScript"));
    CHECK(says(refusal(stored_zip({{"a/data.pkl", body}, {"a/data/0", four_floats}, {"a/byteorder", "big"}})),
               "little-endian"));
    std::string compressed = good;
    const std::size_t record = compressed.find("PK\x01\x02");
    compressed[record + 10] = 8;
    CHECK(says(refusal(compressed), "compressed"));
    std::string moved = good;
    moved[record + 42] += 1;
    CHECK(says(refusal(moved), "not where the directory says"));
    std::string large = good;
    large[record + 24 + 3] = 0x7F;
    large[record + 20 + 3] = 0x7F;
    CHECK(says(refusal(large), "truncated"));
  }
}

TEST_CASE("the legacy container is checked to its last byte", "[weights]") {
  const std::string body = dict({{"a", tensor({"FloatStorage", "0", 4}, 0, {4}, {1}, true)}});
  const std::string good = legacy_checkpoint(body, {{"0", raw<std::int64_t>(4) + four_floats}});
  REQUIRE(refusal(good).empty());
  for (std::size_t length = 0; length < good.size(); ++length)
    CHECK_FALSE(refusal(good.substr(0, length)).empty());
  CHECK(says(refusal(good + "x"), "something follows"));
  CHECK(says(refusal(legacy_checkpoint(body, {{"0", raw<std::int64_t>(3) + four_floats}})), "two lengths"));
  CHECK(says(refusal(legacy_checkpoint(body, {{"1", raw<std::int64_t>(4) + four_floats}})),
             "belongs to no tensor"));
  CHECK(says(refusal(legacy_checkpoint(body, {})), "missing"));
  CHECK(says(refusal(pickle(dict({}))), "not a checkpoint"));
}

TEST_CASE("what people download instead of weights is named", "[weights]") {
  CHECK(says(refusal(""), "empty file"));
  CHECK(says(refusal("<!DOCTYPE html><html></html>"), "web page"));
  CHECK(says(refusal("version https://git-lfs.github.com/spec/v1\noid sha256:1\n"), "Git LFS pointer"));
  CHECK(says(refusal("just some text"), "not a weight file"));
  CHECK_THROWS_AS(open_weights("/nonexistent/weights.pth"), Error);
  CHECK_THROWS_AS(open_weights("/tmp"), Error);
}
