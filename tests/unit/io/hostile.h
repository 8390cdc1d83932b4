// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "catch.h"
#include "core/error.h"
#include "core/random.h"

namespace vd::test {

/// The message of the vd::Error that an action throws; "" when it throws none. Other exceptions pass and fail
/// the test.
inline std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// Every file that ends early, down to nothing, is refused with its name on one line.
inline void refuses_every_prefix(const std::string& bytes, std::size_t longest,
                                 const std::function<void(std::string_view)>& decode) {
  std::size_t accepted = 0;
  for (std::size_t length = 0; length <= longest; ++length) {
    const std::string copy =
        bytes.substr(0, length);  // of its own, so that a sanitizer sees reads past the end
    const std::string message = error_of([&] { decode(copy); });
    if (message.substr(0, 6) != "a/file" || message.find('\n') != std::string::npos) ++accepted;
  }
  CHECK(accepted == 0);
}

/// Damaged bytes are decoded or refused, never anything else.
inline void survives_damage(const std::string& bytes, int rounds,
                            const std::function<void(std::string_view)>& decode) {
  Random random(7);
  for (int round = 0; round < rounds; ++round) {
    std::string damaged = bytes;
    for (int hits = 1 + static_cast<int>(random.below(3)); hits > 0; --hits) {
      damaged[random.below(static_cast<std::uint32_t>(damaged.size()))] = static_cast<char>(random());
    }
    try {
      decode(damaged);
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find('\n') == std::string::npos);
    }
  }
}

/// Puts a 32-bit number over the bytes at a place.
inline std::string patched(std::string bytes, std::size_t at, std::uint32_t value, bool big_endian = false) {
  for (int k = 0; k < 4; ++k) {
    bytes.at(at + static_cast<std::size_t>(k)) =
        static_cast<char>(value >> 8 * (big_endian ? 3 - k : k) & 0xFF);
  }
  return bytes;
}

}  // namespace vd::test
