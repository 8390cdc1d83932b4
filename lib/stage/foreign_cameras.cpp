// SPDX-License-Identifier: Apache-2.0
#include "stage/foreign_cameras.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "io/array_slices.h"
#include "io/bytes.h"
#include "io/intrinsics.h"
#include "io/npz.h"
#include "io/text_table.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// Size and cut that the demos bring a frame to.
Placement monst3r_placement(Size frame) {
  constexpr double longer_side = 512;
  const double scale = longer_side / std::max(frame.width, frame.height);
  const int width = static_cast<int>(std::lround(frame.width * scale));
  const int height = static_cast<int>(std::lround(frame.height * scale));
  const int half_width = width / 2 * 2 / 16 * 8;
  const int half_height = width == height ? 3 * half_width / 4 : height / 2 * 2 / 16 * 8;
  return {{width, height}, width / 2 - half_width, height / 2 - half_height};
}

/// Rows of numbers, as an array [rows, columns] or as it is stored.
struct Numbers {
  std::vector<std::size_t> shape;
  std::vector<double> values;
};

Numbers read_text_numbers(const fs::path& file) {
  const std::string text = read_file(file);
  Numbers numbers;
  std::size_t columns = 0;
  for (const TextRow& row : text_rows(text, file.string())) {
    if (columns == 0) columns = row.fields.size();
    if (row.fields.size() != columns) {
      throw Error(row.where, fmt::format("{} fields, {} in the lines before", row.fields.size(), columns));
    }
    for (std::size_t k = 0; k < columns; ++k) numbers.values.push_back(row.number(k));
  }
  if (columns == 0) throw Error(file.string(), "no numbers");
  numbers.shape = {numbers.values.size() / columns, columns};
  return numbers;
}

Numbers read_numbers(const fs::path& file, const std::vector<std::string>& arrays) {
  const std::string extension = file.extension().string();
  if (extension != ".npy" && extension != ".npz") return read_text_numbers(file);
  std::optional<NpyArray> array;
  if (extension == ".npy") {
    array = read_npy(file);
  } else {
    const NpzReader archive(file);
    for (const std::string& name : arrays) {
      if (!array && archive.has(name)) array = archive.read(name);
    }
    if (!array) throw Error(file.string(), fmt::format("none of the arrays {}", fmt::join(arrays, ", ")));
  }
  Numbers numbers{array->shape, array->as<double>()};
  if (!std::all_of(numbers.values.begin(), numbers.values.end(), [](double v) { return std::isfinite(v); })) {
    throw Error(file.string(), "NaN or infinity");
  }
  return numbers;
}

SE3 pose_of_quaternion(const double* n, bool w_first, const std::string& where) {
  const Quat rotation = w_first ? Quat(n[4], n[5], n[6], n[7]) : Quat(n[7], n[4], n[5], n[6]);
  if (std::abs(rotation.norm() - 1) > 0.01) {
    throw Error(where, fmt::format("quaternion of norm {:.3g}, expected 1", rotation.norm()));
  }
  return {rotation.normalized(), {n[1], n[2], n[3]}};
}

/// rows x 4 numbers, row by row.
SE3 pose_of_matrix(const double* n, const std::string& where) {
  Mat3 rotation;
  rotation << n[0], n[1], n[2], n[4], n[5], n[6], n[8], n[9], n[10];
  const double off = (rotation * rotation.transpose() - Mat3::Identity()).cwiseAbs().maxCoeff();
  if (off > 0.01 || rotation.determinant() < 0) {
    throw Error(where, fmt::format("a matrix that is no rotation (off by {:.3g})", off));
  }
  return make_se3(rotation, {n[3], n[7], n[11]});
}

std::string shape_text(const Numbers& numbers) { return fmt::format("[{}]", fmt::join(numbers.shape, ", ")); }

/// Size of the maps that lie beside the cameras.
std::optional<Size> size_of_depth(const fs::path& source, ForeignProgram program) {
  const auto size_of = [](const std::vector<std::size_t>& shape) -> std::optional<Size> {
    if (shape.size() < 2) return {};
    return Size{static_cast<int>(shape[shape.size() - 1]), static_cast<int>(shape[shape.size() - 2])};
  };
  if (program == ForeignProgram::monst3r) {
    const fs::path folder = fs::is_directory(source) ? source : source.parent_path();
    for (const char* name : {"frame_0000.npy", "conf_0.npy"}) {
      if (fs::exists(folder / name)) return size_of(read_npy(folder / name).shape);
    }
  }
  if (program == ForeignProgram::megasam && NpzReader(source).has("depths")) {
    return size_of(ArraySlices(source, "depths").shape());
  }
  return {};
}

Intrinsics camera_of(double fx, double fy, double cx, double cy, Size stated, const Placement& placement,
                     Size frame, const std::string& where) {
  Intrinsics camera{fx, fy, cx, cy, stated.width, stated.height};
  constexpr double exact_px = 1e-3;
  if (std::abs(cx - stated.width / 2.0) < exact_px) camera.cx -= 0.5;
  if (std::abs(cy - stated.height / 2.0) < exact_px) camera.cy -= 0.5;
  if (!(fx > 0) || !(fy > 0) || !std::isfinite(fx + fy + cx + cy)) {
    throw Error(where, fmt::format("impossible camera: fx {} fy {} cx {} cy {}", fx, fy, cx, cy));
  }
  camera.cx += placement.offset_x;
  camera.cy += placement.offset_y;
  camera.width = placement.canvas.width;
  camera.height = placement.canvas.height;
  return camera.resized(frame.width, frame.height);
}

}  // namespace

Placement place_map(Size map, Size frame, ForeignProgram program, const std::string& where) {
  if (program == ForeignProgram::monst3r) {
    const Placement cut = monst3r_placement(frame);
    const bool fits = map.width == cut.canvas.width - 2 * cut.offset_x - cut.canvas.width % 2 &&
                      map.height == cut.canvas.height - 2 * cut.offset_y - cut.canvas.height % 2;
    if (fits) return cut;
  }
  const double shape =
      static_cast<double>(map.width) * frame.height / (static_cast<double>(map.height) * frame.width);
  if (std::abs(shape - 1) > 0.02) {
    throw Error(
        where,
        fmt::format("is {}x{}, no picture of the whole of a frame of {}x{}; --native keeps it as it is",
                    map.width, map.height, frame.width, frame.height));
  }
  return {map};
}

std::vector<SE3> read_foreign_poses(const fs::path& source, ForeignProgram program, QuaternionOrder order,
                                    const Clip& clip) {
  const fs::path file = fs::is_directory(source) ? source / "pred_traj.txt" : source;
  const std::string where = file.string();
  const Numbers numbers = read_numbers(file, {"cam_c2w", "data", "c2w", "poses"});
  const std::size_t columns =
      numbers.shape.empty() ? 0 : numbers.values.size() / std::max<std::size_t>(1, numbers.shape[0]);
  const bool is_matrix = columns == 12 || columns == 16;
  if (!is_matrix && !(columns == 8 && numbers.shape.size() == 2)) {
    throw Error(where,
                shape_text(numbers) + " numbers, expected 8 (time, position, quaternion), 12 or 16 a frame");
  }
  const auto frames = static_cast<std::size_t>(clip.frame_count());
  if (numbers.shape[0] != frames) {
    throw Error(where, fmt::format("{} poses for {} frames", numbers.shape[0], frames));
  }
  const bool w_first = order == QuaternionOrder::wxyz ||
                       (order == QuaternionOrder::automatic && program == ForeignProgram::monst3r);
  std::vector<SE3> poses;
  for (std::size_t k = 0; k < frames; ++k) {
    const double* row = numbers.values.data() + k * columns;
    poses.push_back(is_matrix ? pose_of_matrix(row, where) : pose_of_quaternion(row, w_first, where));
  }
  return poses;
}

std::vector<Intrinsics> read_foreign_intrinsics(const fs::path& source, ForeignProgram program,
                                                Size stated_size, const Clip& clip) {
  const Size frame{clip.info().width, clip.info().height};
  const fs::path file = fs::is_directory(source) ? source / "pred_intrinsics.txt" : source;
  const std::string where = file.string();
  const Numbers numbers = read_numbers(file, {"intrinsic", "intrinsics", "data", "Ks", "K"});
  const bool is_text = file.extension() != ".npy" && file.extension() != ".npz";
  if (is_text && (numbers.shape[1] == 7 || numbers.shape[1] == 6)) {
    std::vector<Intrinsics> cameras = read_intrinsics(file).for_frames(clip.frame_count());
    for (Intrinsics& camera : cameras) {
      (void)place_map({camera.width, camera.height}, frame, ForeignProgram::plain, where);
      camera = camera.resized(frame.width, frame.height);
    }
    return cameras;
  }
  const bool is_one_matrix = numbers.shape == std::vector<std::size_t>{3, 3};
  const std::size_t cameras_given = is_one_matrix ? 1 : numbers.shape.empty() ? 0 : numbers.shape[0];
  const std::size_t columns = cameras_given == 0 ? 0 : numbers.values.size() / cameras_given;
  if (columns != 9 && columns != 4) {
    throw Error(where, shape_text(numbers) + " numbers, expected a 3x3 matrix or fx fy cx cy a frame");
  }
  const auto frames = static_cast<std::size_t>(clip.frame_count());
  if (cameras_given != 1 && cameras_given != frames) {
    throw Error(where, fmt::format("{} cameras for {} frames", cameras_given, frames));
  }
  const auto depth_size = size_of_depth(source, program);
  if (program == ForeignProgram::monst3r && stated_size.width == 0 && !depth_size) {
    throw Error(where,
                "means an image of another size than the frames; say which with --size, or put "
                "frame_0000.npy beside it");
  }
  const Size stated = stated_size.width > 0 ? stated_size : depth_size.value_or(frame);
  const Placement placement = place_map(stated, frame, program, where);
  std::vector<Intrinsics> cameras;
  for (std::size_t k = 0; k < frames; ++k) {
    const double* n = numbers.values.data() + (cameras_given == 1 ? 0 : k * columns);
    cameras.push_back(columns == 9 ? camera_of(n[0], n[4], n[2], n[5], stated, placement, frame, where)
                                   : camera_of(n[0], n[1], n[2], n[3], stated, placement, frame, where));
  }
  return cameras;
}

}  // namespace vd
