// SPDX-License-Identifier: Apache-2.0
#include "clip/version.h"

namespace vd {

std::string version_text() {
  const std::string commit = VD_GIT_COMMIT;
  return std::string(VD_VERSION) + (commit.empty() ? "" : " (git " + commit + ")");
}

std::string result_version() { return VD_VERSION; }

}  // namespace vd
