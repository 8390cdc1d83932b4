// SPDX-License-Identifier: Apache-2.0
#include "clip/run.h"

#include <fmt/format.h>

#include <cstdio>

#include "core/error.h"

namespace vd {

Shard parse_shard(const std::string& text) {
  Shard shard;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%d/%d%c", &shard.index, &shard.count, &rest) != 2 || shard.count < 1 ||
      shard.index < 1 || shard.index > shard.count) {
    throw MisuseError("--shard", fmt::format("'{}' is not I/N with 1 <= I <= N", text));
  }
  return shard;
}

void describe(CommonOptions& o, OptionTable& t, const CommonOptionsUse& use) {
  t.topic("What to do");
  if (use.output) t.add("--output,-o", o.output, use.output_help).keeps_result();
  if (use.frames)
    t.add("--frames", o.frames, "frames A:B[:S], B excluded, negative from the end; all when empty")
        .keeps_result();
  if (use.force) t.flag("--force,-f", o.force, "redo what is already there").keeps_result();
  if (use.items) {
    t.flag("--dry-run", o.dry_run, "list what would be done, with its cost, and stop").keeps_result();
    t.add("--shard", o.shard, "compute item k only where k mod N = I-1 [I/N]").keeps_result();
  }
  t.topic("Result");
  if (use.native_size) {
    t.flag("--native", o.native_size, "keep the working size instead of the size of the frames")
        .changes(use.native_size_changes)
        .hidden_in_short_help();
  }
  if (use.seed) {
    t.add("--seed", o.seed, range(0, 2147483647), "seed of every random choice").changes(use.seed_changes);
  }
  if (use.record) {
    t.flag("--provenance", o.provenance, "record the command line; off for sharing, since paths tell tales")
        .hidden_in_short_help()
        .keeps_result();
  }
  t.topic("Running");
  t.add("--threads,-j", o.threads, range(0, 4096), "threads; 0 = the cores this process may use")
      .keeps_result();
  if (use.memory) {
    t.add_size("--memory", o.memory_bytes,
               "use fewer threads to stay below this much memory, such as 4G; 0 = no limit")
        .keeps_result();
  }
  t.choice("--progress", o.progress,
           {{"auto", ProgressMode::automatic},
            {"always", ProgressMode::always},
            {"never", ProgressMode::never},
            {"json", ProgressMode::json}},
           "progress on standard error")
      .keeps_result();
  t.flag("--quiet,-q", o.quiet, "errors only").keeps_result();
  t.flag("--verbose,-v", o.verbose, "say what is done").keeps_result();
  t.flag("--json", o.json, "print the record of the run as one JSON object").keeps_result();
}

}  // namespace vd
