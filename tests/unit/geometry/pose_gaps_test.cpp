// SPDX-License-Identifier: Apache-2.0
#include "geometry/pose_gaps.h"

#include "catch.h"

TEST_CASE("gaps between poses are filled at constant speed, ends are held", "[geometry]") {
  const auto pose = [](double angle_rad, double x) {
    return vd::SE3{vd::Quat(Eigen::AngleAxisd(angle_rad, vd::Vec3::UnitY())), vd::Vec3(x, 0, 1)};
  };
  std::vector<std::optional<vd::SE3>> known(7);
  known[1] = pose(0.1, 2);
  known[5] = pose(0.5, 10);
  const auto filled = vd::fill_pose_gaps(known);
  REQUIRE(filled.size() == 7);
  const double angle_rad[] = {0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.5};
  const double x[] = {2, 2, 4, 6, 8, 10, 10};
  for (std::size_t k = 0; k < 7; ++k) {
    CHECK(filled[k].rotation.angularDistance(pose(angle_rad[k], 0).rotation) < 1e-12);
    CHECK((filled[k].translation - vd::Vec3(x[k], 0, 1)).norm() < 1e-12);
  }
  const auto nothing = vd::fill_pose_gaps(std::vector<std::optional<vd::SE3>>(2));
  CHECK(nothing[1].translation.norm() == 0);
  CHECK(nothing[1].rotation.angularDistance(vd::Quat::Identity()) == 0);
}
