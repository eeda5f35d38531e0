#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line as a folder that runs where nothing is installed but a C library at least as new
# as this machine's and, for cards, NVIDIA's driver. Without the studio, videos, streams and cameras.
# Prints every library that goes with it and its licence, and fails where one is not known to go
# with NVIDIA's: our own licence permits that, that of others' GPL code does not.
#   packaging/bundle.sh [FOLDER]     FOLDER (default build/boxwright) is made anew; BUILD names the
#                                    folder to build in, CUDA=OFF leaves cards out
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/build/bundle}
out=${1:-$root/build/boxwright}
out=${out%/}

marker=share/boxwright/bundle # what tells a bundle from other folders

if [ -e "$out" ] && [ ! -e "$out/$marker" ] && [ -n "$(ls -A "$out" 2>/dev/null)" ]; then
  echo "bundle.sh: $out is there already and is no bundle; name another folder" >&2
  exit 1
fi
whole=$out
out=$whole.new # which takes its place once it is whole
rm -rf "$out"
mkdir -p "$build" "$out/lib" "$out/share/doc/libraries"
log=$build/build.log

# What a bundle holds is looked for beside it, by those libraries as well: DT_RPATH, not DT_RUNPATH.
# shellcheck disable=SC2016
cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DBOXWRIGHT_UI=OFF -DBOXWRIGHT_TESTS=OFF \
  -DBOXWRIGHT_VIDEO=OFF -DBOXWRIGHT_CUDA="${CUDA:-AUTO}" -DCMAKE_INSTALL_RPATH='$ORIGIN/../lib' \
  -DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags -GNinja >"$log" 2>&1 ||
  { cat "$log" >&2; exit 1; }
cmake --build "$build" >>"$log" 2>&1 || { tail -n 40 "$log" >&2; exit 1; }
cmake --install "$build" --prefix "$out" >>"$log"
strip "$out/bin/boxwright"

# What every Linux has, and must have of its own: the C library.
ofTheSystem() {
  case $1 in
    linux-vdso.* | ld-linux* | libc.so.* | libm.so.* | libdl.so.* | librt.so.* | libpthread.so.* | \
      libresolv.so.*) true ;;
    *) false ;;
  esac
}

# The licence of a library, as its authors publish it; nothing where that is not known here.
licenceOf() {
  case $1 in
    libboxwright*) echo "GPL-3 with the permission for NVIDIA's" ;;
    libcudnn* | libnvrtc* | libcublas* | libcudart*) echo "NVIDIA" ;;
    libstdc++.* | libgcc_s.* | libgomp.* | libgfortran.*) echo "GPL-3 with the runtime exception" ;;
    libquadmath.* | libexif.*) echo "LGPL-2.1" ;;
    libdnnl.* | libopencv_core.* | libopencv_imgproc.* | libtbb*.* | libonnx_proto.* | libOpenCL.*)
      echo "Apache-2" ;;
    libprotobuf.* | libblas.* | liblapack.* | libopenblas.* | libbsd.* | libmd.* | libwebp.* | \
      libsharpyuv.* | libabsl_*) echo "BSD" ;;
    libjpeg.*) echo "IJG, BSD" ;;
    libpng16.*) echo "libpng" ;;
    libz.*) echo "zlib" ;;
    libfmt.* | libpugixml.* | libyaml-cpp.* | libX11.* | libXau.* | libXdmcp.* | libxcb.* | \
      libGLX.* | libGLdispatch.* | libGL.*) echo "MIT" ;;
  esac
}

# "name path" of all that a program or library needs; "name not found" of what is not there
needsOf() {
  LD_LIBRARY_PATH="$out/lib" ldd "$1" |
    sed -n 's/^[[:space:]]*\([^ ]*\) => \(.*\)$/\1 \2/; T; s/ (0x[0-9a-f]*)$//; p'
}

# The notice of the Debian package that a library is of: most licences ask that it goes along.
keepNotice() {
  for place in "$1" "$(realpath "$1")" "/usr$1" "/usr$(realpath "$1")"; do
    package=$(dpkg-query -S "$place" 2>/dev/null | sed 's/:.*//; q') || true
    [ -e "/usr/share/doc/${package:-none}/copyright" ] || continue
    install -m 644 "/usr/share/doc/$package/copyright" "$out/share/doc/libraries/$package"
    return
  done
  echo "bundle.sh: no notice of $(basename "$1") was found; put its licence into share/doc" >&2
}

missing=0
take() {
  needsOf "$1" >"$build/needs"
  while read -r name path; do
    ofTheSystem "$name" && continue
    if [ "$path" = "not found" ]; then
      echo "bundle.sh: $name, which $(basename "$1") needs, is not on this machine" >&2
      missing=1
      continue
    fi
    [ -e "$out/lib/$name" ] && continue
    install -m 644 "$path" "$out/lib/$name"
    keepNotice "$path"
  done <"$build/needs"
}
take "$out/bin/boxwright"

# cuDNN is loaded when a card is asked for, and loads the others where it wants them.
cudnn=$(sed -n 's/^CUDNN_LIBRARY:FILEPATH=//p' "$build/CMakeCache.txt")
if [ "${CUDA:-AUTO}" != OFF ] && [ -e "${cudnn:-none}" ]; then
  folder=$(dirname "$cudnn")
  cudart=$(sed -n 's/^CUDA_cudart_static_LIBRARY:FILEPATH=//p' "$build/CMakeCache.txt")
  toolkit=$(dirname "$cudart")
  for pattern in 'libcudnn*.so.9' 'libcublasLt.so.??' 'libnvrtc.so.??' 'libnvrtc-builtins.so.*'; do
    found=$(find -L "$folder" "$toolkit" -maxdepth 1 -name "$pattern" ! -name '*.alt.*')
    [ -n "$found" ] || echo "bundle.sh: no $pattern in $folder or $toolkit: a card will miss it" >&2
    echo "$found" | while read -r library; do
      [ -z "$library" ] || install -m 644 "$library" "$out/lib/$(basename "$library")"
    done
  done
  notice=$(find -L "$folder/.." "$toolkit/.." -maxdepth 2 -iname 'EULA*' 2>/dev/null | head -n 1)
  if [ -n "$notice" ]; then
    install -m 644 "$notice" "$out/share/doc/libraries/nvidia"
  else
    echo "bundle.sh: NVIDIA's licence is not on this machine; put it into share/doc/libraries" >&2
  fi
  for library in "$out"/lib/libcudnn*; do
    take "$library"
  done
fi
rm -f "$build/needs"
[ "$missing" = 0 ] || exit 1

status=0
printf '%-44s %8s  %s\n' library MB licence
for library in "$out"/lib/*; do
  name=$(basename "$library")
  licence=$(licenceOf "$name")
  if [ -z "$licence" ]; then
    licence="NOT KNOWN to go with NVIDIA's libraries"
    status=1
  fi
  printf '%-44s %8.1f  %s\n' "$name" "$(wc -c <"$library" | awk '{ print $1 / 1e6 }')" "$licence"
done
if [ "$status" != 0 ]; then
  echo "bundle.sh: look those licences up, then add them here or leave what needs them out" >&2
  exit 1
fi

# It finds all of that beside it.
unset LD_LIBRARY_PATH
if ldd "$out/bin/boxwright" | sed -n 's/^[[:space:]]*\([^ ]*\) => \(.*\) (0x.*$/\1 \2/p' |
  while read -r name path; do
    ofTheSystem "$name" && continue
    [ "$(realpath "$path")" = "$(realpath "$out/lib/$name")" ] || echo "$name"
  done | grep .; then
  echo "bundle.sh: those are not found in the bundle" >&2
  exit 1
fi
"$out/bin/boxwright" --version
touch "$out/$marker"
rm -rf "$whole"
mv "$out" "$whole"
out=$whole
echo "$out: $(du -sh "$out" | cut -f 1)"
