#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The speed of a card with our engine beside PyTorch's, as one table.

  beside_pytorch.py CARD_SPEED [--batch 64] [--device cuda]

CARD_SPEED is the program of that name. PyTorch computes the same networks in bf16 with channels_last
and torch.compile where that works, from pictures and gradients that lie on the card, as ours do.
What is wanted stands beside: shares of PyTorch's time and of the matrix rate that ours measures.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "benchmark"))

SIDE = 416  # card_speed has no other

# network, work, batch of one: how many times as many pictures a second, share of the matrix rate
WANTED = {
    ("yolov2-voc", "inference", False): (1.3, 0.45),
    ("yolov2-voc", "inference", True): (1 / 0.7, None),
    ("yolov2-voc", "training", False): (1.2, 0.35),
    ("yolov2-tiny-voc", "inference", False): (1.2, None),
    ("yolov2-tiny-voc", "inference", True): (1 / 0.8, None),
    ("yolov2-tiny-voc", "training", False): (1.2, None),
}


def median_seconds(torch, device, work, seconds=3.0):
    def wait():
        if device.type == "cuda":
            torch.cuda.synchronize()

    for _ in range(5):
        work()
    wait()
    times, begin = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        work()
        wait()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def peer_work(torch, module, row, size, device):
    """The same work in PyTorch, as a function."""
    batch, training = row["batch"], row["work"] == "training"
    net = module.Network(module.read_cfg(ROOT / "resources/networks" / (row["network"] + ".cfg")))
    net = net.to(device, memory_format=torch.channels_last)
    net.train(training)
    pictures = torch.rand(batch, 3, size, size, device=device)
    pictures = pictures.to(memory_format=torch.channels_last)
    # Where all can be compiled into one graph, which is replayed.
    compiled = torch.compile(net, mode="reduce-overhead", dynamic=False) if device.type == "cuda" else net
    if not training:
        net.to(torch.bfloat16)
        half = pictures.to(torch.bfloat16)

        def infer():
            with torch.no_grad():
                return compiled(half)

        return infer

    def forward():
        with torch.autocast(device.type, dtype=torch.bfloat16):
            return compiled(pictures)

    optimizer = torch.optim.SGD(net.parameters(), 1e-6, momentum=0.9, weight_decay=5e-4)
    gradient = torch.full_like(forward(), 1e-4)

    def step():
        optimizer.zero_grad(set_to_none=True)
        forward().backward(gradient)
        optimizer.step()

    return step


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--device", default="cuda")
    arguments = parser.parse_args()
    ours = subprocess.run([arguments.program, arguments.device, "auto", str(arguments.batch)],
                          stdout=subprocess.PIPE, text=True)
    if ours.returncode != 0:
        raise SystemExit(1)  # it has said why
    rows = [json.loads(line) for line in ours.stdout.splitlines()]
    most = rows.pop(0)
    print(f"{most['device']}: {most['kind']}, {most['precision']}; at most {most['teraflops']:.0f} "
          f"TFLOP/s and {most['gigabytesCopied']:.0f} GB/s copied, measured here")
    try:
        import torch
        import beside_pytorch as module
        torch.backends.cudnn.benchmark = True  # it chooses by time, as we do
        torch.manual_seed(1)
    except ImportError as fault:
        torch = None
        print(f"PyTorch: NOT MEASURED ({fault})")
    head = ("| network | work | batch | ms | pictures a second | share of the matrix rate "
            "| PyTorch, ms | times as fast |")
    print(head)
    print("|---|---|---|---|---|---|---|---|")
    for row in rows:
        key = (row["network"], row["work"], row["batch"] == 1)
        times, share = WANTED.get(key, (None, None))
        rate = row["teraflops"] / most["teraflops"] if most["teraflops"] > 0 else float("nan")
        peer, ratio = "-", "-"
        if torch:
            # Each row as in a program of its own: nothing of the one before is left.
            work = None
            torch._dynamo.reset()
            torch.cuda.empty_cache()
            try:
                device = torch.device(arguments.device)
                work = peer_work(torch, module, row, SIDE, device)
                seconds = median_seconds(torch, device, work)
                peer, ratio = f"{1e3 * seconds:.2f}", f"{1e3 * seconds / row['milliseconds']:.2f}"
            except (RuntimeError, AssertionError) as fault:  # not enough memory; no CUDA in it
                peer = f"failed: {str(fault)[:60]!r}"
        wanted = f" (wanted {times:.2f})" if times else ""
        wantedShare = f" (wanted {100 * share:.0f})" if share else ""
        print(f"| {row['network']} | {row['work']} | {row['batch']} | {row['milliseconds']:.2f} | "
              f"{row['imagesPerSecond']:.0f} | {100 * rate:.0f} %{wantedShare} | {peer} | "
              f"{ratio}{wanted} |")


if __name__ == "__main__":
    main()
