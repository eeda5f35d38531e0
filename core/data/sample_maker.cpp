// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sample_maker.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <mutex>
#include <numeric>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/base/thread_budget.h"
#include "core/data/sample_scene.h"
#include "core/data/sample_shapes.h"
#include "core/geometry/conversion.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// The dataset grows in a folder beside the wanted one and takes its name when it is whole: nobody
/// finds half of it. Removed when it is not kept.
class Workplace {
 public:
  Workplace(const fs::path& target, const std::vector<std::string>& parts) : target_(target) {
    folder_ = target.parent_path() /
              ("." + target.filename().string() + "." + std::to_string(::getpid()) + ".partial");
    for (const std::string& part : parts) {
      std::error_code fault;
      fs::create_directories(folder_ / part, fault);
      if (fault) fail("make the folder", fault);
    }
  }
  ~Workplace() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(folder_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  const fs::path& folder() const { return folder_; }

  /// Plainly, without a flush for each of some 1,200 small files: they can be made again.
  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream out(folder_ / name, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) fail("write the sample", std::error_code(errno, std::generic_category()));
  }

  void keep() {
    std::error_code fault;
    fs::rename(folder_, target_, fault);
    if (fault) fail("make the folder", fault);
    kept_ = true;
  }

 private:
  [[noreturn]] void fail(const char* what, const std::error_code& fault) const {
    throw Error(std::string("cannot ") + what + " (" + fault.message() + ")", utf8(target_),
                fault == std::errc::no_space_on_device
                    ? "free some space or choose another folder"
                    : "check the permissions or choose another folder");
  }

  fs::path target_;
  fs::path folder_;
  bool kept_ = false;
};

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

void writeLists(const Workplace& workplace, const SampleOptions& options) {
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

void writeBoxes(const Workplace& workplace, const SampleOptions& options, int number) {
  const SampleScene scene = paintSampleScene(options.seed, static_cast<std::uint64_t>(number));
  const std::string file = nameOf(number) + endingOf(number);
  workplace.write("JPEGImages/" + file, encodeImage(scene.image, endingOf(number), 92));
  workplace.write("Annotations/" + nameOf(number) + ".xml", xmlOf(file, scene));
}

/// The shapes take turns; of each, the first 70 % are to learn from.
void writeClass(const Workplace& workplace, const SampleOptions& options, int number) {
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
  fs::path target = fs::absolute(folder).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  std::error_code fault;
  if (fs::exists(target, fault)) {
    if (!fs::is_directory(target, fault)) {
      throw Error("a file stands where the sample's folder is to be", utf8(target),
                  "choose another name");
    }
    const bool empty = fs::is_empty(target, fault);
    if (fault || !empty) {
      throw Error(fault ? "cannot read the folder (" + fault.message() + ")"
                        : std::string("the folder is not empty"),
                  utf8(target), "choose a new or an empty folder");
    }
  }
  const bool boxes = options.kind == SampleKind::Boxes;
  Workplace workplace(target, foldersOf(options.kind));
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
