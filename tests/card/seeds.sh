#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Whether a device learns what the processor does: mAP50 of three seeds on the sample dataset, on each
# device and in each precision; the means are to be within .02, or in the range of the first row's.
#   seeds.sh BOXWRIGHT [OUT]     BOXWRIGHT: the command line, as of packaging/bundle.sh;
#                                ON: rows, "device/precision" each; EPOCHS, SEEDS. What OUT has of
#                                them is not done again: name another after a change.
set -eu
[ $# -gt 0 ] || { echo "usage: seeds.sh BOXWRIGHT [OUT]" >&2; exit 2; }
boxwright=$(realpath "$1")
out=${2:-seeds}
on=${ON:-cpu/float32 cuda/float32 cuda/bf16}
mkdir -p "$out"
out=$(realpath "$out")

[ -d "$out/sample" ] || "$boxwright" -q sample "$out/sample" --images 300 >/dev/null
for row in $on; do
  for seed in ${SEEDS:-1 2 3}; do
    run=$out/$(echo "$row" | tr / -)-${EPOCHS:-40}-$seed
    [ -s "$run.map50" ] && continue
    rm -rf "$run"
    "$boxwright" -q train "$out/sample" --out "$run" --size 160 --epochs "${EPOCHS:-40}" \
      --seed "$seed" --device "${row%/*}" --precision "${row#*/}" >"$run.log" 2>&1 ||
      { cat "$run.log" >&2; exit 1; }
    # All are scored by the processor: it is the weights that are compared.
    "$boxwright" -q --json evaluate "$run" "$out/sample" --split test --device cpu >"$run.json"
    sed -n 's/.*"map50":\([0-9.e-]*\).*/\1/p' "$run.json" >"$run.map50"
    [ -s "$run.map50" ] || { echo "seeds.sh: $run.json has no mAP50" >&2; exit 1; }
  done
done

for row in $on; do
  for seed in ${SEEDS:-1 2 3}; do
    echo "$row $(cat "$out/$(echo "$row" | tr / -)-${EPOCHS:-40}-$seed.map50")"
  done
done | awk '
  { if (!($1 in n)) order[++rows] = $1
    sum[$1] += $2
    if (!n[$1]++ || $2 < least[$1]) least[$1] = $2
    if (n[$1] == 1 || $2 > most[$1]) most[$1] = $2 }
  END {
    print "| device | seeds | mAP50, mean | range | |"
    print "|---|---|---|---|---|"
    first = order[1]
    for (r = 1; r <= rows; r++) {
      name = order[r]
      mean = sum[name] / n[name]
      apart = mean - sum[first] / n[first]
      if (apart < 0) apart = -apart
      right = apart < 0.02 || (mean >= least[first] && mean <= most[first])
      if (!right) wrong = 1
      printf "| %s | %d | %.3f | %.3f to %.3f | %s |\n", name, n[name], mean, least[name], \
        most[name], r == 1 ? "" : right ? "as the first" : "APART"
    }
    exit wrong
  }'
