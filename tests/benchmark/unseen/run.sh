#!/bin/sh
# What joint training finds of classes that never had a box: three seeds on the taxonomy sample and,
# where its folder is given, on BCCD. Goes on where it was stopped.
#   run.sh BUILD OUT [BCCD]
set -eu
build=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
bccd=${3:+$(realpath "$3")}
boxwright=$build/bin/boxwright
unseen=$build/benchmarks/benchmark_unseen
pictures=${PICTURES:-800}
size=160
here=$(cd "$(dirname "$0")" && pwd)

# train DATASET RUN EPOCHS SEED [OPTION …]: once
train() {
  dataset=$1 run=$2 epochs=$3 seed=$4
  shift 4
  [ -e "$run.done" ] && return
  began=$(date +%s)
  if [ -e "$run/checkpoints/last.ckpt" ]; then
    "$boxwright" train --resume "$run" >>"$run.log" 2>&1
  else
    rm -rf "$run"
    "$boxwright" train "$dataset" --out "$run" --size $size --epochs "$epochs" --seed "$seed" \
      "$@" >"$run.log" 2>&1
  fi
  echo "$(($(date +%s) - began)) s" >"$run.done"
}

# alone DATASET.combined.json: its part with boxes, as a dataset of its own, beside it
alone() {
  folder=$(dirname "$1") tree=$(basename "$1" .combined.json)
  printf '{"tree": "%s.tree", "names": "%s.names", "datasets": [{"path": "boxed"}]}\n' \
    "$tree" "$tree" >"$folder/boxed.combined.json"
}

for seed in 1 2 3; do
  world=$out/shapes$pictures-$seed
  [ -d "$world" ] || "$boxwright" sample --kind taxonomy "$world" --images "$pictures" --seed $seed -q
  [ -d "$world-shuffled" ] || "$unseen" shuffle "$world" "$world-shuffled" $seed
  alone "$world/shapes.combined.json"
  train "$world/shapes.combined.json" "$world-joint" 20 $seed
  train "$world/boxed.combined.json" "$world-boxed" 60 $seed  # as many updates as the joint run
  train "$world/whole" "$world-classifier" 30 $seed --model darknet-nano
  train "$world-shuffled/shapes.combined.json" "$world-control" 20 $seed
  "$unseen" score "$world/shapes.combined.json" "$world-joint" "$world-boxed" "$world-classifier" \
    "$world-control" >"$world.scores"
done
"$here/table.sh" "$out/shapes$pictures"-?.scores | tee "$out/shapes.table"

[ -n "$bccd" ] || exit 0
for seed in 1 2 3; do
  cells=$out/cells-$seed
  [ -d "$cells" ] || "$unseen" cells "$bccd" "$cells" $seed
  [ -d "$cells-shuffled" ] || "$unseen" shuffle "$cells" "$cells-shuffled" $seed
  alone "$cells/cells.combined.json"
  train "$cells/cells.combined.json" "$cells-joint" 15 $seed
  train "$cells/boxed.combined.json" "$cells-boxed" 30 $seed  # about as many updates
  train "$cells/whole" "$cells-classifier" 30 $seed --model darknet-nano
  train "$cells-shuffled/cells.combined.json" "$cells-control" 15 $seed
  "$unseen" score "$cells/cells.combined.json" "$cells-joint" "$cells-boxed" "$cells-classifier" \
    "$cells-control" >"$cells.scores"
done
"$here/table.sh" "$out"/cells-?.scores | tee "$out/cells.table"
