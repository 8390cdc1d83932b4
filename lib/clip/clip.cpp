// SPDX-License-Identifier: Apache-2.0
#include "clip/clip.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/error.h"
#include "io/image.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

json to_json(const LensRecord& lens) {
  const Intrinsics& k = lens.camera.intrinsics;
  return {{"first_frame", lens.first_frame},
          {"model", lens.camera.lens.model == LensModel::fisheye ? "fisheye" : "opencv"},
          {"coefficients", lens.camera.lens.coefficients},
          {"camera", {k.fx, k.fy, k.cx, k.cy, k.width, k.height}},
          {"undone", lens.undone}};
}

LensRecord lens_from_json(const json& object) {
  LensRecord lens;
  lens.first_frame = object.at("first_frame");
  lens.camera.lens.model = object.at("model") == "fisheye" ? LensModel::fisheye : LensModel::opencv;
  lens.camera.lens.coefficients = object.at("coefficients");
  const json& k = object.at("camera");
  lens.camera.intrinsics = {k.at(0), k.at(1), k.at(2), k.at(3), k.at(4), k.at(5)};
  lens.undone = object.at("undone");
  return lens;
}

KnownAs known_from_json(const json& object) {
  const std::string mode = object.at("as");
  return {mode == "prior"  ? KnownMode::prior
          : mode == "init" ? KnownMode::init
                           : KnownMode::fixed,
          object.value("sigmas", std::vector<double>())};
}

json to_json(const ClipInfo& info) {
  json object = {{"format", info.format},    {"frames", info.frames},   {"width", info.width},
                 {"height", info.height},    {"times_s", info.times_s}, {"source", info.source},
                 {"cuts", info.cuts},        {"gt_unit", info.gt_unit}, {"known_unit", info.known_unit},
                 {"complete", info.complete}};
  if (info.focal_prior) {
    object["focal_prior"] = {{"focal_px", info.focal_prior->focal_px},
                             {"relative_sigma", info.focal_prior->relative_sigma},
                             {"from", info.focal_prior->from}};
  }
  for (const auto& [thing, as] : info.known_as) {
    object["known_as"][thing] = {{"as", known_mode_word(as.mode)}, {"sigmas", as.sigmas}};
  }
  for (const LensRecord& lens : info.lenses) object["distortion"].push_back(to_json(lens));
  if (!info.names.empty()) object["names"] = info.names;
  return object;
}

ClipInfo from_json(const json& object) {
  ClipInfo info;
  info.format = object.at("format");
  info.frames = object.at("frames");
  info.width = object.at("width");
  info.height = object.at("height");
  info.times_s = object.at("times_s").get<std::vector<double>>();
  info.source = object.value("source", "");
  info.cuts = object.value("cuts", std::vector<int>());
  info.gt_unit = object.value("gt_unit", "");
  info.known_unit = object.value("known_unit", "");
  info.complete = object.value("complete", true);
  if (object.contains("focal_prior")) {
    const json& prior = object["focal_prior"];
    info.focal_prior = FocalPrior{prior.at("focal_px"), prior.at("relative_sigma"), prior.value("from", "")};
  }
  const json none = json::object();
  for (const auto& [thing, as] : (object.contains("known_as") ? object["known_as"] : none).items()) {
    info.known_as[thing] = known_from_json(as);
  }
  for (const json& lens : object.contains("distortion") ? object["distortion"] : json::array()) {
    info.lenses.push_back(lens_from_json(lens));
  }
  info.names = object.value("names", std::vector<std::string>());
  return info;
}

void check(const ClipInfo& info, const std::string& where) {
  if (info.format != ClipInfo::current_format) {
    throw Error(where, fmt::format("format {} is not known to this version (it knows {})", info.format,
                                   ClipInfo::current_format));
  }
  constexpr int largest_side = 1 << 16;
  if (info.frames < 1 || info.width < 1 || info.height < 1 || info.width > largest_side ||
      info.height > largest_side) {
    throw Error(where, fmt::format("{} frames of {}x{} cannot be", info.frames, info.width, info.height));
  }
  if (info.times_s.size() != static_cast<std::size_t>(info.frames)) {
    throw Error(where, fmt::format("{} time stamps for {} frames", info.times_s.size(), info.frames));
  }
  const auto wrong_cut = std::adjacent_find(info.cuts.begin(), info.cuts.end(), std::greater_equal<>());
  if (wrong_cut != info.cuts.end() ||
      (!info.cuts.empty() && (info.cuts.front() < 1 || info.cuts.back() >= info.frames))) {
    throw Error(where, "cuts that are not increasing frames after the first");
  }
  const auto not_increasing =
      std::adjacent_find(info.times_s.begin(), info.times_s.end(), std::greater_equal<>());
  if (not_increasing != info.times_s.end()) {
    throw Error(where, fmt::format("time stamps do not increase after {} s", *not_increasing));
  }
}

}  // namespace

KnownAs known_as(const Known& known, const ClipInfo& info, const std::string& thing) {
  const auto found = info.known_as.find(thing);
  const bool says_itself = known.as.mode != KnownMode::fixed;
  return known.text == "auto" && !says_itself && found != info.known_as.end() ? found->second : known.as;
}

Clip Clip::open(const fs::path& folder) {
  const fs::path file = folder / "clip.json";
  if (!fs::exists(file)) {
    throw Error(folder.string(),
                "not a clip (no clip.json); make one with: vd-clip import VIDEO -o " + folder.string());
  }
  Clip clip;
  clip.folder_ = folder;
  try {
    clip.info_ = from_json(json::parse(read_text(file, std::size_t{64} << 20)));
  } catch (const json::exception& problem) {
    throw Error(file.string(), fmt::format("damaged: {}", problem.what()));
  }
  check(clip.info_, file.string());
  return clip;
}

Clip Clip::planned(const fs::path& folder, const ClipInfo& info) {
  Clip clip;
  clip.folder_ = folder;
  clip.info_ = info;
  return clip;
}

void Clip::write_info(const fs::path& folder, const ClipInfo& info) {
  check(info, (folder / "clip.json").string());
  write_text(folder / "clip.json", to_json(info).dump(1) + "\n");
}

fs::path Clip::frame_path(int frame) const {
  const auto path = find_item(folder_ / "rgb", frame_stem(frame), {"png", "jpg", "jpeg"});
  if (!path) throw Error((folder_ / "rgb" / frame_stem(frame)).string(), "no such frame (.png or .jpg)");
  return *path;
}

RgbImage Clip::read_frame(int frame) const {
  const fs::path path = frame_path(frame);
  RgbImage image = read_rgb(path);
  if (image.width() != info_.width || image.height() != info_.height) {
    throw Error(path.string(), fmt::format("is {}x{}, clip.json says {}x{}", image.width(), image.height(),
                                           info_.width, info_.height));
  }
  return image;
}

fs::path Clip::stage_folder(const std::string& kind, const std::string& name) const {
  return folder_ / kind / name;
}

fs::path Clip::stage_file(const std::string& kind, const std::string& name,
                          const std::string& extension) const {
  return folder_ / kind / (name + "." + extension);
}

std::vector<std::string> Clip::stage_names(const std::string& kind, const std::string& extension) const {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_ / kind, none)) {
    const fs::path& path = entry.path();
    if (path.filename().string().front() == '.') continue;
    const bool is_stage = extension.empty() ? entry.is_directory() : path.extension() == "." + extension;
    if (is_stage) names.push_back(extension.empty() ? path.filename().string() : path.stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string Clip::choose_stage(const std::string& kind, const std::string& requested,
                               const std::string& made_by, const std::string& extension) const {
  const auto names = stage_names(kind, extension);
  const std::string where = (folder_ / kind).string();
  if (!requested.empty()) {
    if (std::find(names.begin(), names.end(), requested) != names.end()) return requested;
    throw Error(where, fmt::format("no '{}' here; make it with: {} {} -o {}", requested, made_by,
                                   folder_.string(), requested));
  }
  if (names.empty())
    throw Error(where, fmt::format("nothing here yet; make it with: {} {}", made_by, folder_.string()));
  if (names.size() > 1) {
    throw MisuseError(
        where, fmt::format("several to choose from ({}); name one with --{}", fmt::join(names, ", "), kind));
  }
  return names.front();
}

std::string frame_stem(int frame) { return fmt::format("{:06}", frame); }
std::string pair_stem(int i, int j) { return fmt::format("{:06}_{:06}", i, j); }

bool is_item_stem(const std::string& stem) {
  return !stem.empty() && stem.find_first_not_of("0123456789_") == std::string::npos;
}

const std::vector<std::string>& item_extensions() {
  static const std::vector<std::string> extensions = {"exr", "npy", "npz", "png", "pfm", "flo"};
  return extensions;
}

std::optional<fs::path> find_item(const fs::path& folder, const std::string& stem,
                                  const std::vector<std::string>& extensions) {
  for (const auto& extension : extensions) {
    fs::path path = folder / (stem + "." + extension);
    if (fs::exists(path)) return path;
  }
  return {};
}

}  // namespace vd
