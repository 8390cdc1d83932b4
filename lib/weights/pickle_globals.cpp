// SPDX-License-Identifier: Apache-2.0
#include "weights/pickle_globals.h"

#include <array>

namespace vd {
namespace {

using M = GlobalMeaning;

// Everything that checkpoints of the published programs mention. A longer list would be a wider door: what is
// not here is refused, called or not.
constexpr std::array all_globals = {
    Global{"collections", "OrderedDict", M::ordered_dict},
    Global{"argparse", "Namespace", M::namespace_object},
    Global{"torch._utils", "_rebuild_tensor", M::rebuild_tensor},
    Global{"torch._utils", "_rebuild_tensor_v2", M::rebuild_tensor_v2},
    Global{"torch._utils", "_rebuild_parameter", M::rebuild_parameter},
    Global{"torch", "FloatStorage", M::storage, StoredType::f32},
    Global{"torch", "DoubleStorage", M::storage, StoredType::f64},
    Global{"torch", "HalfStorage", M::storage, StoredType::f16},
    Global{"torch", "BFloat16Storage", M::storage, StoredType::bf16},
    Global{"torch", "LongStorage", M::storage, StoredType::i64},
    Global{"torch", "IntStorage", M::storage, StoredType::i32},
    Global{"torch", "ShortStorage", M::storage, StoredType::i16},
    Global{"torch", "CharStorage", M::storage, StoredType::i8},
    Global{"torch", "ByteStorage", M::storage, StoredType::u8},
    Global{"torch", "BoolStorage", M::storage, StoredType::boolean},
    Global{"torch.storage", "UntypedStorage", M::untyped_storage},
    Global{"torch.storage", "TypedStorage", M::other_storage},
    Global{"torch", "Size", M::size},
    Global{"torch", "device", M::device},
    Global{"torch", "float32", M::dtype},
    Global{"torch", "float", M::dtype},
    Global{"torch", "float64", M::dtype},
    Global{"torch", "double", M::dtype},
    Global{"torch", "float16", M::dtype},
    Global{"torch", "half", M::dtype},
    Global{"torch", "bfloat16", M::dtype},
    Global{"torch", "uint8", M::dtype},
    Global{"torch", "int8", M::dtype},
    Global{"torch", "int16", M::dtype},
    Global{"torch", "short", M::dtype},
    Global{"torch", "int32", M::dtype},
    Global{"torch", "int", M::dtype},
    Global{"torch", "int64", M::dtype},
    Global{"torch", "long", M::dtype},
    Global{"torch", "bool", M::dtype},
    Global{"torch", "complex64", M::dtype},
    Global{"torch", "complex128", M::dtype},
    Global{"numpy.core.multiarray", "scalar", M::numpy_scalar},
    Global{"numpy._core.multiarray", "scalar", M::numpy_scalar},
    Global{"numpy", "dtype", M::numpy_dtype},
    Global{"_codecs", "encode", M::encode},
    Global{"pathlib", "PosixPath", M::path},
    Global{"pathlib", "PurePosixPath", M::path},
    Global{"pathlib", "WindowsPath", M::path},
    Global{"pathlib", "PureWindowsPath", M::path},
    Global{"builtins", "set", M::set},
    Global{"__builtin__", "set", M::set},
    Global{"builtins", "bytes", M::bytes},
    Global{"__builtin__", "bytes", M::bytes},
};

}  // namespace

std::optional<std::uint32_t> find_global(std::string_view module, std::string_view name) {
  for (std::uint32_t k = 0; k < all_globals.size(); ++k) {
    if (all_globals[k].module == module && all_globals[k].name == name) return k;
  }
  return {};
}

const Global& global_at(std::uint32_t index) { return all_globals[index]; }

}  // namespace vd
