#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Proves and times the engine on the card of a machine that has nvcc, CMake and cuDNN 9, and may have
# nothing else that this project needs. CUDNN_ROOT names cuDNN's folder where it is not found, such
# as that of a Python package.
#   packaging/gpu-checks.sh [proof|speed]     both without one; OUT names the folder to build in
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
out=${OUT:-$root/build/card}
what=${1:-all}

if [ -z "${CUDNN_ROOT:-}" ] && command -v python3 >/dev/null; then
  CUDNN_ROOT=$(python3 -c 'import nvidia.cudnn as c; print(list(c.__path__)[0])' 2>/dev/null || true)
  export CUDNN_ROOT
fi
architecture=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 | tr -d .)
generator=
command -v ninja >/dev/null && generator=-GNinja
# shellcheck disable=SC2086
cmake -S "$root" -B "$out" $generator -DCMAKE_BUILD_TYPE=Release -DBOXWRIGHT_ENGINE_ONLY=ON \
  -DBOXWRIGHT_CUDA=ON ${architecture:+-DCMAKE_CUDA_ARCHITECTURES=$architecture} >"$out.log" 2>&1 ||
  { cat "$out.log" >&2; exit 1; }
grep -- '^--   CUDA' "$out.log" || true
cmake --build "$out" -j "$(nproc)" >>"$out.log" 2>&1 || { tail -n 40 "$out.log" >&2; exit 1; }

status=0
case $what in
  proof | all) "$out/bin/card_proof" cuda || status=1 ;;
esac
case $what in
  speed | all) python3 "$root/tests/card/beside_pytorch.py" "$out/bin/card_speed" ||
    "$out/bin/card_speed" cuda || status=1 ;;
esac
exit $status
