// SPDX-License-Identifier: Apache-2.0
#include "stage/given_masks.h"

#include <fmt/format.h>

#include <map>

#include "clip/frame_source.h"
#include "core/error.h"
#include "image/erode.h"
#include "io/camera_file.h"
#include "io/dense.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// Masks of a folder: by the number of the frame, else by the name of the image that the frame was.
std::vector<fs::path> files_in(const fs::path& folder, const Clip& clip) {
  std::map<std::string, fs::path> by_name;
  for (const fs::path& file : list_images(folder)) by_name[file.stem().string()] = file;
  std::vector<fs::path> files;
  for (int frame = 0; frame < clip.frame_count(); ++frame) {
    auto found = by_name.find(frame_stem(frame));
    const auto& names = clip.info().names;
    if (found == by_name.end() && !names.empty()) {
      found = by_name.find(image_key(names.at(static_cast<std::size_t>(frame))));
    }
    if (found == by_name.end())
      throw Error(folder.string(), fmt::format("no mask {} of frame {}", frame_stem(frame), frame));
    files.push_back(found->second);
  }
  return files;
}

}  // namespace

void describe(GivenMaskOptions& o, OptionTable& t) {
  t.add("--masks", o.masks, "pixels to leave out: auto | none | gt | image | folder; see vd(7)");
  t.flag("--mask-invert", o.invert, "of masks given here: leave out what is 0 instead")
      .hidden_in_short_help();
}

GivenMasks::GivenMasks(const Clip& clip, const GivenMaskOptions& options) : clip_(clip) {
  const Known known = parse_known("--masks", options.masks, 1);
  if (known.text == "none") return;
  const bool by_default = known.text == "auto";
  const fs::path path = by_default           ? clip.folder() / "known" / "masks"
                        : known.text == "gt" ? clip.folder() / "gt" / "masks"
                                             : fs::path(known.text);
  if (by_default && !fs::exists(path)) return;
  if (!fs::exists(path)) {
    throw MisuseError("--masks",
                      fmt::format("'{}' is neither auto, none, gt, an image nor a folder", path.string()));
  }
  as_ = known_as(known, clip.info(), "masks");
  invert_ = options.invert && !by_default;
  files_ = fs::is_directory(path) ? files_in(path, clip)
                                  : std::vector<fs::path>(static_cast<std::size_t>(clip.frame_count()), path);
}

std::optional<fs::path> GivenMasks::file(int frame) const {
  if (files_.empty()) return {};
  return files_[static_cast<std::size_t>(frame)];
}

MaskMap GivenMasks::of(int frame) const {
  const fs::path path = files_.at(static_cast<std::size_t>(frame));
  MaskMap mask = read_mask(path);
  if (mask.width() != clip_.info().width || mask.height() != clip_.info().height) {
    throw Error(path.string(), fmt::format("is {}x{}, the frames are {}x{}", mask.width(), mask.height(),
                                           clip_.info().width, clip_.info().height));
  }
  if (invert_) {
    for (auto& value : mask.values()) value = value == 0 ? 255 : 0;
  }
  return mask;
}

MaskMap GivenMasks::moving(int frame) const {
  if (as_.mode == KnownMode::init) return {clip_.info().width, clip_.info().height};
  if (as_.mode == KnownMode::fixed || as_.sigmas.empty()) return of(frame);
  return erode(of(frame), 2 * as_.sigmas[0]);
}

}  // namespace vd
