// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/convert.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/atomic_folder.h"
#include "core/base/error.h"
#include "core/data/convert_layout.h"
#include "core/data/format_room.h"
#include "core/data/label_writer.h"

namespace boxwright {
namespace {

/// What of an annotation the layout can hold.
Annotation heldBy(const FormatRoom& room, Annotation annotation) {
  if (!room.imageClasses) annotation.imageClasses.clear();
  std::erase_if(annotation.boxes, [&](const Box& box) { return !holdsBox(room, box.rect); });
  // Known to show something that cannot be said: not the same as nothing.
  if (annotation.state == LabelState::Labelled && annotation.boxes.empty() &&
      annotation.imageClasses.empty()) {
    annotation = {};
  }
  std::uint32_t id = 0;
  for (Box& box : annotation.boxes)
    box.id = ++id;
  return annotation;
}

/// Tells how far it is, in steps of a picture.
class Steps {
 public:
  Steps(std::size_t all, const std::function<void(double)>& progress)
      : all_(static_cast<double>(std::max<std::size_t>(all, 1))), progress_(progress) {}
  void one() {
    ++done_;
    if (progress_ && done_ % 64 == 0) progress_(static_cast<double>(done_) / all_);
  }

 private:
  double all_;
  std::size_t done_ = 0;
  const std::function<void(double)>& progress_;
};

void writeShared(const Dataset& dataset, const Dataset& layout, const AtomicFolder& folder,
                 std::stop_token stop) {
  const FormatRoom room = formatRoomOf(layout.format);
  const std::unique_ptr<LabelWriter> writer = labelWriterFor(layout);
  const Annotation nothing;
  for (std::size_t file = 0; file < layout.labelFiles.size(); ++file) {
    if (stop.stop_requested()) return;
    std::vector<Annotation> annotations;
    std::vector<LabelChange> changes;
    for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
      if (layout.pictures[i].labelFile == static_cast<int>(file)) {
        annotations.push_back(heldBy(room, *dataset.pictures[i].annotation));
        changes.push_back({i, &nothing, nullptr});
      }
    }
    for (std::size_t k = 0; k < changes.size(); ++k)
      changes[k].after = &annotations[k];
    // None where nothing is said of any picture.
    const auto bytes = writer->write(std::nullopt, layout, changes);
    if (bytes) folder.write(layout.labelFiles[file], *bytes);
  }
}

}  // namespace

Dataset splitAlone(const Dataset& dataset, const std::string& split) {
  Dataset alone = dataset;
  alone.pictures.clear();
  alone.splits.clear();
  std::map<std::size_t, std::size_t> places;
  for (const std::size_t i : picturesOfSplit(dataset, dataset.splits, split)) {
    places.emplace(i, alone.pictures.size());
    alone.pictures.push_back(dataset.pictures[i]);
  }
  for (const auto& [name, pictures] : dataset.splits) {
    if (name != split && split != "all") continue;
    for (const std::size_t i : pictures)
      if (places.contains(i)) alone.splits[name].push_back(places.at(i));
  }
  return alone;
}

void convertDataset(const Dataset& dataset, const ConvertOptions& options, std::stop_token stop,
                    const std::function<void(double)>& progress) {
  const std::vector<std::string>& known = conversionFormats();
  if (std::find(known.begin(), known.end(), options.format) == known.end())
    throw Error("datasets cannot be written as '" + options.format + "'");
  AtomicFolder folder(options.folder);
  const Dataset layout = layoutFor(dataset, options.format, folder.path());
  const FormatRoom room = formatRoomOf(options.format);
  const bool labels = !room.shared && room.boxes;
  const std::unique_ptr<LabelWriter> writer = labels ? labelWriterFor(layout) : nullptr;
  const Annotation nothing;
  Steps steps(dataset.pictures.size(), progress);
  std::size_t written = 0;
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    if (stop.stop_requested()) return;
    const std::string& path = layout.pictures[i].path;
    steps.one();
    if (path.empty()) continue;
    ++written;
    if (options.pictures != PictureTransfer::None)
      folder.take(path, dataset.absolutePath(i), options.pictures == PictureTransfer::Link);
    if (!labels) continue;
    const Annotation held = heldBy(room, *dataset.pictures[i].annotation);
    LabelChange change{i, &nothing, &held, LabelSlots()};
    if (const auto bytes = writer->write(std::nullopt, layout, {&change, 1}))
      folder.write(ownLabelFile(options.format, path), *bytes);
  }
  if (written == 0)
    throw Error("nothing of the dataset can be written as '" + options.format + "'",
                utf8(dataset.root), "it has no pictures of one class as a whole");
  if (room.shared) writeShared(dataset, layout, folder, stop);
  for (const auto& [name, bytes] : listsFor(layout))
    folder.write(name, bytes);
  if (stop.stop_requested()) return;
  folder.keep();
  if (progress) progress(1);
}

}  // namespace boxwright
