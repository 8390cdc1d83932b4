// SPDX-License-Identifier: Apache-2.0
// Camera poses from frames, without a network: accuracy and time per clip.
//
//   bench_poses [--unknown-focal] [--unguided] [--threads N] [--verbose] [CLIP...]
//
// CLIP is a folder (rgb/, intrinsics.txt, groundtruth.txt), the name of one under the shared folder, or
// SCENE:SEED or SCENE:FIRST-LAST of the built-in renderer; without any, all shared clips with a known
// trajectory. A range of seeds closes with the median and the worst.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/parallel.h"
#include "flow/tracks.h"
#include "image/convert.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/trajectory.h"
#include "metrics/trajectory.h"
#include "scene/scene.h"
#include "sfm/sfm.h"

namespace {

namespace fs = std::filesystem;

struct Settings {
  bool unknown_focal = false;
  bool guided = true;
  bool verbose = false;
};

struct Sequence {
  std::string name;
  std::vector<vd::GreyImage> frames;
  std::vector<vd::Intrinsics> intrinsics;
  std::vector<vd::SE3> truth;
};

struct Figures {
  double ate_percent = 0;
  double rotation_deg = 0;
  double focal_percent = 0;
};

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Sequence read_sequence(const fs::path& folder) {
  Sequence sequence;
  sequence.name = folder.filename();
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder / "rgb")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) sequence.frames.push_back(vd::read_grey(file));
  if (fs::exists(folder / "intrinsics.txt"))
    sequence.intrinsics =
        vd::read_intrinsics(folder / "intrinsics.txt").for_frames(static_cast<int>(files.size()));
  if (fs::exists(folder / "groundtruth.txt"))
    for (const vd::TimedPose& pose : vd::read_trajectory(folder / "groundtruth.txt"))
      sequence.truth.push_back(pose.world_from_camera);
  return sequence;
}

Sequence render_sequence(const std::string& name, std::uint64_t seed) {
  vd::SceneOptions options;
  options.name = name;
  options.seed = seed;
  const vd::Scene scene = vd::make_scene(options);
  Sequence sequence;
  sequence.name = fmt::format("{}:{}", name, seed);
  sequence.frames.resize(static_cast<std::size_t>(options.frames));
  vd::RenderRequest colours_only;
  colours_only.geometry = colours_only.flow = false;
  vd::parallel_for(sequence.frames.size(), [&](std::size_t f) {
    sequence.frames[f] = vd::to_grey(vd::render(scene, static_cast<int>(f), colours_only).rgb);
  });
  for (int f = 0; f < options.frames; ++f) {
    sequence.truth.push_back(scene.pose(f));
    sequence.intrinsics.push_back(scene.intrinsics);
  }
  return sequence;
}

void print_details(const vd::SfmResult& result, std::size_t tracks) {
  for (const vd::StartRecord& start : result.report.starts)
    fmt::print("    start {}-{} focal {:.0f} -> {:.1f}: {} frames, explains {:.4f}\n", start.first,
               start.second, start.focal_guess_px, start.focal_px, start.posed_frames, start.explained_share);
  const vd::SfmReport& r = result.report;
  fmt::print(
      "    {} tracks, {} points, explained {:.4f}, median residual {:.3f} px, guided {}/{}, seconds {:.2f} "
      "start "
      "{:.2f} grow {:.2f} polish\n",
      tracks, result.points.size(), r.explained_share, r.median_residual_px, r.guided_moved,
      r.guided_observations, r.start_seconds, r.grow_seconds, r.polish_seconds);
  for (const std::string& warning : r.warnings) fmt::print("    warning: {}\n", warning);
}

Figures measure(const Sequence& sequence, const Settings& settings) {
  const double cpu = cpu_seconds();
  const double wall = wall_seconds();
  const auto tracks = vd::track_points(sequence.frames, {});
  const double track_cpu = cpu_seconds() - cpu;
  vd::SfmInput input;
  input.frames = sequence.frames;
  input.tracks = tracks;
  input.intrinsics_known = !settings.unknown_focal && !sequence.intrinsics.empty();
  if (input.intrinsics_known) input.intrinsics = sequence.intrinsics;
  vd::SfmOptions options;
  options.guided = settings.guided;
  const vd::SfmResult result = vd::solve_structure_from_motion(input, options);
  const double cpu_used = cpu_seconds() - cpu;
  const double wall_used = wall_seconds() - wall;

  std::vector<vd::SE3> estimate;
  for (const vd::Camera& camera : result.cameras) estimate.push_back(camera.world_from_camera);
  const auto registered = std::count(result.status.begin(), result.status.end(), vd::FrameStatus::registered);
  Figures figures;
  std::string errors = "no truth";
  if (sequence.truth.size() == estimate.size()) {
    const vd::TrajectoryScore score = vd::evaluate_trajectory(sequence.truth, estimate, {});
    figures.ate_percent = score.path_length > 0 ? 100 * score.ate.rmse / score.path_length : 0;
    figures.rotation_deg = score.rre_deg.rmse;
    errors = fmt::format("{:8.4f} {:8.3f} {:8.4f} {:8.4f}", score.ate.rmse, figures.ate_percent,
                         score.rre_deg.mean, score.rre_deg.rmse);
  }
  if (!sequence.intrinsics.empty())
    figures.focal_percent = 100 * (result.focal.focal_px / sequence.intrinsics[0].fx - 1);
  const auto frames = static_cast<double>(sequence.frames.size());
  fmt::print("{:20} {:4} {:4} {:7.2f} {:7.2f} {:7.2f} {:7.3f} {} {:+7.2f}{} {:6.0f}{}\n", sequence.name,
             frames, registered, track_cpu, cpu_used, wall_used, cpu_used / frames, errors,
             figures.focal_percent, settings.unknown_focal && result.focal.determined ? "*" : " ", peak_mib(),
             result.rotation_only ? "  rotation only" : "");
  if (settings.verbose) print_details(result, tracks.size());
  std::fflush(stdout);
  return figures;
}

void print_range(const std::string& what, std::vector<std::pair<double, std::string>> values) {
  std::sort(values.begin(), values.end());
  fmt::print("    {:24} median {:8.4f}  worst {:8.4f} ({})\n", what, values[values.size() / 2].first,
             values.back().first, values.back().second);
}

void measure_seeds(const std::string& scene, std::uint64_t first, std::uint64_t last,
                   const Settings& settings) {
  std::vector<std::pair<double, std::string>> ate;
  std::vector<std::pair<double, std::string>> rotation;
  std::vector<std::pair<double, std::string>> focal;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const Sequence sequence = render_sequence(scene, seed);
    const Figures figures = measure(sequence, settings);
    ate.emplace_back(figures.ate_percent, sequence.name);
    rotation.emplace_back(figures.rotation_deg, sequence.name);
    focal.emplace_back(std::abs(figures.focal_percent), sequence.name);
  }
  if (ate.size() < 2) return;
  print_range("ATE, % of path", ate);
  print_range("rotation, deg a step", rotation);
  if (settings.unknown_focal) print_range("focal error, %", focal);
}

void measure_named(const std::string& name, const Settings& settings) {
  if (const auto colon = name.find(':'); colon != std::string::npos) {
    const std::string seeds = name.substr(colon + 1);
    const auto dash = seeds.find('-');
    const std::uint64_t first = std::stoull(seeds);
    measure_seeds(name.substr(0, colon), first,
                  dash == std::string::npos ? first : std::stoull(seeds.substr(dash + 1)), settings);
    return;
  }
  for (const fs::path& folder :
       {fs::path(name), fs::path(VD_SHARED) / "synth" / name, fs::path(VD_SHARED) / "data" / name}) {
    if (!fs::exists(folder / "rgb")) continue;
    measure(read_sequence(folder), settings);
    return;
  }
  fmt::print("{}: no such clip\n", name);
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  std::vector<std::string> names;
  for (int k = 1; k < argc; ++k) {
    const std::string argument = argv[k];
    if (argument == "--unknown-focal")
      settings.unknown_focal = true;
    else if (argument == "--unguided")
      settings.guided = false;
    else if (argument == "--verbose")
      settings.verbose = true;
    else if (argument == "--threads" && k + 1 < argc)
      vd::set_thread_count(std::stoi(argv[++k]));
    else
      names.push_back(argument);
  }
  if (names.empty())
    names = {"corridor_plain", "orbit",         "street_drive",       "close_mover",     "low_texture",
             "rotation_only",  "kitti06_start", "kitti_city_dynamic", "redkitchen_short"};
  fmt::print("{:20} {:>4} {:>4} {:>7} {:>7} {:>7} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8} {:>6}\n", "clip", "n",
             "reg", "tracks", "CPU s", "wall s", "s/frame", "ATE m", "ATE %", "rot mean", "rot rmse",
             "focal %", "MiB");
  for (const std::string& name : names) measure_named(name, settings);
  return 0;
}
