// SPDX-License-Identifier: Apache-2.0
#include "stage/foreign_maps.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>

#include "clip/clip.h"
#include "clip/frame_source.h"
#include "core/error.h"
#include "io/array_slices.h"
#include "io/image.h"
#include "io/npz.h"
#include "io/zip_archive.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// A run of digits as a number; nothing when it is longer than any count of frames.
std::optional<int> number_of(const std::string& digits) {
  if (digits.empty() || digits.size() > 9) return {};
  return std::stoi(digits);
}

/// Numbers that a name has where the pattern has %d; nothing when it does not fit.
std::optional<std::vector<int>> match(const std::string& name, const std::string& pattern) {
  std::vector<int> numbers;
  std::size_t at = 0;
  for (std::size_t p = 0; p < pattern.size();) {
    if (pattern[p] == '%') {
      const std::size_t end = pattern.find('d', p);
      if (end == std::string::npos) return {};
      std::size_t stop = at;
      while (stop < name.size() && is_digit(name[stop])) ++stop;
      const auto number = number_of(name.substr(at, stop - at));
      if (!number) return {};
      numbers.push_back(*number);
      at = stop;
      p = end + 1;
    } else {
      if (at == name.size() || name[at] != pattern[p]) return {};
      ++at, ++p;
    }
  }
  if (at != name.size()) return {};
  return numbers;
}

void sort_by_number(std::vector<NumberedFile>& files, const fs::path& folder) {
  std::sort(files.begin(), files.end(),
            [](const NumberedFile& a, const NumberedFile& b) { return a.numbers < b.numbers; });
  const auto twice =
      std::adjacent_find(files.begin(), files.end(),
                         [](const NumberedFile& a, const NumberedFile& b) { return a.numbers == b.numbers; });
  if (twice == files.end()) return;
  throw Error(folder.string(),
              fmt::format("{} and {} have the same number; choose files with --pattern",
                          twice->path.filename().string(), std::next(twice)->path.filename().string()));
}

/// All runs of digits of a name, from front to back.
std::vector<int> digit_runs(const std::string& stem) {
  std::vector<int> runs;
  for (std::size_t k = 0; k < stem.size();) {
    std::size_t end = k;
    while (end < stem.size() && is_digit(stem[end])) ++end;
    if (const auto number = number_of(stem.substr(k, end - k))) runs.push_back(*number);
    k = std::max(end, k + 1);
  }
  return runs;
}

/// The two dimensions of a frame of an array; dimensions of 1 do not count.
Map<float> map_of(const NpyArray& array, const std::string& where) {
  std::vector<std::size_t> shape;
  for (const std::size_t size : array.shape) {
    if (size != 1) shape.push_back(size);
  }
  constexpr std::size_t max_side = 1000000;
  if (shape.size() != 2 || shape[0] == 0 || shape[1] == 0 || shape[0] > max_side || shape[1] > max_side) {
    throw Error(where,
                fmt::format("a frame of shape [{}], expected [height, width]", fmt::join(array.shape, ", ")));
  }
  Map<float> map(static_cast<int>(shape[1]), static_cast<int>(shape[0]));
  map.values() = array.as<float>();
  return map;
}

/// Invalid values in the form that clips have for a kind of map.
Map<float> unified(Map<float> map, const std::string& kind) {
  for (float& value : map.values()) {
    if (kind == "masks")
      value = value != 0 && !std::isnan(value) ? 255.F : 0.F;
    else if (!std::isfinite(value) || (kind != "inverse" && value < 0))
      value = 0;
  }
  return map;
}

Map<float> to_float(const MaskMap& mask) {
  Map<float> map(mask.width(), mask.height());
  std::copy(mask.values().begin(), mask.values().end(), map.values().begin());
  return map;
}

/// An array of an NPZ of one frame: the only one, or the one of that name.
NpyArray frame_array(const fs::path& path) {
  const NpzReader archive(path);
  return archive.read(archive.names().size() == 1 ? archive.names()[0] : "depth");
}

Map<float> read_file_map(const fs::path& path, const std::string& kind, StoredScale scale) {
  const std::string extension = path.extension().string();
  if (extension == ".npz") return map_of(frame_array(path), path.string());
  if (extension == ".npy") return map_of(read_npy(path), path.string());
  if (kind == "masks") return to_float(read_mask(path));
  return read_stored_map(path, kind == "inverse" ? "D" : kind == "conf" ? "conf" : "Z", scale);
}

class FileMaps : public ForeignMaps {
 public:
  FileMaps(std::vector<NumberedFile> files, std::string kind, StoredScale scale, bool is_logarithm)
      : files_(std::move(files)), kind_(std::move(kind)), scale_(scale), is_logarithm_(is_logarithm) {
    for (const NumberedFile& file : files_) numbers_.push_back(file.numbers.front());
  }
  [[nodiscard]] const std::vector<int>& numbers() const override { return numbers_; }
  [[nodiscard]] fs::path file(std::size_t k) const override { return files_[k].path; }
  [[nodiscard]] Map<float> read(std::size_t k) override {
    Map<float> map = read_file_map(files_[k].path, kind_, scale_);
    if (is_logarithm_) {
      for (float& value : map.values()) value = std::exp(value);
    }
    return unified(std::move(map), kind_);
  }

 private:
  std::vector<NumberedFile> files_;
  std::vector<int> numbers_;
  std::string kind_;
  StoredScale scale_;
  bool is_logarithm_;
};

class ArrayMaps : public ForeignMaps {
 public:
  ArrayMaps(fs::path path, const std::string& name, std::string kind)
      : path_(std::move(path)), kind_(std::move(kind)), slices_(path_, name), numbers_(slices_.shape()[0]) {
    std::iota(numbers_.begin(), numbers_.end(), 0);
  }
  [[nodiscard]] const std::vector<int>& numbers() const override { return numbers_; }
  [[nodiscard]] fs::path file(std::size_t) const override { return path_; }
  [[nodiscard]] Map<float> read(std::size_t k) override {
    for (; next_ < k; ++next_) (void)slices_.next();
    ++next_;
    return unified(map_of(slices_.next(), path_.string()), kind_);
  }

 private:
  fs::path path_;
  std::string kind_;
  ArraySlices slices_;
  std::vector<int> numbers_;
  std::size_t next_ = 0;
};

/// ViPE keeps the maps of a video in one ZIP: 00000.exr ... with one channel of half floats, or PNG for
/// masks.
class ZipMaps : public ForeignMaps {
 public:
  ZipMaps(fs::path path, std::string kind) : path_(std::move(path)), kind_(std::move(kind)), archive_(path_) {
    std::vector<NumberedFile> members;
    for (const std::string& name : archive_.names()) {
      const fs::path member = name;
      if (member.extension() != ".exr" && member.extension() != ".png") continue;
      const auto runs = digit_runs(member.stem().string());
      if (runs.empty()) throw Error(path_.string(), name + " has no number");
      members.push_back({{runs.back()}, member});
    }
    if (members.empty()) throw Error(path_.string(), "no EXR or PNG files in this archive");
    sort_by_number(members, path_);
    for (const NumberedFile& member : members) {
      numbers_.push_back(member.numbers.front());
      members_.push_back(member.path.string());
    }
  }
  [[nodiscard]] const std::vector<int>& numbers() const override { return numbers_; }
  [[nodiscard]] fs::path file(std::size_t) const override { return path_; }
  [[nodiscard]] Map<float> read(std::size_t k) override {
    const std::string where = path_.string() + ":" + members_[k];
    const std::string bytes = archive_.read(members_[k]);
    if (fs::path(members_[k]).extension() == ".png") {
      if (kind_ != "masks") throw Error(where, "is a PNG, which holds masks here");
      const auto stored = decode_png16(bytes, where);
      Map<float> map(stored.width(), stored.height());
      std::copy(stored.values().begin(), stored.values().end(), map.values().begin());
      return unified(std::move(map), kind_);
    }
    const auto parts = decode_exr(bytes, where);
    const Map<float>* z = parts.front().find("Z");
    if (z == nullptr && parts.front().channels.size() == 1) z = &parts.front().channels.front().values;
    if (z == nullptr) throw Error(where, "no channel Z");
    return unified(*z, kind_);
  }

 private:
  fs::path path_;
  std::string kind_;
  ZipArchive archive_;
  std::vector<int> numbers_;
  std::vector<std::string> members_;
};

/// Names of files of the demos of MonST3R and Align3R; those of masks are not padded with zeros.
std::string monst3r_pattern(const fs::path& folder, const std::string& kind) {
  if (kind == "depth") return "frame_%d.npy";
  if (kind == "conf") return "conf_%d.npy";
  if (kind == "masks") {
    // The enlarged masks are the same, grown by a pixel or two.
    const bool has_plain = fs::exists(folder / "dynamic_mask_0.png");
    return has_plain ? "dynamic_mask_%d.png" : "enlarged_dynamic_mask_%d.png";
  }
  throw Error(folder.string(), "results of MonST3R have no " + kind);
}

/// The array of an archive that holds a kind of map.
std::string array_name(const fs::path& source, ForeignProgram program, const std::string& kind) {
  const auto fail = [&](const std::string& holds) {
    throw Error(source.string(), fmt::format("holds {}, not {}", holds, kind));
  };
  if (program == ForeignProgram::depthcrafter) {
    if (kind != "inverse") fail("relative inverse depth (DepthCrafter): --kind inverse");
    return "depth";
  }
  if (program == ForeignProgram::megasam) {
    if (kind != "depth") fail("depth (MegaSaM)");
    return "depths";
  }
  if (program == ForeignProgram::vda) {
    if (kind != "depth" && kind != "inverse") fail("depth or inverse depth (Video-Depth-Anything)");
    return "depths";
  }
  const NpzReader archive(source);
  for (const std::string& name : {kind, std::string("depth"), std::string("depths")}) {
    if (archive.has(name)) return name;
  }
  if (archive.names().size() == 1) return archive.names().front();
  throw Error(source.string(), fmt::format("none of the arrays {} is known to hold {}",
                                           fmt::join(archive.names(), ", "), kind));
}

}  // namespace

std::string to_string(ForeignProgram program) {
  switch (program) {
    case ForeignProgram::automatic:
      return "auto";
    case ForeignProgram::plain:
      return "plain";
    case ForeignProgram::monst3r:
      return "monst3r";
    case ForeignProgram::megasam:
      return "megasam";
    case ForeignProgram::vda:
      return "vda";
    case ForeignProgram::depthcrafter:
      return "depthcrafter";
    case ForeignProgram::vipe:
      return "vipe";
  }
  return "";
}

ForeignProgram detect_program(const fs::path& source) {
  if (fs::is_directory(source)) {
    const bool is_demo = fs::exists(source / "pred_traj.txt") || fs::exists(source / "frame_0000.npy");
    return is_demo ? ForeignProgram::monst3r : ForeignProgram::plain;
  }
  if (source.filename() == "pred_traj.txt" || source.filename() == "pred_intrinsics.txt") {
    return ForeignProgram::monst3r;
  }
  if (source.extension() == ".zip") return ForeignProgram::vipe;
  if (source.extension() != ".npz") return ForeignProgram::plain;
  const NpzReader archive(source);
  if (archive.has("depths")) return archive.has("cam_c2w") ? ForeignProgram::megasam : ForeignProgram::vda;
  if (archive.has("cam_c2w")) return ForeignProgram::megasam;
  if (archive.has("data") && archive.has("inds")) return ForeignProgram::vipe;
  return archive.has("depth") ? ForeignProgram::depthcrafter : ForeignProgram::plain;
}

std::vector<NumberedFile> files_by_pattern(const fs::path& folder, const std::string& pattern) {
  std::vector<NumberedFile> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto numbers = match(entry.path().filename().string(), pattern);
    if (numbers && !numbers->empty()) files.push_back({*numbers, entry.path()});
  }
  if (files.empty()) throw Error(folder.string(), "no file named like " + pattern);
  sort_by_number(files, folder);
  return files;
}

std::vector<NumberedFile> numbered_files(const fs::path& folder, int count) {
  std::vector<NumberedFile> files;
  std::set<std::string> extensions;
  const auto& known = item_extensions();
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path& path = entry.path();
    const std::string extension = path.extension().string();
    if (path.filename().string().front() == '.' || extension.empty()) continue;
    if (std::find(known.begin(), known.end(), extension.substr(1)) == known.end()) continue;
    auto runs = digit_runs(path.stem().string());
    if (runs.size() < static_cast<std::size_t>(count)) {
      throw Error(path.string(), "no number in its name; choose files with --pattern");
    }
    runs.erase(runs.begin(), runs.end() - count);
    files.push_back({runs, path});
    extensions.insert(extension);
  }
  if (files.empty()) throw Error(folder.string(), "no EXR, NPY, NPZ, PNG, PFM or .flo files");
  if (extensions.size() > 1) {
    throw Error(folder.string(), fmt::format("files of several kinds ({}); choose some with --pattern",
                                             fmt::join(extensions, ", ")));
  }
  sort_by_number(files, folder);
  return files;
}

std::unique_ptr<ForeignMaps> open_foreign_maps(const fs::path& source, ForeignProgram program,
                                               const std::string& kind, const std::string& pattern,
                                               StoredScale scale) {
  if (fs::is_directory(source)) {
    const bool is_demo = program == ForeignProgram::monst3r;
    const std::string named = !pattern.empty() || !is_demo ? pattern : monst3r_pattern(source, kind);
    auto files = named.empty() ? numbered_files(source, 1) : files_by_pattern(source, named);
    // The demos save the logarithm of confidence: minus infinity where it is 0.
    return std::make_unique<FileMaps>(std::move(files), kind, scale, is_demo && kind == "conf");
  }
  const std::string extension = source.extension().string();
  if (extension == ".zip") return std::make_unique<ZipMaps>(source, kind);
  if (extension == ".npy") return std::make_unique<ArrayMaps>(source, "", kind);
  if (extension == ".npz") {
    return std::make_unique<ArrayMaps>(source, array_name(source, program, kind), kind);
  }
  throw Error(source.string(), "is neither a folder of maps nor an NPY, NPZ or ZIP file");
}

bool has_foreign_maps(const fs::path& source, ForeignProgram program, const std::string& kind) {
  return program == ForeignProgram::monst3r && kind == "conf" && fs::exists(source / "conf_0.npy");
}

}  // namespace vd
