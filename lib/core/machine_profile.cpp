// SPDX-License-Identifier: Apache-2.0
#include "core/machine_profile.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/log.h"
#include "core/machine_rates.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr int profile_format = 1;

double rate_of(const json& rates, const WorkKindInfo& info) {
  if (!rates.contains(info.name)) return info.rate;
  const double rate = rates.at(info.name);
  if (!(rate > 0) || !std::isfinite(rate)) throw Error("rates", "'" + info.name + "' is not positive");
  return rate;
}

}  // namespace

double seconds_for(const Work& work, const MachineProfile& profile) {
  double seconds = 0;
  for (const WorkKindInfo& info : work_kinds()) seconds += work.of(info.kind) / profile.rate(info.kind);
  return seconds;
}

MachineProfile built_in_profile(double factor) {
  MachineProfile profile;
  profile.processor = "another";
  for (const WorkKindInfo& info : work_kinds()) profile.set_rate(info.kind, factor * info.rate);
  return profile;
}

MachineProfile profile_of_this_machine() {
  try {
    const auto saved = read_profile(profile_path());
    if (saved && saved->processor == processor_name()) return *saved;
  } catch (const Error& problem) {
    log_warning(problem.what());
  }
  // Rates of a busy moment, or of a counter that was stopped, must not turn a prediction over.
  const double factor = measure_loop_rate() / info_of(WorkKind::loop).rate;
  return built_in_profile(std::clamp(factor, 0.2, 5.0));
}

std::string where_rates_come_from(const MachineProfile& profile) {
  if (profile.measured_on.empty()) return "built-in rates; vd-bench --save measures this machine";
  return "rates of vd-bench, " + profile.measured_on;
}

fs::path profile_path() {
  const auto folder = [](const char* name) {
    const char* value = std::getenv(name);
    const fs::path path = value == nullptr ? fs::path() : fs::path(value);
    return path.is_absolute() ? path : fs::path();
  };
  const fs::path cache = folder("XDG_CACHE_HOME");
  const fs::path home = folder("HOME");
  if (cache.empty() && home.empty()) return {};
  return (cache.empty() ? home / ".cache" : cache) / "vd" / "machine.json";
}

void write_profile(const fs::path& path, const MachineProfile& profile) {
  json rates = json::object();
  for (const WorkKindInfo& info : work_kinds()) rates[info.name] = profile.rate(info.kind);
  const json object = {{"format", profile_format},
                       {"processor", profile.processor},
                       {"threads", profile.threads},
                       {"measured_on", profile.measured_on},
                       {"rates", rates}};
  write_text(path, object.dump(1) + "\n");
}

std::optional<MachineProfile> read_profile(const fs::path& path) {
  if (path.empty() || !fs::exists(path)) return {};
  try {
    const json object = json::parse(read_text(path, std::size_t{1} << 20));
    if (object.at("format") != profile_format) return {};
    MachineProfile profile;
    profile.processor = object.at("processor");
    profile.threads = object.at("threads");
    profile.measured_on = object.at("measured_on");
    for (const WorkKindInfo& info : work_kinds())
      profile.set_rate(info.kind, rate_of(object.at("rates"), info));
    return profile;
  } catch (const std::exception& problem) {
    throw Error(path.string(), std::string("damaged; vd-bench --save makes it anew: ") + problem.what());
  }
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) return line.substr(colon + 2);
  }
  utsname name{};
  return uname(&name) == 0 ? std::string(name.machine) : std::string("unknown");
}

}  // namespace vd
