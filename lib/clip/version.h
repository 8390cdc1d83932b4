// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vd {

/// "0.1.0 (git 1a2b3c4)"; without the part in brackets when built outside a repository.
[[nodiscard]] std::string version_text();

/// Changes whenever the same options and inputs may give other bytes than before; part of every item's key.
[[nodiscard]] std::string result_version();

}  // namespace vd
