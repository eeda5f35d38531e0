#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# From a fresh clone to the main job: installs what is missing, builds, makes the sample dataset and
# opens the studio on it; without a display the command line does the job.
#   packaging/run.sh [DATASET]
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
work="$root/build/first-run"
dataset=${1:-"$work/sample"}

packaging/install-dependencies.sh
if [ ! -f build/release/build.ninja ]; then
  cmake --preset release >build-configure.log 2>&1 || { cat build-configure.log >&2; exit 1; }
  mv build-configure.log build/release/configure.log
fi
targets=boxwright
if [ -d build/release/app/studio ]; then targets="boxwright boxwright-studio"; fi
if ! ninja -C build/release -n $targets | grep -q 'no work to do'; then
  echo "Building (some minutes the first time) …"
  ninja -C build/release $targets
fi
boxwright="$root/build/release/bin/boxwright"

mkdir -p "$work"
if [ "$#" -eq 0 ] && [ ! -d "$dataset" ]; then
  "$boxwright" sample "$dataset.part"
  mv "$dataset.part" "$dataset"
fi

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ -x build/release/bin/boxwright-studio ]; then
  exec build/release/bin/boxwright-studio "$dataset"
fi

run="$work/run"
pictures="$work/detections"
[ "$#" -eq 0 ] || run="$work/run-$(basename "$dataset")"
echo "No display: the command line does the job on $dataset."
echo
echo "1. Anchor boxes, clustered by k-means with d = 1 - IOU:"
"$boxwright" -q anchors "$dataset" -k 5
echo
if [ -f "$run/weights/best.weights" ] && grep -q '"event":"done"' "$run/metrics.jsonl"; then
  echo "2. $run is trained already (delete it to train again)."
elif [ -f "$run/checkpoints/last.ckpt" ]; then
  echo "2. Going on with the training of $run:"
  "$boxwright" train --resume "$run"
else
  rm -rf "$run"
  echo "2. Training a small network for about two minutes:"
  "$boxwright" train "$dataset" --out "$run" --model yolov2-nano --size 224 --minutes 2
fi
echo
echo "3. Evaluation on pictures that it was not trained on:"
"$boxwright" -q evaluate "$run" "$dataset" --split test
echo
echo "4. Detection:"
found=$(find "$dataset" \( -name '*.jpg' -o -name '*.png' \) | sort | tail -n 12)
IFS='
'
"$boxwright" detect "$run" $found --out "$pictures"
echo
echo "Pictures with boxes: $pictures"
echo "The run (settings, charts' numbers, weights): $run"
