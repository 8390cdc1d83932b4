// SPDX-License-Identifier: Apache-2.0
#include "stage/dense_output.h"

namespace vd {

void describe(DenseOutput& o, OptionTable& t) {
  t.topic("Result");
  t.choice("--compression", o.encoding.codec,
           {{"none", ExrCodec::none},
            {"rle", ExrCodec::rle},
            {"zips", ExrCodec::zips},
            {"zip", ExrCodec::zip},
            {"piz", ExrCodec::piz},
            {"dwaa", ExrCodec::dwaa}},
           "codec of EXR files")
      .hidden_in_short_help();
  t.flag("--half", o.encoding.half, "16-bit instead of 32-bit floats in EXR files").hidden_in_short_help();
}

const char* dense_extension(const Run& run) { return run.common.format == DenseFormat::npy ? ".npy" : ".exr"; }

}  // namespace vd
