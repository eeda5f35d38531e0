#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the page pictures of the README and the manual (resources/manual/images) on the sample
# dataset. Needs a build (packaging/run.sh makes one) and, without a display, xvfb.
#   packaging/screenshots.sh [BUILD_FOLDER]
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=$(realpath "${1:-"$root/build/release"}")
work="$build/screenshots"
home="$work/home" # the pictures show its folders as ~/…, and nobody's settings are read or changed
images="$root/resources/manual/images"

ninja -C "$build" boxwright boxwright-screenshots
mkdir -p "$home" "$images"
cd "$home" # what runs say of files is shown, too
[ -d "$home/sample" ] || "$build/bin/boxwright" -q sample "$home/sample"
if [ ! -f "$home/runs/yolov2-nano-1/weights/best.weights" ]; then
  rm -rf "$home/runs/yolov2-nano-1"
  echo "Training a small network for about six minutes, for the Train and Detect pages …"
  "$build/bin/boxwright" -q train "$home/sample" --out "$home/runs/yolov2-nano-1" --model yolov2-nano \
    --size 224 --minutes 6
fi
[ -d "$home/world" ] || "$build/bin/boxwright" -q sample --kind taxonomy "$home/world"
if [ ! -f "$home/runs/joint-1/weights/best.weights" ]; then
  rm -rf "$home/runs/joint-1" "$home/kinds"
  echo "Joint training for about seven minutes, for the pages over a class tree …"
  "$build/bin/boxwright" -q train "$home/world/whole" --out "$home/kinds" --model darknet-nano \
    --size 160 --minutes 1.5
  "$build/bin/boxwright" -q train "$home/world/shapes.combined.json" --out "$home/runs/joint-1" \
    --model yolov2-nano --size 160 --minutes 6 --init kinds/weights/best.weights \
    --set whole_background=1
fi
rm -rf "$home/.config"
set -- "$build/bin/boxwright-screenshots" "$home/sample" "$home/runs/yolov2-nano-1" \
  "$home/world/shapes.combined.json" "$home/runs/joint-1" "$images" 1440x900 dark
if command -v xvfb-run >/dev/null; then
  set -- xvfb-run -a -s "-screen 0 1440x900x24" "$@"
else
  export QT_QPA_PLATFORM=offscreen
fi
HOME="$home" XDG_CONFIG_HOME="$home/.config" "$@"
