#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A run that is trained on one device goes on with another as it would have gone on with its own: the
# same updates done by both, their losses beside each other, at most so far apart.
#   resume.sh BOXWRIGHT [OUT]     BOXWRIGHT: the command line, as of packaging/bundle.sh;
#                                 FIRST, SECOND: "device/precision"; SIZE; APART, a share of the loss
set -eu
[ $# -gt 0 ] || { echo "usage: resume.sh BOXWRIGHT [OUT]" >&2; exit 2; }
boxwright=$(realpath "$1")
out=${2:-resume}
first=${FIRST:-cuda/float32}
second=${SECOND:-cpu/float32}
mkdir -p "$out"
out=$(realpath "$out")
rm -rf "$out/first" "$out/second"

[ -d "$out/sample" ] || "$boxwright" -q sample "$out/sample" --images 100 >/dev/null
"$boxwright" -q train "$out/sample" --out "$out/first" --size "${SIZE:-160}" --epochs 4 \
  --device "${first%/*}" --precision "${first#*/}" >"$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
cp -r "$out/first" "$out/second"
for run in first second; do
  on=$first
  [ $run = first ] || on=$second
  "$boxwright" -q train --resume "$out/$run" --more-epochs 1 --device "${on%/*}" \
    --precision "${on#*/}" >"$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
  sed -n 's/.*"event":"batch".*"iteration":\([0-9]*\),.*"loss":\([0-9.e-]*\),.*/\1 \2/p' \
    "$out/$run/metrics.jsonl" >"$out/$run.losses"
done
paste -d ' ' "$out/first.losses" "$out/second.losses" |
  awk -v limit="${APART:-0.02}" -v first="$first" -v second="$second" '
    $1 != $3 { print "resume.sh: the updates are not the same ones"; exit wrong = 2 }
    { apart = $2 - $4
      if (apart < 0) apart = -apart
      if (apart == 0) same++
      if (apart / $2 > most) most = apart / $2
      all++ }
    END {
      if (!wrong && (all == 0 || all == same && first != second)) {
        print "resume.sh: no update was done by both"; wrong = 2 }
      if (!wrong && most > limit) wrong = 1
      if (wrong < 2)
        printf "| %s, on with %s | %d updates of each | losses at most %.2g of them apart%s |\n", \
          first, second, all - same, most, wrong ? ": WRONG" : ""
      exit wrong
    }'
