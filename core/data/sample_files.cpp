// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sample_files.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <numeric>
#include <utility>

#include "core/base/random.h"
#include "core/geometry/conversion.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

std::string xmlOf(const std::string& file, const SampleScene& scene,
                  const std::vector<std::string>& classes) {
  const auto number = [](double value) { return std::to_string(static_cast<long>(value)); };
  std::string xml = "<annotation>\n\t<folder>JPEGImages</folder>\n\t<filename>" + file +
                    "</filename>\n\t<size>\n\t\t<width>" + std::to_string(scene.image.width) +
                    "</width>\n\t\t<height>" + std::to_string(scene.image.height) +
                    "</height>\n\t\t<depth>3</depth>\n\t</size>\n\t<segmented>0</segmented>\n";
  for (const Box& box : scene.boxes) {
    const Rect voc = vocFromRect(box.rect);
    xml += "\t<object>\n\t\t<name>" + classes[static_cast<std::size_t>(box.classId)] +
           "</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>" + (box.truncated ? "1" : "0") +
           "</truncated>\n\t\t<occluded>" + (box.occluded ? "1" : "0") +
           "</occluded>\n\t\t<difficult>" + (box.difficult ? "1" : "0") +
           "</difficult>\n\t\t<bndbox>\n\t\t\t<xmin>" + number(voc.left) + "</xmin>\n\t\t\t<ymin>" +
           number(voc.top) + "</ymin>\n\t\t\t<xmax>" + number(voc.right) + "</xmax>\n\t\t\t<ymax>" +
           number(voc.bottom) + "</ymax>\n\t\t</bndbox>\n\t</object>\n";
  }
  return xml + "</annotation>\n";
}

std::string within(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

}  // namespace

std::string sampleName(int number) {
  char name[32];
  std::snprintf(name, sizeof name, "sample_%05d", number);
  return name;
}

const char* sampleEnding(int number) {
  return number % 20 == 7 ? ".png" : ".jpg";
}

void writeVocPicture(const AtomicFolder& out, const std::string& folder, int number,
                     const SampleScene& scene, const std::vector<std::string>& classes) {
  const std::string file = sampleName(number) + sampleEnding(number);
  out.write(within(folder, "JPEGImages/" + file),
            encodeImage(scene.image, sampleEnding(number), 92));
  out.write(within(folder, "Annotations/" + sampleName(number) + ".xml"),
            xmlOf(file, scene, classes));
}

void writeVocLists(const AtomicFolder& out, const std::string& folder,
                   std::map<std::string, std::vector<int>> splits,
                   const std::vector<std::string>& classes) {
  for (auto& [name, members] : splits) {
    std::sort(members.begin(), members.end());
    std::string text;
    for (const int number : members)
      text += sampleName(number) + "\n";
    out.write(within(folder, "ImageSets/Main/" + name + ".txt"), text);
  }
  std::string names;
  for (const std::string& name : classes)
    names += name + "\n";
  out.write(within(folder, "labels.txt"), names);
}

std::map<std::string, std::vector<int>> sampleSplits(int pictures, std::uint64_t seed) {
  std::vector<int> order(static_cast<std::size_t>(pictures));
  std::iota(order.begin(), order.end(), 0);
  RandomStream random(seed, "sample splits");
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random.index(i)]);
  const auto count = [&](double share) {
    return static_cast<std::size_t>(share * static_cast<double>(order.size()) + 0.5);
  };
  const std::size_t train = count(0.70);
  const std::size_t val = std::min(count(0.12), order.size() - train);
  const auto at = [&](std::size_t place) {
    return order.begin() + static_cast<std::ptrdiff_t>(place);
  };
  return {{"train", {at(0), at(train)}},
          {"val", {at(train), at(train + val)}},
          {"test", {at(train + val), order.end()}}};
}

const char* splitOfPlace(int place, int count) {
  const int train = std::max(1, static_cast<int>(0.70 * count + 0.5));
  const int val = std::min(static_cast<int>(0.15 * count + 0.5), count - train);
  return place < train ? "train" : place < train + val ? "val" : "test";
}

}  // namespace boxwright
