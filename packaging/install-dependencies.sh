#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs with apt what is missing to build and run Boxwright on Debian 12 or 13, after saying what.
#   packaging/install-dependencies.sh [--tests] [--checks] [--benchmarks]
# --tests adds what the tests use, --checks what packaging/test.sh --checks uses, --benchmarks the
# peers that tests/benchmark times itself beside.
set -eu

build="g++ cmake ninja-build pkg-config ccache libopencv-dev libjpeg62-turbo-dev libpng-dev libwebp-dev
       libexif-dev libdnnl-dev ocl-icd-opencl-dev libcli11-dev libfmt-dev nlohmann-json3-dev
       libpugixml-dev libsqlite3-dev libyaml-cpp-dev libonnx-dev libprotobuf-dev libgtest-dev qt6-base-dev qt6-svg-dev
       libgl-dev libqcustomplot-dev"
run="qt6-qpa-plugins qt6-wayland fonts-dejavu-core"
tests="ffmpeg darknet"
benchmarks="libbenchmark-dev python3-torch"
has() { apt-cache show "$1" 2>/dev/null | grep -q "^Package: $1\$"; }
# Debian 13 has it, 12 has not: those tests then say that they were skipped.
if has python3-onnxruntime; then
  tests="$tests python3-onnxruntime"
  benchmarks="$benchmarks libonnxruntime-dev"
fi

wanted="$build $run"
for argument in "$@"; do
  case "$argument" in
    --tests) wanted="$wanted $tests" ;;
    --checks)
      if has clang-14; then
        wanted="$wanted $tests clang-14"
      else
        wanted="$wanted $tests clang"
      fi ;;
    --benchmarks) wanted="$wanted $benchmarks" ;;
    *) echo "usage: packaging/install-dependencies.sh [--tests] [--checks] [--benchmarks]" >&2; exit 2 ;;
  esac
done

missing=""
for package in $wanted; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  case "$state" in
    installed*) ;;  # more than one architecture: the word stands there as often
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1; then
  as_root="sudo env DEBIAN_FRONTEND=noninteractive"  # sudo does not hand the environment on
else
  echo "Boxwright needs these packages; install them as root and start again:" >&2
  echo "  apt-get install --no-install-recommends$missing" >&2
  exit 1
fi

echo "Installing with apt:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $as_root apt-get update && $as_root apt-get install -y --no-install-recommends $missing; } \
    >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "apt could not install the packages above; mend that and start again." >&2
  exit 1
fi
