// SPDX-License-Identifier: Apache-2.0
#include "weights/loading_report.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "core/atomic_file.h"
#include "core/error.h"

using namespace vd;

namespace {

/// A file of these tensors; numbers are not looked at.
WeightFile file_of(const std::vector<ExpectedTensor>& tensors) {
  WeightFile weights;
  weights.where = "file";
  for (const ExpectedTensor& tensor : tensors) {
    weights.places[tensor.name] = weights.tensors.size();
    weights.tensors.push_back({tensor.name, StoredType::f32, tensor.shape, c_order_strides(tensor.shape)});
  }
  return weights;
}

const std::vector<ExpectedTensor> network = {{"enc.weight", {8, 4}},
                                             {"enc.bias", {8}},
                                             {"dec.weight", {4, 8}, {"twin.weight"}},
                                             {"unused", {1}, {}, true}};

std::string summary_of(const std::vector<ExpectedTensor>& tensors, const LoadingRules& rules = {}) {
  return summary(compare_weights(file_of(tensors), network, rules));
}

/// Name and shape of every tensor of a public architecture.
std::vector<ExpectedTensor> read_keys(const std::filesystem::path& path) {
  std::vector<ExpectedTensor> tensors;
  const auto keys = nlohmann::ordered_json::parse(read_text(path));
  for (const auto& [name, shape] : keys.items()) {
    tensors.push_back({name, shape.get<std::vector<std::int64_t>>()});
  }
  return tensors;
}

}  // namespace

TEST_CASE("a file that fits gives every tensor its place", "[weights]") {
  const WeightFile weights = file_of(network);
  const LoadingReport report = compare_weights(weights, network);
  CHECK(report.is_complete());
  CHECK(summary(report).empty());
  REQUIRE(report.found.size() == network.size());
  for (std::size_t k = 0; k < network.size(); ++k) CHECK(report.found[k]->name == network[k].name);
  CHECK_NOTHROW(require_complete(report, weights, "the network"));
}

TEST_CASE("what is missing, too much or misshapen is named", "[weights]") {
  CHECK(summary_of({{"enc.weight", {8, 4}}, {"enc.bias", {8}}}) == "1 missing (dec.weight)");
  CHECK(summary_of({{"enc.weight", {4, 8}}, {"enc.bias", {8}}, {"dec.weight", {4, 8}}}) ==
        "1 misshapen (enc.weight is [4, 8] instead of [8, 4])");
  CHECK(summary_of({{"enc.weight", {8, 4}}, {"enc.bias", {8}}, {"dec.weight", {4, 8}}, {"x", {}}}) ==
        "1 unexpected (x)");
  CHECK(summary_of(
            {{"enc.weight", {8, 4}}, {"dec.weight", {8, 4}}, {"a", {}}, {"b", {}}, {"c", {}}, {"d", {}}}) ==
        "1 missing (enc.bias); 4 unexpected (a, b, c, ...); 1 misshapen (dec.weight is [8, 4] instead of [4, "
        "8])");
  const WeightFile weights = file_of({});
  try {
    require_complete(compare_weights(weights, network), weights, "RAFT");
    FAIL("was accepted");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) ==
          "file: does not fit RAFT: 3 missing (enc.weight, enc.bias, dec.weight)");
  }
}

TEST_CASE("a tensor may come under the name of its twin, or under both", "[weights]") {
  CHECK(summary_of({{"enc.weight", {8, 4}}, {"enc.bias", {8}}, {"twin.weight", {4, 8}}}).empty());
  CHECK(
      summary_of({{"enc.weight", {8, 4}}, {"enc.bias", {8}}, {"twin.weight", {4, 8}}, {"dec.weight", {4, 8}}})
          .empty());
  WeightFile weights = file_of({{"enc.weight", {8, 4}}, {"enc.bias", {8}}, {"other", {4, 8}}});
  weights.aliases["dec.weight"] = "other";
  CHECK(compare_weights(weights, network).is_complete());
}

TEST_CASE("a counter that nothing reads may be a number or a list of one", "[weights]") {
  const std::vector<ExpectedTensor> counted = {{"steps", {}, {}, true}, {"scale", {}}};
  CHECK(compare_weights(file_of({{"steps", {1}}, {"scale", {}}}), counted).is_complete());
  CHECK_FALSE(compare_weights(file_of({{"steps", {2}}, {"scale", {}}}), counted).is_complete());
  CHECK_FALSE(compare_weights(file_of({{"steps", {}}, {"scale", {1}}}), counted).is_complete());
}

TEST_CASE("prefixes are dropped and what is known not to be used is ignored", "[weights]") {
  LoadingRules rules;
  rules.dropped_prefix = "module.";
  rules.ignored_prefixes = {"head."};
  rules.ignored_suffixes = {".num_batches_tracked"};
  const std::vector<ExpectedTensor> tensors = {{"module.enc.weight", {8, 4}},
                                               {"module.enc.bias", {8}},
                                               {"module.dec.weight", {4, 8}},
                                               {"module.head.weight", {3}},
                                               {"module.norm.num_batches_tracked", {}}};
  const LoadingReport report = compare_weights(file_of(tensors), network, rules);
  CHECK(report.is_complete());
  CHECK(report.ignored == std::vector<std::string>{"module.head.weight", "module.norm.num_batches_tracked"});
  CHECK_FALSE(compare_weights(file_of(tensors), network).is_complete());
}

TEST_CASE("every public architecture is told from itself with one change", "[weights]") {
  const auto folder = std::filesystem::path(VD_TEST_SHARED) / "reference/keys";
  if (!std::filesystem::is_directory(folder)) {
    WARN("skipped: no key lists of public architectures beside the sources");
    return;
  }
  std::size_t lists = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    ++lists;
    INFO(entry.path().filename().string());
    const std::vector<ExpectedTensor> keys = read_keys(entry.path());
    REQUIRE(keys.size() > 10);
    CHECK(compare_weights(file_of(keys), keys).is_complete());
    const std::size_t middle = keys.size() / 2;
    std::vector<ExpectedTensor> changed = keys;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(middle));
    CHECK(summary(compare_weights(file_of(changed), keys)) == "1 missing (" + keys[middle].name + ")");
    CHECK(summary(compare_weights(file_of(keys), changed)) == "1 unexpected (" + keys[middle].name + ")");
    changed = keys;
    changed[middle].shape.push_back(1);
    const LoadingReport report = compare_weights(file_of(changed), keys);
    CHECK(report.missing.empty());
    REQUIRE(report.misshapen.size() == 1);
    CHECK(report.misshapen[0].name == keys[middle].name);
  }
  CHECK(lists >= 30);
}
