// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace vd {

/// Seconds that the calling thread has been on a processor.
[[nodiscard]] double thread_cpu_seconds();

/// Multiply-adds of float32 on a block that stays in the first cache, compiled as vd's own loops are. The
/// result is of no use but to keep the compiler honest. Multiply-adds done: rounds * multiply_add_width.
constexpr int multiply_add_width = 64;
[[nodiscard]] float multiply_add_block(int rounds);

/// Multiply-adds a second of one thread: the best of some short runs, 20 ms in all.
[[nodiscard]] double measure_loop_rate();

}  // namespace vd
