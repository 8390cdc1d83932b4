// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "catch.h"
#include "checkpoint_maker.h"
#include "core/error.h"

namespace vd::test {

/// Why a file of these bytes is refused, in one short line that names it; empty when it is not refused.
inline std::string refusal(const std::string& bytes) {
  try {
    (void)decode(bytes);
  } catch (const Error& error) {
    const std::string message = error.what();
    CHECK(message.find("file: ") == 0);
    CHECK(message.find('\n') == std::string::npos);
    CHECK(message.size() < 300);
    return message;
  }
  return "";
}

}  // namespace vd::test
