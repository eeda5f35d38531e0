#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# From a fresh clone to the main job: installs what is missing, builds, makes the sample dataset and
# opens the studio on it; without a display the command line does the job.
#   packaging/run.sh [DATASET]
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work="$root/build/first-run"
dataset=${1:-"$work/sample"}
case "$dataset" in
  /*) ;;
  *) dataset="$PWD/$dataset" ;;  # as it was meant where this was called
esac
cd "$root"

packaging/install-dependencies.sh
if [ ! -f build/release/build.ninja ]; then
  mkdir -p build
  cmake --preset release >build/release-configure.log 2>&1 ||
    { cat build/release-configure.log >&2; exit 1; }
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
  "$boxwright" sample "$dataset"  # takes its name when it is whole
fi

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ -x build/release/bin/boxwright-studio ]; then
  # A display that does not answer (a dead DISPLAY over ssh) must not end it here; the studio's
  # words stay on the terminal and are looked at afterwards.
  rm -f "$work/studio.status"
  { build/release/bin/boxwright-studio "$dataset" || echo $? >"$work/studio.status"; } 2>&1 |
    tee "$work/studio.log" >&2
  [ -f "$work/studio.status" ] || exit 0
  if ! grep -q -e 'could not connect to display' -e 'no Qt platform plugin could be initialized' \
      "$work/studio.log"; then
    exit "$(cat "$work/studio.status")"
  fi
  echo "The display ${DISPLAY:-}${WAYLAND_DISPLAY:+ $WAYLAND_DISPLAY} does not answer."
fi

run="$work/run"
pictures="$work/detections"
# One run a dataset, also where two have the same name.
[ "$#" -eq 0 ] || run="$work/run-$(basename "$dataset")-$(printf %s "$dataset" | cksum | cut -d' ' -f1)"
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
split=test
grep -q '"test"' "$run/split.json" || split=val
"$boxwright" -q evaluate "$run" "$dataset" --split "$split"
echo
echo "4. Detection:"
folder=$dataset
[ -d "$folder" ] || folder=$(dirname "$folder")
found=$(find "$folder" -type f \( -iname '*.jpg' -o -iname '*.jpeg' -o -iname '*.png' -o -iname '*.bmp' \
          -o -iname '*.webp' \) | sort | tail -n 12)
[ -n "$found" ] || { echo "No pictures below $folder." >&2; exit 1; }
set -f  # names are names, whatever signs are in them
IFS='
'
"$boxwright" detect "$run" $found --out "$pictures"
echo
echo "Pictures with boxes: $pictures"
echo "The run (settings, charts' numbers, weights): $run"
