// SPDX-License-Identifier: Apache-2.0
#include "core/work.h"

#include <cstdlib>
#include <string>

#include "catch.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/machine_profile.h"
#include "temporary_folder.h"

using vd::Work;
using vd::WorkKind;

TEST_CASE("work adds up, kind by kind", "[core][property]") {
  const Work flow(WorkKind::dense_flow, 6e9);
  const Work files = Work(WorkKind::write_result, 1e6) + Work(WorkKind::file, 3);
  const Work all = 2 * (flow + files);
  CHECK(all.of(WorkKind::dense_flow) == Approx(12e9));
  CHECK(all.of(WorkKind::file) == Approx(6));
  CHECK(all.of(WorkKind::render) == 0);
  CHECK(all.flop() == Approx(2 * (flow.flop() + files.flop())));
  CHECK(all.bytes() == Approx(2 * (flow.bytes() + files.bytes())));
  CHECK(flow.flop() == Approx(6e9));
  CHECK(files.bytes() == Approx(8e6 + 3 * 4096));
  CHECK(Work().empty());
  CHECK((0 * all).empty());
  CHECK_FALSE(all.empty());
}

TEST_CASE("every kind of work has a name, a count and a rate of its own", "[core]") {
  for (std::size_t k = 0; k < vd::work_kind_count; ++k) {
    const vd::WorkKindInfo& info = vd::work_kinds()[k];
    INFO(info.name);
    CHECK(info.kind == static_cast<WorkKind>(k));
    CHECK(info.rate > 0);
    CHECK(info.flop + info.bytes > 0);
    CHECK_FALSE(info.unit.empty());
    for (std::size_t other = 0; other < k; ++other) CHECK(vd::work_kinds()[other].name != info.name);
  }
}

TEST_CASE("time is the sum over kinds, and half with twice the rates", "[core][property]") {
  const Work work = Work(WorkKind::track, 1e5) + Work(WorkKind::read_image, 3e7);
  vd::MachineProfile profile = vd::built_in_profile();
  const double seconds = vd::seconds_for(work, profile);
  CHECK(seconds == Approx(1e5 / profile.rate(WorkKind::track) + 3e7 / profile.rate(WorkKind::read_image)));
  CHECK(vd::seconds_for(3 * work, profile) == Approx(3 * seconds));
  CHECK(vd::seconds_for(work, vd::built_in_profile(2)) == Approx(seconds / 2));
  profile.set_rate(WorkKind::track, 1e5);
  profile.set_rate(WorkKind::read_image, 1e7);
  CHECK(vd::seconds_for(work, profile) == Approx(4));
}

TEST_CASE("a profile comes back as it was saved", "[core]") {
  const vd::test::TemporaryFolder folder;
  vd::MachineProfile profile = vd::built_in_profile(0.37);
  profile.processor = vd::processor_name();
  profile.threads = 7;
  profile.measured_on = "2001-02-03";
  vd::write_profile(folder / "vd/machine.json", profile);
  const auto read = vd::read_profile(folder / "vd/machine.json");
  REQUIRE(read);
  CHECK(read->processor == profile.processor);
  CHECK(read->threads == 7);
  CHECK(read->rates == profile.rates);
  CHECK(vd::where_rates_come_from(*read) == "rates of vd-bench, 2001-02-03");
  CHECK(vd::where_rates_come_from(vd::built_in_profile()).find("vd-bench --save") != std::string::npos);

  CHECK_FALSE(vd::read_profile(folder / "nothing.json"));
  CHECK_FALSE(vd::read_profile({}));
  const std::string text = vd::read_text(folder / "vd/machine.json");
  for (std::size_t length = 0; length + 2 < text.size(); length += 41) {
    vd::write_text(folder / "cut.json", text.substr(0, length));
    CHECK_THROWS_AS(vd::read_profile(folder / "cut.json"), vd::Error);
  }
  const std::string key = "\"ray casting\": ";
  std::string negative = text;
  negative.insert(negative.find(key) + key.size(), "-");
  vd::write_text(folder / "negative.json", negative);
  CHECK_THROWS_AS(vd::read_profile(folder / "negative.json"), vd::Error);
  std::string newer = text;
  newer.replace(newer.find("\"format\": 1"), 11, "\"format\": 9");
  vd::write_text(folder / "newer.json", newer);
  CHECK_FALSE(vd::read_profile(folder / "newer.json"));
}

TEST_CASE("a kind that a saved profile lacks has the built-in rate", "[core]") {
  const vd::test::TemporaryFolder folder;
  vd::write_text(folder / "few.json",
                 R"({"format": 1, "processor": "p", "threads": 2, "measured_on": "2001-02-03",
                                          "rates": {"copy": 123}})");
  const auto profile = vd::read_profile(folder / "few.json");
  REQUIRE(profile);
  CHECK(profile->rate(WorkKind::copy) == 123);
  CHECK(profile->rate(WorkKind::render) == vd::info_of(WorkKind::render).rate);
}

TEST_CASE("a profile of another processor is not taken", "[core]") {
  const vd::test::TemporaryFolder folder;
  const char* before = std::getenv("XDG_CACHE_HOME");
  const std::string kept = before == nullptr ? "" : before;
  setenv("XDG_CACHE_HOME", folder.path().c_str(), 1);
  CHECK(vd::profile_path() == folder / "vd/machine.json");
  vd::MachineProfile profile = vd::built_in_profile(3);
  profile.measured_on = "2001-02-03";
  profile.processor = vd::processor_name();
  vd::write_profile(vd::profile_path(), profile);
  CHECK(vd::profile_of_this_machine().measured_on == "2001-02-03");
  profile.processor += " of next year";
  vd::write_profile(vd::profile_path(), profile);
  CHECK(vd::profile_of_this_machine().measured_on.empty());
  setenv("XDG_CACHE_HOME", "not/absolute", 1);
  CHECK(vd::profile_path() != "not/absolute/vd/machine.json");
  if (before == nullptr)
    unsetenv("XDG_CACHE_HOME");
  else
    setenv("XDG_CACHE_HOME", kept.c_str(), 1);
}
