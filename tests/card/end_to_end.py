#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From JPEG files to boxes, beside what can be had of its two halves alone.

  end_to_end.py BOXWRIGHT CARD_SPEED [--device cuda] [--pictures 4096] [--network yolov2-voc]

BOXWRIGHT: the command line, as of packaging/bundle.sh; CARD_SPEED: the program of that name, for
inference alone. Decoding and resizing alone are OpenCV's, by as many threads as there are cores.
Pictures have VOC's size, weights are random, with biases that leave some boxes in each. Needs numpy
and OpenCV for Python.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time

try:
    import cv2
    import numpy
except ImportError as missing:
    raise SystemExit(f"end_to_end.py: {missing}; install numpy and OpenCV for Python")

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "benchmark"))
from darknet_cfg import read_cfg  # noqa: E402

KINDS = 32  # of pictures, over and over


def write_weights(path, cfg):
    """In Darknet's format: random, but for the head's biases: a few boxes are sure, of one class."""
    random, channels, sections = numpy.random.default_rng(1), [3], read_cfg(cfg)[1:]
    head = max(i for i, (kind, _) in enumerate(sections) if kind == "convolutional")
    with open(path, "wb") as out:
        def write(values):
            out.write(values.astype(numpy.float32).tobytes())

        out.write(struct.pack("<iiiq", 0, 2, 0, 0))
        for index, (kind, options) in enumerate(sections):
            here = channels[-1]
            if kind == "convolutional":
                filters, taps = int(options["filters"]), here * int(options.get("size", 1)) ** 2
                entry = numpy.arange(filters) % 25  # of an anchor: place, objectness, classes
                write((index == head) * ((entry == 5) * 6 - (entry == 4) * 1.8))
                if options.get("batch_normalize") == "1":
                    for value in (1, 0, 1):  # scales, rolling mean and variance
                        write(numpy.full(filters, value))
                write(random.standard_normal(filters * taps, dtype=numpy.float32)
                      * (2 / taps) ** 0.5)
                here = filters
            elif kind == "route":
                given = [int(layer) for layer in options["layers"].split(",")]
                here = sum(channels[(at if at >= 0 else index + at) + 1] for at in given)
            elif kind == "reorg":
                here *= int(options["stride"]) ** 2
            channels.append(here)


def write_pictures(folder, count):
    random, kinds = numpy.random.default_rng(2), []
    for _ in range(min(KINDS, count)):
        shapes = random.integers(0, 255, (24, 32, 3), dtype=numpy.uint8)
        grain = random.integers(0, 60, (188, 250, 3), dtype=numpy.uint8)
        whole = cv2.add(cv2.resize(shapes, (500, 375), interpolation=cv2.INTER_CUBIC),
                        cv2.resize(grain, (500, 375)))
        kinds.append(cv2.imencode(".jpg", whole, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    folder.mkdir()
    for index in range(count):
        (folder / f"{index:06}.jpg").write_bytes(kinds[index % len(kinds)])


def decode_rate(folder):
    cv2.setNumThreads(1)
    files = sorted(folder.iterdir())

    def one(file):
        return cv2.resize(cv2.imread(str(file)), (416, 416)).shape

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        start = time.perf_counter()
        list(pool.map(one, files))
        return len(files) / (time.perf_counter() - start)


def run(*command):
    """What it prints and what it tells; the latter is shown where it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return done.stdout, done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("boxwright")
    parser.add_argument("card_speed")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--pictures", type=int, default=4096)
    parser.add_argument("--network", default="yolov2-voc",
                        choices=("yolov2-voc", "yolov2-tiny-voc"))
    parser.add_argument("--batch", type=int, default=64)
    arguments = parser.parse_args()
    cfg = ROOT / "resources" / "networks" / (arguments.network + ".cfg")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_weights(folder / "random.weights", cfg)
        write_pictures(folder / "pictures", arguments.pictures)
        write_pictures(folder / "few", min(64, arguments.pictures))

        def detect(pictures):
            said = run(arguments.boxwright, "--json", "detect", "--cfg", cfg, "--weights",
                       folder / "random.weights", "--device", arguments.device, "--size", "416",
                       pictures)
            boxes = said[0].count('"confidence"') / len(list(pictures.iterdir()))
            return float(re.findall(r"([\d.,]+) a second", said[1])[-1].replace(",", "")), boxes

        boxes = detect(folder / "few")[1]  # the ways to compute are chosen, too
        if not 0.5 < boxes < 300:
            raise SystemExit(f"{boxes:.1f} boxes a picture are not what pictures have")
        pairs = [(detect(folder / "pictures")[0], decode_rate(folder / "pictures"))
                 for _ in range(3)]
    lines, _ = run(arguments.card_speed, arguments.device, "auto", str(arguments.batch), "1",
                arguments.network)
    alone = next(row["imagesPerSecond"] for row in map(json.loads, lines.splitlines())
                 if row.get("work") == "inference" and row["batch"] == arguments.batch)
    whole, decoded = (sorted(values)[1] for values in zip(*pairs))
    print("| pictures a second | |\n|---|---|")
    print(f"| from JPEG files to boxes, {boxes:.0f} a picture | {whole:.0f} |")
    print(f"| inference alone, batch {arguments.batch} | {alone:.0f} |")
    print(f"| decoding and resizing alone, {os.cpu_count()} threads | {decoded:.0f} |")
    print(f"| of the lower | {whole / min(alone, decoded):.2f} (wanted 0.90) |")


if __name__ == "__main__":
    main()
