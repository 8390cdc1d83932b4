// SPDX-License-Identifier: Apache-2.0
#include "clip/known.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "core/error.h"

namespace vd {

namespace {

std::vector<double> parse_sigmas(const std::string& option, const std::string& text, std::size_t most) {
  std::vector<double> sigmas;
  std::istringstream parts(text);
  std::string part;
  while (std::getline(parts, part, ',')) {
    char* end = nullptr;
    const double sigma = std::strtod(part.c_str(), &end);
    if (part.empty() || *end != '\0' || !(sigma > 0) || !(sigma < 1e9)) {
      throw MisuseError(option, fmt::format("'{}' is no positive sigma", part));
    }
    sigmas.push_back(sigma);
  }
  if (sigmas.empty() || sigmas.size() > most) {
    throw MisuseError(option,
                      fmt::format("a prior has a sigma: FILE:prior=SIGMA{}", most > 1 ? "[,SIGMA]" : ""));
  }
  return sigmas;
}

}  // namespace

Known parse_known(const std::string& option, const std::string& value, std::size_t sigma_count) {
  const std::size_t colon = value.rfind(':');
  if (colon == std::string::npos || std::filesystem::exists(value)) return {value, {}};
  const std::string text = value.substr(0, colon);
  const std::string mode = value.substr(colon + 1);
  if (mode == "fixed") return {text, {KnownMode::fixed, {}}};
  if (mode == "init") return {text, {KnownMode::init, {}}};
  if (mode == "prior" || mode.rfind("prior=", 0) == 0) {
    const std::string sigmas = mode == "prior" ? "" : mode.substr(6);
    return {text, {KnownMode::prior, parse_sigmas(option, sigmas, sigma_count)}};
  }
  return {value, {}};
}

std::string known_mode_word(KnownMode mode) {
  return mode == KnownMode::fixed ? "fixed" : mode == KnownMode::prior ? "prior" : "init";
}

}  // namespace vd
