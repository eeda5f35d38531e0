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
  on=$1 run=$2 passes=$3 of_seed=$4
  shift 4
  [ -e "$run.done" ] && return
  began=$(date +%s)
  if [ -e "$run/checkpoints/last.ckpt" ]; then
    "$boxwright" train --resume "$run" >>"$run.log" 2>&1
  else
    rm -rf "$run"
    "$boxwright" train "$on" --out "$run" --size $size --epochs "$passes" --seed "$of_seed" \
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

# runs NAME WHERE EPOCHS MORE CLASSIFIER_EPOCHS SEED [OPTION …]: those on the combined dataset
# WHERE/NAME.combined.json. All detectors start from a classifier of the whole pictures (the control's of those with
# other classes). With boxes alone there are two: with as many passes over these pictures, and with as many updates,
# MORE epochs of its fewer pictures. OPTIONs are those of joint training.
runs() {
  name=$1 where=$2 epochs=$3 more=$4 classifier=$5 seed=$6
  shift 6
  alone "$where/$name.combined.json"
  for of in "$where" "$where-shuffled"; do
    train "$of/whole" "$of-classifier" "$classifier" "$seed" --model darknet-nano
  done
  start=$where-classifier/weights/best.weights
  train "$where/$name.combined.json" "$where-joint" "$epochs" "$seed" --init "$start" "$@"
  train "$where/boxed.combined.json" "$where-passes" "$epochs" "$seed" --init "$start"
  train "$where/boxed.combined.json" "$where-boxed" "$more" "$seed" --init "$start"
  train "$where-shuffled/$name.combined.json" "$where-control" "$epochs" "$seed" \
    --init "$where-shuffled-classifier/weights/best.weights" "$@"
  "$unseen" score "$where/$name.combined.json" "$where-joint" "$where-boxed" "$where-classifier" \
    "$where-control" "$where-passes" >"$where.scores"
}

for seed in 1 2 3; do
  world=$out/shapes$pictures-$seed
  [ -d "$world" ] || "$boxwright" sample --kind taxonomy "$world" --images "$pictures" --seed $seed -q
  [ -d "$world-shuffled" ] || "$unseen" shuffle "$world" "$world-shuffled" $seed
  # Each whole picture shows one object alone.
  runs shapes "$world" 12 36 20 $seed --set whole_background=1
done
"$here/table.sh" "$out/shapes$pictures"-?.scores | tee "$out/shapes.table"

[ -n "$bccd" ] || exit 0
for seed in 1 2 3; do
  cells=$out/cells-$seed
  [ -d "$cells" ] || "$unseen" cells "$bccd" "$cells" $seed
  [ -d "$cells-shuffled" ] || "$unseen" shuffle "$cells" "$cells-shuffled" $seed
  runs cells "$cells" 15 33 20 $seed
done
"$here/table.sh" "$out"/cells-?.scores | tee "$out/cells.table"
