#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an ONNX file in ONNX Runtime, for onnx_runtime_test.cpp.

onnx_runtime.py MODEL INPUT N,C,H,W OUTPUT...   INPUT and OUTPUT are raw float32; OUTPUT is NAME=FILE
onnx_runtime.py --metadata MODEL                one line KEY=VALUE each
onnx_runtime.py --version
"""
import os
import sys

# Debian 13's library tells of every operator that it knows twice; Python's own words stay.
sys.stderr = os.fdopen(os.dup(2), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
try:
    import numpy
    import onnxruntime
except ImportError as error:
    sys.exit(str(error))

if sys.argv[1] == "--version":
    print(onnxruntime.__version__)
    sys.exit()

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 2
options.log_severity_level = 3
cpu = ["CPUExecutionProvider"]
if sys.argv[1] == "--metadata":
    session = onnxruntime.InferenceSession(sys.argv[2], options, providers=cpu)
    for key, value in sorted(session.get_modelmeta().custom_metadata_map.items()):
        print(f"{key}={value}")
    sys.exit()

model, source, shape = sys.argv[1:4]
session = onnxruntime.InferenceSession(model, options, providers=cpu)
pictures = numpy.fromfile(source, numpy.float32).reshape([int(n) for n in shape.split(",")])
files = dict(word.split("=", 1) for word in sys.argv[4:])
for file, values in zip(files.values(), session.run(list(files), {"images": pictures})):
    values.tofile(file)
