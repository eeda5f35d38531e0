// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/random.h"

namespace boxwright {
namespace {

/// FNV-1a over everything it is fed.
class Hash {
 public:
  void add(std::uint64_t value) {
    for (int i = 0; i < 8; ++i)
      byte(static_cast<unsigned char>(value >> (8 * i)));
  }
  void add(std::string_view text) {
    for (const char c : text)
      byte(static_cast<unsigned char>(c));
    add(text.size());
  }
  void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
  std::uint64_t value() const { return value_; }

 private:
  void byte(unsigned char b) { value_ = (value_ ^ b) * 0x100000001b3ULL; }

  std::uint64_t value_ = 0xcbf29ce484222325ULL;
};

/// `share` of a list of `count`, at least one where there is enough for every part.
std::size_t part(std::size_t count, double share) {
  if (count < 3) return count == 2 && share > 0 ? 1 : 0;
  const auto rounded = static_cast<std::size_t>(static_cast<double>(count) * share + 0.5);
  return std::clamp<std::size_t>(rounded, 1, count - 2);
}

/// The pictures in an order that depends on the seed and each picture's own path alone, so that a
/// picture more does not move the others about.
std::vector<std::size_t> shuffled(const Dataset& dataset, std::vector<std::size_t> pictures,
                                  std::uint64_t seed) {
  std::vector<std::pair<std::uint64_t, std::size_t>> keyed;
  keyed.reserve(pictures.size());
  for (const std::size_t i : pictures) {
    Hash hash;
    hash.add(dataset.pictures[i].path);
    keyed.emplace_back(RandomStream(seed, "split", 0, hash.value()).next(), i);
  }
  std::sort(keyed.begin(), keyed.end());
  for (std::size_t i = 0; i < keyed.size(); ++i)
    pictures[i] = keyed[i].second;
  return pictures;
}

/// Moves the first `count` of the list into a split of their own, ascending.
std::vector<std::size_t> takeFront(std::vector<std::size_t>& list, std::size_t count) {
  count = std::min(count, list.size());
  std::vector<std::size_t> taken(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(count));
  list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(count));
  std::sort(taken.begin(), taken.end());
  return taken;
}

constexpr double kShare = 0.15;

}  // namespace

std::filesystem::path Dataset::absolutePath(std::size_t picture) const {
  const std::filesystem::path path = pathFromUtf8(pictures.at(picture).path);
  return path.is_absolute() ? path : root / path;
}

std::vector<std::size_t> picturesOfSplit(const Dataset& dataset, const Splits& splits,
                                         const std::string& name) {
  if (const auto found = splits.find(name); found != splits.end()) return found->second;
  if (name == "all") {
    std::vector<std::size_t> all(dataset.pictures.size());
    std::iota(all.begin(), all.end(), std::size_t(0));
    return all;
  }
  std::string known = "all";
  for (const auto& [split, members] : splits)
    known += ", " + split;
  throw Error("there is no split '" + name + "'", utf8(dataset.root), "the splits are " + known);
}

Splits splitsFor(const Dataset& dataset, std::uint64_t seed) {
  Splits splits = dataset.splits;
  const auto has = [&](const char* name) {
    const auto found = splits.find(name);
    return found != splits.end() && !found->second.empty();
  };
  if (!has("train") && has("trainval")) {
    if (has("val")) {
      // The rest of trainval.
      std::vector<std::size_t> rest;
      std::set_difference(splits["trainval"].begin(), splits["trainval"].end(),
                          splits["val"].begin(), splits["val"].end(), std::back_inserter(rest));
      splits["train"] = std::move(rest);
    } else {
      splits["train"] = splits["trainval"];
    }
  }
  if (has("train") && has("val")) return splits;
  const auto usable = [&](std::size_t i) {
    return dataset.pictures[i].annotation->state != LabelState::Unlabelled;
  };
  if (has("train")) {
    std::vector<std::size_t> train;
    for (const std::size_t i : splits["train"]) {
      if (usable(i)) train.push_back(i);
    }
    train = shuffled(dataset, std::move(train), seed);
    splits["val"] = takeFront(train, part(train.size(), kShare));
    std::sort(train.begin(), train.end());
    splits["train"] = std::move(train);
    return splits;
  }
  std::set<std::size_t> taken;
  for (const char* name : {"val", "test"}) {
    if (has(name)) taken.insert(splits[name].begin(), splits[name].end());
  }
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    if (usable(i) && !taken.contains(i)) rest.push_back(i);
  }
  rest = shuffled(dataset, std::move(rest), seed);
  const std::size_t count = rest.size();
  const bool makeVal = !has("val");
  if (!has("test") && count >= 3) splits["test"] = takeFront(rest, part(count, kShare));
  if (makeVal) splits["val"] = takeFront(rest, part(count, kShare));
  std::sort(rest.begin(), rest.end());
  splits["train"] = std::move(rest);
  return splits;
}

std::string fingerprint(const Dataset& dataset) {
  Hash hash;
  hash.add(std::uint64_t(dataset.classes.size()));
  for (const std::string& name : dataset.classes)
    hash.add(name);
  for (const Picture& picture : dataset.pictures) {
    if (picture.annotation->trashed) continue;
    hash.add(picture.path);
    hash.add(static_cast<std::uint64_t>(picture.annotation->state));
    hash.add(std::uint64_t(picture.annotation->boxes.size()));
    for (const Box& box : picture.annotation->boxes) {
      hash.add(static_cast<std::uint64_t>(box.classId));
      hash.add(box.rect.left);
      hash.add(box.rect.top);
      hash.add(box.rect.right);
      hash.add(box.rect.bottom);
      hash.add(std::uint64_t(box.difficult) | std::uint64_t(box.crowd) << 1);
    }
    for (const int id : picture.annotation->imageClasses) {
      hash.add(static_cast<std::uint64_t>(id));
    }
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash.value()));
  return text;
}

DatasetStatistics statisticsOf(const Dataset& dataset) {
  DatasetStatistics statistics;
  statistics.classes.resize(dataset.classes.size());
  std::vector<std::size_t> lastPicture(dataset.classes.size(), SIZE_MAX);
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    const Annotation& annotation = *dataset.pictures[i].annotation;
    if (annotation.trashed) continue;
    ++statistics.images;
    switch (annotation.state) {
      case LabelState::Unlabelled:
        ++statistics.unlabelled;
        break;
      case LabelState::Negative:
        ++statistics.negative;
        break;
      case LabelState::Labelled:
        ++statistics.labelled;
        break;
    }
    if (annotation.classesOnly()) ++statistics.classesOnly;
    statistics.boxes += annotation.boxes.size();
    const auto seen = [&](int id) {
      const auto k = static_cast<std::size_t>(id);
      if (id < 0 || k >= statistics.classes.size()) return;
      if (lastPicture[k] != i) ++statistics.classes[k].images;
      lastPicture[k] = i;
    };
    for (const Box& box : annotation.boxes) {
      seen(box.classId);
      const auto k = static_cast<std::size_t>(box.classId);
      if (box.classId >= 0 && k < statistics.classes.size()) ++statistics.classes[k].boxes;
    }
    for (const int id : annotation.imageClasses)
      seen(id);
  }
  return statistics;
}

}  // namespace boxwright
