// SPDX-License-Identifier: Apache-2.0
#include "core/usage.h"

#include <malloc.h>
#include <sys/resource.h>

#include <fstream>
#include <string>

namespace vd {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

namespace {

/// A line "NAME:  1234 kB" of /proc/self/status in bytes; 0 where there is none.
std::size_t status_bytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.compare(0, name.size(), name) == 0) return std::stoull(line.substr(name.size())) * 1024;
  }
  return 0;
}

}  // namespace

std::size_t resident_memory_bytes() { return status_bytes("VmRSS:"); }

std::size_t peak_memory_bytes() {
  if (const std::size_t bytes = status_bytes("VmHWM:"); bytes > 0) return bytes;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

void begin_peak_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  std::ofstream("/proc/self/clear_refs") << 5;  // VmHWM starts again from what is resident
}

}  // namespace vd
