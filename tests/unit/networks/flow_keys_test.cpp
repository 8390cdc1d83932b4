// SPDX-License-Identifier: Apache-2.0
#include "models/cotracker3/module.h"
#include "models/raft/module.h"
#include "models/sea_raft/module.h"
#include "published_keys.h"

using namespace vd;
using namespace vd::nn;

TEST_CASE("RAFT asks for what its public files hold", "[networks]") {
  check_published_keys("raft_basic",
                       [](const Parameters& parameters) { return Raft(parameters, raft_basic()); });
  check_published_keys("raft_small",
                       [](const Parameters& parameters) { return Raft(parameters, raft_small()); });
}

TEST_CASE("SEA-RAFT asks for what its public files hold", "[networks]") {
  check_published_keys("sea_raft_S",
                       [](const Parameters& parameters) { return SeaRaft(parameters, sea_raft_s()); });
  check_published_keys("sea_raft_M",
                       [](const Parameters& parameters) { return SeaRaft(parameters, sea_raft_m()); });
  check_published_keys("sea_raft_L",
                       [](const Parameters& parameters) { return SeaRaft(parameters, sea_raft_l()); });
}

TEST_CASE("CoTracker3 asks for what its public files hold", "[networks]") {
  check_published_keys("cotracker3_offline", [](const Parameters& parameters) {
    return CoTracker3(parameters, cotracker3_offline());
  });
  check_published_keys("cotracker3_online", [](const Parameters& parameters) {
    return CoTracker3(parameters, cotracker3_online());
  });
}
