// SPDX-License-Identifier: Apache-2.0
#include "clip/stage_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "clip/item_key.h"
#include "clip/version.h"
#include "core/atomic_file.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/machine_profile.h"
#include "core/parallel.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

double mebibytes(double bytes) { return bytes / 1048576; }

/// As many threads as --threads allows and --memory has room for, one item a thread.
int threads_to_use(const Run& run, const StageSpec& spec) {
  const int threads = run.common.threads > 0 ? run.common.threads : allowed_cores();
  const auto resident = static_cast<double>(resident_memory_bytes());
  const auto limit = static_cast<double>(run.common.memory_bytes);
  const int fitting = threads_within_memory(spec.item_cost, threads, resident, limit);
  if (fitting > 0) return fitting;
  const double least = predicted_memory_bytes(spec.item_cost, 1, resident);
  // A tenth more, so that what is named suffices in the next run, which may begin with a little more.
  throw Error(spec.kind + "/" + spec.name, fmt::format("needs about {:.0f}M, --memory allows {:.0f}M",
                                                       std::ceil(1.1 * mebibytes(least)), mebibytes(limit)));
}

/// Digest of the options that the items of a journal were made with.
std::string options_mark(const Run& run, const StageSpec& spec) {
  return "options " + digest_of(options_json(*run.table, spec.part).dump());
}

std::string reversed_pair(const std::string& stem) {
  const auto middle = stem.find('_');
  return middle == std::string::npos ? stem : stem.substr(middle + 1) + "_" + stem.substr(0, middle);
}

/// The name of a stage is one folder or file of the clip, never a way out of it.
void check_name(const std::string& name) {
  if (name.empty() || name.front() == '.' || name.find('/') != std::string::npos) {
    throw MisuseError("--output", fmt::format("'{}' is no name of a stage: no '/', no '.' in front", name));
  }
}

}  // namespace

StageSession::StageSession(const Clip& clip, Run& run, StageSpec spec, std::vector<Item> items)
    : clip_(clip), run_(run), spec_(std::move(spec)), items_(std::move(items)) {
  check_name(spec_.name);
  if (!run_.common.dry_run) begin_peak_memory();
  set_thread_count(threads_to_use(run_, spec_));
  expected_memory_bytes_ = static_cast<std::size_t>(
      predicted_memory_bytes(spec_.item_cost, thread_count(), static_cast<double>(resident_memory_bytes())));
  digests_ = digest_inputs(items_, *run_.planned);
  keys_ = item_keys(run_, spec_, items_, digests_);
  load_finished_keys();
  for (std::size_t k = 0; k < items_.size(); ++k) {
    if (run_.shard().takes(k) && (run_.common.force || !is_finished(k))) pending_.push_back(k);
  }
  run_.stages->push_back({spec_.kind + "/" + spec_.name, spec_.item_cost, pending_.size(), thread_count(),
                          static_cast<double>(expected_memory_bytes_)});
  if (run_.common.dry_run) {
    print_dry_run();
    for (const std::size_t k : pending_)
      run_.planned->insert(items_[k].outputs.begin(), items_[k].outputs.end());
    pending_.clear();
    return;
  }
  make_room();
  const auto mode = run_.common.quiet ? ProgressMode::never : run_.common.progress;
  progress_ = std::make_unique<Progress>(spec_.kind + "/" + spec_.name, pending_.size(), mode);
}

StageSession::~StageSession() = default;

bool StageSession::is_finished(std::size_t index) const {
  const auto found = finished_.find(items_[index].name);
  if (found == finished_.end() || found->second != keys_[index]) return false;
  // After a power cut a renamed file can be there without its content.
  const auto is_there = [](const fs::path& path) {
    std::error_code problem;
    return fs::file_size(path, problem) > 0 && !problem;
  };
  const auto& outputs = items_[index].outputs;
  return std::all_of(outputs.begin(), outputs.end(), is_there);
}

/// Folders of this stage (and what it writes beside it) whose files are items.
std::set<fs::path> StageSession::item_folders() const {
  std::set<fs::path> folders;
  for (const Item& item : items_) {
    for (const fs::path& output : item.outputs)
      if (is_item_stem(output.stem().string())) folders.insert(output.parent_path());
  }
  if (spec_.single_file) return folders;
  folders.insert(record_path().parent_path());
  for (const std::string& companion : spec_.companions)
    if (!fs::path(companion).has_extension()) folders.insert(clip_.folder() / companion);
  return folders;
}

/// Nothing old stays beside what is about to be made.
void StageSession::make_room() {
  std::set<fs::path> folders = item_folders();
  folders.insert(record_path().parent_path());
  for (const Item& item : items_)
    for (const fs::path& output : item.outputs) folders.insert(output.parent_path());
  for (const fs::path& folder : folders) remove_abandoned_temporaries(folder);
  if (pending_.empty() && !has_dropped_) return;
  for (const std::size_t k : pending_) remove_stale(k);
  if (has_dropped_) remove_dropped();
  withdraw_record();
}

/// Files of items that the stage no longer has: a reader that lists the folder must not find them.
void StageSession::remove_dropped() const {
  std::set<std::string>
      own;  // stems of items of this run; what other frames' items wrote goes by their names
  std::set<fs::path> outputs;
  for (const Item& item : items_) {
    own.insert(item.name);
    for (const fs::path& output : item.outputs) outputs.insert(fs::path(output).replace_extension());
  }
  const auto is_of_other_frames = [&](const std::string& name) {
    return finished_.count(name) > 0 && own.count(name) == 0;
  };
  std::error_code none;
  for (const fs::path& folder : item_folders()) {
    std::vector<fs::path> dropped;
    for (const auto& entry : fs::directory_iterator(folder, none)) {
      const fs::path& path = entry.path();
      const std::string stem = path.stem().string();
      const auto& extensions = item_extensions();
      const std::string extension = path.extension().string();
      const bool is_item =
          is_item_stem(stem) && !extension.empty() &&
          std::find(extensions.begin(), extensions.end(), extension.substr(1)) != extensions.end();
      if (!is_item || outputs.count(fs::path(path).replace_extension()) > 0) continue;
      if (!is_of_other_frames(stem) && !is_of_other_frames(reversed_pair(stem))) dropped.push_back(path);
    }
    for (const fs::path& path : dropped) fs::remove(path, none);
  }
}

/// Items of an older run with other options must not survive beside new ones when this run is killed half
/// way; nor those in another --format, which readers might find first. What nobody has noted may be another
/// process's, at work on the same item, and is left to be replaced.
void StageSession::remove_stale(std::size_t index) {
  const bool was_noted = finished_.erase(items_[index].name) > 0;
  failures_.erase(items_[index].name);
  std::error_code none;
  for (const auto& output : items_[index].outputs) {
    if (was_noted) fs::remove(output, none);
    if (!is_item_stem(output.stem().string())) continue;
    for (const auto& extension : item_extensions()) {
      const fs::path other = fs::path(output).replace_extension(extension);
      if (other != output) fs::remove(other, none);
    }
  }
}

/// From here on the stage is in work: without a record nobody takes its old items for the new ones. What the
/// record knows moves to the journal, so that an interruption costs only what was pending.
void StageSession::withdraw_record() {
  if (!fs::exists(record_path())) return;
  std::string lines;
  for (const auto& [name, key] : finished_) lines += journal_line(name, key);
  append_to_journal(lines);
  std::error_code none;
  fs::remove(record_path(), none);
}

void StageSession::append_to_journal(const std::string& lines) {
  std::ofstream journal(journal_path(run_.shard().index), std::ios::app);
  if (!journal_begun_) journal << options_mark(run_, spec_) << "\n";
  journal_begun_ = true;
  journal << lines;
  journal.close();
  if (!journal)
    throw Error(journal_path(run_.shard().index).string(),
                std::string("cannot write: ") + std::strerror(errno));
}

/// "key name" or "key name reason-of-failure".
std::string StageSession::journal_line(const std::string& name, const std::string& key) const {
  const auto failure = failures_.find(name);
  if (failure == failures_.end()) return key + " " + name + "\n";
  std::string reason = failure->second;
  std::replace(reason.begin(), reason.end(), '\n', ' ');
  return key + " " + name + " " + reason + "\n";
}

fs::path StageSession::record_path() const {
  return spec_.single_file ? clip_.folder() / spec_.kind / (spec_.name + ".stage.json")
                           : clip_.folder() / spec_.kind / spec_.name / "stage.json";
}

fs::path StageSession::shard_path(int index) const {
  return fs::path(record_path()).replace_extension(fmt::format("{}-{}.json", index, run_.shard().count));
}

fs::path StageSession::journal_path(int index) const {
  return record_path().parent_path() /
         fmt::format(".{}.{}-{}.journal", record_path().stem().string(), index, run_.shard().count);
}

/// Journals first, then the parts of shards, then the record: a shard removes each only after it has written
/// the next, so in this order nothing that another shard has finished is missed.
void StageSession::load_finished_keys() {
  std::map<std::string, std::string> wanted;
  for (std::size_t k = 0; k < items_.size(); ++k) wanted[items_[k].name] = keys_[k];
  // Items outside this run's --frames are of this stage while the options are the same; without --frames the
  // list of items is the whole stage, and what else was there is dropped.
  const bool selects_frames = !run_.common.frames.empty();
  const auto note = [&](const std::string& name, const std::string& key, bool same_options) {
    const auto found = wanted.find(name);
    if (found != wanted.end() && found->second == key)
      finished_[name] = key;
    else if (found != wanted.end() || (same_options && selects_frames))
      finished_.emplace(name, key);
    else
      has_dropped_ = true;
  };
  const auto load_journal = [&](const fs::path& path) {
    std::ifstream journal(path);
    std::string line;
    bool same_options = false;
    while (std::getline(journal, line) && !journal.eof()) {  // a line without an end was cut short
      if (line.compare(0, 8, "options ") == 0) {
        same_options = line == options_mark(run_, spec_);
        continue;
      }
      const auto first = line.find(' ');
      if (first == std::string::npos) continue;
      const auto second = std::min(line.find(' ', first + 1), line.size());
      const std::string name = line.substr(first + 1, second - first - 1);
      note(name, line.substr(0, first), same_options);
      if (second < line.size())
        failures_[name] = line.substr(second + 1);
      else
        failures_.erase(name);
    }
  };
  const auto load_record = [&](const fs::path& path) {
    if (!fs::exists(path)) return;
    const json record = json::parse(read_text(path), nullptr, false);
    if (record.is_discarded() || !record.contains("items") || !record["items"].is_object()) return;
    if (record.contains("program") && record["program"] != run_.program) return;  // imported: not ours
    const bool same_options =
        record.contains("options") && record["options"] == options_json(*run_.table, spec_.part);
    for (const auto& [name, key] : record["items"].items()) {
      if (key.is_string()) note(name, key, same_options);
    }
    if (!record.contains("failed") || !record["failed"].is_object()) return;
    for (const auto& [name, reason] : record["failed"].items()) {
      if (reason.is_string()) failures_.emplace(name, reason);
    }
  };
  for (int index = 1; index <= run_.shard().count; ++index) load_journal(journal_path(index));
  for (int index = 1; index <= run_.shard().count; ++index) load_record(shard_path(index));
  load_record(record_path());
}

void StageSession::done(std::size_t index) {
  {
    const std::lock_guard lock(mutex_);
    finished_[items_[index].name] = keys_[index];
    fs::create_directories(journal_path(1).parent_path());
    append_to_journal(journal_line(items_[index].name, keys_[index]));
  }
  progress_->tick();
  check_interrupted();
}

void StageSession::failed(std::size_t index, const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    failures_[items_[index].name] = reason;
  }
  log_warning(fmt::format("{}/{}/{}: {}", spec_.kind, spec_.name, items_[index].name, reason));
  done(index);
}

void StageSession::set_fact(const std::string& name, const std::string& json_text) {
  const std::lock_guard lock(mutex_);
  spec_.facts[name] = json_text;
}

json StageSession::make_record() const {
  json record;
  record["program"] = run_.program;
  record["version"] = version_text();
  record["stage"] = spec_.kind + "/" + spec_.name;
  record["options"] = options_json(*run_.table, spec_.part);
  if (run_.common.provenance) record["command"] = run_.command_line;
  for (const auto& [name, text] : spec_.facts) record[name] = json::parse(text);
  record["inputs"] = digests_by_folder(clip_.folder(), digests_);
  record["input_files"] = files_by_folder(clip_.folder(), digests_);
  json noted = json::object();
  if (!spec_.single_file) noted = finished_;
  for (const auto& item : items_) noted[item.name] = finished_.at(item.name);
  record["item_count"] = noted.size();
  record["computed_now"] = pending_.size();
  record["items"] = noted;
  json failed = json::object();
  for (const auto& [name, reason] : failures_)
    if (noted.contains(name)) failed[name] = reason;
  record["failed"] = failed;
  record["warnings"] = take_warnings();
  record["wall_s"] = stopwatch_.wall_seconds();
  record["cpu_s"] = stopwatch_.cpu_seconds();
  record["peak_memory_bytes"] = peak_memory_bytes();
  record["expected_memory_bytes"] = expected_memory_bytes_;
  record["threads"] = thread_count();
  return record;
}

/// The stage's own record is written last: it stands for all of them.
void StageSession::write_record() const {
  for (const auto& companion : spec_.companions) {
    const fs::path path = clip_.folder() / companion;
    const bool is_file = path.has_extension();
    write_text(is_file ? path.parent_path() / (path.stem().string() + ".stage.json") : path / "stage.json",
               record_ + "\n");
  }
  write_text(record_path(), record_ + "\n");
}

void StageSession::finish() {
  if (run_.common.dry_run) return;
  const bool stage_is_complete = [&] {
    load_finished_keys();
    for (std::size_t k = 0; k < items_.size(); ++k)
      if (!is_finished(k)) return false;
    return true;
  }();
  const Shard shard = run_.shard();
  if (!stage_is_complete) {
    json part;
    for (std::size_t k = 0; k < items_.size(); ++k) {
      if (shard.takes(k) && is_finished(k)) part["items"][items_[k].name] = keys_[k];
    }
    part["failed"] = failures_;
    record_ = part.dump(1);
    write_text(shard_path(shard.index), record_ + "\n");
  } else if (!pending_.empty() || !fs::exists(record_path())) {
    record_ = make_record().dump(1);
    write_record();
  } else {
    record_ = read_text(record_path());
    // Nothing was out of date; make goes by times, so the record must be younger than what it was checked
    // against.
    std::error_code read_only;
    fs::last_write_time(record_path(), fs::file_time_type::clock::now(), read_only);
  }
  run_.records.push_back(record_);
  std::error_code none;
  fs::remove(journal_path(shard.index), none);
  if (!stage_is_complete) return;
  for (int index = 1; index <= shard.count; ++index) {
    fs::remove(shard_path(index), none);
    fs::remove(journal_path(index), none);
  }
}

void StageSession::print_dry_run() const {
  for (const std::size_t k : pending_) fmt::print("{}/{}/{}\n", spec_.kind, spec_.name, items_[k].name);
  fmt::print("# {}/{}: {} of {} items to compute; about {}\n", spec_.kind, spec_.name, pending_.size(),
             items_.size(), cost_text({run_.stages->back()}, profile_of_this_machine()));
}

void run_items(StageSession& session, const std::function<void(std::size_t)>& compute) {
  const auto& pending = session.pending();
  parallel_for(pending.size(), [&](std::size_t k) {
    check_interrupted();
    compute(pending[k]);
    session.done(pending[k]);
  });
  session.finish();
}

}  // namespace vd
