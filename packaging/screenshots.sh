#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the four page pictures of the README and the manual (resources/manual/images) on the sample
# dataset. Needs a build (packaging/run.sh makes one) and, without a display, xvfb.
#   packaging/screenshots.sh [BUILD_FOLDER]
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-"$root/build/release"}
work="$build/screenshots"
images="$root/resources/manual/images"

ninja -C "$build" boxwright boxwright-screenshots
mkdir -p "$work" "$images"
[ -d "$work/sample" ] || "$build/bin/boxwright" -q sample "$work/sample"
if [ ! -f "$work/runs/nano/weights/best.weights" ]; then
  rm -rf "$work/runs"
  echo "Training a small network for about three minutes, for the Train and Detect pages …"
  "$build/bin/boxwright" -q train "$work/sample" --out "$work/runs/nano" --model yolov2-nano --size 224 \
    --minutes 3
fi
program="$build/bin/boxwright-screenshots"
export XDG_CONFIG_HOME="$work/config"  # nobody's settings are read or changed
rm -rf "$XDG_CONFIG_HOME"
if command -v xvfb-run >/dev/null; then
  xvfb-run -a -s "-screen 0 1440x900x24" "$program" "$work/sample" "$work/runs/nano" "$images" 1440x900 dark
else
  QT_QPA_PLATFORM=offscreen "$program" "$work/sample" "$work/runs/nano" "$images" 1440x900 dark
fi
