// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace vd::test {

/// A reader that faces files made by others. decode either works or throws vd::Error; nothing else may
/// happen.
struct Reader {
  std::string name;  // also the folder of its corpus
  std::function<void(std::string_view bytes)> decode;
};

[[nodiscard]] const std::vector<Reader>& readers();

}  // namespace vd::test
