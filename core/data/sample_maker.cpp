// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sample_maker.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <mutex>
#include <numeric>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/base/thread_budget.h"
#include "core/data/new_folder.h"
#include "core/data/sample_scene.h"
#include "core/data/sample_shapes.h"
#include "core/geometry/conversion.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::string xmlOf(const std::string& file, const SampleScene& scene) {
  const auto number = [](double value) { return std::to_string(static_cast<long>(value)); };
  std::string xml = "<annotation>\n\t<folder>JPEGImages</folder>\n\t<filename>" + file +
                    "</filename>\n\t<size>\n\t\t<width>" + std::to_string(scene.image.width) +
                    "</width>\n\t\t<height>" + std::to_string(scene.image.height) +
                    "</height>\n\t\t<depth>3</depth>\n\t</size>\n\t<segmented>0</segmented>\n";
  for (const Box& box : scene.boxes) {
    const Rect voc = vocFromRect(box.rect);
    xml += std::string("\t<object>\n\t\t<name>") +
           kSampleShapeNames[static_cast<std::size_t>(box.classId)] +
           "</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>" + (box.truncated ? "1" : "0") +
           "</truncated>\n\t\t<occluded>" + (box.occluded ? "1" : "0") +
           "</occluded>\n\t\t<difficult>" + (box.difficult ? "1" : "0") +
           "</difficult>\n\t\t<bndbox>\n\t\t\t<xmin>" + number(voc.left) + "</xmin>\n\t\t\t<ymin>" +
           number(voc.top) + "</ymin>\n\t\t\t<xmax>" + number(voc.right) + "</xmax>\n\t\t\t<ymax>" +
           number(voc.bottom) + "</ymax>\n\t\t</bndbox>\n\t</object>\n";
  }
  return xml + "</annotation>\n";
}

std::string nameOf(int number) {
  char name[32];
  std::snprintf(name, sizeof name, "sample_%05d", number);
  return name;
}

/// Every 20th picture is a PNG, the others are JPEG.
const char* endingOf(int number) {
  return number % 20 == 7 ? ".png" : ".jpg";
}

void writeLists(const NewFolder& workplace, const SampleOptions& options) {
  std::vector<int> order(static_cast<std::size_t>(options.images));
  std::iota(order.begin(), order.end(), 0);
  RandomStream random(options.seed, "sample splits");
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random.index(i)]);
  const auto count = [&](double share) {
    return static_cast<std::size_t>(share * static_cast<double>(order.size()) + 0.5);
  };
  const std::size_t train = count(0.70);
  const std::size_t val = std::min(count(0.12), order.size() - train);
  const std::array<std::pair<const char*, std::array<std::size_t, 2>>, 3> splits = {
      {{"train", {0, train}},
       {"val", {train, train + val}},
       {"test", {train + val, order.size()}}}};
  for (const auto& [name, range] : splits) {
    std::vector<int> members(order.begin() + static_cast<std::ptrdiff_t>(range[0]),
                             order.begin() + static_cast<std::ptrdiff_t>(range[1]));
    std::sort(members.begin(), members.end());
    std::string text;
    for (const int number : members)
      text += nameOf(number) + "\n";
    workplace.write(std::string("ImageSets/Main/") + name + ".txt", text);
  }
  std::string names;
  for (std::size_t i = 0; i < kSampleClasses; ++i)
    names += std::string(kSampleShapeNames[i]) + "\n";
  workplace.write("labels.txt", names);
}

void writeBoxes(const NewFolder& workplace, const SampleOptions& options, int number) {
  const SampleScene scene = paintSampleScene(options.seed, static_cast<std::uint64_t>(number));
  const std::string file = nameOf(number) + endingOf(number);
  workplace.write("JPEGImages/" + file, encodeImage(scene.image, endingOf(number), 92));
  workplace.write("Annotations/" + nameOf(number) + ".xml", xmlOf(file, scene));
}

/// The shapes take turns; of each, the first 70 % are to learn from.
void writeClass(const NewFolder& workplace, const SampleOptions& options, int number) {
  const int shape = number % kSampleShapes;
  const int place = number / kSampleShapes;
  const int count = (options.images - shape + kSampleShapes - 1) / kSampleShapes;
  const int train = std::max(1, static_cast<int>(0.70 * count + 0.5));
  const int val = std::min(static_cast<int>(0.15 * count + 0.5), count - train);
  const char* const split = place < train ? "train" : place < train + val ? "val" : "test";
  workplace.write(std::string(split) + "/" + kSampleShapeNames[static_cast<std::size_t>(shape)] +
                      "/" + nameOf(number) + endingOf(number),
                  encodeImage(paintSampleOfShape(options.seed, static_cast<std::uint64_t>(number),
                                                 static_cast<SampleShape>(shape)),
                              endingOf(number), 92));
}

std::vector<std::string> foldersOf(SampleKind kind) {
  if (kind == SampleKind::Boxes) return {"Annotations", "JPEGImages", "ImageSets/Main"};
  std::vector<std::string> folders;
  for (const char* split : {"train", "val", "test"})
    for (const char* shape : kSampleShapeNames)
      folders.push_back(std::string(split) + "/" + shape);
  return folders;
}

}  // namespace

void makeSampleDataset(const fs::path& folder, const SampleOptions& options, std::stop_token stop,
                       const std::function<void(double)>& progress) {
  if (options.images < 1 || options.images > 100000) {
    throw Error("the sample has from 1 to 100000 pictures, not " + std::to_string(options.images));
  }
  const bool boxes = options.kind == SampleKind::Boxes;
  NewFolder workplace(folder);
  for (const std::string& part : foldersOf(options.kind))
    workplace.makeFolder(part);
  if (boxes) writeLists(workplace, options);

  std::atomic<int> next{0};
  std::atomic<int> done{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&](bool reports) {
    try {
      while (!stop.stop_requested()) {
        const int number = next.fetch_add(1);
        if (number >= options.images) return;
        if (boxes)
          writeBoxes(workplace, options, number);
        else
          writeClass(workplace, options, number);
        const int ready = done.fetch_add(1) + 1;
        if (reports && progress) progress(static_cast<double>(ready) / options.images);
      }
    } catch (...) {
      // Carried to the calling thread, which throws it on.
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      next = options.images;
    }
  };
  {
    std::vector<std::jthread> threads;
    const int others = std::min(availableCores(), options.images) - 1;
    for (int i = 0; i < others; ++i)
      threads.emplace_back([&] { work(false); });
    work(true);
  }
  if (failure) std::rethrow_exception(failure);
  if (stop.stop_requested()) return;
  workplace.keep();
  if (progress) progress(1);
}

}  // namespace boxwright
