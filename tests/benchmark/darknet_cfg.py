# SPDX-License-Identifier: GPL-3.0-or-later
"""Darknet's cfg files, for what is written in Python."""


def read_cfg(path):
    """The sections in order, each as its name and its options; [net] is the first."""
    sections = []
    for line in path.read_text().splitlines():
        line = line.split("#")[0].replace(" ", "")
        if line.startswith("["):
            sections.append((line.strip("[]"), {}))
        elif "=" in line:
            key, value = line.split("=", 1)
            sections[-1][1].setdefault(key, value)
    return sections
