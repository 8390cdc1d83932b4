// SPDX-License-Identifier: Apache-2.0
#include "clip/import.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <functional>

#include "clip/clip.h"
#include "clip/import_known.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "image/resize.h"
#include "io/exif.h"
#include "io/image.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// Decides frame by frame what is taken: by index (--frames), then by time (--fps).
class FrameFilter {
 public:
  FrameFilter(const ImportOptions& options, int announced_frames) : fps_(options.fps) {
    if (options.frames.empty()) return;
    if (announced_frames < 1) {
      stride_ = select_of_stream(options.frames);
      return;
    }
    by_index_ = true;
    indices_ = select_frames(options.frames, announced_frames);
  }
  bool takes(const SourceFrame& frame) {
    if (by_index_ && (next_ >= indices_.size() || indices_[next_] != frame.index)) return false;
    seen_ = frame.index + 1;
    if (stride_ && !stride_->takes(frame.index)) return false;
    ++next_;
    if (fps_ <= 0) return true;
    if (taken_ == 0) first_time_s_ = frame.time_s;
    // The slack of a hundredth of a step absorbs rounded time stamps.
    const bool due = frame.time_s - first_time_s_ >= (taken_ - 0.01) / fps_;
    if (due) ++taken_;
    return due;
  }
  [[nodiscard]] bool finished() const {
    return stride_ ? stride_->is_over(seen_) : by_index_ && next_ >= indices_.size();
  }

 private:
  bool by_index_ = false;
  std::vector<int> indices_;
  std::optional<FrameStride> stride_;  // of a stream
  int seen_ = 0;
  std::size_t next_ = 0;
  double fps_;
  double taken_ = 0;
  double first_time_s_ = 0;
};

/// The 35-mm equivalent focal length that the files state, when all that state one agree within 1 %: a lens
/// that zooms has no single one.
class StatedFocal {
 public:
  void add(double focal_35mm_mm) {
    if (focal_35mm_mm <= 0) return;
    if (stated_mm_ <= 0) stated_mm_ = focal_35mm_mm;
    agree_ = agree_ && std::abs(focal_35mm_mm / stated_mm_ - 1) < 0.01;
  }
  /// The number is a whole one of millimetres, lenses breathe and phones crop: 10 % is what it is good for.
  [[nodiscard]] std::optional<FocalPrior> at_size(int width, int height) const {
    if (stated_mm_ <= 0 || !agree_) return {};
    return FocalPrior{focal_px_from_35mm(stated_mm_, width, height), 0.1, "EXIF"};
  }

 private:
  double stated_mm_ = 0;
  bool agree_ = true;
};

/// Writes by a function, and drops what an earlier import left under the same number in another format.
void write_frame_file(const fs::path& stem, const std::string& extension,
                      const std::function<void(const fs::path&)>& write) {
  write(stem.string() + extension);
  std::error_code none;
  for (const std::string other : {".png", ".jpg", ".jpeg"}) {
    if (other != extension) fs::remove(stem.string() + other, none);
  }
}

void write_frame(const SourceFrame& frame, const Undistortion* lens, const Size& size, int index,
                 const fs::path& folder) {
  const fs::path stem = folder / "rgb" / frame_stem(index);
  if (!frame.file.empty() && lens == nullptr) {
    const ImageInfo info = read_image_info(frame.file);
    if (info.width == size.width && info.height == size.height) {
      const std::string extension = info.format == ImageFormat::jpeg ? ".jpg" : ".png";
      return write_frame_file(stem, extension,
                              [&](const fs::path& file) { write_text(file, read_text(frame.file)); });
    }
  }
  RgbImage image = frame.file.empty() ? frame.image : read_rgb(frame.file);
  if (lens != nullptr) image = lens->apply(image);
  write_frame_file(stem, ".png", [&](const fs::path& file) {
    write_png(file, resize(image, size.width, size.height, Resampling::area));
  });
}

Size size_of(const SourceFrame& frame) {
  if (frame.file.empty()) return {frame.image.width(), frame.image.height()};
  const ImageInfo info = read_image_info(frame.file);
  return {info.width, info.height};
}

bool same_camera(const LensCamera& a, const LensCamera& b) {
  const Intrinsics& k = a.intrinsics;
  const Intrinsics& m = b.intrinsics;
  return a.lens.model == b.lens.model && a.lens.coefficients == b.lens.coefficients && k.fx == m.fx &&
         k.fy == m.fy && k.cx == m.cx && k.cy == m.cy && k.width == m.width && k.height == m.height;
}

bool undoes(Undistort undistort, bool camera_is_given) {
  return undistort == Undistort::always || (undistort == Undistort::automatic && camera_is_given);
}

/// Notes the camera of a frame and how to undo its lens; frames of one camera share what was found for it.
void add_camera(const std::optional<LensCamera>& camera, bool undo, ImportedFrames& imported,
                ClipInfo& info) {
  const bool bends = camera && camera->lens.bends();
  imported.undistortions.emplace_back();
  imported.pinholes.push_back(camera ? std::optional<Intrinsics>(camera->intrinsics) : std::nullopt);
  if (!bends) return;
  const auto frame = static_cast<int>(imported.pinholes.size()) - 1;
  if (info.lenses.empty() || !same_camera(info.lenses.back().camera, *camera)) {
    info.lenses.push_back({frame, *camera, undo});
  }
  if (!undo) return;
  auto& lens = imported.undistortions.back();
  for (auto other = imported.undistortions.rbegin() + 1; other != imported.undistortions.rend() && !lens;
       ++other) {
    if (*other && same_camera((*other)->source(), *camera)) lens = *other;
  }
  if (!lens)
    lens = std::make_shared<const Undistortion>(*camera, fmt::format("the camera of frame {}", frame));
  imported.pinholes.back() = lens->pinhole();
}

/// Frames of an earlier import that this one does not overwrite must not stay in rgb/.
void remove_surplus_frames(const fs::path& folder, int frame_count) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder / "rgb", none)) {
    const std::string stem = entry.path().stem().string();
    if (stem.size() == 6 && std::atoi(stem.c_str()) >= frame_count) fs::remove(entry.path(), none);
  }
}

void check_count(const FrameSource& source, int seen, const FrameFilter& filter, const std::string& name) {
  const int announced = source.announced_frames();
  if (announced > 0 && seen < announced && !filter.finished()) {
    log_warning(fmt::format("{}: {} of the {} frames that the file announces could be decoded", name, seen,
                            announced));
  }
}

}  // namespace

void describe(ImportOptions& o, OptionTable& t) {
  t.topic("Frames");
  t.add("--frames", o.frames, "frames A:B[:S] of the source, B excluded; all when empty");
  t.add("--fps", o.fps, at_least(0), "take frames at this rate [1/s]; 0 = every frame");
  t.add("--image-fps", o.image_fps, at_least(0),
        "rate of a folder of images [1/s]; 0 = as its clip.json says, or 24");
  t.add("--max-side", o.max_side, at_least(0), "reduce frames to this longer side [px]; 0 = keep");
  t.add("--cuts", o.cuts, "first frames of further shots: auto (look for them) | none | A,B,... of the clip");
  t.add("--dataset", o.data_set,
        "layout of the source folder: auto | none | tum | bonn | kitti | sintel | 7scenes");
  t.topic("What is known");
  t.add("--intrinsics", o.intrinsics,
        "camera: fx,fy,cx,cy [px of the source] or FILE (vd, OpenCV, COLMAP, "
        "nerfstudio)[:fixed|:init|:prior=SIGMA]");
  t.add("--poses", o.poses,
        "poses: FILE (TUM, KITTI, COLMAP, nerfstudio)[:fixed|:init|:prior=SIGMA[,DEGREES]], by time or file "
        "name");
  t.add("--poses-unit", o.poses_unit, "unit of those poses: relative | m");
  t.add("--masks", o.masks,
        "what to leave out: image for all frames or folder by file name; not 0 is left "
        "out[:fixed|:init|:prior=PX]");
  t.flag("--mask-invert", o.mask_invert, "leave out what is 0 instead");
  t.choice("--undistort", o.undistort,
           {{"auto", Undistort::automatic}, {"always", Undistort::always}, {"never", Undistort::never}},
           "undo lens distortion (auto: of given cameras; data sets stay as published)");
}

Intrinsics parse_intrinsics(const std::string& text, int width, int height) {
  constexpr double largest_px = 1e7;
  Intrinsics camera;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%lf,%lf,%lf,%lf%c", &camera.fx, &camera.fy, &camera.cx, &camera.cy, &rest) !=
          4 ||
      !(camera.fx > 0) || !(camera.fy > 0) || camera.fx > largest_px || camera.fy > largest_px ||
      !(std::abs(camera.cx) < largest_px) || !(std::abs(camera.cy) < largest_px)) {
    throw MisuseError("--intrinsics", fmt::format("'{}' is neither a file nor fx,fy,cx,cy", text));
  }
  camera.width = width;
  camera.height = height;
  return camera;
}

ImportedFrames import_frames(FrameSource& source, const std::string& source_name,
                             const ImportOptions& options, const fs::path& folder,
                             const std::vector<std::optional<LensCamera>>& own_cameras) {
  if (options.poses_unit != "m" && options.poses_unit != "relative") {
    throw MisuseError("--poses-unit", fmt::format("'{}' is neither m nor relative", options.poses_unit));
  }
  const KnownThings known(options);
  FrameFilter filter(options, source.announced_frames());
  ImportedFrames imported;
  ClipInfo info;
  info.source = source_name;
  StatedFocal stated_focal;
  int seen = 0;
  while (!filter.finished()) {
    const auto frame = source.next();
    if (!frame) break;
    ++seen;
    check_interrupted();
    if (!filter.takes(*frame)) continue;
    const Size size = size_of(*frame);
    if (info.frames == 0) {
      imported.source_width = size.width;
      imported.source_height = size.height;
      const Size kept = options.max_side > 0 ? fit_within(size, options.max_side) : size;
      imported.width = info.width = kept.width;
      imported.height = info.height = kept.height;
    } else if (size.width != imported.source_width || size.height != imported.source_height) {
      throw Error(source_name, fmt::format("frame {} is {}x{}, the first was {}x{}", frame->index, size.width,
                                           size.height, imported.source_width, imported.source_height));
    }
    const FrameKey key{frame->index, frame->time_s, frame->name};
    const auto index = static_cast<std::size_t>(frame->index);
    const bool is_given = known.has_cameras();
    const auto camera = is_given                     ? known.camera(key, size.width, size.height)
                        : index < own_cameras.size() ? own_cameras[index]
                                                     : std::nullopt;
    add_camera(camera, undoes(options.undistort, is_given), imported, info);
    write_frame(*frame, imported.undistortions.back().get(), {info.width, info.height}, info.frames, folder);
    imported.keys.push_back(key);
    if (!frame->name.empty()) info.names.push_back(frame->name);
    stated_focal.add(frame->focal_35mm_mm);
    imported.source_index.push_back(frame->index);
    info.times_s.push_back(frame->time_s);
    ++info.frames;
  }
  if (info.frames == 0 && seen > 0) {
    throw MisuseError("--frames", fmt::format("'{}' selects none of the {} frames", options.frames, seen));
  }
  if (info.frames == 0) throw Error(source_name, "no frame could be read");
  check_count(source, seen, filter, source_name);
  info.focal_prior = stated_focal.at_size(info.width, info.height);
  remove_surplus_frames(folder, info.frames);
  known.write(imported, folder, info);
  Clip::write_info(folder, info);
  return imported;
}

}  // namespace vd
