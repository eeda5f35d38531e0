#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds and runs every test; the last lines are ctest's totals.
#   packaging/test.sh            every test, release build
#   packaging/test.sh --checks   core, without Qt and CUDA, under asan and ubsan; jobs, loader and
#                                mailbox under tsan; a clang compile; the bundle
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

# Configures preset $1 with the further arguments.
configure() {
  preset=$1
  shift
  mkdir -p build
  cmake --preset "$preset" "$@" >"build/$preset-configure.log" 2>&1 ||
    { cat "build/$preset-configure.log" >&2; exit 1; }
  grep -- '^-- Boxwright\|^--   ' "build/$preset-configure.log" || true
}

# Runs the tests of build folder $1, named by the regular expression $2: what ctest says, then why
# tests were skipped, then ctest's totals.
run_tests() {
  log="$1/test-output.log"
  status=0
  ctest --test-dir "$1" -R "$2" --no-tests=error --output-on-failure -j 2 >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then
    sed '/tests passed,/,$d' "$log"
  else
    echo "$(grep -c 'Test *#[0-9]*:.*Passed' "$log" || true) tests passed in $1"
  fi
  awk '/^[0-9]+\/[0-9]+ Testing: /{name=$0; sub(/^[^:]*: /, "", name)}
       /: Skipped$/{getline reason; print name "\t" reason}' \
    "$1/Testing/Temporary/LastTest.log" >"$1/skipped.log" 2>/dev/null || true
  if [ -s "$1/skipped.log" ]; then
    echo "Skipped, and why:"
    sed 's/^/  /' "$1/skipped.log"
  fi
  sed -n '/tests passed,/,$p' "$log"
  grep -q 'tests passed,' "$log" || { cat "$log"; status=1; }
  return "$status"
}

checks() {
  packaging/install-dependencies.sh --checks

  echo "== Core, without Qt and CUDA, under AddressSanitizer and UndefinedBehaviorSanitizer"
  configure asan-ubsan
  ninja -C build/asan-ubsan
  ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 LSAN_OPTIONS=suppressions="$root/packaging/lsan.supp" \
    UBSAN_OPTIONS=print_stacktrace=1 run_tests build/asan-ubsan .

  echo "== Jobs, loader and mailbox under ThreadSanitizer"
  configure tsan
  ninja -C build/tsan test_threads
  TSAN_OPTIONS=halt_on_error=1:suppressions="$root/packaging/tsan.supp" run_tests build/tsan '^Threads'

  clang=clang++-14
  command -v "$clang" >/dev/null 2>&1 || clang=clang++
  echo "== $("$clang" --version | head -n 1)"
  # Nothing is run of it: what it has to say, it says without optimising, too.
  configure release -B build/clang -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 \
    -DCMAKE_CXX_COMPILER="$clang" -DCMAKE_C_COMPILER="${clang%++*}${clang#clang++}" -DBOXWRIGHT_TESTS=OFF \
    -DBOXWRIGHT_CUDA=OFF
  ninja -C build/clang

  echo "== The bundle"
  CUDA=OFF packaging/bundle.sh build/boxwright
}

case "${1:-}" in
  "")
    packaging/install-dependencies.sh --tests
    configure release
    ninja -C build/release
    run_tests build/release . ;;
  --checks) checks ;;
  *) echo "usage: packaging/test.sh [--checks]" >&2; exit 2 ;;
esac
