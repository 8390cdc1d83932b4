# SPDX-License-Identifier: Apache-2.0
"""Writes checkpoints as torch.save does, without PyTorch, and hostile ones: the corpus of the fuzzed readers, and what the
tests and the bench of vd-train read.

    weights.py corpus FOLDER            small files, good and hostile, in folders by their kind
    weights.py sample FILE [legacy]     one small checkpoint with a network's description
    weights.py large FILE GIGABYTES     a checkpoint of so many bytes, 4 MB a tensor, with right sums
"""
import io
import json
import os
import pickle
import struct
import sys
import types
import zipfile

MODEL = ("AsymmetricCroCo3DStereo(pos_embed='RoPE100', patch_embed_cls='ManyAR_PatchEmbed', img_size=(512, 512), head_type='dpt', "
         "output_mode='pts3d', depth_mode=('exp', -inf, inf), conf_mode=('exp', 1, inf), enc_embed_dim=1024, enc_depth=24, "
         "enc_num_heads=16, dec_embed_dim=768, dec_depth=12, dec_num_heads=12)")


def module(name, **members):
    made = types.ModuleType(name)
    for key, value in members.items():
        value.__module__, value.__qualname__ = name, key
        setattr(made, key, value)
    sys.modules[name] = made


def stand_in():
    return lambda *arguments: arguments


module("torch", FloatStorage=type("FloatStorage", (), {}), HalfStorage=type("HalfStorage", (), {}),
       LongStorage=type("LongStorage", (), {}))
module("torch._utils", _rebuild_tensor_v2=stand_in(), _rebuild_parameter=stand_in())
module("argparse", Namespace=type("Namespace", (), {}))
TORCH, UTILS, ARGPARSE = sys.modules["torch"], sys.modules["torch._utils"], sys.modules["argparse"]
TYPES = {"f": TORCH.FloatStorage, "e": TORCH.HalfStorage, "q": TORCH.LongStorage}


class Storage:
    def __init__(self, key, letter, count):
        self.id = ("storage", TYPES[letter], key, "cpu", count)


class Tensor:
    def __init__(self, storage, offset, size, stride):
        self.arguments = (storage, offset, size, stride, False, {})

    def __reduce__(self):
        return UTILS._rebuild_tensor_v2, self.arguments


class Pickler(pickle._Pickler):
    legacy = False

    def persistent_id(self, value):
        if isinstance(value, Storage):
            return value.id + (None,) if self.legacy else value.id
        return None

    def save_global(self, value, name=None):
        text = "c%s\n%s\n" % (value.__module__, value.__qualname__)
        self.write(text.encode())
        self.memoize(value)

    dispatch = dict(pickle._Pickler.dispatch)
    dispatch[types.FunctionType] = save_global
    dispatch[type] = save_global


def pickled(value, legacy=False, protocol=2):
    out = io.BytesIO()
    pickler = Pickler(out, protocol)
    pickler.legacy = legacy
    pickler.dump(value)
    return out.getvalue()


def container(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return out.getvalue()


def zipped(value_or_pickle, storages, protocol=2):
    data = value_or_pickle if isinstance(value_or_pickle, bytes) else pickled(value_or_pickle, protocol=protocol)
    return container([("archive/data.pkl", data)] + [("archive/data/" + key, raw) for key, raw in storages] + [("archive/version", "3\n")])


def legacy(value, storages):
    out = b"".join(pickle.dumps(part, 2) for part in (0x1950a86a20f9469cfc6c, 1001, {"protocol_version": 1001, "little_endian": True}))
    out += pickled(value, legacy=True) + pickle.dumps([key for key, _, _ in storages], 2)
    return out + b"".join(struct.pack("<q", count) + raw for _, count, raw in storages)


def sample():
    """A description, tensors that share a storage, a half and an integer."""
    args = ARGPARSE.Namespace()
    args.model = MODEL
    args.epochs = 50
    shared, half, steps = Storage("0", "f", 6), Storage("1", "e", 2), Storage("2", "q", 1)
    model = {"head.weight": Tensor(shared, 0, (2, 3), (3, 1)), "head.turned": Tensor(shared, 0, (3, 2), (1, 3)),
             "alias.weight": Tensor(shared, 0, (2, 3), (3, 1)), "norm.bias": Tensor(half, 0, (2,), (1,)),
             "norm.steps": Tensor(steps, 0, (), ())}
    raw = [struct.pack("<6f", 0, 1, 2, 3, 4, 5), struct.pack("<2e", 1.5, -2), struct.pack("<q", 7)]
    return {"args": args, "model": model, "epoch": 3}, raw


def sample_zip(protocol=2):
    value, raw = sample()
    return zipped(value, list(zip("012", raw)), protocol)


def sample_legacy():
    value, raw = sample()
    return legacy(value, list(zip("012", (6, 2, 1), raw)))


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + data


def hostile_pickles():
    call = b"X\x0e\x00\x00\x00touch vd_pwned\x85R."
    yield "system", b"\x80\x02cos\nsystem\n" + call
    yield "stack_global", b"\x80\x04\x8c\x05posix\x8c\x06system\x93" + call
    yield "inst", b"\x80\x02(X\x01\x00\x00\x00xios\nsystem\n."
    yield "extension", b"\x80\x02\x82\x01."
    yield "doubling", b"\x80\x02K\x01" + b"2\x86" * 60 + b"."
    yield "nested", b"\x80\x02" + b"](" * 3000 + b"e" * 3000 + b"."
    yield "itself", b"\x80\x02]q\x00h\x00a."
    yield "long_text", b"\x80\x02X\xff\xff\xff\xff."
    yield "longer_text", b"\x80\x04\x8d" + struct.pack("<Q", 1 << 62) + b"."
    yield "far_memo", b"\x80\x02Nr\xff\xff\xff\xff."
    yield "underflow", b"\x80\x02a."
    yield "newer", b"\x80\x63N."


def hostile_tensors():
    far = 1 << 62
    for name, offset, size, stride in (("outside", 3, (2,), (1,)), ("negative", 0, (-1,), (1,)), ("wraps", 0, (far, far), (0, 0)),
                                       ("repeats", 0, (1 << 40,), (0,)), ("many_axes", 0, (1,) * 40, (1,) * 40)):
        yield name, {"model": {"a": Tensor(Storage("0", "f", 4), offset, size, stride)}}
    yield "missing_storage", {"model": {"a": Tensor(Storage("../1", "f", 4), 0, (4,), (1,))}}
    yield "long_storage", {"model": {"a": Tensor(Storage("0", "f", far), 0, (4,), (1,))}}


def pickle_files():
    yield "sample.pkl", pickled(sample()[0])
    yield "sample_protocol4.pkl", pickled(sample()[0], protocol=4)
    yield "python2.pkl", (b"\x80\x02ccollections\nOrderedDict\n](](U\x01aK\x01e](U\x01bG" + struct.pack(">d", 0.5) + b"ee\x85R}U\x09_metadata}sb.")
    yield "numpy.pkl", (b"\x80\x02cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nU\x02f8K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xff"
                        b"J\xff\xff\xff\xffK\x00tbC\x08" + struct.pack("<d", 0.5) + b"\x86R.")
    for name, data in hostile_pickles():
        yield name + ".pkl", data


def pth_files():
    four = [("0", struct.pack("<4f", 1, 2, 3, 4))]
    yield "sample.pth", sample_zip()
    yield "sample_protocol4.pth", sample_zip(4)
    yield "sample_legacy.pth", sample_legacy()
    for name, data in hostile_pickles():
        yield name + ".pth", zipped(data, four)
    for name, value in hostile_tensors():
        yield name + ".pth", zipped(value, four)
    value, raw = sample()
    yield "lying_legacy.pth", legacy(value, [("0", 1 << 60, raw[0]), ("1", 2, raw[1]), ("2", 1, raw[2])])
    data = bytearray(sample_zip())
    at = data.index(b"PK\x01\x02")
    yield "deflated.pth", bytes(data[:at + 10]) + b"\x08\x00" + bytes(data[at + 12:])
    yield "large_member.pth", bytes(data[:at + 20]) + b"\xf0\xff\xff\xff\xf0\xff\xff\xff" + bytes(data[at + 28:])
    yield "two_roots.pth", container([("a/data.pkl", pickled({})), ("b/data.pkl", pickled({}))])


def safetensors_files():
    tensor = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    yield "good.safetensors", safetensors({"__metadata__": {"format": "pt", "b": "a"}, "a": tensor,
                                           "c": {"dtype": "BF16", "shape": [2, 1], "data_offsets": [8, 12]}}, b"x" * 12)
    yield "overlap.safetensors", safetensors({"a": tensor, "b": dict(tensor, data_offsets=[4, 12])}, b"x" * 12)
    yield "wraps.safetensors", safetensors({"a": dict(tensor, shape=[1 << 32, 1 << 32])}, b"x" * 8)
    yield "long_header.safetensors", struct.pack("<Q", 1 << 60) + b"{}"
    yield "deep.safetensors", safetensors(b'{"a":' + b"[" * 3000)
    yield "twice.safetensors", safetensors(b'{"a":{"dtype":"I8","shape":[],"data_offsets":[0,1]},"a":{"dtype":"I8","shape":[],'
                                           b'"data_offsets":[1,2]}}', b"xx")


def network_files():
    yield "public.txt", MODEL.encode()
    yield "spaces.txt", b"AsymmetricCroCo3DStereo( pos_embed = \"RoPE100\" , img_size=(5_12,512,), conf_mode=None )"
    yield "call.txt", b"__import__('os').system('touch vd_pwned') or AsymmetricCroCo3DStereo()"
    yield "config.json", b'{"conf_mode": ["exp", 1, Infinity], "depth_mode": ["exp", -Infinity, Infinity], "pos_embed": "RoPE100", "x": {"\\u00e4": []}}'
    yield "card.json", b'{"name": "n", "architecture": "a", "task": "mono", "files": ["f"], "source": "s", "licence": "l", "output": "o", "config": {}}'


def write_large(path, gigabytes):
    """Tensors of 4 MB whose bytes are easily made; the pickle comes last in the file, as the directory names it."""
    count = int(gigabytes * 1e9 / (1 << 22)) + 1
    model = {"layer.%d.weight" % k: Tensor(Storage(str(k), "f", 1 << 20), 0, (1024, 1024), (1024, 1)) for k in range(count)}
    block = bytes(range(256)) * (1 << 14)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", pickled({"model": model}))
        for k in range(count):
            archive.writestr("archive/data/%d" % k, block)


def main():
    what, target = sys.argv[1], sys.argv[2]
    if what == "corpus":
        for kind, files in (("pickle", pickle_files()), ("pth", pth_files()), ("safetensors", safetensors_files()), ("network", network_files())):
            os.makedirs(os.path.join(target, kind), exist_ok=True)
            for name, data in files:
                with open(os.path.join(target, kind, name), "wb") as file:
                    file.write(data)
    elif what == "sample":
        with open(target, "wb") as file:
            file.write(sample_legacy() if sys.argv[3:] == ["legacy"] else sample_zip())
    elif what == "large":
        write_large(target, float(sys.argv[3]))
    else:
        sys.exit(__doc__)


main()
