// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "clip/clip.h"
#include "core/error.h"

namespace vd {
namespace {

std::optional<int> parse_part(const std::string& text, const std::string& whole) {
  if (text.empty()) return {};
  int value = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || stop != text.data() + text.size()) {
    throw MisuseError("--frames", fmt::format("'{}' is not of the form A:B[:S]", whole));
  }
  return value;
}

}  // namespace

std::vector<int> select_frames(const std::string& text, int frame_count) {
  std::array<std::optional<int>, 3> parts;
  std::size_t part = 0;
  std::size_t begin = 0;
  while (true) {
    const std::size_t colon = text.find(':', begin);
    if (part == parts.size())
      throw MisuseError("--frames", fmt::format("'{}' is not of the form A:B[:S]", text));
    parts[part++] = parse_part(text.substr(begin, colon - begin), text);
    if (colon == std::string::npos) break;
    begin = colon + 1;
  }
  const bool single = part == 1 && parts[0];
  const auto from_end = [&](int value) { return value < 0 ? value + frame_count : value; };
  const int first = std::clamp(from_end(parts[0].value_or(0)), 0, frame_count);
  const int last = single ? std::min(first + 1, frame_count)
                          : std::clamp(from_end(parts[1].value_or(frame_count)), 0, frame_count);
  const int step = parts[2].value_or(1);
  if (step < 1) throw MisuseError("--frames", fmt::format("step {} must be at least 1", step));
  std::vector<int> frames;
  for (int frame = first; frame < last; frame += step) frames.push_back(frame);
  if (frames.empty()) {
    throw MisuseError("--frames", fmt::format("'{}' selects none of the {} frames", text, frame_count));
  }
  return frames;
}

}  // namespace vd
