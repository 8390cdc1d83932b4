// SPDX-License-Identifier: Apache-2.0
#include "core/parallel.h"

#include <dlfcn.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <opencv2/core/utility.hpp>

namespace vd {
namespace {

std::atomic<int> configured_threads{0};
thread_local bool inside_parallel_loop = false;

/// Cores granted by the cgroup v2 CPU quota, or 0 where there is none.
int cgroup_cores() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return 0;
  return std::max(1, static_cast<int>(std::ceil(std::stod(quota) / period)));
}

template <typename Function>
Function* find_function(const char* name) {  // of a library that some other library may have brought in
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

/// One OpenMP thread for what this thread calls. The number belongs to the thread that sets it, and a new
/// thread begins with all cores: without this, a factorisation could round otherwise in a helper than in the
/// thread that started it.
void keep_openmp_serial() {
  static auto* const set = find_function<void(int)>("omp_set_num_threads");
  if (set != nullptr) set(1);
}

/// The same for an OpenBLAS with threads of its own, which all callers share.
void keep_blas_serial() {
  if (auto* set = find_function<void(int)>("openblas_set_num_threads")) set(1);
}

}  // namespace

int allowed_cores() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  int cores = sched_getaffinity(0, sizeof mask, &mask) == 0
                  ? CPU_COUNT(&mask)
                  : static_cast<int>(std::thread::hardware_concurrency());
  if (const int quota = cgroup_cores(); quota > 0) cores = std::min(cores, quota);
  return std::max(1, cores);
}

void set_thread_count(int threads) {
  configured_threads = threads > 0 ? threads : allowed_cores();
  keep_blas_serial();
  keep_openmp_serial();
  cv::setNumThreads(1);
}

int thread_count() {
  if (configured_threads == 0) set_thread_count(0);
  return configured_threads;
}

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) {
  const std::size_t threads = std::min<std::size_t>(count, thread_count());
  if (threads <= 1 || inside_parallel_loop) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&] {
    inside_parallel_loop = true;
    try {
      for (std::size_t i = next++; i < count; i = next++) body(i);
    } catch (...) {
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
      next = count;
    }
    inside_parallel_loop = false;
  };
  std::vector<std::thread> helpers;
  for (std::size_t t = 1; t < threads; ++t) {
    helpers.emplace_back([&] {
      keep_openmp_serial();
      work();
    });
  }
  work();
  for (auto& helper : helpers) helper.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace vd
