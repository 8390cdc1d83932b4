// SPDX-License-Identifier: Apache-2.0
// libFuzzer harness of the reader VD_FUZZ_READER.
#include <cstddef>
#include <cstdint>

#include "core/error.h"
#include "readers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const vd::test::Reader reader = [] {
    for (const vd::test::Reader& candidate : vd::test::readers()) {
      if (candidate.name == VD_FUZZ_READER) return candidate;
    }
    return vd::test::Reader{};
  }();
  try {
    reader.decode({reinterpret_cast<const char*>(data), size});
  } catch (const vd::Error&) {
    // The expected answer to a hostile file; anything else ends the fuzzer with a finding.
  }
  return 0;
}
