#!/usr/bin/env bats
# vd-train: weights are listed and converted, and what is no good is refused.

load common
setup() {
  in_empty_folder
  weights=$VD_SOURCE/tests/fuzz/weights.py
  corpus=$VD_SOURCE/tests/fuzz/corpus
}

# The numbers of a tensor of 32-bit floats in a safetensors file.
floats_of() {  # FILE NAME
  python3 -c '
import json, struct, sys
data = open(sys.argv[1], "rb").read()
length = struct.unpack("<Q", data[:8])[0]
head = json.loads(data[8:8 + length])
begin, end = head[head["__metadata__"].get(sys.argv[2], sys.argv[2])]["data_offsets"]
print(*("%g" % x for x in struct.unpack("<%df" % ((end - begin) // 4), data[8 + length + begin:8 + length + end])))' "$1" "$2"
}

@test "both containers of PyTorch become the same safetensors file" {
  python3 "$weights" sample new.pth
  python3 "$weights" sample old.pth legacy
  equal "$(vd-train convert new.pth new.safetensors)" new.safetensors
  vd-train convert old.pth old.safetensors --json | jq -e '.file == "old.safetensors" and .tensors == 4 and .aliases == 1'
  cmp new.safetensors old.safetensors
  equal "$(floats_of new.safetensors head.weight)" "0 1 2 3 4 5"
  equal "$(floats_of new.safetensors head.turned)" "0 3 1 4 2 5"
  equal "$(floats_of new.safetensors alias.weight)" "0 1 2 3 4 5"
}

@test "list prints names, types and shapes, --list is the same" {
  python3 "$weights" sample a.pth
  vd-train list a.pth >listed
  grep -qx 'head.weight  float32  \[2, 3\]' listed
  grep -qx 'norm.bias    float16  \[2\]' listed
  grep -qx 'norm.steps   int64    \[\]' listed
  grep -q '^# a.pth: PyTorch ZIP, 5 tensors, 21 numbers' listed
  grep -q '^# AsymmetricCroCo3DStereo .*"img_size": \[512, 512\]' listed
  grep -qx '# epoch 3' listed
  vd-train --list a.pth | cmp - listed
  vd-train convert a.pth a.safetensors
  vd-train list a.safetensors | grep -qx 'head.weight  = alias.weight'
  vd-train list a.safetensors --json | jq -e '.format == "safetensors" and .network == "AsymmetricCroCo3DStereo"
    and (.tensors | length) == 4 and .aliases == {"head.weight": "alias.weight"}
    and ([.tensors[] | select(.name == "head.turned")][0] | .type == "float32" and .shape == [3, 2])'
}

@test "a conversion is repeated to the byte, and nothing is replaced unasked" {
  python3 "$weights" sample a.pth
  vd-train convert a.pth a.safetensors
  vd-train convert a.safetensors b.safetensors
  cmp a.safetensors b.safetensors
  run --separate-stderr vd-train convert a.pth a.safetensors
  equal "$status" 1
  is_one_line_with a.safetensors --force
  vd-train convert a.pth a.safetensors --force
  cmp a.safetensors b.safetensors
}

@test "every hostile file is refused in one line, and none is run" {
  for file in "$corpus"/pth/* "$corpus"/safetensors/*; do
    case ${file##*/} in sample* | good*) continue ;; esac
    for line in "list $file" "convert $file out.safetensors"; do
      run --separate-stderr vd-train $line
      equal "$status" 1 || { echo "for: $line"; return 1; }
      equal "$output" ""
      is_one_line_with "vd-train: " "${file##*/}: " || { echo "for: $line"; return 1; }
    done
  done
  equal "$(find . -name '*safetensors*')" ""
  [ ! -e vd_pwned ]
}

@test "damaged and mistaken files are named with the reason" {
  python3 "$weights" sample a.pth
  head -c 900 a.pth >cut.pth
  run --separate-stderr vd-train list cut.pth
  equal "$status" 1
  is_one_line_with cut.pth truncated
  python3 -c 'data = bytearray(open("a.pth", "rb").read()); at = data.index(bytes([0, 0, 128, 63])); data[at] ^= 1
open("bad.pth", "wb").write(data)'
  run --separate-stderr vd-train convert bad.pth out.safetensors
  equal "$status" 1
  is_one_line_with bad.pth "check sum of 'archive/data/0'"
  echo '<!DOCTYPE html>' >page.pth
  run --separate-stderr vd-train list page.pth
  equal "$status" 1
  is_one_line_with page.pth "web page"
  run --separate-stderr vd-train list .
  equal "$status" 1
  is_one_line_with folder
  run --separate-stderr vd-train list nowhere.pth a.pth
  equal "$status" 1
  is_one_line_with nowhere.pth
  [[ $output == *head.weight* ]]
}

@test "a network that vd cannot read is refused, or left aside" {
  python3 "$weights" sample a.pth
  python3 - <<'END'
import re, zipfile
source = zipfile.ZipFile("a.pth")
with zipfile.ZipFile("b.pth", "w") as target:
    for name in source.namelist():
        target.writestr(name, source.read(name).replace(b"AsymmetricCroCo3DStereo(", b"__import__('os').unlink("))
END
  run --separate-stderr vd-train convert b.pth b.safetensors
  equal "$status" 1
  is_one_line_with b.pth args.model
  [ ! -e b.safetensors ]
  vd-train convert b.pth b.safetensors --no-read-args
  equal "$(floats_of b.safetensors head.weight)" "0 1 2 3 4 5"
}

@test "wrong use of vd-train is exit code 2" {
  python3 "$weights" sample a.pth
  for line in "vd-train convert a.pth" "vd-train convert a.pth out.pth" "vd-train list" "vd-train list a.pth --no-such" "vd-train"; do
    run --separate-stderr $line
    equal "$status" 2 || { echo "for: $line"; return 1; }
    equal "$output" ""
    is_one_line_with "vd-train: " || { echo "for: $line"; return 1; }
  done
}

@test "memory does not grow with the size of the file" {
  python3 "$weights" large large.pth 0.4
  peak_of() {
    python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$@"
  }
  peak=$(peak_of vd-train convert large.pth large.safetensors --threads 2)
  [ "$peak" -lt 120 ] || { echo "convert took $peak MB"; return 1; }
  peak=$(peak_of vd-train list large.safetensors)
  [ "$peak" -lt 60 ] || { echo "list took $peak MB"; return 1; }
  equal "$(vd-train list large.safetensors | grep -c '^layer')" 96
}
