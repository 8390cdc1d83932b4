// SPDX-License-Identifier: Apache-2.0
#include "io/intrinsics.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/atomic_file.h"
#include "io/bytes.h"
#include "io/text_table.h"

namespace vd {

namespace {

Intrinsics parse_camera(const TextRow& row, std::size_t first) {
  Intrinsics camera;
  camera.fx = row.number(first);
  camera.fy = row.number(first + 1);
  camera.cx = row.number(first + 2);
  camera.cy = row.number(first + 3);
  camera.width = static_cast<int>(row.integer(first + 4, 1, 1000000));
  camera.height = static_cast<int>(row.integer(first + 5, 1, 1000000));
  if (!(camera.fx > 0 && camera.fy > 0)) throw Error(row.where, "the focal lengths must be positive");
  return camera;
}

std::string line(const std::string& frame, const Intrinsics& camera) {
  return fmt::format("{} {} {} {} {} {} {}\n", frame, camera.fx, camera.fy, camera.cx, camera.cy,
                     camera.width, camera.height);
}

bool same(const Intrinsics& a, const Intrinsics& b) {
  return std::tie(a.fx, a.fy, a.cx, a.cy, a.width, a.height) ==
         std::tie(b.fx, b.fy, b.cx, b.cy, b.width, b.height);
}

}  // namespace

const Intrinsics& IntrinsicsTable::at(int frame) const {
  const auto own = by_frame.find(frame);
  if (own != by_frame.end()) return own->second;
  if (!shared) throw Error(where, fmt::format("no intrinsics for frame {}", frame));
  return *shared;
}

std::vector<Intrinsics> IntrinsicsTable::for_frames(int frame_count) const {
  std::vector<Intrinsics> frames;
  for (int frame = 0; frame < frame_count; ++frame) frames.push_back(at(frame));
  return frames;
}

IntrinsicsTable decode_intrinsics(std::string_view text, const std::string& where) {
  IntrinsicsTable table;
  table.where = where;
  for (const TextRow& row : text_rows(text, where)) {
    const std::size_t count = row.fields.size();
    if (count != 6 && count != 7) {
      throw Error(row.where, fmt::format("{} fields, expected [frame] fx fy cx cy width height", count));
    }
    const Intrinsics camera = parse_camera(row, count - 6);
    if (count == 6 || row.fields[0] == "*") {
      if (table.shared) throw Error(row.where, "a second line for all frames");
      table.shared = camera;
    } else if (!table.by_frame.emplace(static_cast<int>(row.integer(0, 0, 1 << 30)), camera).second) {
      throw Error(row.where, fmt::format("a second line for frame {}", std::string(row.fields[0])));
    }
  }
  if (!table.shared && table.by_frame.empty()) throw Error(where, "no intrinsics in it");
  return table;
}

IntrinsicsTable read_intrinsics(const std::filesystem::path& path) {
  return decode_intrinsics(read_file(path), path.string());
}

std::string encode_intrinsics(Span<const Intrinsics> frames) {
  std::string text = "# frame fx fy cx cy width height\n";
  const bool shared = !frames.empty() && std::all_of(frames.begin(), frames.end(),
                                                     [&](const auto& k) { return same(k, frames[0]); });
  if (shared) return text + line("*", frames[0]);
  for (std::size_t frame = 0; frame < frames.size(); ++frame) {
    text += line(std::to_string(frame), frames[frame]);
  }
  return text;
}

void write_intrinsics(const std::filesystem::path& path, Span<const Intrinsics> frames) {
  write_text(path, encode_intrinsics(frames));
}

}  // namespace vd
