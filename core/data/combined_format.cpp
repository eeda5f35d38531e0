// SPDX-License-Identifier: GPL-3.0-or-later
// A combined dataset: the datasets that a *.combined.json names, with the nodes of its tree as
// classes. Labels are read by each dataset's own format.
#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/data/combined_file.h"
#include "core/data/dataset_format.h"
#include "core/data/found_dataset.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// By which parts without splits of their own are divided: the same for every run.
constexpr std::uint64_t kSplitSeed = 1;

class CombinedReader final : public DatasetReader {
 public:
  explicit CombinedReader(fs::path file)
      : file_(std::move(file)),
        combined_(readCombinedFile(file_)),
        tree_(readCombinedTree(file_, combined_)) {}

  void list(Dataset& dataset, std::stop_token stop) override {
    dataset.root = file_.parent_path();
    dataset.classes = tree_.names;
    dataset.classesListed = true;
    dataset.classesFixed = "the classes of a combined dataset are those of its tree";
    dataset.classTree = tree_.tree;
    for (const CombinedFile::Part& named : combined_.parts) {
      const fs::path place = placeIn(file_, named.path);
      if (combinedFormat().describedBy(place))
        throw Error("a combined dataset names another: " + named.path, utf8(file_),
                    "name the datasets of that one");
      Part part;
      part.named = named;
      part.found = find(place, named, stop);
      if (!part.found.reader) return;
      part.dataset.root = part.found.root;
      requireNew(part);
      part.dataset.problems = part.found.problems;
      listPictures(part.found, part.dataset, stop);
      for (std::size_t i = 0; i < part.dataset.pictures.size(); ++i) {
        if (part.dataset.pictures[i].annotation && part.dataset.pictures[i].annotation->trashed)
          continue;
        Picture picture = part.dataset.pictures[i];
        picture.path = keyOf(part.dataset.absolutePath(i), dataset.root);
        picture.labelHash = 0;
        picture.labelFile = -1;
        places_.emplace_back(parts_.size(), i);
        dataset.pictures.push_back(std::move(picture));
      }
      parts_.push_back(std::move(part));
    }
    takeProblems(dataset);
  }

  void readLabel(Dataset& dataset, std::size_t index) override {
    auto& [own, at] = places_[index];
    Part& part = parts_[own];
    boxwright::readLabel(part.found, part.dataset, at);
    const Picture& read = part.dataset.pictures[at];
    Picture& picture = dataset.pictures[index];
    picture.width = read.width;
    picture.height = read.height;
    picture.annotation = inTree(part, read.annotation);
    takeProblems(dataset);
  }

  void finish(Dataset& dataset) override {
    std::size_t first = 0;
    for (Part& part : parts_) {
      part.found.reader->finish(part.dataset);
      nodesOf(part.dataset.classes, true, part.named, tree_, file_);  // all are known by now
      for (const auto& [name, count] : part.withoutNode)
        dataset.problems.push_back(lackOf(part, name, count));
      for (const auto& [name, label] : part.named.labels) {
        if (!classIdOf(part.dataset.classes, name))
          dataset.problems.push_back(
              {part.named.path, 0, Severity::Warning,
               "the map of the combined file names the class " + name +
                   ", which the dataset does not have; correct the name, or take it out"});
      }
      // Of pictures that are left out, none is in a split.
      std::vector<std::size_t> indexOf(part.dataset.pictures.size(), SIZE_MAX);
      for (; first < places_.size() && &parts_[places_[first].first] == &part; ++first)
        indexOf[places_[first].second] = first;
      for (const auto& [name, members] : splitsFor(part.dataset, kSplitSeed))
        for (const std::size_t member : members)
          if (indexOf[member] != SIZE_MAX) dataset.splits[name].push_back(indexOf[member]);
    }
    takeProblems(dataset);
  }

 private:
  struct Part {
    CombinedFile::Part named;
    FoundDataset found;
    Dataset dataset;
    ClassMap nodes;
    std::size_t told = 0;                            ///< of the dataset's problems
    std::map<std::string, std::size_t> withoutNode;  ///< classes, with how many pictures
  };

  /// Throws Error that says of which file it is a dataset.
  FoundDataset find(const fs::path& place, const CombinedFile::Part& named,
                    const std::stop_token& stop) const {
    try {
      return findDataset(place, named.format, stop);
    } catch (const Error& error) {
      std::error_code fault;
      const bool gone =
          !fs::exists(place, fault) && (!fault || fault == std::errc::no_such_file_or_directory);
      throw Error("the dataset " + named.path +
                      " of this combined dataset cannot be opened: " + error.problem(),
                  utf8(file_),
                  (gone ? "put it where it was (" + utf8(place) + ")"
                        : "look at " + utf8(place) +
                              (error.advice().empty() ? "" : ": " + error.advice())) +
                      "; or correct its \"path\", or take it out of \"datasets\"");
    }
  }

  /// The same pictures twice would count and teach twice.
  void requireNew(const Part& part) const {
    std::error_code fault;
    for (const Part& other : parts_) {
      if (fs::equivalent(other.dataset.root, part.dataset.root, fault) && !fault)
        throw Error("the dataset " + part.named.path + " is named twice" +
                        (other.named.path == part.named.path ? std::string()
                                                             : ", first as " + other.named.path),
                    utf8(file_), "take one of them out of \"datasets\"");
    }
  }

  static std::string keyOf(const fs::path& picture, const fs::path& root) {
    const fs::path inside = picture.lexically_normal().lexically_relative(root);
    const bool outside = inside.empty() || *inside.begin() == "..";
    return utf8(outside ? picture.lexically_normal() : inside);
  }

  /// The annotation with nodes for classes. Where one has no node the picture is as good as
  /// unlabelled: what is on it would be learned as background.
  AnnotationPtr inTree(Part& part, const AnnotationPtr& read) {
    if (part.nodes.size() != part.dataset.classes.size())
      part.nodes = nodesOf(part.dataset.classes, false, part.named, tree_, file_);
    Annotation annotation = *read;
    bool whole = true;
    const auto nodeOf = [&](int classId) {
      const auto at = static_cast<std::size_t>(classId);
      const int node = classId < 0 || at >= part.nodes.size() ? -1 : part.nodes[at];
      if (node < 0 && whole) {
        whole = false;
        ++part.withoutNode[at < part.dataset.classes.size() ? part.dataset.classes[at]
                                                            : std::to_string(classId)];
      }
      return node;
    };
    for (Box& box : annotation.boxes)
      box.classId = nodeOf(box.classId);
    for (int& classId : annotation.imageClasses)
      classId = nodeOf(classId);
    return std::make_shared<const Annotation>(whole ? std::move(annotation) : Annotation());
  }

  Problem lackOf(const Part& part, const std::string& name, std::size_t pictures) const {
    const std::string leftOut =
        ": " + counted(pictures, "picture of it is", "pictures of it are") + " left out";
    const auto said = part.named.labels.find(name);
    if (said != part.named.labels.end() && said->second.empty())
      return {part.named.path, 0, Severity::Note,
              "the class " + name + " has no node, as its map says" + leftOut};
    const int near = nearestNode(name, *tree_.tree, tree_.names);
    return {part.named.path, 0, Severity::Error,
            "the class " + name + " has no node in the tree" +
                (near < 0 ? std::string()
                          : " (perhaps " + tree_.names[static_cast<std::size_t>(near)] + ")") +
                leftOut + "; say its node under \"map\" in the combined file"};
  }

  /// What the parts have found since the last time, with where it lies seen from here.
  void takeProblems(Dataset& dataset) {
    for (Part& part : parts_) {
      for (; part.told < part.dataset.problems.size(); ++part.told) {
        Problem problem = part.dataset.problems[part.told];
        problem.file = keyOf(part.dataset.root / pathFromUtf8(problem.file), dataset.root);
        dataset.problems.push_back(std::move(problem));
      }
    }
  }

  const fs::path file_;
  const CombinedFile combined_;
  const CombinedTree tree_;
  std::vector<Part> parts_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;  ///< part and its picture
};

class CombinedFormat final : public DatasetFormat {
 public:
  std::string_view name() const override { return "combined"; }

  bool describedBy(const fs::path& file) const override {
    return hasEnding(utf8(file.filename()), kCombinedEnding);
  }
  bool probe(const FolderListing&) const override { return false; }  // by its file alone

  std::unique_ptr<DatasetReader> open(const fs::path& path, FolderListing) const override {
    if (!describedBy(path))
      throw Error("a combined dataset is a file", utf8(path),
                  std::string("give one whose name ends in ") + kCombinedEnding);
    return std::make_unique<CombinedReader>(path);
  }
};

}  // namespace

const DatasetFormat& combinedFormat() {
  static const CombinedFormat format;
  return format;
}

}  // namespace boxwright
