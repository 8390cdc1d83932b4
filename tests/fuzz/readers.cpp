// SPDX-License-Identifier: Apache-2.0
#include "readers.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "io/array_slices.h"
#include "io/camera_file.h"
#include "io/colmap.h"
#include "io/dense.h"
#include "io/exif.h"
#include "io/flo.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/kitti_png.h"
#include "io/nerfstudio.h"
#include "io/npz.h"
#include "io/opencv_calibration.h"
#include "io/pairs.h"
#include "io/pfm.h"
#include "io/pose_matrix.h"
#include "io/sintel.h"
#include "io/trajectory.h"
#include "io/y4m.h"
#include "weights/convert.h"
#include "weights/dust3r_config.h"
#include "weights/model_card.h"
#include "weights/pickle.h"

namespace vd::test {

namespace {

/// Calls a reader whose refusal must not keep the next one from its turn.
template <typename Decode>
void attempt(const Decode& decode) {
  try {
    decode();
  } catch (const Error&) {
  }
}

void decode_png_files(std::string_view bytes) {
  attempt([&] { (void)decode_image_info(bytes, "file"); });
  attempt([&] { (void)decode_png16(bytes, "file"); });
  attempt([&] { (void)decode_kitti_flow(bytes, "file"); });
  (void)decode_rgb(bytes, "file");
}

void decode_jpeg_files(std::string_view bytes) {
  attempt([&] { (void)decode_image_info(bytes, "file"); });
  (void)decode_rgb(bytes, "file");
}

void decode_npz_files(std::string_view bytes) {
  const NpzReader npz(std::string(bytes), "file");
  for (const std::string& name : npz.names()) (void)npz.read(name).as<float>();
}

void decode_pfm_files(std::string_view bytes) {
  attempt([&] { (void)decode_pfm(bytes, "file"); });
  (void)decode_pfm_colour(bytes, "file");
}

/// The readers of dense maps go by the content of a file on disk.
void decode_dense_files(std::string_view bytes) {
  const auto path = std::filesystem::temp_directory_path() / ("vd-fuzz-" + std::to_string(::getpid()));
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  attempt([&] { (void)read_depth(path, 1000.0); });
  attempt([&] { (void)read_inverse(path); });
  attempt([&] { (void)read_confidence(path, 255.0); });
  attempt([&] { (void)read_sigma(path); });
  attempt([&] { (void)read_flow(path); });
  attempt([&] { (void)read_point_maps(path); });
  attempt([&] { (void)read_mask(path); });
  attempt([&] { (void)read_image_info(path); });
  attempt([&] { (void)ArraySlices(path).next(); });
  attempt([&] { (void)ArraySlices(path, "a").next(); });
  std::filesystem::remove(path);
}

void decode_camera_files(std::string_view bytes) {
  attempt([&] { (void)decode_opencv_calibration(bytes, "file"); });
  attempt([&] { (void)decode_nerfstudio(bytes, "file"); });
  attempt([&] { (void)decode_colmap_cameras(bytes, "file"); });
  (void)decode_camera_file(bytes, "file");
}

void decode_pose_files(std::string_view bytes) {
  attempt([&] { (void)decode_colmap_images(bytes, "file"); });
  attempt([&] { (void)decode_pose_matrix(bytes, "file"); });
  attempt([&] { (void)decode_kitti_poses(bytes, "file"); });
  (void)decode_pose_file(bytes, "file");
}

void decode_sintel_files(std::string_view bytes) {
  attempt([&] { (void)decode_sintel_camera(bytes, "file"); });
  (void)decode_dpt(bytes, "file");
}

void decode_y4m_stream(std::string_view bytes) {
  std::istringstream stream{std::string(bytes)};
  Y4mReader reader(stream, "file");
  while (reader.next()) {
  }
}

/// Opens weights and reads every element: what a view claims must be there.
void decode_weight_files(std::string_view bytes) {
  for (const WeightCheck check : {WeightCheck::all, WeightCheck::structure}) {
    const auto file = MappedFile::of_bytes(std::string(bytes), "file");
    attempt([&] {
      const WeightFile weights = decode_weights(file, check);
      for (const TensorView& tensor : weights.tensors) (void)as_floats(tensor);
      attempt([&] { (void)weight_list_text(weights, {}); });
      attempt([&] { (void)weight_list_json(weights, {}); });
    });
  }
  (void)decode_weights(MappedFile::of_bytes(std::string(bytes), "file"));
}

void decode_pickle(std::string_view bytes) {
  std::size_t used = 0;
  (void)read_pickle(bytes, "file", used);
}

void decode_network_descriptions(std::string_view bytes) {
  attempt([&] { (void)decode_model_card(bytes, "file"); });
  attempt([&] { (void)parse_dust3r_json(bytes, "file"); });
  (void)parse_dust3r_string(bytes, "file");
}

}  // namespace

const std::vector<Reader>& readers() {
  static const std::vector<Reader> all = {
      {"cameras", decode_camera_files},
      {"dense", decode_dense_files},
      {"exif", [](std::string_view bytes) { (void)decode_exif(bytes); }},
      {"exr", [](std::string_view bytes) { (void)decode_exr(bytes, "file"); }},
      {"flo", [](std::string_view bytes) { (void)decode_flo(bytes, "file"); }},
      {"intrinsics", [](std::string_view bytes) { (void)decode_intrinsics(bytes, "file"); }},
      {"jpeg", decode_jpeg_files},
      {"network", decode_network_descriptions},
      {"npy", [](std::string_view bytes) { (void)decode_npy(bytes, "file").as<double>(); }},
      {"npz", decode_npz_files},
      {"pairs", [](std::string_view bytes) { (void)decode_pairs(bytes, "file"); }},
      {"pfm", decode_pfm_files},
      {"pickle", decode_pickle},
      {"png", decode_png_files},
      {"poses", decode_pose_files},
      {"pth", decode_weight_files},
      {"safetensors", decode_weight_files},
      {"sintel", decode_sintel_files},
      {"trajectory", [](std::string_view bytes) { (void)decode_trajectory(bytes, "file"); }},
      {"y4m", decode_y4m_stream},
  };
  return all;
}

}  // namespace vd::test
