// SPDX-License-Identifier: Apache-2.0
#include "core/digest.h"

#include <xxhash.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "core/error.h"

namespace vd {

struct Digest::State {
  XXH3_state_t* hash = XXH3_createState();
  State() { XXH3_128bits_reset(hash); }
  ~State() { XXH3_freeState(hash); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Digest::Digest() : state_(std::make_unique<State>()) {}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

Digest& Digest::add(std::string_view bytes) {
  // The length goes in first, so that ("ab","c") and ("a","bc") differ.
  const std::uint64_t size = bytes.size();
  XXH3_128bits_update(state_->hash, &size, sizeof size);
  XXH3_128bits_update(state_->hash, bytes.data(), bytes.size());
  return *this;
}

std::string Digest::hex() const {
  const XXH128_hash_t value = XXH3_128bits_digest(state_->hash);
  return fmt::format("{:016x}{:016x}", value.high64, value.low64);
}

std::string digest_of(std::string_view bytes) { return Digest().add(bytes).hex(); }

std::string digest_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(path.string(), std::strerror(errno));
  Digest digest;
  std::vector<char> buffer(1 << 20);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0) {
    digest.add({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (file.bad()) throw Error(path.string(), "read error");
  return digest.hex();
}

}  // namespace vd
