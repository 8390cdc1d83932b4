// SPDX-License-Identifier: Apache-2.0
// Camera poses from frames, without a network: accuracy and time per clip.
//
//   bench_poses [--unknown-focal|--both] [--unguided] [--frames N] [--size WxH] [--threads N] [--verbose]
//   [CLIP...]
//
// --both measures every clip with known and with unknown intrinsics; --frames and --size are of rendered
// scenes. CLIP is a folder (rgb/, intrinsics.txt, groundtruth.txt), the name of one under the shared folder,
// or SCENE:SEED or SCENE:FIRST-LAST of the built-in renderer; without any, all shared clips with a known
// trajectory. A range of seeds closes with the median, the worst, and how many carried a warning; a star
// behind a focal error says that the program called the focal length determined, an exclamation mark that it
// warned.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/parallel.h"
#include "core/usage.h"
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
  bool known_focal = true;
  bool unknown_focal = false;
  int frames = 24;
  int width = 512;
  int height = 288;
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
  bool warned = false;
  bool rotation_only = false;
};

/// Tracks of a sequence and what they cost.
struct Tracked {
  std::vector<vd::PointTrack> tracks;
  double cpu_s = 0;
  double wall_s = 0;
};

Tracked track(const Sequence& sequence) {
  const vd::Stopwatch watch;
  auto tracks = vd::track_points(sequence.frames, {});
  return {std::move(tracks), watch.cpu_seconds(), watch.wall_seconds()};
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

Sequence render_sequence(const std::string& name, std::uint64_t seed, const Settings& settings) {
  vd::SceneOptions options;
  options.name = name;
  options.seed = seed;
  options.frames = settings.frames;
  options.width = settings.width;
  options.height = settings.height;
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

Figures measure(const Sequence& sequence, const Tracked& tracked, bool known, const Settings& settings) {
  const vd::Stopwatch watch;
  vd::SfmInput input;
  input.frames = sequence.frames;
  input.tracks = tracked.tracks;
  input.intrinsics_known = known;
  if (known) input.intrinsics = sequence.intrinsics;
  vd::SfmOptions options;
  options.guided = settings.guided;
  const vd::SfmResult result = vd::solve_structure_from_motion(input, options);
  const double cpu_used = tracked.cpu_s + watch.cpu_seconds();
  const double wall_used = tracked.wall_s + watch.wall_seconds();

  std::vector<vd::SE3> estimate;
  for (const vd::Camera& camera : result.cameras) estimate.push_back(camera.world_from_camera);
  const auto registered = std::count(result.status.begin(), result.status.end(), vd::FrameStatus::registered);
  Figures figures;
  figures.rotation_only = result.rotation_only;
  // That the camera only turns is an answer, not a doubt.
  const std::size_t answers = result.rotation_only ? 1 : 0;
  figures.warned = result.report.warnings.size() > answers;
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
             frames, registered, tracked.cpu_s, cpu_used, wall_used, cpu_used / frames, errors,
             figures.focal_percent,
             figures.warned                      ? "!"
             : !known && result.focal.determined ? "*"
                                                 : " ",
             vd::peak_memory_bytes() / 1048576.0, result.rotation_only ? "  rotation only" : "");
  if (settings.verbose) print_details(result, tracked.tracks.size());
  std::fflush(stdout);
  return figures;
}

void print_range(const std::string& what, const std::vector<std::string>& names,
                 const std::vector<Figures>& all, double Figures::*figure) {
  std::vector<std::pair<double, std::string>> values;
  for (std::size_t k = 0; k < all.size(); ++k)
    values.emplace_back(std::abs(all[k].*figure), names[k] + (all[k].warned ? ", warned" : ""));
  std::sort(values.begin(), values.end());
  fmt::print("    {:24} median {:8.4f}  worst {:8.4f} ({})\n", what, values[values.size() / 2].first,
             values.back().first, values.back().second);
}

void print_summary(const std::vector<std::string>& names, const std::vector<Figures>& all, bool known) {
  if (all.size() < 2) return;
  const auto count = [&](bool Figures::*what) {
    return std::count_if(all.begin(), all.end(), [&](const Figures& f) { return f.*what; });
  };
  fmt::print("  {} intrinsics: {} clips, {} warned, {} called rotation only\n", known ? "known" : "unknown",
             all.size(), count(&Figures::warned), count(&Figures::rotation_only));
  print_range("ATE, % of path", names, all, &Figures::ate_percent);
  print_range("rotation, deg a step", names, all, &Figures::rotation_deg);
  if (!known) print_range("focal error, %", names, all, &Figures::focal_percent);
}

void measure_seeds(const std::string& scene, std::uint64_t first, std::uint64_t last,
                   const Settings& settings) {
  std::vector<std::string> names;
  std::vector<Figures> known;
  std::vector<Figures> unknown;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const Sequence sequence = render_sequence(scene, seed, settings);
    const Tracked tracked = track(sequence);
    names.push_back(sequence.name);
    if (settings.known_focal) known.push_back(measure(sequence, tracked, true, settings));
    if (settings.unknown_focal) unknown.push_back(measure(sequence, tracked, false, settings));
  }
  print_summary(names, known, true);
  print_summary(names, unknown, false);
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
    const Sequence sequence = read_sequence(folder);
    const Tracked tracked = track(sequence);
    const bool given = !sequence.intrinsics.empty();
    if (settings.known_focal && given) measure(sequence, tracked, true, settings);
    if (settings.unknown_focal || !given) measure(sequence, tracked, false, settings);
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
    if (argument == "--unknown-focal" || argument == "--both") {
      settings.unknown_focal = true;
      settings.known_focal = argument == "--both";
    } else if (argument == "--frames" && k + 1 < argc)
      settings.frames = std::stoi(argv[++k]);
    else if (argument == "--size" && k + 1 < argc) {
      const std::string size = argv[++k];
      settings.width = std::stoi(size);
      settings.height = std::stoi(size.substr(size.find('x') + 1));
    } else if (argument == "--unguided")
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
