// SPDX-License-Identifier: GPL-3.0-or-later
// Writes COCO's JSON in place.
#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/coco_categories.h"
#include "core/data/coco_file.h"
#include "core/data/coco_layout.h"
#include "core/data/json_edits.h"
#include "core/data/shared_writer.h"
#include "core/geometry/conversion.h"

namespace boxwright {
namespace {

std::array<double, 4> cornerOf(const Rect& r) {
  return {r.left, r.top, lengthBetween(r.left, r.right), lengthBetween(r.top, r.bottom)};
}

std::string numberText(const std::array<double, 4>& box) {
  return "[" + decimalText(box[0]) + ", " + decimalText(box[1]) + ", " + decimalText(box[2]) +
         ", " + decimalText(box[3]) + "]";
}

/// One change of one file.
class CocoEdit {
 public:
  template <class Parts>
  static std::string apply(const std::string& bytes, const Dataset& dataset,
                           const std::string& file, Parts& parts, FileClasses* classes) {
    CocoEdit edit(bytes, dataset, file);
    return edit.run(parts, classes);
  }

 private:
  CocoEdit(const std::string& bytes, const Dataset& dataset, const std::string& file)
      : bytes_(bytes), dataset_(dataset), file_(file) {}

  template <class Parts>
  std::string run(Parts& parts, FileClasses* classes) {
    PartsByKey byKey;
    for (std::size_t i = 0; i < parts.size(); ++i)
      byKey.emplace(dataset_.pictures[parts[i].edit.picture].path, i);
    const PictureFinder finder =
        finderFor(dataset_, file_, cocoSplitOf(file_), cocoFolderHint(file_));

    // The pictures, as the reader sees them.
    std::vector<CocoCategory> categories;
    std::vector<std::pair<ByteRange, std::int64_t>> images;  // and their part, -1: none
    std::vector<std::optional<std::int64_t>> ids(parts.size());
    std::unordered_set<std::int64_t> known;
    std::unordered_map<std::int64_t, std::size_t> partOf;
    std::int64_t largestImage = 0, largestAnnotation = 0;
    JsonCursor first(bytes_, file_);
    const CocoLists lists =
        readCoco(first, {[&](const CocoCategory& c) { categories.push_back(c); },
                         [&](const CocoImage& image) {
                           images.emplace_back(image.whole, -1);
                           if (!image.id) return;
                           largestImage = std::max(largestImage, *image.id);
                           if (!known.insert(*image.id).second || !image.fileName) return;
                           const auto key = finder.find(*image.fileName);
                           const auto part = key ? byKey.find(*key) : byKey.end();
                           if (part == byKey.end()) return;
                           // Listed twice, the first entry counts; it goes with all of them.
                           if (ids[part->second] && !parts[part->second].goes()) return;
                           ids[part->second] = image.id;
                           partOf.emplace(*image.id, part->second);
                           images.back().second = static_cast<std::int64_t>(part->second);
                         },
                         {}});
    if (!lists.images || !lists.annotations)
      throw Error(
          "the file has no list of annotations or pictures, so that a new one would say "
          "something of all its pictures",
          file_, "have another program write it anew");
    const bool relisted = classes && classes->change() && lists.categories;
    categories_ = relisted ? CocoCategories(bytes_, *classes, categories)
                           : CocoCategories(dataset_.classes, categories);

    // The objects of the pictures.
    ByteEdits edits;
    std::unordered_set<std::int64_t> used;  // ids of annotations, where some are to come back
    const bool comeBack =
        std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.change.read; });
    std::vector<std::pair<ByteRange, std::int64_t>> annotations;
    std::vector<std::vector<CocoAnnotation>> objects(parts.size());
    JsonCursor second(bytes_, file_);
    readCoco(second, {{}, {}, [&](const CocoAnnotation& annotation) {
                        annotations.emplace_back(annotation.whole, -1);
                        if (comeBack && annotation.id) used.insert(*annotation.id);
                        if (annotation.id)
                          largestAnnotation = std::max(largestAnnotation, *annotation.id);
                        const auto part =
                            annotation.image ? partOf.find(*annotation.image) : partOf.end();
                        if (part == partOf.end()) return follow(edits, annotation);
                        annotations.back().second = static_cast<std::int64_t>(part->second);
                        objects[part->second].push_back(annotation);
                      }});
    const Earlier earlier = earlierOf(parts, byKey, finder);
    largestImage = std::max(largestImage, earlier.largestImage);
    largestAnnotation = std::max(largestAnnotation, earlier.largestAnnotation);
    std::vector<LabelPlan> plans;
    for (std::size_t i = 0; i < parts.size(); ++i)
      plans.push_back(parts[i].goes() ? LabelPlan() : parts[i].plan(objects[i].size()));

    if (relisted) categories_.write(edits, bytes_, *lists.categories);
    JsonArrayEdits list(bytes_, lists.annotations->begin, edits);
    std::vector<std::size_t> next(parts.size());
    for (const auto& [whole, owner] : annotations) {
      if (owner < 0) {
        list.keep(whole);
        continue;
      }
      const auto part = static_cast<std::size_t>(owner);
      const std::size_t at = next[part]++;
      if (parts[part].goes() || plans[part].objects[at].fate == LabelPlan::Fate::Remove) {
        list.remove(whole);
        continue;
      }
      const LabelPlan::Object& object = plans[part].objects[at];
      if (object.fate == LabelPlan::Fate::Change)
        change(edits, parts[part].edit, objects[part][at], *object.before, *object.after);
      if (!object.before) follow(edits, objects[part][at]);
      list.keep(whole);
      parts[part].left.push_back(object.id);
    }
    JsonArrayEdits pictures(bytes_, lists.images->begin, edits);
    for (const auto& [whole, part] : images) {
      if (part >= 0 && parts[static_cast<std::size_t>(part)].goes())
        pictures.remove(whole);
      else
        pictures.keep(whole);
    }
    std::vector<std::string> newBoxes, newPictures;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].goes()) continue;
      const auto was = earlier.pictures.find(i);
      if (!ids[i] && was != earlier.pictures.end() && known.insert(was->second.first).second) {
        ids[i] = was->second.first;
        newPictures.push_back(was->second.second);
      }
      if (!ids[i]) {
        ids[i] = idAfter(largestImage);
        newPictures.push_back(pictureText(*ids[i], finder, parts[i].edit.picture));
      }
      for (const Box* box : plans[i].added) {
        const auto back = earlier.objects.find(i);
        const Box* const before = asItStood(parts[i].change, *box);
        if (before && back != earlier.objects.end() && box->id <= back->second.size()) {
          const CocoAnnotation& there = back->second[box->id - 1];
          std::int64_t id = there.id.value_or(0);
          if (there.id && !used.insert(id).second) id = idAfter(largestAnnotation);
          newBoxes.push_back(
              earlierText(earlier, there, id, *ids[i], parts[i].edit, *before, *box));
        } else {
          newBoxes.push_back(boxText(idAfter(largestAnnotation), *ids[i], parts[i].edit, *box));
        }
        parts[i].left.push_back(box->id);
      }
    }
    list.finish(newBoxes, lists.annotations->end);
    pictures.finish(newPictures, lists.images->end);
    return edits.applied(bytes_);
  }

  /// What stood in the file as it was read, by part.
  struct Earlier {
    const std::string* bytes = nullptr;
    std::unordered_map<std::size_t, std::pair<std::int64_t, std::string>> pictures;  // with ids
    std::unordered_map<std::size_t, std::vector<CocoAnnotation>> objects;
    std::int64_t largestImage = 0, largestAnnotation = 0;
  };

  template <class Parts>
  Earlier earlierOf(const Parts& parts, const PartsByKey& byKey,
                    const PictureFinder& finder) const {
    Earlier earlier;
    for (const auto& part : parts)
      if (part.change.read) earlier.bytes = part.change.read;
    if (!earlier.bytes) return earlier;
    std::unordered_map<std::int64_t, std::size_t> partOf;
    JsonCursor first(*earlier.bytes, file_), second(*earlier.bytes, file_);
    readCoco(first, {{},
                     [&](const CocoImage& image) {
                       if (!image.id) return;
                       earlier.largestImage = std::max(earlier.largestImage, *image.id);
                       const auto key = image.fileName ? finder.find(*image.fileName)
                                                       : std::optional<std::string>();
                       const auto part = key ? byKey.find(*key) : byKey.end();
                       if (part == byKey.end() || earlier.pictures.contains(part->second)) return;
                       partOf.emplace(*image.id, part->second);
                       earlier.pictures.emplace(
                           part->second,
                           std::pair(*image.id,
                                     earlier.bytes->substr(image.whole.begin,
                                                           image.whole.end - image.whole.begin)));
                     },
                     {}});
    readCoco(second, {{}, {}, [&](const CocoAnnotation& annotation) {
                        earlier.largestAnnotation =
                            std::max(earlier.largestAnnotation, annotation.id.value_or(0));
                        const auto part =
                            annotation.image ? partOf.find(*annotation.image) : partOf.end();
                        if (part != partOf.end())
                          earlier.objects[part->second].push_back(annotation);
                      }});
    return earlier;
  }

  /// The annotation as it stood there, with what has changed since.
  std::string earlierText(const Earlier& earlier, const CocoAnnotation& there, std::int64_t id,
                          std::int64_t image, const LabelEdit& edit, const Box& before,
                          const Box& after) const {
    const std::string text =
        earlier.bytes->substr(there.whole.begin, there.whole.end - there.whole.begin);
    std::optional<CocoAnnotation> alone;
    const std::string list = "{\"annotations\":[" + text + "]}";
    JsonCursor json(list, file_);
    readCoco(json, {{}, {}, [&](const CocoAnnotation& annotation) { alone = annotation; }});
    ByteEdits edits;
    const auto put = [&](const ByteRange& place, std::int64_t number) {
      if (place.end > 0) edits.replace(place.begin, place.end, std::to_string(number));
    };
    if (alone->id && id != *alone->id) put(alone->idPlace, id);
    if (image != alone->image) put(alone->imagePlace, image);
    if (before != after) change(edits, edit, *alone, before, after);
    const std::string changed = edits.applied(list);
    const std::size_t begin = alone->whole.begin;
    return changed.substr(begin, changed.size() - begin - (list.size() - alone->whole.end));
  }

  /// An annotation that cannot be used is of another category where its own goes.
  void follow(ByteEdits& edits, const CocoAnnotation& annotation) const {
    const auto other =
        annotation.category ? categories_.insteadOf(*annotation.category) : std::nullopt;
    if (other)
      edits.replace(annotation.categoryPlace.begin, annotation.categoryPlace.end,
                    std::to_string(*other));
  }

  /// The next id of a list whose largest is this.
  std::int64_t idAfter(std::int64_t& largest) const { return largest = nextId(largest, file_); }

  std::string categoryOf(const LabelEdit& edit, const Box& box) const {
    const std::optional<std::int64_t> id = categories_.idOf(box.classId);
    if (!id)
      throw Error("the file has no category of its own for '" +
                      dataset_.classes[static_cast<std::size_t>(box.classId)] + "'",
                  edit.file, "add it to the categories of the file");
    return std::to_string(*id);
  }

  std::string pictureText(std::int64_t id, const PictureFinder& finder, std::size_t index) const {
    const Picture& picture = dataset_.pictures[index];
    return "{\"id\": " + std::to_string(id) +
           ", \"file_name\": " + jsonQuoted(finder.nameOf(picture.path)) +
           ", \"width\": " + std::to_string(picture.width) +
           ", \"height\": " + std::to_string(picture.height) + "}";
  }

  std::string boxText(std::int64_t id, std::int64_t image, const LabelEdit& edit,
                      const Box& box) const {
    const std::array<double, 4> corner = cornerOf(box.rect);
    return "{\"id\": " + std::to_string(id) + ", \"image_id\": " + std::to_string(image) +
           ", \"category_id\": " + categoryOf(edit, box) + ", \"bbox\": " + numberText(corner) +
           ", \"area\": " + decimalText(box.area.value_or(corner[2] * corner[3])) +
           ", \"iscrowd\": " + (box.crowd ? "1" : "0") + ", \"segmentation\": []}";
  }

  void change(ByteEdits& edits, const LabelEdit& edit, const CocoAnnotation& there,
              const Box& before, const Box& after) const {
    const auto put = [&](const ByteRange& place, std::string text) {
      edits.replace(place.begin, place.end, std::move(text));
    };
    if (!there.boxed)
      throw Error("the label file is not what was read (an annotation is another)", edit.file,
                  "open the dataset again");
    if (before.classId != after.classId) put(there.categoryPlace, categoryOf(edit, after));
    const std::array<double, 4> now = cornerOf(after.rect);
    const bool across =
        before.rect.left != after.rect.left || before.rect.right != after.rect.right;
    const bool down = before.rect.top != after.rect.top || before.rect.bottom != after.rect.bottom;
    for (std::size_t i = 0; i < now.size(); ++i) {
      if ((i % 2 == 0 ? across : down) && there.box[i] != now[i])
        put(there.boxPlaces[i], decimalText(now[i]));
    }
    std::string added;
    if (across || down || (after.area && after.area != before.area)) {
      const std::string area = decimalText(after.area.value_or(now[2] * now[3]));
      if (there.areaPlace.end > 0) put(there.areaPlace, area);
    }
    if (before.crowd != after.crowd) {
      if (there.crowdPlace.end > 0)
        put(there.crowdPlace, after.crowd ? "1" : "0");
      else
        added += std::string(", \"iscrowd\": ") + (after.crowd ? "1" : "0");
    }
    if (!added.empty()) edits.replace(there.bodyEnd, there.bodyEnd, added);
  }

  const std::string& bytes_;
  const Dataset& dataset_;
  const std::string& file_;
  CocoCategories categories_;
};

class CocoWriter final : public SharedWriter {
 protected:
  std::string apply(const std::string& bytes, const Dataset& dataset, const std::string& file,
                    std::vector<Part>& parts, FileClasses* classes) const override {
    return CocoEdit::apply(bytes, dataset, file, parts, classes);
  }

  std::string newFile(const Dataset& dataset) const override {
    std::string text = "{\n  \"info\": {},\n  \"licenses\": [],\n  \"images\": [],\n";
    text += "  \"annotations\": [],\n  \"categories\": [";
    for (std::size_t i = 0; i < dataset.classes.size(); ++i) {
      text += std::string(i == 0 ? "" : ",") + "\n    {\"id\": " + std::to_string(i + 1) +
              ", \"name\": " + jsonQuoted(dataset.classes[i]) + "}";
    }
    return text + "\n  ]\n}\n";
  }
};

}  // namespace

std::unique_ptr<LabelWriter> makeCocoWriter() {
  return std::make_unique<CocoWriter>();
}

}  // namespace boxwright
