// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "align/align.h"
#include "bench/rates.h"
#include "core/atomic_file.h"
#include "core/parallel.h"
#include "flow/consistency.h"
#include "flow/tracks.h"
#include "image/colour_map.h"
#include "image/convert.h"
#include "io/dense.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/trajectory.h"
#include "pointmap/geometric.h"
#include "report/grouped_depth.h"
#include "scene/scene.h"
#include "sfm/sfm.h"
#include "stage/work_counts.h"
#include "stereo/depth.h"
#include "stereo/masks.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// The frames of a clip with everything that is true of them.
struct Footage {
  Size size;
  double pixels = 0;
  std::vector<RgbImage> rgb;
  std::vector<GreyImage> grey;
  std::vector<DepthMap> depth;
  std::vector<Camera> cameras;
  std::vector<DepthRange> ranges;
  fs::path folder;  // for files

  [[nodiscard]] std::size_t middle() const { return grey.size() / 2; }
  [[nodiscard]] fs::path file(const std::string& name, std::size_t thread) const {
    return folder / (std::to_string(thread) + name);
  }
};
using SharedFootage = std::shared_ptr<const Footage>;

DepthRange range_of(const DepthMap& depth) {
  std::vector<double> values;
  for (std::size_t p = 0; p < depth.pixels(); p += 97) values.push_back(depth.values()[p]);
  return depth_range(values);
}

SharedFootage read_footage(const Clip& clip, const fs::path& folder) {
  auto footage = std::make_shared<Footage>();
  footage->size = {clip.info().width, clip.info().height};
  footage->pixels = pixels_of(footage->size);
  footage->folder = folder;
  const auto poses = read_trajectory(clip.folder() / "gt" / "traj.txt");
  const auto intrinsics =
      read_intrinsics(clip.folder() / "gt" / "intrinsics.txt").for_frames(clip.frame_count());
  for (int frame = 0; frame < clip.frame_count(); ++frame) {
    const auto k = static_cast<std::size_t>(frame);
    footage->rgb.push_back(clip.read_frame(frame));
    footage->grey.push_back(to_grey(footage->rgb.back()));
    footage->depth.push_back(read_depth(clip.folder() / "gt" / "depth" / (frame_stem(frame) + ".exr")));
    footage->cameras.push_back({intrinsics[k], poses[k].world_from_camera});
    footage->ranges.push_back(range_of(footage->depth.back()));
  }
  return footage;
}

FlowMap medium_flow(const Footage& footage, std::size_t from, std::size_t to) {
  return dense_flow(footage.grey[from], footage.grey[to], {});
}

void add_files(const SharedFootage& footage, const Clip& clip, std::vector<RateCase>& cases) {
  const auto& f = footage;
  const std::size_t k = f->middle();
  const auto flow = std::make_shared<const FlowMap>(medium_flow(*f, k, k + 1));
  const auto confidence =
      std::make_shared<const ConfidenceMap>(flow_confidence(*flow, medium_flow(*f, k + 1, k)));
  const Work one_file(WorkKind::file, 1);
  const fs::path image = clip.frame_path(static_cast<int>(k));
  write_depth(f->file("read.exr", 0), f->depth[k]);
  write_flow(f->file("flow.exr", 0), *flow, *confidence);
  cases.push_back(
      {WorkKind::file, 1, {}, [f](std::size_t t) { write_text(f->file("small.txt", t), "1\n"); }, ""});
  cases.push_back(
      {WorkKind::read_image, f->pixels, {}, [image](std::size_t) { (void)read_rgb(image); }, "PNG"});
  cases.push_back({WorkKind::write_image, f->pixels, one_file,
                   [f, k](std::size_t t) { write_png(f->file(".png", t), f->rgb[k]); }, "PNG"});
  cases.push_back({WorkKind::read_result,
                   f->pixels,
                   {},
                   [f](std::size_t) { (void)read_depth(f->file("read.exr", 0)); },
                   "EXR, ZIP"});
  cases.push_back({WorkKind::write_result, f->pixels, one_file,
                   [f, k](std::size_t t) { write_depth(f->file(".exr", t), f->depth[k]); }, "EXR, ZIP"});
  cases.push_back({WorkKind::read_intermediate,
                   3 * f->pixels,
                   {},
                   [f](std::size_t) { (void)read_flow(f->file("flow.exr", 0)); },
                   "EXR, half, RLE"});
  cases.push_back(
      {WorkKind::write_intermediate, 3 * f->pixels, one_file,
       [f, flow, confidence](std::size_t t) { write_flow(f->file("w.exr", t), *flow, *confidence); },
       "EXR, half, RLE"});
}

void add_flow(const SharedFootage& f, std::vector<RateCase>& cases) {
  const std::size_t k = f->middle();
  for (const char* method : {"dis", "farneback"}) {
    const FlowOptions options{method, FlowPreset::medium};
    const Work work = flow_work(options, f->pixels);
    const WorkKind kind = work.of(WorkKind::farneback) > 0 ? WorkKind::farneback : WorkKind::dense_flow;
    cases.push_back({kind,
                     work.of(kind),
                     {},
                     [f, k, options](std::size_t) { (void)dense_flow(f->grey[k], f->grey[k + 1], options); },
                     "preset medium"});
  }
}

void add_cameras(const SharedFootage& f, std::vector<RateCase>& cases) {
  const TrackOptions options;
  constexpr int tracked = 4;
  const auto steps_of = [](const std::vector<PointTrack>& tracks) {
    double steps = 0;
    for (const PointTrack& track : tracks) steps += static_cast<double>(track.pixels.size()) - 1;
    return steps;
  };
  const Span<const GreyImage> some(f->grey.data(), tracked);
  cases.push_back({WorkKind::track, std::max(1.0, steps_of(track_points(some, options))),
                   2 * (tracked - 1) * flow_work(options.flow, f->pixels),
                   [f, some, options](std::size_t) { (void)track_points(some, options); }, ""});
  const auto tracks = std::make_shared<const std::vector<PointTrack>>(track_points(f->grey, options));
  const double observations = steps_of(*tracks) + static_cast<double>(tracks->size());
  cases.push_back({WorkKind::adjust,
                   std::max(1.0, observations),
                   {},
                   [f, tracks](std::size_t) {
                     SfmInput input;
                     input.frames = GreyFrames(f->grey);
                     input.tracks = *tracks;
                     for (const Camera& camera : f->cameras) input.intrinsics.push_back(camera.intrinsics);
                     (void)solve_structure_from_motion(input, {});
                   },
                   "known intrinsics"});
}

/// What the depth of the middle frame is made from: images made ready, itself first, and raw depths of them.
struct DepthInputs {
  std::vector<PosedImage> images;
  std::vector<MatchImage> match;
  std::vector<const MatchImage*> others;
  std::vector<RawDepth> raw;
  DepthRange range;
};

std::shared_ptr<const DepthInputs> depth_inputs(const Footage& f) {
  auto inputs = std::make_shared<DepthInputs>();
  const std::size_t k = f.middle();
  for (const std::size_t frame : {k, k - 1, k + 1, k - 2, k + 2}) {
    inputs->images.push_back(posed_image(f.rgb[frame], f.cameras[frame]));
    inputs->match.push_back(prepare_for_matching(inputs->images.back()));
  }
  inputs->range = f.ranges[k];
  for (std::size_t n = 1; n < inputs->match.size(); ++n) inputs->others.push_back(&inputs->match[n]);
  inputs->raw.resize(inputs->match.size());
  parallel_for(inputs->match.size(), [&](std::size_t n) {
    std::vector<const MatchImage*> views;
    for (const MatchImage& other : inputs->match)
      if (&other != &inputs->match[n]) views.push_back(&other);
    inputs->raw[n] = seed_and_refine(inputs->match[n], views, inputs->range, {});
  });
  return inputs;
}

void add_depth(const SharedFootage& f, std::vector<RateCase>& cases) {
  const auto inputs = depth_inputs(*f);
  const auto views = static_cast<double>(inputs->others.size());
  constexpr int planes = 64;
  const Map<std::int8_t>& reduced = inputs->match[0].sweep_image;
  const Work sweep = sweep_work(static_cast<double>(reduced.pixels()), planes, views);
  auto volume = std::make_shared<CostVolume>(CostVolume{reduced.width(), reduced.height(), planes, {}});
  for (std::size_t p = 0; p < reduced.pixels() * planes; ++p)
    volume->values.push_back(static_cast<std::uint8_t>(p * 2654435761U >> 26));
  cases.push_back(
      {WorkKind::semi_global,
       sweep.of(WorkKind::semi_global),
       {},
       [inputs, volume](std::size_t) { (void)semi_global_planes(*volume, inputs->match[0].sweep_image); },
       "64 planes"});
  PlaneSweepOptions fixed;
  fixed.min_planes = fixed.max_planes = planes;
  cases.push_back({WorkKind::sweep,
                   sweep.of(WorkKind::sweep),
                   {WorkKind::semi_global, sweep.of(WorkKind::semi_global)},
                   [inputs, fixed](std::size_t) {
                     (void)plane_sweep(inputs->match[0], inputs->others, inputs->range, fixed);
                   },
                   "64 planes, 4 views"});
  cases.push_back({WorkKind::refine,
                   refine_work({}, f->pixels, views).of(WorkKind::refine),
                   {},
                   [inputs](std::size_t) {
                     (void)joint_lucas_kanade(inputs->match[0], inputs->others, inputs->raw[0].inverse,
                                              inputs->range);
                   },
                   "4 views"});
  cases.push_back({WorkKind::complete,
                   f->pixels,
                   {},
                   [f, inputs](std::size_t) {
                     std::vector<DepthView> others;
                     for (std::size_t n = 1; n < inputs->raw.size(); ++n)
                       others.push_back({inputs->match[n].camera, &inputs->raw[n]});
                     (void)complete(inputs->images[0],
                                    geometric_check({inputs->match[0].camera, inputs->raw.data()}, others));
                   },
                   "4 views"});
}

void add_masks(const SharedFootage& f, std::vector<RateCase>& cases) {
  const std::size_t k = f->middle();
  auto flows = std::make_shared<FlowSet>();
  for (const int offset : {-2, -1, 1, 2}) {
    const std::size_t other = k + static_cast<std::size_t>(offset);
    NeighbourFlow flow;
    flow.offset = offset;
    flow.camera = f->cameras[other];
    flow.flow = std::make_shared<const FlowMap>(medium_flow(*f, k, other));
    flow.flow_back = std::make_shared<const FlowMap>(medium_flow(*f, other, k));
    const std::size_t halfway = (k + other) / 2;
    if (offset % 2 == 0) flow.second_half = std::make_shared<const FlowMap>(medium_flow(*f, halfway, other));
    flow.grey = {f, &f->grey[other]};
    flows->push_back(std::move(flow));
  }
  cases.push_back({WorkKind::motion,
                   f->pixels,
                   {},
                   [f, k, flows](std::size_t) {
                     const MaskOptions options;
                     const auto evidence =
                         motion_evidence(f->cameras[k], *flows, f->grey[k], options.evidence);
                     (void)motion_mask(f->cameras[k], evidence, *flows, f->grey[k], options);
                   },
                   "4 views"});
}

PairImage pair_view(const Footage& f, std::size_t view, std::size_t other) {
  return {f.cameras[view].intrinsics, f.grey[view], medium_flow(f, view, other), {}};
}

void add_pairs(const SharedFootage& f, std::vector<RateCase>& cases) {
  const auto views = std::make_shared<std::vector<PairImage>>();
  auto problem = std::make_shared<AlignProblem>();
  auto maps = std::make_shared<std::vector<PairMaps>>();
  const std::vector<std::size_t> frames = {0, f->middle(), f->grey.size() - 1};
  for (int i = 0; i < 3; ++i) {
    problem->images.push_back({f->size.width, f->size.height});
    for (int j = i + 1; j < 3; ++j) {
      const std::size_t a = frames[static_cast<std::size_t>(i)];
      const std::size_t b = frames[static_cast<std::size_t>(j)];
      const PairImage first = pair_view(*f, a, b);
      const PairImage second = pair_view(*f, b, a);
      if (views->empty()) *views = {first, second};
      const SE3 pose = inverse(f->cameras[a].world_from_camera) * f->cameras[b].world_from_camera;
      PairPointMap map = geometric_point_map(first, second, pose, {});
      problem->edges.emplace_back(i, j);
      maps->push_back({std::move(map.a), std::move(map.b), std::move(map.a_conf), std::move(map.b_conf)});
    }
  }
  cases.push_back({WorkKind::pair_depth,
                   2 * f->pixels,
                   {},
                   [views](std::size_t) { (void)geometric_point_map((*views)[0], (*views)[1], {}, {}); },
                   ""});
  problem->load = in_memory(*maps);
  cases.push_back({WorkKind::align_points,
                   2 * f->pixels * static_cast<double>(maps->size()),
                   {},
                   [problem, maps](std::size_t) { (void)align(*problem, {}); },
                   "3 pairs"});
}

void add_results(const SharedFootage& f, std::vector<RateCase>& cases) {
  constexpr std::size_t scored = 3;
  constexpr double rounds = 5;
  cases.push_back({WorkKind::score,
                   rounds * f->pixels * scored,
                   {},
                   [f](std::size_t) {
                     const auto read = [&](std::size_t k) {
                       return DepthFrame{f->depth[k], f->depth[k], {}, {}, {}};
                     };
                     (void)evaluate_grouped_depth({scored, read}, {}, FitPixels::observed);
                   },
                   ""});
  const DepthRange range = f->ranges[0];
  cases.push_back({WorkKind::draw,
                   f->pixels,
                   {},
                   [f, range](std::size_t) {
                     (void)colour_depth(f->depth[0], {range.near, range.far}, ColourMap::ember);
                   },
                   "coloured depth"});
}

void add_rendering(std::vector<RateCase>& cases) {
  SceneOptions options;
  options.width = 160;
  options.height = 90;
  const auto scene = std::make_shared<const Scene>(make_scene(options));
  cases.push_back({WorkKind::render,
                   static_cast<double>(options.width) * options.height,
                   {},
                   [scene](std::size_t) { (void)render(*scene, 1); },
                   "scene " + options.name});
}

}  // namespace

std::vector<RateCase> program_cases(const Clip& clip, const fs::path& folder) {
  const SharedFootage footage = read_footage(clip, folder);
  std::vector<RateCase> cases;
  add_files(footage, clip, cases);
  add_flow(footage, cases);
  add_cameras(footage, cases);
  add_depth(footage, cases);
  add_masks(footage, cases);
  add_pairs(footage, cases);
  add_results(footage, cases);
  add_rendering(cases);
  return cases;
}

}  // namespace vd
