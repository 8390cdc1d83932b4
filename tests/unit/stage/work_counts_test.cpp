// SPDX-License-Identifier: Apache-2.0
#include "stage/work_counts.h"

#include "catch.h"

using vd::FlowPreset;
using vd::WorkKind;

TEST_CASE("a better preset of flow is more work, and work goes with the pixels", "[stage][property]") {
  for (const std::string method : {"dis", "farneback"}) {
    double before = 0;
    for (const FlowPreset preset :
         {FlowPreset::ultrafast, FlowPreset::fast, FlowPreset::medium, FlowPreset::best}) {
      const double flop = vd::flow_work({method, preset}, 1e6).flop();
      CHECK(flop > before);
      CHECK(vd::flow_work({method, preset}, 3e6).flop() == Approx(3 * flop));
      before = flop;
    }
  }
  CHECK(vd::flow_work({"farneback", FlowPreset::fast}, 10).of(WorkKind::dense_flow) == 0);
}

TEST_CASE("tracks cost flow and points between frames only", "[stage]") {
  const vd::TrackOptions options;
  const vd::Size size{640, 480};
  CHECK(vd::track_work(options, 1, size).empty());
  CHECK(vd::track_work(options, 0, size).empty());
  const double steps = vd::track_work(options, 11, size).of(WorkKind::track);
  CHECK(steps == Approx(10 * vd::points_a_frame(options, size)));
  CHECK(vd::points_a_frame(options, {4096, 2160}) == options.points_per_frame);
  CHECK(vd::points_a_frame(options, {96, 64}) < 300);
}

TEST_CASE("depth costs what its options ask for", "[stage][property]") {
  const vd::Size size{1024, 576};
  vd::DepthOptions standard;
  vd::DepthOptions preview;
  preview.preset = vd::DepthPreset::preview;
  const auto much = vd::depth_work(standard, size);
  const auto little = vd::depth_work(preview, size);
  CHECK(much.of(WorkKind::refine) == Approx(1024 * 576 * 8 * 1.5));
  CHECK(little.of(WorkKind::refine) == Approx(1024 * 576 * 4 * 1.0));
  // A quarter of both sides, 64 planes, six views.
  CHECK(much.of(WorkKind::sweep) == Approx(256 * 144 * 64 * 6));
  CHECK(much.of(WorkKind::semi_global) == Approx(256 * 144 * 64));
  // Beyond 1280 pixels the image of the sweep grows no more.
  CHECK(vd::depth_work(standard, {4096, 2304}).of(WorkKind::sweep) ==
        Approx(vd::depth_work(standard, {2048, 1152}).of(WorkKind::sweep)));
  standard.neighbours.count = 3;
  CHECK(vd::depth_work(standard, size).of(WorkKind::sweep) == Approx(256 * 144 * 64 * 3));
}

TEST_CASE("fast files are told from small ones", "[stage]") {
  CHECK(vd::write_maps_work(vd::DenseOptions(), 2, 1000).of(WorkKind::write_result) == 1000);
  CHECK(vd::write_maps_work(vd::intermediate_options(), 2, 1000).of(WorkKind::write_intermediate) == 1000);
  vd::DenseOptions npy;
  npy.format = vd::DenseFormat::npy;
  CHECK(vd::read_maps_work(npy, 2, 1000).of(WorkKind::read_intermediate) == 1000);
  CHECK(vd::read_maps_work(npy, 2, 1000).of(WorkKind::file) == 2);
}
