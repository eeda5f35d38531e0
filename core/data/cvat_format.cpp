// SPDX-License-Identifier: GPL-3.0-or-later
// CVAT for images 1.1: an XML file with the labels of many pictures.
#include <algorithm>
#include <memory>
#include <pugixml.hpp>
#include <unordered_map>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/data/class_list.h"
#include "core/data/content_hash.h"
#include "core/data/cvat_file.h"
#include "core/data/dataset_format.h"
#include "core/data/picture_finder.h"
#include "core/data/shared_labels.h"
#include "core/data/text_lines.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> findCvatFiles(const FolderListing& listing) {
  std::vector<std::string> files, unknown;
  std::size_t looked = 0;
  for (const std::string& file : listing.xml) {
    if (std::count(file.begin(), file.end(), '/') > 1) continue;
    if (++looked > 20) break;
    const auto beginning = readBeginning(listing.root / pathFromUtf8(file));
    if (beginning && looksLikeCvat(*beginning)) files.push_back(file);
    if (!beginning || beginning->empty()) unknown.push_back(file);
  }
  for (const std::string& file : listing.noFiles) {
    if (hasEnding(file, ".xml") && std::count(file.begin(), file.end(), '/') <= 1)
      unknown.push_back(file);
  }
  return withUnknown(std::move(files), unknown);
}

/// "Train" is train, "default" none, any other a split of its own.
std::string splitOfSubset(const std::string& subset) {
  if (subset == "default" || subset == "Default") return {};
  const bool word = std::all_of(subset.begin(), subset.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  const std::string split = word ? splitOfPath(subset) : std::string();
  return split.empty() ? subset : split;
}

class CvatReader final : public DatasetReader {
 public:
  CvatReader(std::vector<std::string> files, FolderListing listing)
      : files_(std::move(files)), listing_(std::move(listing)) {}

  void list(Dataset& dataset, std::stop_token stop) override {
    dataset.root = listing_.root;
    for (const std::string& file : files_) {
      if (stop.stop_requested()) return;
      try {
        const std::string bytes = readFile(listing_.root / pathFromUtf8(file));
        readFileOf(dataset, file, bytes);
      } catch (const Error& error) {
        SharedLabels::leaveOut(dataset, file, 0, error.problem());
      }
    }
    labels_.finish(dataset, listing_);
  }

  void readLabel(Dataset& dataset, std::size_t picture) override {
    labels_.readLabel(dataset, picture);
  }

  void finish(Dataset& dataset) override {
    if (others_ > 0)
      dataset.problems.push_back(
          {files_.front(), 0, Severity::Warning,
           counted(others_, "shape that is no box is", "shapes that are no boxes are") +
               " left out; in the file they stay as they are"});
  }

 private:
  void readFileOf(Dataset& dataset, const std::string& file, const std::string& bytes) {
    const CvatFile cvat(bytes, file);
    if (!cvat.tracks.empty())
      dataset.problems.push_back(
          {file, 0, Severity::Warning, "tracks of a video are left out; export it as pictures"});
    const PictureFinder finder = finderFor(listing_, file, splitOfPath(file), "");
    labels_.beginFile(dataset, file, bytes, splitOfPath(file), finder.home());
    if (takeLabels(dataset, cvat))
      dataset.classFiles.push_back({file, ClassFile::Kind::Labels, contentHash(bytes)});
    std::size_t place = 0;
    int line = 1;
    for (const XmlElement& image : cvat.images) {
      line += static_cast<int>(
          std::count(bytes.begin() + static_cast<std::ptrdiff_t>(place),
                     bytes.begin() + static_cast<std::ptrdiff_t>(image.whole.begin), '\n'));
      place = image.whole.begin;
      takeImage(dataset, file, finder, cvat.part(image), line);
    }
  }

  /// Whether there are any.
  bool takeLabels(Dataset& dataset, const CvatFile& cvat) {
    pugi::xml_document document;
    if (!cvat.meta) return false;
    const std::string_view part = cvat.part(*cvat.meta);
    if (!document.load_buffer(part.data(), part.size(), pugi::parse_default, pugi::encoding_utf8)) {
      return false;
    }
    // In <task>, <job> or <project>, by version.
    bool any = false;
    for (const pugi::xml_node& owner : document.child("meta").children()) {
      for (const pugi::xml_node& label : owner.child("labels").children("label")) {
        const std::string name(trimmed(label.child_value("name")));
        if (name.empty()) continue;
        classOf(dataset, name);
        any = true;
      }
    }
    dataset.classesListed = !dataset.classes.empty();
    return any;
  }

  int classOf(Dataset& dataset, const std::string& name) {
    const auto [known, fresh] = classIds_.emplace(name, static_cast<int>(dataset.classes.size()));
    if (fresh) dataset.classes.push_back(name);
    return known->second;
  }

  void takeImage(Dataset& dataset, const std::string& file, const PictureFinder& finder,
                 std::string_view part, int line) {
    const auto fault = [&](int at, const std::string& what) {
      dataset.problems.push_back({file, at, Severity::Error, what + "; it is left out"});
    };
    pugi::xml_document document;
    const pugi::xml_parse_result result =
        document.load_buffer(part.data(), part.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!result)
      return fault(line, std::string("malformed XML of a picture (") + result.description() + ")");
    const pugi::xml_node image = document.child("image");
    const std::string name = image.attribute("name").as_string();
    if (name.empty()) return fault(line, "a picture has no name");
    const std::optional<std::string> key = finder.find(name);
    if (!key) return fault(line, "there is no picture '" + name + "'");
    const auto entry = labels_.add(dataset, {*key, image.attribute("width").as_double(),
                                             image.attribute("height").as_double(), line, true});
    if (!entry) return;
    const std::string subset = image.attribute("subset").as_string();
    if (!subset.empty()) labels_.setSplit(*entry, splitOfSubset(subset));
    std::ptrdiff_t counted = 0;
    for (const pugi::xml_node& shape : image.children()) {
      if (!isCvatShape(shape.name())) continue;
      const std::ptrdiff_t place = shape.offset_debug();
      line += static_cast<int>(std::count(part.begin() + counted, part.begin() + place, '\n'));
      counted = place;
      if (std::string_view(shape.name()) != "box") {
        ++others_;
        labels_.addBox(*entry, std::nullopt, line);
        continue;
      }
      labels_.addBox(
          *entry, boxOf(dataset, shape, [&](const std::string& what) { fault(line, what); }), line);
    }
  }

  std::optional<Box> boxOf(Dataset& dataset, const pugi::xml_node& shape,
                           const std::function<void(const std::string&)>& fault) {
    const auto none = [&](const std::string& what) {
      fault(what);
      return std::nullopt;
    };
    const std::string name(trimmed(shape.attribute("label").as_string()));
    if (name.empty()) return none("a box has no label");
    const std::string called = "box of '" + name + "'";
    std::array<double, 4> edges{};
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const auto value = numberFrom(shape.attribute(kCvatEdges[i]).as_string());
      if (!value) return none(called + ": " + kCvatEdges[i] + " is no number");
      edges[i] = *value;
    }
    if (const auto turn = numberFrom(shape.attribute("rotation").as_string()); turn && *turn != 0)
      return none(called + " is turned");
    if (dataset.classesListed && !classIds_.contains(name))
      return none("unknown class '" + name + "'");
    Box box;
    box.classId = classOf(dataset, name);
    box.rect = {edges[0], edges[1], edges[2], edges[3]};
    box.occluded = std::string_view(shape.attribute("occluded").as_string()) == "1";
    return box;
  }

  std::vector<std::string> files_;
  FolderListing listing_;
  SharedLabels labels_;
  std::unordered_map<std::string, int> classIds_;
  std::size_t others_ = 0;
};

class CvatFormat final : public DatasetFormat {
 public:
  std::string_view name() const override { return "cvat"; }

  bool describedBy(const fs::path& file) const override {
    return hasEnding(utf8(file.filename()), ".xml");
  }

  bool probe(const FolderListing& listing) const override {
    return !listing.pictures.empty() && !findCvatFiles(listing).empty();
  }

  std::unique_ptr<DatasetReader> open(const fs::path& path, FolderListing listing) const override {
    std::vector<std::string> files = path != listing.root
                                         ? std::vector<std::string>{utf8(path.filename())}
                                         : findCvatFiles(listing);
    if (files.empty())
      throw Error("there is no XML of CVAT (annotations.xml)", utf8(listing.root),
                  "give the file itself");
    return std::make_unique<CvatReader>(std::move(files), std::move(listing));
  }
};

}  // namespace

const DatasetFormat& cvatFormat() {
  static const CvatFormat format;
  return format;
}

}  // namespace boxwright
