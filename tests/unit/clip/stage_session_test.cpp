// SPDX-License-Identifier: Apache-2.0
#include "clip/stage_session.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "clip/frame_source.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/usage.h"
#include "temporary_folder.h"

namespace fs = std::filesystem;

namespace {

/// A clip of four frames and a stage that copies a text per frame, counting how often it works.
class CopyStage {
 public:
  CopyStage() {
    vd::ClipInfo info;
    info.frames = 4;
    info.width = info.height = 8;
    info.times_s = {0, 1, 2, 3};
    vd::Clip::write_info(folder_.path(), info);
    for (int k = 0; k < 4; ++k) vd::write_text(input(k), "text " + std::to_string(k));
    table_.add("--strength", strength_, vd::at_least(0), "how much");
    run_.program = "vd-copy";
    run_.table = &table_;
    run_.common.progress = vd::ProgressMode::never;
  }

  /// Runs the stage; returns the number of items computed. stop_after: throws when so many are done.
  int run(int stop_after = 100) { return run_items({0, 1, 2, 3}, "plain", stop_after); }
  /// With these frames selected by --frames, out of a stage of all.
  int run_some(const std::vector<int>& frames) {
    run_.common.frames = "some";
    const int computed = run_items(frames, "plain", 100);
    run_.common.frames.clear();
    return computed;
  }
  /// With these frames as the whole stage.
  int run_only(const std::vector<int>& frames) { return run_items(frames, "plain", 100); }
  int run_as(const std::string& name) { return run_items({0, 1, 2, 3}, name, 100); }
  /// From now on this frame cannot be computed; -1: none.
  void fail(int frame) { failing_ = frame; }

  fs::path input(int k) const { return folder_ / ("in/" + vd::frame_stem(k) + ".txt"); }
  fs::path output(int k) const { return folder_ / ("copy/plain/" + vd::frame_stem(k) + ".png"); }
  fs::path record() const { return folder_ / "copy/plain/stage.json"; }
  vd::Run& options() { return run_; }
  int& strength() { return strength_; }
  vd::OptionTable& table() { return table_; }
  std::string& part() { return part_; }
  vd::ItemCost& cost() { return cost_; }

 private:
  int run_items(const std::vector<int>& frames, const std::string& name, int stop_after) {
    const vd::Clip clip = vd::Clip::open(folder_.path());
    std::vector<vd::Item> items;
    for (const int frame : frames) items.push_back({vd::frame_stem(frame), {output(frame)}, {input(frame)}});
    vd::StageSpec spec{"copy", name};
    spec.part = part_;
    spec.item_cost = cost_;
    vd::StageSession session(clip, run_, spec, items);
    int computed = 0;
    for (const std::size_t k : session.pending()) {
      if (computed == stop_after) throw vd::Interrupted{15};
      vd::write_text(output(frames[k]), vd::read_text(input(frames[k])));
      if (frames[k] == failing_)
        session.failed(k, "no light");
      else
        session.done(k);
      ++computed;
    }
    session.finish();
    return computed;
  }

  vd::test::TemporaryFolder folder_;
  vd::OptionTable table_;
  int strength_ = 1;
  std::string part_;
  vd::ItemCost cost_;
  int failing_ = -1;
  vd::Run run_;
};

}  // namespace

TEST_CASE("a rerun computes only what has changed", "[clip]") {
  CopyStage stage;
  CHECK(stage.run() == 4);
  CHECK(fs::exists(stage.record()));
  CHECK(stage.run() == 0);
  vd::write_text(stage.input(2), "other");
  CHECK(stage.run() == 1);
  CHECK(vd::read_text(stage.output(2)) == "other");
  fs::remove(stage.output(1));
  CHECK(stage.run() == 1);
  stage.strength() = 2;
  CHECK(stage.run() == 4);
  stage.options().common.force = true;
  CHECK(stage.run() == 4);
}

TEST_CASE("a killed run leaves what is finished and no record", "[clip]") {
  CopyStage stage;
  CHECK_THROWS_AS(stage.run(3), vd::Interrupted);
  CHECK_FALSE(fs::exists(stage.record()));
  CHECK(stage.run() == 1);
  CHECK(fs::exists(stage.record()));

  // Interrupted with other options: items of the first options must not pass for the second's.
  stage.strength() = 5;
  CHECK_THROWS_AS(stage.run(1), vd::Interrupted);
  CHECK_FALSE(fs::exists(stage.output(3)));
  CHECK(stage.run() == 3);
}

TEST_CASE("shards share the items, and the last one writes the record", "[clip]") {
  CopyStage stage;
  stage.options().common.shard = "2/3";
  CHECK(stage.run() == 1);
  CHECK_FALSE(fs::exists(stage.record()));
  CHECK(fs::exists(stage.record().parent_path() / "stage.2-3.json"));
  stage.options().common.shard = "1/3";
  CHECK(stage.run() == 2);
  stage.options().common.shard = "3/3";
  CHECK(stage.run() == 1);
  CHECK(fs::exists(stage.record()));
  CHECK_FALSE(fs::exists(stage.record().parent_path() / "stage.2-3.json"));
  const auto record = nlohmann::json::parse(vd::read_text(stage.record()));
  CHECK(record["item_count"] == 4);
  CHECK(record["options"]["strength"] == "1");
  CHECK(record["inputs"].contains("in"));
  CHECK_THROWS_AS(vd::parse_shard("4/3"), vd::MisuseError);
  CHECK_THROWS_AS(vd::parse_shard("0/3"), vd::MisuseError);
  CHECK_THROWS_AS(vd::parse_shard("1/3x"), vd::MisuseError);
}

TEST_CASE("an interrupted repair costs only what was pending", "[clip]") {
  CopyStage stage;
  CHECK(stage.run() == 4);
  fs::remove(stage.output(1));
  CHECK_THROWS_AS(stage.run(0), vd::Interrupted);
  CHECK_FALSE(fs::exists(stage.record()));
  CHECK(stage.run() == 1);
}

TEST_CASE("an output without content is computed again", "[clip]") {
  CopyStage stage;
  CHECK(stage.run() == 4);
  vd::write_text(stage.output(2), "");
  CHECK(stage.run() == 1);
  CHECK(vd::read_text(stage.output(2)) == "text 2");
}

TEST_CASE("a recomputed item leaves no file of another format", "[clip]") {
  CopyStage stage;
  const fs::path other = fs::path(stage.output(3)).replace_extension("exr");
  vd::write_text(other, "old");
  CHECK(stage.run() == 4);
  CHECK_FALSE(fs::exists(other));
  CHECK(vd::read_text(stage.output(3)) == "text 3");
}

TEST_CASE("items of other frames stay noted", "[clip]") {
  CopyStage stage;
  CHECK(stage.run_some({0, 1}) == 2);
  CHECK(stage.run_some({1, 2}) == 1);
  CHECK(stage.run() == 1);
  const auto record = nlohmann::json::parse(vd::read_text(stage.record()));
  CHECK(record["item_count"] == 4);
}

TEST_CASE("what the list of items has lost goes, files and all", "[clip]") {
  CopyStage stage;
  const auto record = [&] { return nlohmann::json::parse(vd::read_text(stage.record())); };
  CHECK(stage.run() == 4);
  CHECK(stage.run_only({0, 2}) == 0);  // nothing to compute, and still another stage
  CHECK_FALSE(fs::exists(stage.output(1)));
  CHECK_FALSE(fs::exists(stage.output(3)));
  CHECK(record()["item_count"] == 2);
  CHECK(stage.run_only({0, 2}) == 0);
  CHECK(stage.run() == 2);

  // Frames selected with other options: those of the first options are not of this stage any more.
  stage.strength() = 2;
  CHECK(stage.run_some({1, 2}) == 2);
  CHECK_FALSE(fs::exists(stage.output(0)));
  CHECK(record()["item_count"] == 2);
  CHECK(stage.run_some({3}) == 1);
  CHECK(fs::exists(stage.output(1)));
  CHECK(record()["item_count"] == 3);

  // The same after an interruption, when only the journal knows what was made with which options.
  stage.strength() = 3;
  CHECK_THROWS_AS(stage.run(2), vd::Interrupted);
  stage.strength() = 4;
  CHECK(stage.run_some({3}) == 1);
  CHECK_FALSE(fs::exists(stage.output(0)));
  CHECK(record()["item_count"] == 1);
}

TEST_CASE("files of another program stay where they are", "[clip]") {
  CopyStage stage;
  const fs::path foreign = stage.output(7);
  vd::write_text(foreign, "mine");
  CHECK(stage.run() == 4);
  CHECK(fs::exists(foreign));
  vd::write_text(stage.record(), R"({"program": "vd-clip", "items": {"000007": "1", "000000": "2"}})");
  CHECK(stage.run() == 4);
  CHECK(fs::exists(foreign));
}

TEST_CASE("temporary files of killed processes go with the next run", "[clip]") {
  CopyStage stage;
  CHECK(stage.run() == 4);
  const pid_t child = ::fork();
  if (child == 0) {  // writes, and is killed half way
    vd::write_atomically(stage.output(2), [](const fs::path& temporary) {
      std::ofstream(temporary) << "half";
      ::kill(::getpid(), SIGKILL);
    });
  }
  ::waitpid(child, nullptr, 0);
  const auto temporaries = [&] {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(stage.output(0).parent_path()))
      count += entry.path().filename().string().find(".tmp") != std::string::npos;
    return count;
  };
  CHECK(temporaries() == 1);
  vd::write_atomically(stage.output(3), [&](const fs::path& temporary) {
    std::ofstream(temporary) << "at work";
    CHECK(temporaries() == 2);
    CHECK(stage.run() == 0);  // another process would be none the wiser: this one is still at work
    CHECK(temporaries() == 1);
  });
  CHECK(temporaries() == 0);

  const fs::path elsewhere = stage.output(0).parent_path() / ".000001.0badcafe.1.0.tmp.txt";
  vd::write_text(elsewhere, "of another machine");
  CHECK(stage.run() == 0);
  CHECK(fs::exists(elsewhere));
  fs::last_write_time(elsewhere, fs::file_time_type::clock::now() - std::chrono::hours(48));
  CHECK(stage.run() == 0);
  CHECK_FALSE(fs::exists(elsewhere));
}

TEST_CASE("--memory is kept by fewer threads", "[clip]") {
  CopyStage stage;
  stage.options().common.threads = 8;
  stage.cost().memory_megabytes = 1000;
  stage.cost().shared_megabytes = 500;
  CHECK(stage.run() == 4);
  CHECK(vd::thread_count() == 8);
  stage.options().common.memory_bytes = std::size_t{3900} << 20;  // less the process itself, some 20 MB
  CHECK(stage.run() == 0);
  CHECK(vd::thread_count() == 3);
  const auto record = nlohmann::json::parse(vd::read_text(stage.record()));
  const double expected = record["expected_memory_bytes"];
  CHECK(expected > 8.5e9);
  CHECK(expected <= 8.5e9 + static_cast<double>(vd::peak_memory_bytes()));  // the process itself counts
  CHECK(record["peak_memory_bytes"] < 5e8);
  stage.options().common.memory_bytes = std::size_t{1200} << 20;
  CHECK_THROWS_AS(stage.run(), vd::Error);
  vd::set_thread_count(0);
}

TEST_CASE("an option of another part redoes nothing", "[clip]") {
  CopyStage stage;
  stage.table().at("--strength").changes({"masks"});
  stage.part() = "cameras";
  CHECK(stage.run() == 4);
  stage.strength() = 7;
  CHECK(stage.run() == 0);
  stage.part() = "masks";
  CHECK(stage.run() == 4);
  stage.strength() = 8;
  CHECK(stage.run() == 4);
}

TEST_CASE("the reason of a failed item outlives a rerun", "[clip]") {
  CopyStage stage;
  stage.fail(1);
  CHECK_THROWS_AS(stage.run(2), vd::Interrupted);
  CHECK(stage.run() == 2);
  const auto failures = [&] { return nlohmann::json::parse(vd::read_text(stage.record()))["failed"]; };
  CHECK(failures() == nlohmann::json{{"000001", "no light"}});
  vd::write_text(stage.input(1), "light");
  stage.fail(-1);
  CHECK(stage.run() == 1);
  CHECK(failures().empty());
}

TEST_CASE("a stage's name does not lead out of the clip", "[clip]") {
  CopyStage stage;
  for (const char* name : {"", ".", "..", "../evil", "a/b", ".hidden"})
    CHECK_THROWS_AS(stage.run_as(name), vd::MisuseError);
  CHECK(stage.run_as("other") == 4);
}

TEST_CASE("a dry run changes nothing", "[clip]") {
  CopyStage stage;
  stage.options().common.dry_run = true;
  CHECK(stage.run() == 0);
  CHECK_FALSE(fs::exists(stage.output(0)));
  CHECK_FALSE(fs::exists(stage.record()));
}

TEST_CASE("frames are selected like slices", "[clip]") {
  using Frames = std::vector<int>;
  CHECK(vd::select_frames("", 3) == Frames{0, 1, 2});
  CHECK(vd::select_frames("1:3", 5) == Frames{1, 2});
  CHECK(vd::select_frames("-2:", 5) == Frames{3, 4});
  CHECK(vd::select_frames("::2", 5) == Frames{0, 2, 4});
  CHECK(vd::select_frames("3", 5) == Frames{3});
  CHECK(vd::select_frames("1:100:3", 6) == Frames{1, 4});
  CHECK_THROWS_AS(vd::select_frames("4:2", 5), vd::MisuseError);
  CHECK_THROWS_AS(vd::select_frames("a:b", 5), vd::MisuseError);
  CHECK_THROWS_AS(vd::select_frames("1:2:0", 5), vd::MisuseError);
  CHECK_THROWS_AS(vd::select_frames("1:2:3:4", 5), vd::MisuseError);
}

TEST_CASE("file names sort as people count", "[clip]") {
  CHECK(vd::natural_less("frame2.png", "frame10.png"));
  CHECK_FALSE(vd::natural_less("frame10.png", "frame2.png"));
  CHECK(vd::natural_less("a9b2", "a9b10"));
  CHECK(vd::natural_less("frame002", "frame3"));
  CHECK(vd::natural_less("a", "b"));
  CHECK(vd::natural_less("a", "a1"));
  CHECK_FALSE(vd::natural_less("x", "x"));
}

TEST_CASE("a damaged clip.json is refused in one line", "[clip]") {
  const vd::test::TemporaryFolder folder;
  CHECK_THROWS_AS(vd::Clip::open(folder.path()), vd::Error);
  for (const char* text : {"", "{", "[]", "{\"format\": 99}",
                           "{\"format\":1,\"frames\":-1,\"width\":8,\"height\":8,\"times_s\":[]}",
                           "{\"format\":1,\"frames\":2,\"width\":8,\"height\":8,\"times_s\":[0]}",
                           "{\"format\":1,\"frames\":2,\"width\":8,\"height\":8,\"times_s\":[1,1]}"}) {
    vd::write_text(folder / "clip.json", text);
    CHECK_THROWS_AS(vd::Clip::open(folder.path()), vd::Error);
  }
}
