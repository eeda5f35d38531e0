// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sample_maker.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/atomic_folder.h"
#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/data/sample_files.h"
#include "core/data/sample_scene.h"
#include "core/data/sample_shapes.h"
#include "core/data/sample_taxonomy.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> boxedClasses() {
  return {kSampleShapeNames.begin(), kSampleShapeNames.begin() + kSampleClasses};
}

/// The shapes take turns.
void writeClass(const AtomicFolder& out, const SampleOptions& options, int number) {
  const int shape = number % kSampleShapes;
  const int place = number / kSampleShapes;
  const int count = (options.images - shape + kSampleShapes - 1) / kSampleShapes;
  out.write(std::string(splitOfPlace(place, count)) + "/" +
                kSampleShapeNames[static_cast<std::size_t>(shape)] + "/" + sampleName(number) +
                sampleEnding(number),
            encodeImage(paintSampleOfShape(options.seed, static_cast<std::uint64_t>(number),
                                           static_cast<SampleShape>(shape)),
                        sampleEnding(number), 92));
}

/// Also those of classes that have no picture there.
void makeClassFolders(const AtomicFolder& out) {
  for (const char* split : {"train", "val", "test"})
    for (const char* shape : kSampleShapeNames)
      out.part(fs::path(split) / shape / "");
}

/// All but the pictures.
void writeLists(const AtomicFolder& out, const SampleOptions& options) {
  switch (options.kind) {
    case SampleKind::Boxes:
      writeVocLists(out, "", sampleSplits(options.images, options.seed), boxedClasses());
      break;
    case SampleKind::Classes:
      makeClassFolders(out);
      break;
    case SampleKind::Taxonomy:
      TaxonomySample(options.images, options.seed).writeLists(out);
      break;
  }
}

/// Writes picture `number`, from 0; any thread may call it.
using PictureWriter = std::function<void(int number)>;

PictureWriter pictureWriter(const AtomicFolder& out, const SampleOptions& options) {
  switch (options.kind) {
    case SampleKind::Boxes:
      return [&out, options](int number) {
        writeVocPicture(out, "", number,
                        paintSampleScene(options.seed, static_cast<std::uint64_t>(number)),
                        boxedClasses());
      };
    case SampleKind::Classes:
      return [&out, options](int number) { writeClass(out, options, number); };
    case SampleKind::Taxonomy:
      return [&out, sample = TaxonomySample(options.images, options.seed)](int number) {
        sample.writePicture(out, number);
      };
  }
  return {};
}

}  // namespace

void makeSampleDataset(const fs::path& folder, const SampleOptions& options, std::stop_token stop,
                       const std::function<void(double)>& progress) {
  if (options.images < 1 || options.images > 100000) {
    throw Error("the sample has from 1 to 100000 pictures, not " + std::to_string(options.images));
  }
  const int pictures = options.kind == SampleKind::Taxonomy
                           ? TaxonomySample::pictures(options.images)
                           : options.images;
  AtomicFolder out(folder);
  writeLists(out, options);
  const PictureWriter write = pictureWriter(out, options);

  std::atomic<int> next{0};
  std::atomic<int> done{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&](bool reports) {
    try {
      while (!stop.stop_requested()) {
        const int number = next.fetch_add(1);
        if (number >= pictures) return;
        write(number);
        const int ready = done.fetch_add(1) + 1;
        if (reports && progress) progress(static_cast<double>(ready) / pictures);
      }
    } catch (...) {
      // Carried to the calling thread, which throws it on.
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      next = pictures;
    }
  };
  {
    std::vector<std::jthread> threads;
    const int others = std::min(availableCores(), pictures) - 1;
    for (int i = 0; i < others; ++i)
      threads.emplace_back([&] { work(false); });
    work(true);
  }
  if (failure) std::rethrow_exception(failure);
  if (stop.stop_requested()) return;
  out.keep();
  if (progress) progress(1);
}

}  // namespace boxwright
