// SPDX-License-Identifier: Apache-2.0
#include "clip/frame_source.h"
#include "io/y4m.h"

namespace vd {

namespace {

class Y4mSource : public FrameSource {
 public:
  Y4mSource(std::istream& stream, const std::string& name) : reader_(stream, name) {}

  std::optional<SourceFrame> next() override {
    auto image = reader_.next();
    if (!image) return {};
    SourceFrame frame;
    frame.index = index_++;
    frame.time_s = frame.index / reader_.rate();
    frame.image = std::move(*image);
    return frame;
  }
  [[nodiscard]] int announced_frames() const override { return 0; }
  [[nodiscard]] std::vector<std::filesystem::path> files() const override { return {}; }

 private:
  Y4mReader reader_;
  int index_ = 0;
};

}  // namespace

std::unique_ptr<FrameSource> open_y4m(std::istream& stream, const std::string& name) {
  return std::make_unique<Y4mSource>(stream, name);
}

}  // namespace vd
