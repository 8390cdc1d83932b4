// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <set>

#include "clip/frame_source.h"
#include "core/error.h"
#include "image/orient.h"
#include "io/image.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// The run of digits at position, without leading zeros; position moves behind it.
std::string take_number(const std::string& text, std::size_t& position) {
  std::size_t end = position;
  while (end < text.size() && is_digit(text[end])) ++end;
  std::string digits = text.substr(position, end - position);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  position = end;
  return digits;
}

class ImageList : public FrameSource {
 public:
  ImageList(std::vector<fs::path> files, std::vector<double> times_s)
      : files_(std::move(files)), times_s_(std::move(times_s)) {}

  std::optional<SourceFrame> next() override {
    if (next_ == files_.size()) return {};
    SourceFrame frame;
    frame.index = static_cast<int>(next_);
    frame.time_s = times_s_[next_];
    const fs::path& file = files_[next_++];
    const ImageInfo info = read_image_info(file);
    frame.name = file.filename().string();
    frame.focal_35mm_mm = info.focal_35mm_mm;
    if (info.orientation == 1 && info.bits == 8 && !info.palette && info.channels != 2 &&
        info.channels != 4) {
      frame.file = file;
    } else {
      frame.image = upright(read_rgb(file), info.orientation);
    }
    return frame;
  }
  [[nodiscard]] int announced_frames() const override { return static_cast<int>(files_.size()); }
  [[nodiscard]] std::vector<fs::path> files() const override { return files_; }

 private:
  std::vector<fs::path> files_;
  std::vector<double> times_s_;
  std::size_t next_ = 0;
};

}  // namespace

bool natural_less(const std::string& a, const std::string& b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const std::string x = take_number(a, i);
      const std::string y = take_number(b, j);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i;
      ++j;
    }
  }
  return a.size() - i < b.size() - j || (a.size() - i == b.size() - j && a < b);
}

std::vector<fs::path> list_images(const fs::path& folder) {
  static const std::set<std::string> extensions = {".png", ".jpg", ".jpeg"};
  std::vector<fs::path> files;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    std::string extension = entry.path().extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (extensions.count(extension) > 0 && entry.path().filename().string().front() != '.')
      files.push_back(entry.path());
  }
  if (problem) throw Error(folder.string(), problem.message());
  if (files.empty()) throw Error(folder.string(), "no PNG or JPEG files here");
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
    return natural_less(a.filename().string(), b.filename().string());
  });
  return files;
}

std::unique_ptr<FrameSource> open_image_folder(const fs::path& folder, double fps) {
  std::vector<fs::path> files = list_images(folder);
  std::vector<double> times_s;
  for (std::size_t k = 0; k < files.size(); ++k) times_s.push_back(static_cast<double>(k) / fps);
  return open_image_list(std::move(files), std::move(times_s));
}

std::unique_ptr<FrameSource> open_image_list(std::vector<fs::path> files, std::vector<double> times_s) {
  return std::make_unique<ImageList>(std::move(files), std::move(times_s));
}

}  // namespace vd
