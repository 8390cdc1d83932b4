// SPDX-License-Identifier: Apache-2.0
// Dense depth on clips with true poses: AbsRel over observed static pixels at their coverage, median error,
// AbsRel over filled and over all static pixels, AbsRel of the better half by confidence over that of all
// observed, jitter, CPU and wall seconds a frame, peak memory.
//   bench_depth [--preview] [--pictures FOLDER] [--frames N] [CLIP_FOLDER...]   without a clip: those of the
//   shared folder
//   bench_depth --scenes SEEDS [--frames N] [NAME...]   rendered on the fly: every seed, the median, and the
//   worst with its seed
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/parallel.h"
#include "core/random.h"
#include "image/colour_map.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/trajectory.h"
#include "rendered_clip.h"
#include "stereo/depth.h"

namespace {

using namespace vd;
namespace fs = std::filesystem;

struct Clip {
  std::string name;
  std::vector<PosedImage> images;
  std::vector<DepthMap> truth;  // empty maps where there is none
  std::vector<MaskMap> moving;  // empty maps where nothing moves
};

struct Figures {
  double observed_error = 0, coverage = 0, median_error = 0, filled_error = 0, complete_error = 0;
  double better_half = 0, jitter = 0;
  double cpu_s = 0, wall_s = 0;  // a frame
};

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> paths;
  if (fs::is_directory(folder))
    for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

DepthMap read_depth(const fs::path& path, double scale) {
  const Map<std::uint16_t> values = read_png16(path);
  DepthMap depth(values.width(), values.height());
  for (std::size_t i = 0; i < depth.pixels(); ++i)
    depth.values()[i] = static_cast<float>(values.values()[i] / scale);
  return depth;
}

Clip read_clip(const fs::path& folder, int most_frames) {
  Clip clip;
  clip.name = folder.filename().string();
  const auto info = nlohmann::json::parse(std::ifstream(folder / "clip.json"));
  const auto poses = read_trajectory(folder / "groundtruth.txt");
  const auto images = files_in(folder / "rgb");
  const auto depths = files_in(folder / "depth");
  const auto masks = files_in(folder / "mask");
  for (std::size_t i = 0; i < images.size() && static_cast<int>(i) < most_frames; ++i) {
    const fs::path own = folder / fmt::format("intrinsics_{:06}.txt", i);
    const auto table = read_intrinsics(fs::exists(own) ? own : folder / "intrinsics.txt");
    const Camera camera{fs::exists(own) ? table.at(0) : table.at(static_cast<int>(i)),
                        poses.at(i).world_from_camera};
    const bool grey = read_image_info(images[i]).channels == 1;
    clip.images.push_back(grey ? posed_image(read_grey(images[i]), camera)
                               : posed_image(read_rgb(images[i]), camera));
    clip.truth.push_back(i < depths.size() ? read_depth(depths[i], info.at("depth_scale")) : DepthMap());
    clip.moving.push_back(i < masks.size() ? read_grey(masks[i]) : MaskMap());
  }
  return clip;
}

Clip render_clip(const std::string& name, std::uint64_t seed, int frames) {
  bench::ClipFrames film = bench::film(name, seed, frames);
  Clip clip{film.name, {}, std::move(film.depths), std::move(film.masks)};
  for (std::size_t i = 0; i < film.rgb.size(); ++i)
    clip.images.push_back(posed_image(std::move(film.rgb[i]), film.cameras[i]));
  return clip;
}

/// Ranges as sparse points would give them: some 50 true depths of static pixels in each of five frames.
std::vector<DepthRange> ranges_of(const Clip& clip) {
  std::vector<DepthRange> ranges;
  const int count = static_cast<int>(clip.images.size());
  for (int frame = 0; frame < count; ++frame) {
    Random random(static_cast<std::uint64_t>(frame));
    std::vector<double> depths;
    for (int i = std::max(frame - 2, 0); i <= std::min(frame + 2, count - 1); ++i) {
      const DepthMap& truth = clip.truth[i];
      for (int draw = 0; draw < 2000 && !truth.empty(); ++draw) {
        const std::size_t at = random.below(static_cast<std::uint32_t>(truth.pixels()));
        if (truth.values()[at] <= 0 || (!clip.moving[i].empty() && clip.moving[i].values()[at])) continue;
        depths.push_back(truth.values()[at]);
        if (depths.size() % 50 == 0) break;
      }
    }
    const DepthRange range = depth_range(depths);
    ranges.push_back(range.valid() ? range : DepthRange{3, 100});
  }
  return ranges;
}

double quantile(std::vector<double> values, double fraction) {
  if (values.empty()) return 0;
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(fraction * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

bool is_static(const Clip& clip, std::size_t frame, std::size_t at) {
  return clip.truth[frame].values()[at] > 0 &&
         (clip.moving[frame].empty() || clip.moving[frame].values()[at] == 0);
}

double clip_scale(const Clip& clip, const std::vector<FrameDepth>& depths) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < depths.size(); ++i)
    for (std::size_t at = 0; at < clip.truth[i].pixels(); at += 7)
      if (is_static(clip, i, at) && depths[i].confidence.values()[at] > 0)
        ratios.push_back(clip.truth[i].values()[at] / depths[i].depth.values()[at]);
  return ratios.empty() ? 1 : quantile(std::move(ratios), 0.5);
}

double jitter(const Clip& clip, const std::vector<FrameDepth>& depths, double scale) {
  std::vector<double> changes;
  for (std::size_t i = 0; i + 1 < depths.size(); ++i) {
    const DepthMap& truth = clip.truth[i];
    const DepthMap& next_truth = clip.truth[i + 1];
    if (truth.empty() || next_truth.empty()) continue;
    const Camera& camera = clip.images[i].camera;
    const Camera& next = clip.images[i + 1].camera;
    const SE3 next_from_here = inverse(next.world_from_camera) * camera.world_from_camera;
    for (std::size_t at = 0; at < truth.pixels(); at += 5) {
      if (!is_static(clip, i, at) || depths[i].confidence.values()[at] <= 0) continue;
      const Vec2 pixel(static_cast<double>(at % truth.width()), static_cast<double>(at / truth.width()));
      const Vec3 there = next_from_here * (truth.values()[at] * camera.intrinsics.unproject(pixel));
      if (there.z() <= 0) continue;
      const Vec2 to = next.intrinsics.project(there);
      const int x = static_cast<int>(std::lround(to.x()));
      const int y = static_cast<int>(std::lround(to.y()));
      if (!next_truth.contains(x, y) || std::abs(next_truth(x, y) / there.z() - 1) > 0.02) continue;
      if (depths[i + 1].confidence(x, y) <= 0) continue;
      const double here_error = scale * depths[i].depth.values()[at] / truth.values()[at];
      const double there_error = scale * depths[i + 1].depth(x, y) / next_truth(x, y);
      changes.push_back(std::abs(there_error / here_error - 1));
    }
  }
  return quantile(std::move(changes), 0.5);
}

Figures judge(const Clip& clip, const std::vector<FrameDepth>& depths) {
  const double scale = clip_scale(clip, depths);
  std::vector<double> observed, filled, all;
  std::vector<std::pair<float, double>> ranked;
  for (std::size_t i = 0; i < depths.size(); ++i) {
    for (std::size_t at = 0; at < clip.truth[i].pixels(); ++at) {
      if (!is_static(clip, i, at)) continue;
      const double error = std::abs(scale * depths[i].depth.values()[at] / clip.truth[i].values()[at] - 1);
      all.push_back(error);
      const float confidence = depths[i].confidence.values()[at];
      if (confidence <= 0) filled.push_back(error);
      if (confidence <= 0) continue;
      observed.push_back(error);
      ranked.emplace_back(-confidence, error);
    }
  }
  if (observed.empty()) return {0, 0, 0, mean(filled), mean(all)};
  std::nth_element(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(ranked.size() / 2),
                   ranked.end());
  double better = 0;
  for (std::size_t k = 0; k < ranked.size() / 2; ++k) better += ranked[k].second;
  better /= static_cast<double>(std::max<std::size_t>(ranked.size() / 2, 1));
  return {mean(observed),
          static_cast<double>(observed.size()) / static_cast<double>(all.size()),
          quantile(observed, 0.5),
          mean(filled),
          mean(all),
          better / mean(observed),
          jitter(clip, depths, scale),
          0,
          0};
}

double cpu_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_memory_mib() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void write_pictures(const fs::path& folder, const Clip& clip, const std::vector<FrameDepth>& depths,
                    const std::vector<DepthRange>& ranges) {
  for (std::size_t i = 0; i < depths.size(); i += 10) {
    const ColourRange range{1.3 * ranges[i].near, 1e30};
    const auto draw = [&](const DepthMap& depth, const char* what) {
      if (!depth.empty())
        write_png(folder / fmt::format("{}_{:03}_{}.png", clip.name, i, what),
                  colour_depth(depth, range, ColourMap::rainbow));
    };
    draw(depths[i].depth, "complete");
    DepthMap observed = depths[i].depth;
    for (std::size_t at = 0; at < observed.pixels(); ++at)
      if (depths[i].confidence.values()[at] <= 0) observed.values()[at] = 0;
    draw(observed, "observed");
    draw(clip.truth[i], "truth");
  }
}

Figures measure(const Clip& clip, const DepthOptions& options, const fs::path& pictures) {
  const std::vector<DepthRange> ranges = ranges_of(clip);
  const double cpu_before = cpu_seconds();
  const auto before = std::chrono::steady_clock::now();
  const std::vector<FrameDepth> depths = dense_depth(clip.images, ranges, {}, options);
  const double frames = static_cast<double>(clip.images.size());
  const double wall_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count() / frames;
  const double cpu_s = (cpu_seconds() - cpu_before) / frames;
  Figures figures = judge(clip, depths);
  figures.cpu_s = cpu_s;
  figures.wall_s = wall_s;
  if (!pictures.empty()) write_pictures(pictures, clip, depths, ranges);
  return figures;
}

void print_header() {
  fmt::print("{:24} {:>9} {:>9} {:>8} {:>8} {:>8} {:>11} {:>8} {:>6} {:>7}\n", "clip", "observed%",
             "coverage%", "median%", "filled%", "all%", "better/all%", "jitter%", "cpu_s", "wall_s");
}

void print_row(const std::string& name, const Figures& f) {
  fmt::print("{:24} {:9.2f} {:9.1f} {:8.2f} {:8.2f} {:8.2f} {:11.0f} {:8.2f} {:6.3f} {:7.3f}\n", name,
             100 * f.observed_error, 100 * f.coverage, 100 * f.median_error, 100 * f.filled_error,
             100 * f.complete_error, 100 * f.better_half, 100 * f.jitter, f.cpu_s, f.wall_s);
  std::fflush(stdout);
}

constexpr double Figures::*columns[] = {
    &Figures::observed_error, &Figures::coverage,       &Figures::median_error,
    &Figures::filled_error,   &Figures::complete_error, &Figures::better_half,
    &Figures::jitter,         &Figures::cpu_s,          &Figures::wall_s};

/// Middle and worst value of every column over the seeds of a scene, and the seed of the worst.
void print_spread(const std::string& name, const std::vector<Figures>& seeds) {
  Figures middle, worst;
  std::vector<std::size_t> worst_seeds;
  for (const auto column : columns) {
    std::vector<std::size_t> order(seeds.size());
    for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
    const bool more_is_better = column == &Figures::coverage;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return more_is_better ? seeds[a].*column > seeds[b].*column : seeds[a].*column < seeds[b].*column;
    });
    middle.*column = seeds[order[order.size() / 2]].*column;
    worst.*column = seeds[order.back()].*column;
    worst_seeds.push_back(order.back());
  }
  print_row(name + " median", middle);
  print_row(name + " worst", worst);
  fmt::print("{:24} {:9} {:9} {:8} {:8} {:8} {:11} {:8}\n", name + " worst seed", worst_seeds[0],
             worst_seeds[1], worst_seeds[2], worst_seeds[3], worst_seeds[4], worst_seeds[5], worst_seeds[6]);
}

}  // namespace

int main(int argc, char** argv) {
  DepthOptions options;
  fs::path pictures;
  int seeds = 0;
  int frames = 1000;
  std::vector<std::string> names;
  for (int k = 1; k < argc; ++k) {
    const std::string word = argv[k];
    if (word == "--preview")
      options.preset = DepthPreset::preview;
    else if (word == "--pictures")
      pictures = argv[++k];
    else if (word == "--scenes")
      seeds = std::stoi(argv[++k]);
    else if (word == "--frames")
      frames = std::stoi(argv[++k]);
    else
      names.push_back(word);
  }
  print_header();
  if (seeds > 0) {
    if (names.empty())
      for (const SceneInfo& info : scene_names()) names.push_back(info.name);
    for (const std::string& name : names) {
      std::vector<Figures> rows;
      for (int seed = 0; seed < seeds; ++seed) {
        const Clip clip = render_clip(name, static_cast<std::uint64_t>(seed), std::min(frames, 24));
        rows.push_back(measure(clip, options, pictures));
        print_row(clip.name, rows.back());
      }
      print_spread(name, rows);
    }
  } else {
    if (names.empty())
      for (const char* name :
           {"synth/corridor_plain", "synth/orbit", "synth/street_drive", "synth/close_mover",
            "synth/low_texture", "synth/rotation_only", "data/redkitchen_short", "data/stereo_motorcycle"})
        names.push_back(fs::path(VD_SHARED) / name);
    for (const std::string& name : names) {
      const Clip clip = read_clip(name, frames);
      print_row(clip.name, measure(clip, options, pictures));
    }
  }
  fmt::print("peak memory {:.0f} MiB\n", peak_memory_mib());
}
