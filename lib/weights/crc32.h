// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace vd {

/// The CRC-32 of ZIP (ISO 3309, reflected polynomial 0xEDB88320) of bytes that follow others whose sum is
/// `before`; 0 at the start. 16 bytes a step by table (Intel's "slicing").
[[nodiscard]] std::uint32_t crc32(std::uint32_t before, const std::byte* bytes, std::size_t count);

}  // namespace vd
