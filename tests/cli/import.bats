#!/usr/bin/env bats
# vd-clip import: what goes in comes out, and nothing else.

load common
setup() { in_empty_folder; }

@test "a video gives every frame with its time stamp" {
  make_video v.mp4 7
  equal "$(vd-clip import v.mp4)" v
  equal "$(jq -c '[.frames, .width, .height, .complete]' v/clip.json)" '[7,64,48,true]'
  equal "$(count_files v/rgb '*.png')" 7
  jq -e '[.times_s[]] as $t | all(range(7); ($t[.] - . / 10 | fabs) < 1e-6)' v/clip.json
}

@test "time stamps of a variable frame rate are kept" {
  ffmpeg -v error -f lavfi -i "testsrc2=size=64x48:rate=10:duration=1,select='not(eq(n,3))*not(eq(n,4))'" -vsync vfr \
    -c:v mpeg4 v.mp4
  vd-clip import v.mp4
  want='[0,0.1,0.2,0.5,0.6,0.7,0.8,0.9]'
  jq -e --argjson want "$want" '[.times_s, $want] | transpose | all(.[]; (.[0] - .[1] | fabs) < 1e-6)' v/clip.json
}

@test "a rotated video stands upright" {
  make_video flat.mp4 2
  ffmpeg -v error -display_rotation:v:0 90 -i flat.mp4 -c copy turned.mp4 2>/dev/null ||
    ffmpeg -v error -y -i flat.mp4 -metadata:s:v rotate=90 -c copy turned.mp4
  vd-clip import turned.mp4
  equal "$(jq -c '[.frames, .width, .height]' turned/clip.json)" '[2,48,64]'
}

@test "images come in natural order and keep their bytes" {
  make_images in 12 jpg
  vd-clip import in -o c --image-fps 5
  equal "$(count_files c/rgb '*')" 12
  for k in $(seq 12); do
    cmp "in/f$k.jpg" "c/rgb/$(printf %06d $((k - 1))).jpg"
  done
  equal "$(jq -c '[.times_s[1], .times_s[11]]' c/clip.json)" '[0.2,2.2]'
}

@test "a sample's frames come at the rate that its clip.json states" {
  mkdir s
  make_images s/rgb 3 jpg
  echo '{"kind": "real", "fps": 10}' >s/clip.json
  vd-clip import s -o c
  equal "$(jq -c '.times_s' c/clip.json)" '[0,0.1,0.2]'
  vd-clip import s -o d --image-fps 5
  equal "$(jq -c '.times_s' d/clip.json)" '[0,0.2,0.4]'
}

@test "a grey JPEG is a frame like any other" {
  mkdir in
  cp "$BATS_TEST_DIRNAME/data/grey.jpg" in/
  vd-clip import in -o c
  cmp in/grey.jpg c/rgb/000000.jpg
  equal "$(jq -c '[.frames, .width, .height]' c/clip.json)" '[1,48,32]'
  vd-flow c --dry-run 2>/dev/null || true
  cp in/grey.jpg in/grey2.jpg
  vd-clip import in -o two
  vd-flow two
  equal "$(count_files two/flow/dis '*.exr')" 2
}

@test "a photograph with an orientation tag stands upright" {
  make_images in 1 jpg
  # A minimal APP1 segment: little-endian TIFF with the one tag Orientation = 6, a quarter turn clockwise.
  { head -c 2 in/f1.jpg
    printf '\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0'
    tail -c +3 in/f1.jpg; } >turned.jpg
  mv turned.jpg in/f1.jpg
  vd-clip import in -o c
  equal "$(jq -c '[.width, .height]' c/clip.json)" '[48,64]'
  equal "$(count_files c/rgb '*.png')" 1
}

@test "a photograph's 35-mm equivalent becomes a prior of the focal length" {
  make_images in 2 jpg
  # TIFF with a directory that points to another with the one tag FocalLengthIn35mmFilm = 36.
  for k in 1 2; do
    { head -c 2 in/f$k.jpg
      printf '\xff\xe1\x00\x34Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0'
      printf '\x01\0\x05\xa4\x03\0\x01\0\0\0\x24\0\0\0\0\0\0\0'
      tail -c +3 in/f$k.jpg; } >tagged
    mv tagged in/f$k.jpg
  done
  vd-clip import in -o c
  cmp in/f1.jpg c/rgb/000000.jpg
  # 36 mm times the diagonal of 64x48 (80 px) over that of 36x24 mm.
  jq -e '.focal_prior | .from == "EXIF" and .relative_sigma == 0.1 and (.focal_px - 66.5641 | fabs) < 1e-3' c/clip.json
  vd-clip import in -o half --max-side 32
  jq -e '.focal_prior.focal_px - 33.28205 | fabs < 1e-3' half/clip.json
}

@test "a y4m stream on standard input is a clip with its times" {
  make_video v.mp4 7
  equal "$(ffmpeg -v error -i v.mp4 -f yuv4mpegpipe - | vd-clip import - -o c)" c
  equal "$(jq -c '[.frames, .width, .height]' c/clip.json)" '[7,64,48]'
  jq -e '[.times_s[]] as $t | all(range(7); ($t[.] - . / 10 | fabs) < 1e-9)' c/clip.json
  # Of smooth pictures the colours are the decoder's own; at edges, ways to enlarge chroma differ.
  ffmpeg -v error -f lavfi -i testsrc2=size=64x48,boxblur=8 -frames:v 2 -pix_fmt yuv420p smooth.y4m
  ffmpeg -v error -i smooth.y4m smooth%d.png
  vd-clip import - -o smooth <smooth.y4m
  ffmpeg -v error -i smooth2.png -i smooth/rgb/000001.png -lavfi psnr=stats_file=psnr.txt -f null -
  awk '{ sub(/.*psnr_avg:/, ""); exit !($1 == "inf" || $1 > 38) }' psnr.txt
  run --separate-stderr vd-clip import - -o c </dev/null
  equal "$status" 1
  is_one_line_with "empty stream"
  run --separate-stderr vd-clip import - </dev/null
  equal "$status" 2
  is_one_line_with --output
}

@test "frames are selected from a stream whose length nobody knows" {
  make_video v.mp4 9
  ffmpeg -v error -i v.mp4 -f yuv4mpegpipe v.y4m
  vd-clip import - -o all <v.y4m
  for range in 2:7:2 3 :4 5: ::4; do
    vd-clip import - -o c --force --frames "$range" <v.y4m
    vd-clip import v.mp4 -o same --force --frames "$range"
    equal "$(jq -c '[.frames, (.times_s | map(. * 1e6 | round))]' c/clip.json)" \
      "$(jq -c '[.frames, (.times_s | map(. * 1e6 | round))]' same/clip.json)"
  done
  vd-clip import - -o c --force --frames 2:7:2 <v.y4m
  equal "$(jq .frames c/clip.json)" 3
  cmp c/rgb/000001.png all/rgb/000004.png
  # What comes after the end is not read: a damaged rest does no harm.
  head -c 15000 v.y4m >cut.y4m  # 3 frames of 4614 bytes and a part
  vd-clip import - -o c --force --frames :2 <cut.y4m
  run --separate-stderr vd-clip import - -o bad --frames 20: <v.y4m
  equal "$status" 2
  is_one_line_with --frames "none of the 9 frames"
  run --separate-stderr vd-clip import - -o bad --frames -3: <v.y4m
  equal "$status" 2
  is_one_line_with --frames "counts from the end"
}

@test "a y4m stream that ends within a frame is an error that counts the frames before" {
  make_video v.mp4 5
  ffmpeg -v error -i v.mp4 -f yuv4mpegpipe whole.y4m
  head -c 15000 whole.y4m >cut.y4m  # 3 frames of 4614 bytes and a part
  run --separate-stderr vd-clip import - -o c <cut.y4m
  equal "$status" 1
  is_one_line_with "vd-clip: standard input: truncated" "3 complete frames"
  [ ! -e c/clip.json ]
  vd-clip import - -o c <whole.y4m
  equal "$(jq .frames c/clip.json)" 5
}

@test "a sequence of TUM RGB-D brings its truth" {
  make_images in 2 png
  mkdir -p seq/rgb seq/depth
  cp in/f1.png seq/rgb/1.0.png && cp in/f2.png seq/rgb/1.1.png
  ffmpeg -v error -i in/f1.png -vf format=gray16be seq/depth/d.png
  printf '1.0 rgb/1.0.png\n1.1 rgb/1.1.png\n' >seq/rgb.txt
  printf '1.01 depth/d.png\n' >seq/depth.txt
  printf '1.0 0 0 0 0 0 0 1\n1.1 0 0 1 0 0 0 1\n' >seq/groundtruth.txt
  vd-clip import seq -o c
  equal "$(jq -c '[.frames, .gt_unit, (.times_s | map(. * 10))]' c/clip.json)" '[2,"m",[10,11]]'
  equal "$(jq -r .data_set c/import.stage.json)" tum
  [ -e c/gt/depth/000000.exr ] && [ ! -e c/gt/depth/000001.exr ]
  equal "$(awk '!/^#/ { print $1 ":" $4 }' c/gt/traj.txt | xargs)" '1:0 1.1:1'
  run --separate-stderr vd-clip import seq -o d --dataset kitti
  equal "$status" 1
  is_one_line_with image_2
  run --separate-stderr vd-clip import seq -o d --dataset kitty
  equal "$status" 2
  is_one_line_with --dataset 7scenes
}

@test "--frames selects, --fps thins out" {
  make_images in 12 png
  vd-clip import in -o part --frames 2:10:3
  equal "$(jq -c .source_frames part/import.stage.json)" '[2,5,8]'
  cmp in/f3.png part/rgb/000000.png
  vd-clip import in -o last --frames -2:
  equal "$(jq -c .source_frames last/import.stage.json)" '[10,11]'
  vd-clip import in -o thin --image-fps 12 --fps 4
  equal "$(jq -c .source_frames thin/import.stage.json)" '[0,3,6,9]'
}

@test "--max-side reduces the frames and the known camera with them" {
  make_images in 2 png 128x96
  vd-clip import in -o c --max-side 64 --intrinsics 100,110,63.5,47.5
  equal "$(jq -c '[.width, .height]' c/clip.json)" '[64,48]'
  # The centre of the image stays its centre: (128-1)/2 becomes (64-1)/2.
  awk '$1 == "*" { exit !($2 == 50 && $3 == 55 && $4 == 31.5 && $5 == 23.5 && $6 == 64 && $7 == 48) }' c/known/intrinsics.txt
}

@test "a file of intrinsics goes by the frames of the source" {
  make_images in 4 png
  printf '# frame fx fy cx cy width height\n' >k.txt
  for k in 0 1 2 3; do echo "$k $((60 + k)) 60 31.5 23.5 64 48"; done >>k.txt
  vd-clip import in -o c --frames 1:4:2 --intrinsics k.txt
  equal "$(awk '$1 ~ /^[0-9]/ { print $1 ":" $2 }' c/known/intrinsics.txt | xargs)" '0:61 1:63'
  sed -i 's/^1 61/1 99/' k.txt
  run --separate-stderr vd-clip import in -o c --frames 1:4:2 --intrinsics k.txt
  equal "$status" 1
}

@test "a lens is undone, and kept in clip.json; COLMAP's poses go by file name" {
  make_images in 2 png
  mkdir sparse
  printf '1 OPENCV 64 48 60 60 32 24 -0.1 0.01 0 0\n' >sparse/cameras.txt
  printf '1 1 0 0 0 0 0 -2 1 f2.png\n\n2 1 0 0 0 0 0 -1 1 f1.png\n\n' >sparse/images.txt
  vd-clip import in -o c --intrinsics sparse:prior=0.01 --poses sparse:prior=0.1,2
  jq -e '.distortion[0] | .model == "opencv" and .coefficients[0] == -0.1 and .undone and .camera[2] == 31.5' c/clip.json
  jq -e '.known_as.intrinsics.as == "prior" and .known_as.poses.sigmas == [0.1, 2] and .known_unit == "relative"' c/clip.json
  equal "$(awk '!/^#/ { print $4 }' c/known/traj.txt | xargs)" '1 2'
  # Barrel distortion undone without inventing pixels: the focal length grows with the cut.
  awk '$1 == "*" { exit !($2 < 60 && $2 > 50 && $4 == 31.5) }' c/known/intrinsics.txt
  ! cmp -s in/f1.png c/rgb/000000.png
  vd-clip import in -o plain --intrinsics sparse --undistort never
  cmp in/f1.png plain/rgb/000000.png
  run --separate-stderr vd-clip import in -o d --poses sparse:prior
  equal "$status" 2
  is_one_line_with --poses SIGMA
  sed -i s/f2.png/g2.png/ sparse/images.txt
  run --separate-stderr vd-clip import in -o d --poses sparse
  equal "$status" 1
  is_one_line_with "sparse/images.txt: no pose for 1 of 2 frames (matched by name)" f2.png
  head -c 30 sparse/cameras.txt >cut.txt
  run --separate-stderr vd-clip import in -o d --intrinsics cut.txt
  equal "$status" 1
  is_one_line_with "cut.txt:1" OPENCV
}

@test "cuts between shots are found, and --cuts says otherwise" {
  for k in 1 2 3; do
    vd-clip synth "$(echo room street corridor | cut -d' ' -f$k)" -o s$k --length 5 --width 160 --height 90 --seed $k
  done
  mkdir in
  for k in 1 2 3; do for f in 0 1 2 3 4; do cp s$k/rgb/00000$f.png in/$k$f.png; done; done
  vd-clip import in -o c
  equal "$(jq -c .cuts c/clip.json)" '[5,10]'
  vd-clip import s1/rgb -o one
  equal "$(jq -c .cuts one/clip.json)" '[]'
  vd-clip import in -o none --cuts none
  equal "$(jq -c .cuts none/clip.json)" '[]'
  vd-clip import in -o said --cuts 3,7
  equal "$(jq -c .cuts said/clip.json)" '[3,7]'
  for wrong in 3,2 0 15 x 3,,4; do
    run --separate-stderr vd-clip import in -o d --cuts $wrong
    equal "$status" 2
    is_one_line_with --cuts
  done
  # No program pairs frames across a cut.
  vd-pairs c --graph swin-2-noncyclic
  awk '!/^#/ { a = int($1 / 5); b = int($2 / 5); if (a != b) exit 1; n++ } END { exit n != 42 }' c/pairs/swin.txt
  rm -r c/pairs
  vd-flow c --preset ultrafast
  equal "$(count_files c/flow/dis '*.exr')" 24
  [ ! -e c/flow/dis/000004_000005.exr ]
}

@test "a second import does nothing, another one is refused, --force replaces" {
  make_images in 3 jpg
  make_images other 2 png
  vd-clip import in -o c
  touch -d '2000-01-01' c/clip.json
  equal "$(vd-clip import in -o c)" c
  equal "$(date -r c/clip.json +%Y)" 2000
  run --separate-stderr vd-clip import other -o c
  equal "$status" 1
  is_one_line_with "vd-clip: c: is there already" --force
  vd-clip import other -o c --force
  equal "$(count_files c/rgb '*')" 2
  equal "$(jq .frames c/clip.json)" 2
}

@test "a folder that is no clip is not overwritten" {
  make_images in 2 png
  mkdir c
  echo mine >c/notes.txt
  run --separate-stderr vd-clip import in -o c
  equal "$status" 1
  is_one_line_with "c: is there already"
  equal "$(cat c/notes.txt)" mine
}

@test "a truncated image fails with one line that names it" {
  make_images in 3 png 256x192
  head -c 3000 in/f2.png >cut
  mv cut in/f2.png
  run --separate-stderr vd-clip import in -o c
  if [ "$status" -eq 0 ]; then  # its bytes were kept: whoever decodes it must say so
    run --separate-stderr vd-flow c
    is_one_line_with "rgb/000001.png"
  else
    is_one_line_with "in/f2.png"
  fi
  equal "$status" 1
}

@test "what is no image, no video, or not there fails with one line" {
  mkdir in empty
  echo "no picture" >in/a.png
  echo "no video" >b.mp4
  for source in in empty b.mp4 nowhere; do
    run --separate-stderr vd-clip import "$source" -o c
    equal "$status" 1
    is_one_line_with "vd-clip: $source"
    [ ! -e c/clip.json ]
  done
}

@test "images of different sizes are refused" {
  make_images in 1 png 64x48
  make_images other 1 png 32x48
  cp other/f1.png in/f2.png
  run --separate-stderr vd-clip import in -o c
  equal "$status" 1
  is_one_line_with "32x48" "64x48"
}

@test "names with spaces and other letters are names" {
  make_images "süß und rund" 2 png
  equal "$(vd-clip import "süß und rund" -o "ein clip" | vd-pairs | vd-flow)" "ein clip"
  equal "$(count_files "ein clip/flow/dis" '*.exr')" 2
}

@test "--no-provenance keeps paths to itself" {
  make_images secret/in 2 png
  vd-clip import secret/in -o c --no-provenance
  vd-flow c --no-provenance
  run grep -r secret c
  equal "$status" 1
  run grep -l '"command"' c/flow/dis/stage.json c/import.stage.json
  equal "$status" 1
}

@test "a stereo pair brings metres" {
  make_images in 2 png
  cat >calib.txt <<'END'
cam0=[80 0 31.5; 0 80 23.5; 0 0 1]
cam1=[80 0 31.5; 0 80 23.5; 0 0 1]
doffs=0
baseline=250
width=64
height=48
END
  vd-clip import-stereo in/f1.png in/f2.png --calib calib.txt -o pair
  equal "$(jq -c '[.frames, .known_unit]' pair/clip.json)" '[2,"m"]'
  equal "$(awk '!/^#/ { print $2 }' pair/known/traj.txt | xargs)" '0 0.25'
  run --separate-stderr vd-clip import-stereo in/f1.png in/f1.png --calib calib.txt -o pair
  equal "$status" 1
  is_one_line_with "pair: is there already"
}

@test "a source that fails does not stop the others" {
  make_images in 2 png 64x48
  make_images other 2 png 64x48
  mkdir here && cd here
  run --separate-stderr vd-clip import ../in ../nowhere ../other
  equal "$status" 1
  equal "${lines[*]}" "in other"
}

@test "an import killed before its record is taken up again" {
  make_images in 3 png 64x48
  vd-clip import in -o c
  cp -r c whole
  echo key >c/.import.unfinished
  rm c/import.stage.json c/rgb/000002.png
  vd-clip import in -o c
  equal "$(results_digest c)" "$(results_digest whole)"
}
