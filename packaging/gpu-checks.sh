#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Proves and times the engine on the card of a machine that has nvcc, CMake and cuDNN 9.8 or newer,
# and may have nothing else that this project needs. CUDNN_ROOT names cuDNN's folder where it is not
# found, such as that of a Python package.
#   packaging/gpu-checks.sh [proof|sanitize|speed]     all without one; OUT names the folder to
#                                                      build in
# With the command line of packaging/bundle.sh, tests/card compares what is learned (seeds.sh,
# resume.sh) and times all from files to boxes (end_to_end.py) and to an mAP50 (time_to_map.py).
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
out=${OUT:-$root/build/card}
what=${1:-all}
case $what in
  proof | sanitize | speed | all) ;;
  *)
    echo "gpu-checks.sh: \"$what\" is no check; choose proof, sanitize or speed, or none for all" >&2
    exit 2
    ;;
esac
for needed in nvcc cmake; do
  command -v "$needed" >/dev/null && continue
  echo "gpu-checks.sh: no $needed on this machine's PATH; install it, or name its folder there" >&2
  exit 1
done

mkdir -p "$out"
out=$(cd "$out" && pwd)
command -v nvidia-smi >/dev/null ||
  echo "gpu-checks.sh: no nvidia-smi here: without NVIDIA's driver nothing of this will run" >&2

# That of the cards; all that the project has where they differ, or are newer than nvcc.
architecture=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | tr -d . | sort -u)
case $architecture in
  *[!0-9]*) architecture= ;;
  *) nvcc --list-gpu-arch | grep -q "compute_$architecture\$" || architecture= ;;
esac
generator=
command -v ninja >/dev/null && generator=-GNinja
log=$out/build.log
configure() {
  # shellcheck disable=SC2086
  cmake -S "$root" -B "$out" $generator -DCMAKE_BUILD_TYPE=Release -DBOXWRIGHT_ENGINE_ONLY=ON \
    -DBOXWRIGHT_CUDA=ON \
    ${architecture:+-DCMAKE_CUDA_ARCHITECTURES=$architecture} >"$log" 2>&1
}
# A Python package's cuDNN is looked at where the machine has no other that is new enough.
if ! configure; then
  if [ -z "${CUDNN_ROOT:-}" ] && command -v python3 >/dev/null; then
    CUDNN_ROOT=$(python3 -c 'import nvidia.cudnn as c; print(list(c.__path__)[0])' 2>/dev/null || true)
    export CUDNN_ROOT
  fi
  rm -f "$out/CMakeCache.txt"
  { [ -n "${CUDNN_ROOT:-}" ] && configure; } || { cat "$log" >&2; exit 1; }
fi
grep -- '^--   CUDA' "$log" || true
cmake --build "$out" -j "$(nproc)" >>"$log" 2>&1 || { tail -n 40 "$log" >&2; exit 1; }

# cuDNN loads others: in Python's packages those lie beside it.
case $(cd "${CUDNN_ROOT:-/}/.." && pwd) in
  */nvidia)
    for folder in "$CUDNN_ROOT"/../*/lib; do
      LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder
    done
    export LD_LIBRARY_PATH
    ;;
esac

# Ways to compute are chosen anew, and kept for what comes after.
XDG_CACHE_HOME=$out/cache
export XDG_CACHE_HOME

status=0
asked() {
  [ "$what" = all ] || [ "$what" = "$1" ]
}
if asked proof; then
  "$out/bin/card_proof" cuda || status=1
fi
if asked speed; then
  if python3 -c 'import torch' 2>/dev/null; then
    python3 "$root/tests/card/beside_pytorch.py" "$out/bin/card_speed" || status=1
  else
    echo "There is no PyTorch here: our own figures alone."
    "$out/bin/card_speed" cuda || status=1
  fi
fi
if asked sanitize; then
  if command -v compute-sanitizer >/dev/null; then
    # Our own kernels; what libraries ask of the driver and are refused is no fault.
    compute-sanitizer --error-exitcode 1 --report-api-errors no --kernel-regex kns=boxwright \
      "$out/bin/card_proof" cuda || status=1
  else
    echo "NOT CHECKED: there is no compute-sanitizer on this machine's PATH"
    [ "$what" = all ] || status=1
  fi
fi
exit $status
