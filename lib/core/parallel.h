// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace vd {

/// Number of cores this process may use: its affinity mask, limited by the cgroup's CPU quota; at least 1.
[[nodiscard]] int allowed_cores();

/// The one place that sets the number of threads: of vd's own loops. The libraries below them (OpenMP,
/// OpenBLAS, OpenCV) get one thread each, as Ceres does, so that no sum depends on the number. threads <= 0
/// means allowed_cores(). Call once, before the first parallel work.
void set_thread_count(int threads);
[[nodiscard]] int thread_count();

/// Calls body(i) for every i in [0, count), spread over thread_count() threads; returns when all are done.
/// The order is unspecified, so bodies write to their own slot i and never add to a shared sum: results are
/// then the same for any number of threads. A loop started inside a body runs serially. The first exception
/// thrown by a body is rethrown.
void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body);

}  // namespace vd
