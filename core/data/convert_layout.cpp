// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/convert_layout.h"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "core/data/csv_file.h"
#include "core/data/format_room.h"
#include "core/data/label_rule.h"
#include "core/data/shared_writer.h"
#include "core/data/voc_layout.h"

namespace boxwright {
namespace {

/// Folders that a layout has for its pictures, which another need not keep.
constexpr std::array<std::string_view, 4> kPictureFolders = {"images/", "JPEGImages/", "Images/",
                                                             "obj/"};

std::string folderOfPictures(const std::string& format) {
  if (format == "voc") return "JPEGImages/";
  // A name that no program turns into another for the labels, which lie beside the pictures.
  if (format == "darknet") return "obj/";
  return format == "labelme" || format == "class-folders" ? "" : "images/";
}

/// The path of a picture without what all have in common, one that is outside of the root below
/// `outside`.
std::string plainKey(const std::string& key, std::string_view common) {
  if (key.starts_with('/')) return "outside" + key;
  return key.substr(common.size());
}

/// Without the words that Darknet turns into `labels` wherever they stand in a path.
std::string withoutDarknetsWords(std::string path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kWords = {
      {{"JPEGImages", "JPEG"}, {"images", "pictures"}}};
  for (const auto& [word, other] : kWords) {
    for (std::size_t at = 0; (at = path.find(word, at)) != std::string::npos; at += other.size())
      path.replace(at, word.size(), other);
  }
  return path;
}

std::string_view commonFolder(const Dataset& dataset) {
  for (const std::string_view folder : kPictureFolders) {
    const bool all =
        std::all_of(dataset.pictures.begin(), dataset.pictures.end(), [&](const Picture& picture) {
          return picture.path.starts_with(folder) || picture.path.starts_with('/');
        });
    if (all) return folder;
  }
  return {};
}

/// Pictures that differ in their ending alone would have one label file.
std::string withOwnStem(const std::string& path, std::unordered_set<std::string>& stems) {
  const std::string stem = withoutExtension(path);
  if (stems.insert(stem).second) return path;
  const std::string ending = path.substr(stem.size());
  std::string name = stem + "_" + (ending.empty() ? "" : ending.substr(1));
  while (!stems.insert(name).second)
    name += "_";
  return name + ending;
}

std::string labelFileFor(const std::string& format, const std::string& split) {
  if (format == "coco")
    return "annotations/instances_" + (split.empty() ? "default" : split) + ".json";
  if (format == "csv") return (split.empty() ? "labels" : split) + ".csv";
  return "annotations.xml";
}

/// "train/cat/a.png" of class cat in train -> "a.png".
std::string withoutFolder(std::string path, const std::string& folder) {
  return path.starts_with(folder + "/") ? path.substr(folder.size() + 1) : path;
}

std::string listOf(const Dataset& layout, const std::vector<std::size_t>& pictures,
                   const std::function<std::string(const std::string&)>& lineOf) {
  std::string text;
  for (const std::size_t i : pictures)
    text += lineOf(layout.pictures[i].path) + "\n";
  return text;
}

std::string quotedYaml(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

/// Pictures in no split count as train where the layout knows listed pictures alone.
std::vector<std::size_t> listedIn(const Dataset& layout, const std::string& split) {
  const auto found = layout.splits.find(split);
  std::vector<std::size_t> pictures =
      found == layout.splits.end() ? std::vector<std::size_t>() : found->second;
  if (split != "train") return pictures;
  std::vector<bool> listed(layout.pictures.size());
  for (const char* name : {"train", "val", "test"}) {
    const auto other = layout.splits.find(name);
    if (other == layout.splits.end()) continue;
    for (const std::size_t i : other->second)
      listed[i] = true;
  }
  for (std::size_t i = 0; i < listed.size(); ++i)
    if (!listed[i] && !layout.pictures[i].path.empty()) pictures.push_back(i);
  std::sort(pictures.begin(), pictures.end());
  return pictures;
}

}  // namespace

Dataset layoutFor(const Dataset& dataset, const std::string& format,
                  const std::filesystem::path& root) {
  Dataset layout;
  layout.root = root;
  layout.format = format;
  layout.classes = dataset.classes;
  layout.classesListed = true;
  layout.splits = dataset.splits;
  if (format == "darknet") layout.labelRule = labelRuleName(LabelRule::Beside);
  if (format == "ultralytics") layout.labelRule = labelRuleName(LabelRule::Ultralytics);
  const bool shared = formatRoomOf(format).shared, folders = format == "class-folders";
  const std::string_view common = commonFolder(dataset);
  const std::string prefix = folderOfPictures(format);
  std::unordered_set<std::string> stems;
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    Picture picture = dataset.pictures[i];
    const Annotation& annotation = *picture.annotation;
    std::string key = plainKey(picture.path, common);
    if (format == "darknet") key = withoutDarknetsWords(key);
    const std::string split = splitOfPicture(dataset, i);
    if (folders) {
      const std::optional<int> whole = annotation.wholeClass();
      if (whole) {
        const std::string& name = dataset.classes[static_cast<std::size_t>(*whole)];
        key = withoutFolder(withoutFolder(key, split), name);
        key = (split.empty() ? "" : split + "/") + name + "/" + key;
        key = withOwnStem(key, stems);
      } else {
        key.clear();
      }
    } else if (!shared) {
      key = withOwnStem(key, stems);
    }
    if (annotation.trashed) key.clear();
    picture.path = key.empty() ? "" : prefix + key;
    picture.labelHash = 0;
    picture.labelFile = -1;
    if (shared && !key.empty()) {
      const std::string file = labelFileFor(format, split);
      const auto known = std::find(layout.labelFiles.begin(), layout.labelFiles.end(), file);
      picture.labelFile = static_cast<int>(known - layout.labelFiles.begin());
      if (known == layout.labelFiles.end()) layout.labelFiles.push_back(file);
    }
    picture.annotation = std::make_shared<const Annotation>();
    layout.pictures.push_back(std::move(picture));
  }
  return layout;
}

std::size_t renamedForDarknet(const Dataset& dataset) {
  const std::string_view common = commonFolder(dataset);
  return static_cast<std::size_t>(
      std::count_if(dataset.pictures.begin(), dataset.pictures.end(), [&](const Picture& picture) {
        const std::string key = plainKey(picture.path, common);
        return !picture.annotation->trashed && withoutDarknetsWords(key) != key;
      }));
}

std::string ownLabelFile(const std::string& format, const std::string& picture) {
  if (format == "voc") return VocFolders{"Annotations/", "JPEGImages/"}.labelOf(picture);
  const std::string stem = withoutExtension(picture);
  if (format == "ultralytics") {
    // The last of them, as Ultralytics does.
    const std::size_t at = ("/" + stem).rfind("/images/");
    return stem.substr(0, at) + "labels" + stem.substr(at + std::string("images").size()) + ".txt";
  }
  return stem + (format == "labelme" ? ".json" : ".txt");
}

std::vector<std::pair<std::string, std::string>> listsFor(const Dataset& layout) {
  std::vector<std::pair<std::string, std::string>> lists;
  const std::string& format = layout.format;
  std::string names;
  for (const std::string& name : layout.classes)
    names += name + "\n";
  if (format == "voc") {
    lists.emplace_back("classes.txt", names);
    for (const auto& [split, pictures] : layout.splits) {
      lists.emplace_back("ImageSets/Main/" + split + ".txt",
                         listOf(layout, pictures, [](const std::string& path) {
                           return withoutExtension(path.substr(std::string("JPEGImages/").size()));
                         }));
    }
  } else if (format == "darknet" || format == "ultralytics") {
    const bool darknet = format == "darknet";
    std::string described = darknet ? "classes = " + std::to_string(layout.classes.size()) + "\n"
                                    : std::string("path: .\n");
    for (const char* split : {"train", "val", "test"}) {
      const std::vector<std::size_t> pictures = listedIn(layout, split);
      if (pictures.empty()) continue;
      const std::string name = darknet && std::string(split) == "val" ? "valid" : split;
      lists.emplace_back(name + ".txt", listOf(layout, pictures, [&](const std::string& path) {
                           return darknet ? path : "./" + path;
                         }));
      described += name + (darknet ? " = " : ": ") + name + ".txt\n";
    }
    if (darknet) {
      lists.emplace_back("obj.names", names);
      lists.emplace_back("obj.data", described + "names = obj.names\nbackup = backup\n");
    } else {
      described += "names:\n";
      for (std::size_t i = 0; i < layout.classes.size(); ++i)
        described += "  " + std::to_string(i) + ": " + quotedYaml(layout.classes[i]) + "\n";
      lists.emplace_back("data.yaml", described);
    }
  } else if (format == "labelme") {
    lists.emplace_back("labels.txt", names);
  } else if (format == "csv") {
    std::string classes;
    for (std::size_t i = 0; i < layout.classes.size(); ++i)
      classes += csvLine({layout.classes[i], std::to_string(i)}, ',') + "\n";
    lists.emplace_back("classes.csv", classes);
  }
  std::erase_if(lists, [](const auto& list) { return list.second.empty(); });
  return lists;
}

}  // namespace boxwright
