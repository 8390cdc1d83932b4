// SPDX-License-Identifier: Apache-2.0
// Feeds the corpus to every reader: each file as it is, cut off at many places, and with bytes changed;
// always the same ones. Fails when a reader does anything but decode or throw a vd::Error of one line, is
// slow, or takes much memory.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "core/error.h"
#include "core/random.h"
#include "io/bytes.h"
#include "readers.h"

namespace fs = std::filesystem;

namespace {

// The address sanitizer keeps freed memory for a while.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif
constexpr int max_cuts = 64;
constexpr int mutations = 100;
constexpr double max_cpu_seconds = 2;
constexpr long max_peak_megabytes = 300;

struct Tally {
  int inputs = 0;
  int decoded = 0;
  int failures = 0;
  double slowest_s = 0;
};

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void feed(const vd::test::Reader& reader, const std::string& bytes, const std::string& name, Tally& tally) {
  const double start = cpu_seconds();
  std::string problem;
  try {
    reader.decode(bytes);
    ++tally.decoded;
  } catch (const vd::Error& error) {
    const std::string text = error.what();
    if (text.find('\n') != std::string::npos || text.find("file") != 0) problem = "unfit message: " + text;
  } catch (const std::exception& error) {
    problem = std::string("not a vd::Error: ") + error.what();
  }
  const double seconds = cpu_seconds() - start;
  tally.slowest_s = std::max(tally.slowest_s, seconds);
  if (seconds > max_cpu_seconds) problem = fmt::format("took {:.1f} s", seconds);
  ++tally.inputs;
  if (problem.empty()) return;
  ++tally.failures;
  std::fprintf(stderr, "%s: %s: %s\n", reader.name.c_str(), name.c_str(), problem.c_str());
}

/// A byte set to a random or an extreme value, bytes taken out, or bytes repeated.
std::string mutated(std::string bytes, vd::Random& random) {
  for (int hits = 1 + static_cast<int>(random.below(4)); hits > 0 && !bytes.empty(); --hits) {
    const std::size_t at = random.below(static_cast<std::uint32_t>(bytes.size()));
    const std::size_t length = 1 + random.below(16);
    switch (random.below(6)) {
      case 0:
        bytes[at] = '\xFF';
        break;
      case 1:
        bytes[at] = '\x7F';
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(at, bytes.substr(at, length));
        break;
      default:
        bytes[at] = static_cast<char>(random());
        break;
    }
  }
  return bytes;
}

void feed_file(const vd::test::Reader& reader, const fs::path& file, Tally& tally) {
  const std::string bytes = vd::read_file(file);
  const std::string name = file.filename().string();
  feed(reader, bytes, name, tally);
  const std::size_t step = bytes.size() / max_cuts + 1;
  for (std::size_t length = 0; length < bytes.size(); length += step) {
    feed(reader, bytes.substr(0, length), fmt::format("{} cut at {}", name, length), tally);
  }
  vd::Random random(bytes.size());
  for (int k = 0; k < mutations; ++k) {
    feed(reader, mutated(bytes, random), fmt::format("{} mutation {}", name, k), tally);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: fuzz_replay CORPUS\n"), 2;
  int failures = 0;
  for (const vd::test::Reader& reader : vd::test::readers()) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(fs::path(argv[1]) / reader.name)) {
      files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    Tally tally;
    for (const fs::path& file : files) feed_file(reader, file, tally);
    std::printf("%-10s %4zu files %6d inputs %6d decoded %3d failures, slowest %.3f s\n", reader.name.c_str(),
                files.size(), tally.inputs, tally.decoded, tally.failures, tally.slowest_s);
    // A corpus of which nothing can be decoded tests nothing.
    failures += tally.failures + (tally.decoded == 0 ? 1 : 0);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const long peak_megabytes = usage.ru_maxrss / 1024;
  std::printf("peak memory %ld MB\n", peak_megabytes);
  if (!sanitized && peak_megabytes > max_peak_megabytes) ++failures;
  return failures == 0 ? 0 : 1;
}
