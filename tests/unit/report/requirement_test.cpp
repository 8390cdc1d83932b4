// SPDX-License-Identifier: Apache-2.0
#include "report/requirement.h"

#include <cmath>

#include "catch.h"
#include "core/error.h"

namespace vd {
namespace {

TEST_CASE("every comparison is read and holds as written", "[report]") {
  struct Case {
    const char* text;
    bool below, at, above;  // whether 1, 2 and 3 fulfil it
  };
  const auto c = GENERATE(Case{"ate<2", true, false, false}, Case{"ate <= 2", true, true, false},
                          Case{" ate>2.0", false, false, true}, Case{"ate >=2e0", false, true, true},
                          Case{"ate==2", false, true, false}, Case{"ate = 2", false, true, false});
  const Requirement requirement = parse_requirement(c.text);
  CHECK(requirement.metric == "ate");
  CHECK(requirement.bound == 2);
  CHECK(holds(requirement, 1) == c.below);
  CHECK(holds(requirement, 2) == c.at);
  CHECK(holds(requirement, 3) == c.above);
  CHECK_FALSE(holds(requirement, std::nan("")));
}

TEST_CASE("bounds may be per cent, names may be full", "[report]") {
  const Requirement requirement = parse_requirement("depth.observed_static.abs_rel <= 5 %");
  CHECK(requirement.metric == "depth.observed_static.abs_rel");
  CHECK(requirement.bound == Approx(0.05));
}

TEST_CASE("several requirements in one text", "[report]") {
  const auto requirements = parse_requirements("ate<=0.05, delta1>=0.9 and iou > 0.5");
  REQUIRE(requirements.size() == 3);
  CHECK(requirements[1].metric == "delta1");
  CHECK(requirements[2].bound == 0.5);
  CHECK(parse_requirements("").empty());
}

TEST_CASE("bad requirements are misuse", "[report]") {
  const char* text = GENERATE("ate", "<=3", "ate<=", "ate<=x", "ate<=3x", "ate<=nan", "ate=<3", "a te<3",
                              "ate<=3<=4", "ate!3", "ate<=1,", ",ate<=1", "ate => 3", "ate<=%", "ate<=inf");
  CHECK_THROWS_AS(parse_requirements(text), MisuseError);
}

TEST_CASE("short names stand for one metric", "[report]") {
  const std::vector<Metric> metrics = {
      {"depth.all.abs_rel", 3}, {"depth.observed.abs_rel", 2}, {"poses.ate", 1}, {"poses.update", 4}};
  CHECK(find_metric(metrics, "ate").value == 1);
  CHECK(find_metric(metrics, "poses.ate").value == 1);
  CHECK(find_metric(metrics, "observed.abs_rel").value == 2);
  CHECK(find_metric(metrics, "abs_rel", {"depth.observed", "depth.all"}).value == 2);
  CHECK(find_metric(metrics, "abs_rel", {"depth.observed_static", "depth.all"}).value == 3);
  CHECK_THROWS_AS(find_metric(metrics, "abs_rel"), MisuseError);
  CHECK_THROWS_AS(find_metric(metrics, "rel"), MisuseError);
  CHECK_THROWS_AS(find_metric({}, "ate"), MisuseError);
}

}  // namespace
}  // namespace vd
