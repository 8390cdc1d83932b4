// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "clip/clip.h"
#include "clip/prediction.h"
#include "clip/run.h"
#include "core/progress.h"
#include "core/usage.h"

namespace vd {

// A stage is a list of items (frames, pairs, windows). Each item reads some files and writes some files; an
// item is finished when its files were all renamed into place and its key, the digest of the options that
// change results and of the content of its inputs, was noted. A rerun computes only what is not finished. The
// record, stage.json, is written last, so that its presence means "complete" to make and to people; until
// then the keys are kept in a journal beside it.

/// One unit of work of a stage.
struct Item {
  std::string name;  // "000003" or "000003_000007": unique in the stage
  std::vector<std::filesystem::path> outputs;
  std::vector<std::filesystem::path> inputs;
};

/// What a stage is, for its record.
struct StageSpec {
  std::string kind;  // "flow"
  std::string name;  // "dis"
  /// Where the record goes: clip/KIND/NAME/stage.json, or clip/KIND/NAME.stage.json beside a single-file
  /// stage.
  bool single_file = false;
  /// Facts for the record that readers rely on: unit, quantity, size ("unit": "m"). Given as JSON text.
  std::map<std::string, std::string> facts;
  ItemCost item_cost;
  /// Which part of a program's results this is (Option::parts), so that an option of a late part does not
  /// redo the early ones; empty: every option that changes results counts.
  std::string part;
  /// Other stages that the same items write, as KIND/NAME of a folder or KIND/NAME.EXTENSION of a file; each
  /// gets a copy of the record.
  std::vector<std::string> companions;
};

/// The life of one stage: what is pending, what has been done, the record at the end. Thread-safe.
class StageSession {
 public:
  /// Compares the items with what is on disk. With --dry-run it prints the pending items and their predicted
  /// cost. Throws MisuseError when the stage's name is none, Error when an input is missing or one item
  /// exceeds --memory.
  StageSession(const Clip& clip, Run& run, StageSpec spec, std::vector<Item> items);
  ~StageSession();
  StageSession(const StageSession&) = delete;
  StageSession& operator=(const StageSession&) = delete;

  /// Indices of the items to compute here and now, after resume, --force, --shard; empty with --dry-run.
  [[nodiscard]] const std::vector<std::size_t>& pending() const { return pending_; }
  [[nodiscard]] const Item& item(std::size_t index) const { return items_[index]; }

  /// Notes that an item's outputs are in place. Throws Interrupted when a signal has come.
  void done(std::size_t index);
  /// The same for an item that could not be computed: its outputs are there, marked invalid; the reason is
  /// recorded.
  void failed(std::size_t index, const std::string& reason);
  /// Adds a fact that is known only now (a focal length, a residual) to the record.
  void set_fact(const std::string& name, const std::string& json_text);

  /// Writes the record when every item of the stage is finished (by whichever shards), else the shard's own
  /// part.
  void finish();

 private:
  void load_finished_keys();
  [[nodiscard]] std::set<std::filesystem::path> item_folders() const;
  void make_room();
  void remove_stale(std::size_t index);
  void remove_dropped() const;
  void withdraw_record();
  void append_to_journal(const std::string& lines);
  [[nodiscard]] std::string journal_line(const std::string& name, const std::string& key) const;
  [[nodiscard]] bool is_finished(std::size_t index) const;
  void print_dry_run() const;
  [[nodiscard]] nlohmann::json make_record() const;
  void write_record() const;
  [[nodiscard]] std::filesystem::path record_path() const;
  [[nodiscard]] std::filesystem::path shard_path(int index) const;
  [[nodiscard]] std::filesystem::path journal_path(int index) const;

  const Clip& clip_;
  Run& run_;
  StageSpec spec_;
  std::vector<Item> items_;
  std::map<std::filesystem::path, std::string> digests_;  // of every input file
  std::vector<std::string> keys_;                         // one an item
  std::map<std::string, std::string> finished_;  // item name -> key, from records, journals and done()
  std::map<std::string, std::string> failures_;  // item name -> reason, of finished items
  bool has_dropped_ = false;                     // items that were there are no longer of the stage
  bool journal_begun_ = false;
  std::size_t expected_memory_bytes_ = 0;
  std::vector<std::size_t> pending_;
  Stopwatch stopwatch_;
  std::unique_ptr<Progress> progress_;
  std::mutex mutex_;
  std::string record_;
};

/// The usual loop: computes every pending item in parallel, then writes the record. compute(item index) must
/// leave the item's outputs in place (write_atomically); it should throw Error on a bad input.
void run_items(StageSession& session, const std::function<void(std::size_t)>& compute);

}  // namespace vd
