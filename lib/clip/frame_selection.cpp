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

/// The parts of A:B[:S]; a single A is A:A+1, but for the last frame of all, -1, which has no end.
struct Parts {
  int first = 0;
  std::optional<int> end;
  int step = 1;
};

Parts parse(const std::string& text) {
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
  Parts parsed{parts[0].value_or(0), parts[1], parts[2].value_or(1)};
  const bool single = part == 1 && parts[0];
  if (single && parsed.first != -1) parsed.end = parsed.first + 1;
  if (parsed.step < 1) throw MisuseError("--frames", fmt::format("step {} must be at least 1", parsed.step));
  return parsed;
}

}  // namespace

std::vector<int> select_frames(const std::string& text, int frame_count) {
  const Parts parts = parse(text);
  const auto in_clip = [&](int value) {
    return std::clamp(value < 0 ? value + frame_count : value, 0, frame_count);
  };
  std::vector<int> frames;
  const int last = in_clip(parts.end.value_or(frame_count));
  for (int frame = in_clip(parts.first); frame < last; frame += parts.step) frames.push_back(frame);
  if (frames.empty()) {
    throw MisuseError("--frames", fmt::format("'{}' selects none of the {} frames", text, frame_count));
  }
  return frames;
}

FrameStride select_of_stream(const std::string& text) {
  const Parts parts = parse(text);
  if (parts.first < 0 || parts.end.value_or(0) < 0) {
    throw MisuseError("--frames", fmt::format("'{}' counts from the end, which a stream does not say", text));
  }
  return {parts.first, parts.end, parts.step};
}

}  // namespace vd
