// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "clip/import.h"
#include "clip/import_stereo.h"
#include "clip/run.h"

namespace vd {

/// Makes a clip of a video file, a folder of images, a folder in the layout of vd's sample clips or of a data
/// set (both with their truth), or of the YUV4MPEG2 stream on standard input ("-"). Does nothing when the
/// clip is there already, made from the same files with the same options; refuses to overwrite another one
/// without --force. Returns the clip's folder: run.common.output, or the source's name without extension in
/// the current folder.
std::filesystem::path import_stage(const std::string& source, const ImportOptions& options, Run& run);

/// The same for a calibrated pair of views (clip/import_stereo.h), into run.common.output.
void import_stereo_stage(const std::string& left, const std::string& right,
                         const StereoImportOptions& options, Run& run);

}  // namespace vd
