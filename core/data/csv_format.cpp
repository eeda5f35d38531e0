// SPDX-License-Identifier: GPL-3.0-or-later
// CSV: one box a line, with the columns of TensorFlow's object detection or of RetinaNet.
#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/data/class_list.h"
#include "core/data/content_hash.h"
#include "core/data/csv_file.h"
#include "core/data/dataset_format.h"
#include "core/data/picture_finder.h"
#include "core/data/shared_labels.h"
#include "core/data/text_lines.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 3> kClassLists = {"classes.csv", "class_mapping.csv",
                                                    "class_map.csv"};

std::vector<std::string> findCsvFiles(const FolderListing& listing) {
  std::vector<std::string> files, unknown;
  std::size_t looked = 0;
  for (const std::string& file : listing.csv) {
    if (std::count(file.begin(), file.end(), '/') > 1) continue;
    if (++looked > 20) break;
    const auto beginning = readBeginning(listing.root / pathFromUtf8(file));
    if (beginning && csvFormOf(*beginning)) files.push_back(file);
    if (!beginning || beginning->empty()) unknown.push_back(file);
  }
  for (const std::string& file : listing.noFiles) {
    if (hasEnding(file, ".csv") && std::count(file.begin(), file.end(), '/') <= 1)
      unknown.push_back(file);
  }
  std::erase_if(unknown, [](const std::string& file) {
    return std::find(kClassLists.begin(), kClassLists.end(), file) != kClassLists.end();
  });
  return withUnknown(std::move(files), unknown);
}

class CsvReader final : public DatasetReader {
 public:
  /// `others`: files of the folder that are not opened.
  CsvReader(std::vector<std::string> files, FolderListing listing, std::vector<std::string> others)
      : files_(std::move(files)), listing_(std::move(listing)), others_(std::move(others)) {}

  void list(Dataset& dataset, std::stop_token stop) override {
    dataset.root = listing_.root;
    readClasses(dataset);
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

  void finish(Dataset&) override {}

 private:
  void readClasses(Dataset& dataset) {
    const std::vector<std::string> places = {""};
    for (const char* name : kClassLists) {
      if (!std::binary_search(listing_.csv.begin(), listing_.csv.end(), name)) continue;
      const auto bytes = readSmallFile(listing_.root / name);
      if (auto names = bytes ? numberedNamesFrom(*bytes) : std::nullopt) {
        dataset.classes = std::move(*names);
        dataset.classFiles.push_back({name, ClassFile::Kind::Numbered, contentHash(*bytes)});
        reportDuplicates(dataset, dataset.classes, name, {});
        break;
      }
    }
    if (dataset.classes.empty()) {
      if (const auto names = findNamesFile(listing_, places))
        dataset.classes = readNamesOf(dataset, listing_.root / pathFromUtf8(*names));
    }
    dataset.classesListed = !dataset.classes.empty();
    if (!dataset.classFiles.empty() && !others_.empty())
      dataset.classesFixed =
          dataset.classFiles.front().path + " is also the list of " + others_.front() +
          (others_.size() == 1 ? "" : " and of " + counted(others_.size() - 1, "other", "others")) +
          ": open the folder to change the classes of all its files";
    for (std::size_t i = 0; i < dataset.classes.size(); ++i)
      classIds_.emplace(dataset.classes[i], static_cast<int>(i));
  }

  void readFileOf(Dataset& dataset, const std::string& file, const std::string& bytes) {
    const std::optional<CsvForm> form = csvFormOf(bytes);
    if (!form)
      throw Error("the columns are not those of boxes", file,
                  "they are filename, class, xmin, ymin, xmax, ymax");
    const std::string split = splitOfPath(file);
    const PictureFinder finder = finderFor(listing_, file, split, "");
    labels_.beginFile(dataset, file, bytes, split, finder.home());
    std::unordered_map<std::string, std::int64_t> entries;  // by the name as it stands; -1: none
    for (const CsvRow& row : csvRowsOf(bytes, *form)) {
      const auto fault = [&](const std::string& what) {
        dataset.problems.push_back({file, row.number, Severity::Error, what + "; it is left out"});
      };
      const std::string name = csvText(bytes, row, form->path);
      if (name.empty()) {
        fault("a line names no picture");
        continue;
      }
      const auto [known, fresh] = entries.emplace(name, -1);
      if (fresh) {
        if (const std::optional<std::string> key = finder.find(name)) {
          const auto size = [&](int column) {
            return numberFrom(csvText(bytes, row, column)).value_or(0);
          };
          const auto entry =
              labels_.add(dataset, {*key, size(form->width), size(form->height), row.number, true});
          if (entry) known->second = *entry;
        } else {
          fault("there is no picture '" + name + "'");
        }
      }
      if (known->second < 0 || isEmptyRow(row, *form)) continue;
      labels_.addBox(static_cast<std::uint32_t>(known->second),
                     boxOf(dataset, bytes, row, *form, fault), row.number);
    }
  }

  std::optional<Box> boxOf(Dataset& dataset, const std::string& bytes, const CsvRow& row,
                           const CsvForm& form,
                           const std::function<void(const std::string&)>& fault) {
    const std::string name = csvText(bytes, row, form.name);
    const auto none = [&](const std::string& what) {
      fault(what);
      return std::nullopt;
    };
    if (name.empty()) return none("a box has no class");
    std::array<double, 4> edges{};
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const auto value = numberFrom(csvText(bytes, row, form.edges[i]));
      if (!value) return none("box of '" + name + "': an edge is no number");
      edges[i] = *value;
    }
    auto known = classIds_.find(name);
    if (known == classIds_.end()) {
      if (dataset.classesListed) return none("unknown class '" + name + "'");
      known = classIds_.emplace(name, static_cast<int>(dataset.classes.size())).first;
      dataset.classes.push_back(name);
    }
    Box box;
    box.classId = known->second;
    box.rect = {edges[0], edges[1], edges[2], edges[3]};
    return box;
  }

  std::vector<std::string> files_;
  FolderListing listing_;
  std::vector<std::string> others_;
  SharedLabels labels_;
  std::unordered_map<std::string, int> classIds_;
};

class CsvFormat final : public DatasetFormat {
 public:
  std::string_view name() const override { return "csv"; }

  bool describedBy(const fs::path& file) const override {
    return hasEnding(utf8(file.filename()), ".csv");
  }

  bool probe(const FolderListing& listing) const override {
    return !listing.pictures.empty() && !findCsvFiles(listing).empty();
  }

  std::unique_ptr<DatasetReader> open(const fs::path& path, FolderListing listing) const override {
    std::vector<std::string> files = findCsvFiles(listing), others;
    if (path != listing.root) {
      const std::string file = utf8(path.filename());
      std::erase(files, file);
      others = std::exchange(files, {file});
    }
    if (files.empty())
      throw Error("there is no CSV file of boxes", utf8(listing.root),
                  "its columns are filename, class, xmin, ymin, xmax, ymax");
    return std::make_unique<CsvReader>(std::move(files), std::move(listing), std::move(others));
  }
};

}  // namespace

const DatasetFormat& csvFormat() {
  static const CsvFormat format;
  return format;
}

}  // namespace boxwright
