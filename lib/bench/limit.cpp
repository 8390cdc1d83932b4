// SPDX-License-Identifier: Apache-2.0
#include "bench/limit.h"

namespace vd {

LimitShare share_of_limit(double flop, double bytes, double seconds, int threads,
                          const MachineProfile& profile) {
  const auto time_of = [&](WorkKind limit, double amount, double per_unit) {
    return amount / (per_unit * profile.rate(limit) * threads);
  };
  const double flop_s = time_of(WorkKind::matrix_product, flop, info_of(WorkKind::matrix_product).flop);
  const double bytes_s = time_of(WorkKind::copy, bytes, info_of(WorkKind::copy).bytes);
  if (!(seconds > 0) || flop_s + bytes_s <= 0) return {"-", 0};
  return flop_s >= bytes_s ? LimitShare{"FLOP", flop_s / seconds} : LimitShare{"bytes", bytes_s / seconds};
}

}  // namespace vd
