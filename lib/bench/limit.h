// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/machine_profile.h"

namespace vd {

/// How near to what the machine can do some work came.
struct LimitShare {
  std::string
      limit;         // "FLOP": the rate of matrix products; "bytes": that of copies; "-": nothing was counted
  double share = 0;  // time at the limit, divided by the time taken
};

/// The limit that takes longer, for so many operations and bytes, done in so many seconds by so many threads.
[[nodiscard]] LimitShare share_of_limit(double flop, double bytes, double seconds, int threads,
                                        const MachineProfile& profile);

}  // namespace vd
