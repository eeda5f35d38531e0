// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/network/cfg.h"
#include "core/network/cfg_number.h"

namespace boxwright {
namespace {

void checkHead(const Cfg& cfg, const char* what, int classes) {
  if (cfg.sections.empty()) throw Error("the cfg is empty", cfg.file, "it begins with [net]");
  if (classes < 1) {
    throw Error(std::string(what) + " needs at least one class, not " + std::to_string(classes),
                cfg.file);
  }
}

void setInputSize(Cfg& cfg, int inputSize) {
  if (inputSize <= 0) return;
  cfg.sections.front().set("width", std::to_string(inputSize));
  cfg.sections.front().set("height", std::to_string(inputSize));
}

/// What the cfg says of crops in pixels of its own size becomes a share of any.
void keepCropShares(CfgSection& net) {
  const double width = net.number("width", 0);
  for (const auto& [pixels, share] :
       {std::pair("min_crop", "min_ratio"), std::pair("max_crop", "max_ratio")}) {
    const double crop = net.number(pixels, 0);
    if (crop > 0 && width > 0 && !net.find(share)) net.set(share, numberText(crop / width));
    net.remove(pixels);
  }
}

void setTree(CfgSection& section, const std::string& tree) {
  if (tree.empty())
    section.remove("tree");
  else
    section.set("tree", tree);
}

}  // namespace

Cfg withHead(Cfg cfg, int classes, std::span<const Size> anchors, int inputSize,
             const std::string& tree) {
  checkHead(cfg, "a detector", classes);
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
  const bool yolo = region->text("box_form", "direct") == "yolo";
  if (!anchors.empty()) {
    if (yolo) {
      throw Error("the network has no anchors (box_form=yolo)",
                  cfg.file + ":" + std::to_string(region->line), "leave the anchors out");
    }
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
  setTree(*region, tree);
  region->remove("map");
  const long long num = region->integer("num", 1);
  const long long coords = region->integer("coords", 4);
  convolution->set("filters", std::to_string(yolo ? num * (coords + 1) + classes
                                                  : num * (classes + coords + 1)));
  setInputSize(cfg, inputSize);
  return cfg;
}

Cfg withClasses(Cfg cfg, int classes, int inputSize, const std::string& tree) {
  checkHead(cfg, "a classifier", classes);
  std::erase_if(cfg.sections, [](const CfgSection& s) { return s.name == "cost"; });
  CfgSection* softmax = nullptr;
  CfgSection* convolution = nullptr;
  for (CfgSection& section : cfg.sections) {
    if (section.name == "softmax" || section.name == "soft") {
      softmax = &section;
      break;
    }
    if (section.name == "convolutional" || section.name == "conv") convolution = &section;
  }
  if (!softmax) {
    throw Error("the network has no [softmax] section", cfg.file,
                "choose a classifier such as darknet-nano; this one is a detector");
  }
  if (!convolution) {
    throw Error("there is no convolution before [softmax]",
                cfg.file + ":" + std::to_string(softmax->line));
  }
  setTree(*softmax, tree);
  keepCropShares(cfg.sections.front());
  convolution->set("filters", std::to_string(classes));
  setInputSize(cfg, inputSize);
  return cfg;
}

}  // namespace boxwright
