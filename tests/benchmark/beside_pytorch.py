#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our training step and our inference beside PyTorch's, by turns.

  beside_pytorch.py FOLDER_OF_BENCHMARKS [--pairs 7] [--threads 2] [--batch 8] [--size 416]
                    [--networks yolov2-nano yolov2-tiny-voc] [--what training inference]

PyTorch gets the same cfg as a plain module (convolution, batch norm, leaky, max-pool, passthrough),
random weights and pictures, its own memory format of choice (--channels-last), and for inference a
traced and frozen module. A training step is forward, a loss, backward and SGD with momentum and
decay; the loss is YOLOv2's on our side (benchmark_network) and a mean of squares on PyTorch's, which
is less work. Needs torch, from Debian (python3-torch) or PyPI.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import time

import torch
from torch import nn

from darknet_cfg import read_cfg


def reorg(x, stride):
    """Space to depth; which channel goes where does not matter for the time."""
    n, c, h, w = x.shape
    x = x.reshape(n, c, h // stride, stride, w // stride, stride)
    return x.permute(0, 3, 5, 1, 2, 4).reshape(n, c * stride * stride, h // stride, w // stride)


class Network(nn.Module):
    def __init__(self, sections):
        super().__init__()
        self.plan = []
        self.blocks = nn.ModuleList()
        channels = [3]
        for index, (kind, options) in enumerate(sections[1:]):
            block, inputs, out = None, [index - 1], channels[-1]
            if kind == "convolutional":
                size, out = int(options.get("size", 1)), int(options["filters"])
                normalised = options.get("batch_normalize") == "1"
                padding = size // 2 if options.get("pad") == "1" else 0
                parts = [nn.Conv2d(channels[-1], out, size, int(options.get("stride", 1)), padding,
                                   bias=not normalised)]
                if normalised:
                    parts.append(nn.BatchNorm2d(out))
                if options["activation"] == "leaky":
                    parts.append(nn.LeakyReLU(0.1, inplace=True))
                block = nn.Sequential(*parts)
            elif kind == "maxpool":
                size, stride = int(options.get("size", 2)), int(options.get("stride", 2))
                block = nn.MaxPool2d(size, stride)
                if stride == 1:
                    block = nn.Sequential(nn.ReplicationPad2d((0, 1, 0, 1)), block)
            elif kind == "route":
                given = [int(layer) for layer in options["layers"].split(",")]
                inputs = [layer if layer >= 0 else index + layer for layer in given]
                out = sum(channels[layer + 1] for layer in inputs)
            elif kind == "reorg":
                out = channels[-1] * int(options["stride"]) ** 2
            elif kind == "region":
                break
            else:
                raise SystemExit(f"no PyTorch twin for [{kind}]")
            self.plan.append((kind, inputs, options))
            self.blocks.append(block if block is not None else nn.Identity())
            channels.append(out)

    def forward(self, x):
        outputs = []
        for (kind, inputs, options), block in zip(self.plan, self.blocks):
            given = [x if layer < 0 else outputs[layer] for layer in inputs]
            if kind == "route":
                value = given[0] if len(given) == 1 else torch.cat(given, 1)
            elif kind == "reorg":
                value = reorg(given[0], int(options["stride"]))
            else:
                value = block(given[0])
            outputs.append(value)
        return outputs[-1]


def timed(work, repeat):
    """Medians of wall and processor milliseconds of one piece of work."""
    wall, processor = [], []
    for _ in range(repeat):
        start, used = time.perf_counter(), time.process_time()
        work()
        wall.append(1e3 * (time.perf_counter() - start))
        processor.append(1e3 * (time.process_time() - used))
    return statistics.median(wall), statistics.median(processor)


def training_of(network, arguments):
    network.train()
    optimiser = torch.optim.SGD(network.parameters(), 1e-6, momentum=0.9, weight_decay=5e-4)
    pictures = torch.rand(arguments.batch, 3, arguments.size, arguments.size)
    if arguments.channels_last:
        network, pictures = (x.to(memory_format=torch.channels_last) for x in (network, pictures))

    def step():
        optimiser.zero_grad(set_to_none=True)
        (0.5 * network(pictures).square().mean()).backward()
        optimiser.step()

    return step


def inference_of(network, arguments):
    network.eval()
    picture = torch.rand(1, 3, arguments.size, arguments.size)
    if arguments.channels_last:
        network, picture = (x.to(memory_format=torch.channels_last) for x in (network, picture))
    with torch.no_grad():
        traced = torch.jit.freeze(torch.jit.trace(network, picture))
        for _ in range(3):
            traced(picture)

    def run():
        with torch.no_grad():
            traced(picture)

    return run


def ours(arguments, what, name):
    """Medians of wall and processor milliseconds, as our benchmark says them."""
    repeat, batch = ((arguments.repeat, arguments.batch) if what == "training" else
                     (5 * arguments.repeat, 1))
    command = ["benchmark_network", what, str(repeat), str(arguments.threads), str(batch),
               str(arguments.size), name]
    command[0] = os.path.join(arguments.folder, command[0])
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"median ([\d.]+) ms.*processor ([\d.]+) ms", text)
    return float(found.group(1)), float(found.group(2))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--size", type=int, default=416)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--networks", nargs="+", default=["yolov2-nano", "yolov2-tiny-voc"])
    parser.add_argument("--what", nargs="+", default=["training"],
                        choices=["training", "inference"])
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    cfgs = pathlib.Path(__file__).resolve().parents[2] / "resources" / "networks"
    for what in arguments.what:
        for name in arguments.networks:
            network = Network(read_cfg(cfgs / f"{name}.cfg"))
            work = (training_of if what == "training" else inference_of)(network, arguments)
            work()
            repeat = arguments.repeat if what == "training" else 5 * arguments.repeat
            pairs = []
            for _ in range(arguments.pairs):
                pairs.append((ours(arguments, what, name), timed(work, repeat)))
            mine = [statistics.median(p[0][k] for p in pairs) for k in (0, 1)]
            theirs = [statistics.median(p[1][k] for p in pairs) for k in (0, 1)]
            ratio = [statistics.median(p[1][k] / p[0][k] for p in pairs) for k in (0, 1)]
            print(f"{name} {what}, {arguments.size}, {arguments.threads} threads: ours {mine[0]:.1f} ms "
                  f"(processor {mine[1]:.1f}), PyTorch {torch.__version__} {theirs[0]:.1f} "
                  f"({theirs[1]:.1f}); PyTorch / ours, median of {arguments.pairs} pairs "
                  f"{ratio[0]:.2f} (processor {ratio[1]:.2f})", flush=True)


if __name__ == "__main__":
    main()
