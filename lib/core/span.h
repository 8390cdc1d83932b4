// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace vd {

/// A view of consecutive values owned by somebody else (std::span arrives only in C++20).
template <typename T>
class Span {
 public:
  Span() = default;
  Span(T* data, std::size_t size) : data_(data), size_(size) {}
  template <typename U, typename = std::enable_if_t<std::is_same_v<const U, T>>>
  Span(const std::vector<U>& values)
      : data_(values.data()), size_(values.size()) {}  // NOLINT: implicit by design
  template <typename U, typename = std::enable_if_t<std::is_same_v<U, T> || std::is_same_v<const U, T>>>
  Span(std::vector<U>& values) : data_(values.data()), size_(values.size()) {}  // NOLINT: implicit by design

  [[nodiscard]] T* begin() const { return data_; }
  [[nodiscard]] T* end() const { return data_ + size_; }
  [[nodiscard]] T* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] T& operator[](std::size_t i) const { return data_[i]; }
  [[nodiscard]] Span subspan(std::size_t first, std::size_t count) const { return {data_ + first, count}; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace vd
