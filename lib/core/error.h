// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace vd {

/// The one error type: thrown once, where both the place (a file, an option, a frame) and the reason are
/// known; caught once, in run_program, which prints "program: where: what" on one line and exits with 1.
class Error : public std::runtime_error {
 public:
  /// where  file or object that is at fault, e.g. "clip/depth/align/000003.exr"; may be empty
  /// what   the reason in a few words, and the next step when there is one; no line breaks
  Error(const std::string& where, const std::string& what)
      : std::runtime_error(where.empty() ? what : where + ": " + what) {}
};

/// Wrong use of a program (unknown option, contradicting inputs): exit code 2 instead of 1.
class MisuseError : public Error {
 public:
  using Error::Error;
};

}  // namespace vd
