// SPDX-License-Identifier: Apache-2.0
#include "clip/prediction.h"

#include "catch.h"

using vd::ItemCost;
using vd::Work;
using vd::WorkKind;

namespace {

/// Rates of one unit a second.
vd::MachineProfile unit_profile() {
  vd::MachineProfile profile;
  for (double& rate : profile.rates) rate = 1;
  return profile;
}

ItemCost item_of(double alone_s, double spread_s) {
  ItemCost item;
  item.work = Work(WorkKind::render, alone_s);
  if (spread_s > 0) item.spread = Work(WorkKind::track, spread_s);
  return item;
}

}  // namespace

TEST_CASE("items share the threads, and the last round waits for its slowest", "[clip]") {
  const auto profile = unit_profile();
  const ItemCost item = item_of(3, 0);
  CHECK(vd::predicted_seconds(item, 0, 4, profile) == 0);
  CHECK(vd::predicted_seconds(item, 1, 4, profile) == Approx(3));
  CHECK(vd::predicted_seconds(item, 8, 4, profile) == Approx(6));
  CHECK(vd::predicted_seconds(item, 9, 4, profile) == Approx(9));
  CHECK(vd::predicted_seconds(item, 9, 1, profile) == Approx(27));
}

TEST_CASE("items that all threads share follow one another", "[clip]") {
  const auto profile = unit_profile();
  const ItemCost item = item_of(1, 8);
  CHECK(vd::predicted_seconds(item, 1, 4, profile) == Approx(3));
  CHECK(vd::predicted_seconds(item, 5, 4, profile) == Approx(15));
  CHECK(vd::predicted_seconds(item, 5, 1, profile) == Approx(45));
}

TEST_CASE("a bound on memory costs threads, and where one is too many there is none", "[clip][property]") {
  ItemCost item;
  item.shared_megabytes = 20;
  item.memory_megabytes = 10;
  CHECK(vd::predicted_memory_bytes(item, 3, 5e6) == Approx(55e6));
  CHECK(vd::threads_within_memory(item, 8, 5e6, 0) == 8);
  CHECK(vd::threads_within_memory(item, 8, 5e6, 34e6) == 0);
  CHECK(vd::threads_within_memory(item, 8, 5e6, 36e6) == 1);
  CHECK(vd::threads_within_memory(item, 8, 5e6, 56e6) == 3);
  CHECK(vd::threads_within_memory(item, 8, 5e6, 1e9) == 8);
  for (double limit = 35.5e6; limit < 130e6; limit += 1e6) {
    const int threads = vd::threads_within_memory(item, 8, 5e6, limit);
    CHECK(vd::predicted_memory_bytes(item, threads, 5e6) <= limit);
    CHECK((threads == 8 || vd::predicted_memory_bytes(item, threads + 1, 5e6) > limit));
  }
  item.memory_megabytes = 0;
  CHECK(vd::threads_within_memory(item, 8, 5e6, 26e6) == 8);
  CHECK(vd::threads_within_memory(item, 8, 5e6, 24e6) == 0);
}

TEST_CASE("stages add their time and share the memory of the largest", "[clip]") {
  vd::MachineProfile profile = unit_profile();
  profile.measured_on = "2001-02-03";
  const double mebibyte = 1048576;
  const std::string text = vd::cost_text(
      {{"a/x", item_of(2, 0), 4, 2, 50 * mebibyte}, {"b/x", item_of(0, 6), 1, 2, 70 * mebibyte}}, profile);
  CHECK(text.find("70 MiB of memory, 7 s here (rates of vd-bench, 2001-02-03)") != std::string::npos);
  const double flop = 8 * vd::info_of(WorkKind::render).flop + 6 * vd::info_of(WorkKind::track).flop;
  CHECK(std::stod(text) == Approx(1e-9 * flop).epsilon(0.01));
}
