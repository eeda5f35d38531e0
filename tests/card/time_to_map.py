#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a device trains on the sample dataset until its validation has an mAP50 of .9.

  time_to_map.py BOXWRIGHT [--device cuda] [--precision auto] [--network yolov2-voc] [--size 416]
                 [--map 0.9] [--epochs 60] [--pictures 300] [--seed 1]

BOXWRIGHT: the command line, as of packaging/bundle.sh. Counted from the first update on, which comes
after the pictures were checked and the ways to compute chosen.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("boxwright")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--network", default="yolov2-voc")
    parser.add_argument("--size", type=int, default=416)
    parser.add_argument("--map", type=float, default=0.9)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sample = folder / "sample"
        subprocess.run([arguments.boxwright, "-q", "sample", sample, "--images",
                        str(arguments.pictures)], check=True, stdout=subprocess.DEVNULL)
        training = subprocess.Popen(
            [arguments.boxwright, "-q", "--json", "train", sample, "--out", folder / "run", "--model",
             arguments.network, "--size", str(arguments.size), "--epochs", str(arguments.epochs),
             "--seed", str(arguments.seed), "--device", arguments.device, "--precision",
             arguments.precision],
            stdout=subprocess.PIPE, text=True)
        start, images, best = None, 0, 0.0
        for line in training.stdout:
            event = json.loads(line)
            if event["event"] == "batch":
                start = start or time.perf_counter()
                images = event["images"]
            if event["event"] != "validation":
                continue
            best = max(best, event["map50"])
            if event["map50"] < arguments.map:
                continue
            print(f"| {arguments.network}, {arguments.size}, {arguments.device} | mAP50 "
                  f"{event['map50']:.3f} after {time.perf_counter() - start:.1f} s, {images} "
                  f"pictures, {event['iteration']} updates |")
            training.terminate()
            training.wait()
            return
        if training.wait() != 0:
            raise SystemExit(1)  # it has said why
    raise SystemExit(f"no validation had it in {arguments.epochs} epochs; the best was {best:.3f}")


if __name__ == "__main__":
    main()
