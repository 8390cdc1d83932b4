// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/npy.h"

namespace vd {

/// An array [T, ...] of an NPY file, or of an NPZ under a name, read slice by slice along its first
/// dimension, so that memory is that of one slice. Throws Error as the readers of whole files do, and for
/// Fortran order, whose slices lie scattered.
class ArraySlices {
 public:
  explicit ArraySlices(const std::filesystem::path& path, const std::string& name = "");
  ~ArraySlices();
  ArraySlices(ArraySlices&&) noexcept;
  ArraySlices& operator=(ArraySlices&&) noexcept;

  /// Of the whole array.
  [[nodiscard]] const std::vector<std::size_t>& shape() const { return header_.shape; }
  /// The next slice, of shape[1..]; throws Error after the last one.
  [[nodiscard]] NpyArray next();

 private:
  struct Bytes;
  std::string where_;
  std::unique_ptr<Bytes> bytes_;
  NpyHeader header_;
  std::size_t slice_bytes_ = 0;
  std::size_t next_ = 0;
};

}  // namespace vd
