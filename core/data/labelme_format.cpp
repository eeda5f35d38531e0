// SPDX-License-Identifier: GPL-3.0-or-later
// LabelMe: a JSON file beside each picture.
#include <algorithm>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/data/class_list.h"
#include "core/data/content_hash.h"
#include "core/data/dataset_format.h"
#include "core/data/label_check.h"
#include "core/data/labelme_file.h"
#include "core/data/own_labels.h"
#include "core/data/picture_trash.h"
#include "core/data/text_lines.h"
#include "core/data/voc_layout.h"

namespace boxwright {
namespace {

class LabelmeReader final : public DatasetReader {
 public:
  explicit LabelmeReader(FolderListing listing) : listing_(std::move(listing)) {}

  void list(Dataset& dataset, std::stop_token) override {
    dataset.root = listing_.root;
    const auto empty = std::make_shared<const Annotation>();
    for (const std::string& path : listing_.pictures)
      dataset.pictures.push_back({path, 0, 0, empty});
    findOwnLabels(dataset, {{}, ".json", labelmePictureOf},
                  below("", listing_.pictures, listing_.trashed),
                  below("", listing_.json, listing_.trashed));
    const std::vector<std::string> places = {""};
    if (const auto names = findNamesFile(listing_, places))
      dataset.classes = readNamesOf(dataset, listing_.root / pathFromUtf8(*names));
    dataset.classesListed = !dataset.classes.empty();
    for (std::size_t i = 0; i < dataset.classes.size(); ++i)
      classIds_.emplace(dataset.classes[i], static_cast<int>(i));
  }

  void readLabel(Dataset& dataset, std::size_t index) override {
    const bool readable = readPictureSize(dataset, index);
    const std::string file = labelFileIn(dataset, {}, ".json", dataset.pictures[index].path);
    if (!readable || !std::binary_search(listing_.json.begin(), listing_.json.end(), file)) return;
    used_.insert(file);
    std::string bytes;
    try {
      bytes = readFile(listing_.root / pathFromUtf8(file));
      dataset.pictures[index].labelHash = contentHash(bytes);
      readShapes(dataset, index, bytes, file);
    } catch (const Error& error) {
      dataset.problems.push_back({file, lineOfFault(bytes), Severity::Error,
                                  error.problem() + "; the picture counts as unlabelled"});
    }
  }

  void finish(Dataset& dataset) override {
    if (outlines_ > 0)
      dataset.problems.push_back({"", 0, Severity::Note,
                                  counted(outlines_, "outline is", "outlines are") +
                                      " taken by the box around; in the files they stay outlines"});
    std::unordered_set<std::string> folders;
    for (const std::string& file : used_)
      folders.insert(file.substr(0, file.rfind('/') + 1));
    for (const std::string& file : listing_.json) {
      if (used_.contains(file) || !folders.contains(file.substr(0, file.rfind('/') + 1))) continue;
      dataset.problems.push_back(
          {file, 0, Severity::Warning, "there is no picture for this label; it is left out"});
    }
  }

 private:
  void readShapes(Dataset& dataset, std::size_t index, const std::string& bytes,
                  const std::string& shown) {
    const LabelmeFile file(bytes, shown);
    JsonCursor lines(bytes, shown);
    const auto size = file.root.find("imageWidth");
    reportOtherSize(dataset, index, file.numberOf("imageWidth").value_or(0),
                    file.numberOf("imageHeight").value_or(0), shown,
                    size ? lines.lineOf(size->begin) : 0);
    Annotation annotation;
    const std::optional<JsonObject> flags = file.flagsOf(file.root);
    annotation.verified = (flags && file.isTrue(*flags, "verified")) ||
                          file.isTrue(file.root, "checked");  // X-AnyLabeling's
    std::uint32_t id = 0;
    for (const LabelmeShape& shape : file.shapes) {
      ++id;
      if (auto box = boxOf(dataset, index, file, shape, shown)) {
        box->id = id;
        annotation.boxes.push_back(std::move(*box));
        outlines_ += shape.isOutline();
      }
    }
    // Shapes of which none can be used do not say that the picture shows nothing.
    if (id > 0 && annotation.boxes.empty()) return;
    annotation.state = id > 0 ? LabelState::Labelled : LabelState::Negative;
    setAnnotation(dataset, index, std::move(annotation));
  }

  static int lineOfFault(const std::string& bytes) {
    JsonCursor json(bytes, {});
    try {
      json.skip();
      json.finish();
    } catch (const Error&) {
      return json.line();
    }
    return 0;
  }

  std::optional<Box> boxOf(Dataset& dataset, std::size_t index, const LabelmeFile& file,
                           const LabelmeShape& shape, const std::string& shown) {
    const auto fault = [&](const std::string& what) {
      dataset.problems.push_back({shown, shape.line, Severity::Error, what + "; it is left out"});
      return std::nullopt;
    };
    const std::string called = shape.label ? "shape '" + *shape.label + "'" : "a shape";
    if (!shape.fault.empty()) return fault(called + ": " + shape.fault);
    auto known = classIds_.find(*shape.label);
    if (known == classIds_.end()) {
      if (dataset.classesListed) return fault("unknown class '" + *shape.label + "'");
      known = classIds_.emplace(*shape.label, static_cast<int>(dataset.classes.size())).first;
      dataset.classes.push_back(*shape.label);
    }
    const auto rect = checkedRect(dataset, index, shape.bounds(), shown, shape.line, called);
    if (!rect) return std::nullopt;
    Box box;
    box.classId = known->second;
    box.rect = *rect;
    const std::optional<JsonObject> flags = file.flagsOf(shape.object);
    for (const LabelmeFlag& flag : kLabelmeFlags)
      box.*flag.value =
          (flags && file.isTrue(*flags, flag.name)) || file.isTrue(shape.object, flag.name);
    return box;
  }

  FolderListing listing_;
  std::unordered_map<std::string, int> classIds_;
  std::unordered_set<std::string> used_;
  std::size_t outlines_ = 0;
};

class LabelmeFormat final : public DatasetFormat {
 public:
  std::string_view name() const override { return "labelme"; }

  bool probe(const FolderListing& listing) const override {
    if (listing.json.empty()) return false;
    std::size_t looked = 0, read = 0;
    for (const std::string& path : listing.pictures) {
      for (const std::string& stem : {withoutExtension(path), ownStem(path)}) {
        const std::string file = stem + ".json";
        if (!std::binary_search(listing.json.begin(), listing.json.end(), file)) continue;
        const auto beginning =
            readBeginning(PictureTrash(listing.root).now(listing.root / pathFromUtf8(file)));
        if (beginning && looksLikeLabelme(*beginning)) return true;
        if (++read == 20) return false;
      }
      if (++looked == 20000) break;
    }
    return false;
  }

  std::unique_ptr<DatasetReader> open(const std::filesystem::path&,
                                      FolderListing listing) const override {
    return std::make_unique<LabelmeReader>(std::move(listing));
  }
};

}  // namespace

const DatasetFormat& labelmeFormat() {
  static const LabelmeFormat format;
  return format;
}

}  // namespace boxwright
