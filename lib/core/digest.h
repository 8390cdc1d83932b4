// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace vd {

/// 128-bit XXH3 digest of bytes, written as 32 hexadecimal digits: tells whether files and options have
/// changed. It is not a defence against forgery.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  Digest& add(std::string_view bytes);
  [[nodiscard]] std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string digest_of(std::string_view bytes);

/// Digest of a file's content; throws Error when it cannot be read.
[[nodiscard]] std::string digest_of_file(const std::filesystem::path& path);

}  // namespace vd
