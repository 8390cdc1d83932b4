// SPDX-License-Identifier: Apache-2.0
#include "clip/video.h"
#include "video/video_source.h"
#include "video/video_writer.h"

extern "C" const void* vd_video_door() {
  static const vd::VideoDoor door = {{VD_VERSION}, vd::open_video_file, vd::make_video_file};
  return static_cast<const vd::PluginDoor*>(&door);
}
