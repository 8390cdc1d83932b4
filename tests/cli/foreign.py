# SPDX-License-Identifier: Apache-2.0
"""Writes files as programs with NumPy do, without NumPy: foreign.py WHAT CLIP_WITH_ARRAYS TARGET."""
import os
import struct
import sys
import zipfile


def npy(shape, values, code="<f4", letter="f"):
    head = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }" % (code, "".join("%d, " % n for n in shape))
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    body = struct.pack("<%d%s" % (len(values), letter), *values)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + body


def read_npy(path):
    data = open(path, "rb").read()
    length = struct.unpack("<H", data[8:10])[0]
    head = eval(data[10:10 + length])
    assert head["descr"] == "<f4" and not head["fortran_order"]
    body = data[10 + length:]
    return head["shape"], list(struct.unpack("<%df" % (len(body) // 4), body))


def frames_of(folder):
    return [read_npy(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith(".npy")]


def write(path, data):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    open(path, "wb").write(data)


def npz(path, arrays):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in arrays.items():
            archive.writestr(name + ".npy", data)


def poses_of(path):
    return [[float(x) for x in line.split()] for line in open(path) if not line.startswith("#")]


def matrix_of(pose):
    _, x, y, z, qx, qy, qz, qw = pose
    return [1 - 2 * (qy * qy + qz * qz), 2 * (qx * qy - qz * qw), 2 * (qx * qz + qy * qw), x,
            2 * (qx * qy + qz * qw), 1 - 2 * (qx * qx + qz * qz), 2 * (qy * qz - qx * qw), y,
            2 * (qx * qz - qy * qw), 2 * (qy * qz + qx * qw), 1 - 2 * (qx * qx + qy * qy), z, 0, 0, 0, 1]


def shape_and_values(frames):
    (height, width), _ = frames[0]
    return (len(frames), height, width), [v for _, values in frames for v in values]


what, source, target = sys.argv[1:4]
if what == "stack":  # [T, H, W]
    write(target, npy(*shape_and_values(frames_of(source))))
elif what == "depthcrafter":
    shape, values = shape_and_values(frames_of(source))
    npz(target, {"depth": npy(shape, [1 / v if v > 0 else 0 for v in values])})
elif what == "vda":
    shape, values = shape_and_values(frames_of(source))
    npz(target, {"depths": npy(shape, [1 / v if v > 0 else 0 for v in values])})
elif what == "megasam":
    shape, values = shape_and_values(frames_of(os.path.join(source, "depth", "gtcopy")))
    poses = poses_of(os.path.join(source, "gt", "traj.txt"))
    camera = [float(x) for x in open(os.path.join(source, "gt", "intrinsics.txt")).readlines()[1].split()[1:]]
    npz(target, {
        "images": npy(shape + (3,), [0] * (shape[0] * shape[1] * shape[2] * 3), "|u1", "B"),
        "depths": npy(shape, values),
        "intrinsic": npy((3, 3), [camera[0], 0, camera[2], 0, camera[1], camera[3], 0, 0, 1]),
        "cam_c2w": npy((len(poses), 4, 4), [v for pose in poses for v in matrix_of(pose)])})
elif what == "monst3r":
    frames = frames_of(os.path.join(source, "depth", "gtcopy"))
    (height, width), _ = frames[0]
    poses = poses_of(os.path.join(source, "gt", "traj.txt"))
    camera = [float(x) for x in open(os.path.join(source, "gt", "intrinsics.txt")).readlines()[1].split()[1:]]
    with_text = {"pred_traj.txt": "", "pred_intrinsics.txt": ""}
    for k, (shape, values) in enumerate(frames):
        write("%s/frame_%04d.npy" % (target, k), npy(shape, values))
        # The logarithm of confidence e; cleaned away in the first pixel.
        write("%s/conf_%d.npy" % (target, k), npy(shape, [float("-inf")] + [1.0] * (len(values) - 1)))
        x, y, z, qx, qy, qz, qw = poses[k][1:]
        with_text["pred_traj.txt"] += "%r %r %r %r %r %r %r %r\n" % (float(k), x, y, z, qw, qx, qy, qz)
        with_text["pred_intrinsics.txt"] += "%.6f 0 %.6f 0 %.6f %.6f 0 0 1\n" % (camera[0], width / 2, camera[1], height / 2)
    for name, text in with_text.items():
        write(os.path.join(target, name), text.encode())
elif what == "vipe":
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(os.listdir(source)):
            if name.endswith(".exr"):
                archive.write(os.path.join(source, name), "%05d.exr" % int(name[:6]))
elif what == "tracks":  # as Uni4D keeps them, of the first 10 true tracks
    with zipfile.ZipFile(os.path.join(source, "gt", "tracks.npz")) as archive:
        data = archive.read("xy.npy")
    length = struct.unpack("<H", data[8:10])[0]
    frames, points, _ = eval(data[10:10 + length])["shape"]
    values = struct.unpack("<%df" % (frames * points * 2), data[10 + length:])
    kept = [values[(t * points + n) * 2 + c] for t in range(frames) for n in range(10) for c in range(2)]
    npz(target, {"all_tracks": npy((frames, 10, 2), kept),
                 "all_visibilities": npy((frames, 10, 1), [1] * frames * 10, "|b1", "B"),
                 "all_confidences": npy((frames, 10, 1), [0.5] * frames * 10),
                 "init_frames": npy((10,), [0.0] * 10)})
elif what == "pointmap":  # pts_a conf_a pts_b conf_b from pairs of plain arrays: a copy through other code
    with zipfile.ZipFile(source) as archive:
        arrays = {name[:-4]: archive.read(name) for name in archive.namelist()}
    npz(target, arrays)
else:
    sys.exit("what is " + what + "?")
