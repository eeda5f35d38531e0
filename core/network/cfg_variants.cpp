// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/cfg_variants.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/network/known_keys.h"

namespace boxwright {
namespace {

constexpr int kYoloBoxes = 2;  // a cell

std::string kindOf(const CfgSection& section) {
  return sectionNamed(section.name).value_or(section.name);
}

/// The layers of a cfg that can be taken out and put in while every reference to a layer by number
/// goes on to name the same one. Layer i is section i + 1.
class LayerList {
 public:
  explicit LayerList(Cfg cfg) : cfg_(std::move(cfg)) {
    for (int index = 0; index < count(); ++index) {
      std::vector<Reference> read;
      if (const char* const key = keyOf(kindOf(at(index)))) {
        for (const double value : at(index).numbers(key)) {
          const int number = int(value);
          read.push_back({number < 0 ? index + number : number, number < 0});
        }
      }
      references_.push_back(std::move(read));
    }
  }

  int count() const { return int(cfg_.sections.size()) - 1; }
  CfgSection& at(int index) { return cfg_.sections[std::size_t(index) + 1]; }
  std::string placeOf(int index) { return cfg_.file + ":" + std::to_string(at(index).line); }

  std::vector<int> read(int index) const {
    std::vector<int> layers;
    for (const Reference& reference : references_[std::size_t(index)])
      layers.push_back(reference.layer);
    return layers;
  }

  /// Takes layers first..last out. No other layer may name one of them.
  void remove(int first, int last) {
    const auto from = [](auto& list, int offset, int index) {
      return list.begin() + std::ptrdiff_t(index) + offset;
    };
    cfg_.sections.erase(from(cfg_.sections, 1, first), from(cfg_.sections, 1, last + 1));
    references_.erase(from(references_, 0, first), from(references_, 0, last + 1));
    for (std::vector<Reference>& read : references_)
      for (Reference& reference : read)
        if (reference.layer > last) reference.layer -= last - first + 1;
  }

  /// Puts `section` in before layer `index`.
  void insert(int index, CfgSection section) {
    cfg_.sections.insert(cfg_.sections.begin() + index + 1, std::move(section));
    references_.insert(references_.begin() + index, std::vector<Reference>());
    for (std::vector<Reference>& read : references_)
      for (Reference& reference : read)
        if (reference.layer >= index) ++reference.layer;
  }

  Cfg take() {
    for (int index = 0; index < count(); ++index) {
      std::string list;
      for (const Reference& reference : references_[std::size_t(index)]) {
        if (!list.empty()) list += ',';
        list += std::to_string(reference.relative ? reference.layer - index : reference.layer);
      }
      if (!list.empty()) at(index).set(keyOf(kindOf(at(index))), list);
    }
    return std::move(cfg_);
  }

 private:
  struct Reference {
    int layer = 0;
    bool relative = false;  ///< written as a negative number
  };

  static const char* keyOf(const std::string& kind) {
    if (kind == "route") return "layers";
    return kind == "shortcut" ? "from" : nullptr;
  }

  Cfg cfg_;
  std::vector<std::vector<Reference>> references_;
};

CfgSection& regionOf(Cfg& cfg) {
  const auto found = std::find_if(cfg.sections.begin(), cfg.sections.end(),
                                  [](const CfgSection& s) { return kindOf(s) == "region"; });
  if (found == cfg.sections.end()) {
    throw Error("the network has no [region] section", cfg.file,
                "choose a detector such as yolov2-nano; this one is a classifier");
  }
  return *found;
}

bool contains(const std::vector<int>& list, int value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

Cfg withoutBatchNorm(Cfg cfg) {
  for (CfgSection& section : cfg.sections) {
    if (kindOf(section) == "convolutional" && section.integer("batch_normalize", 0) != 0)
      section.set("batch_normalize", "0");
  }
  return cfg;
}

std::optional<Cfg> withoutPassthrough(const Cfg& cfg) {
  LayerList layers(cfg);
  int reorg = 0;
  while (reorg < layers.count() && kindOf(layers.at(reorg)) != "reorg")
    ++reorg;
  int join = reorg + 1;
  while (join < layers.count() &&
         !(kindOf(layers.at(join)) == "route" && contains(layers.read(join), reorg)))
    ++join;
  if (join >= layers.count()) return std::nullopt;
  int start = reorg;
  while (start > 0 && kindOf(layers.at(start)) != "route")
    --start;
  const auto refuse = [&](int index) {
    throw Error("the passthrough of this network cannot be taken out", layers.placeOf(index),
                "only a branch that nothing else reads, joined to the layer before it, can be");
  };
  const std::vector<int> joined = layers.read(join);
  if (layers.read(start).size() != 1 || joined.size() != 2 || !contains(joined, start - 1))
    refuse(join);
  for (int index = 0; index < layers.count(); ++index) {
    if (index >= start && index <= join) continue;
    for (const int read : layers.read(index))
      if (read >= start && read <= join) refuse(index);
  }
  layers.remove(start, join);
  return layers.take();
}

Cfg withYoloHead(const Cfg& cfg) {
  LayerList layers(cfg);
  int last = layers.count() - 1;
  while (last >= 0 &&
         !(kindOf(layers.at(last)) == "convolutional" && layers.at(last).integer("size", 1) > 1))
    --last;
  if (last < 0)
    throw Error("the network has no convolution to put YOLO's pooling before", cfg.file);
  CfgSection pool{"maxpool", 0, {}};
  pool.set("size", "2");
  pool.set("stride", "2");
  layers.insert(last, std::move(pool));
  Cfg result = layers.take();
  CfgSection& region = regionOf(result);
  for (const char* const key : {"anchors", "bias_match", "background", "tree", "map"})
    region.remove(key);
  region.set("num", std::to_string(kYoloBoxes));
  region.set("box_form", "yolo");
  const int classes = region.integer("classes", 20);
  return withHead(std::move(result), classes, {}, 0);  // as many filters as that takes
}

Cfg withAnchorOffsets(Cfg cfg) {
  regionOf(cfg).set("box_form", "offsets");
  return cfg;
}

}  // namespace boxwright
