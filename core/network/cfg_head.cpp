// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "core/base/error.h"
#include "core/network/cfg.h"
#include "core/network/cfg_number.h"

namespace boxwright {

Cfg withHead(Cfg cfg, int classes, std::span<const Size> anchors, int inputSize) {
  if (cfg.sections.empty()) throw Error("the cfg is empty", cfg.file, "it begins with [net]");
  if (classes < 1) {
    throw Error("a detector needs at least one class, not " + std::to_string(classes), cfg.file);
  }
  CfgSection* region = nullptr;
  CfgSection* convolution = nullptr;
  for (CfgSection& section : cfg.sections) {
    if (section.name == "region") {
      region = &section;
      break;
    }
    if (section.name == "convolutional" || section.name == "conv") convolution = &section;
  }
  if (!region) {
    throw Error("the network has no [region] section", cfg.file,
                "choose a detector such as yolov2-nano; this one is a classifier");
  }
  if (!convolution) {
    throw Error("there is no convolution before [region]",
                cfg.file + ":" + std::to_string(region->line));
  }
  if (!anchors.empty()) {
    std::string list;
    for (const Size& anchor : anchors) {
      if (!(anchor.width > 0 && anchor.height > 0 && std::isfinite(anchor.area()))) {
        throw Error("an anchor has no area: " + numberText(anchor.width) + " x " +
                    numberText(anchor.height));
      }
      if (!list.empty()) list += ',';
      list += numberText(anchor.width) + ',' + numberText(anchor.height);
    }
    region->set("num", std::to_string(anchors.size()));
    region->set("anchors", list);
  }
  region->set("classes", std::to_string(classes));
  region->remove("tree");
  region->remove("map");
  const long long num = region->integer("num", 1);
  const long long coords = region->integer("coords", 4);
  convolution->set("filters", std::to_string(num * (classes + coords + 1)));
  if (inputSize > 0) {
    cfg.sections.front().set("width", std::to_string(inputSize));
    cfg.sections.front().set("height", std::to_string(inputSize));
  }
  return cfg;
}

}  // namespace boxwright
