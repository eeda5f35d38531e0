// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/detection_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/geometry/conversion.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

void makeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Error("cannot make the folder (" + error.message() + ")", utf8(folder),
                "check the permissions or choose another folder");
  }
}

std::string stemOf(const Picture& picture) {
  return utf8(pathFromUtf8(picture.path).stem());
}

/// A file name of its own for every class: a slash, which no name can hold, becomes an underscore,
/// with a number where that is another class's name.
std::vector<std::string> fileNamesOf(const ClassNames& classes) {
  std::set<std::string> taken(classes.begin(), classes.end());
  std::vector<std::string> names;
  for (const std::string& className : classes) {
    std::string name = className;
    std::replace(name.begin(), name.end(), '/', '_');
    if (name != className) {
      const std::string base = name;
      for (int n = 2; !taken.insert(name).second; ++n)
        name = base + "_" + std::to_string(n);
    }
    names.push_back("comp4_det_" + name + ".txt");
  }
  return names;
}

Rect clipped(const Rect& r, const Picture& picture) {
  return {std::clamp(r.left, 0.0, double(picture.width)),
          std::clamp(r.top, 0.0, double(picture.height)),
          std::clamp(r.right, 0.0, double(picture.width)),
          std::clamp(r.bottom, 0.0, double(picture.height))};
}

std::optional<std::int64_t> trailingNumber(const std::string& stem) {
  std::size_t begin = stem.size();
  while (begin > 0 && stem[begin - 1] >= '0' && stem[begin - 1] <= '9')
    --begin;
  if (begin == stem.size() || stem.size() - begin > 15) return std::nullopt;
  return std::stoll(stem.substr(begin));
}

std::vector<std::int64_t> imageIds(const Dataset& dataset, std::span<const std::size_t> indices) {
  std::vector<std::int64_t> ids;
  std::set<std::int64_t> seen;
  for (const std::size_t index : indices) {
    const auto number = trailingNumber(stemOf(dataset.pictures[index]));
    if (!number || !seen.insert(*number).second) break;
    ids.push_back(*number);
  }
  if (ids.size() == indices.size()) return ids;
  ids.clear();
  for (std::size_t i = 0; i < indices.size(); ++i)
    ids.push_back(static_cast<std::int64_t>(i) + 1);
  return ids;
}

/// COCO numbers its 80 classes 1..90, leaving ten numbers out (spec section 9).
int categoryId(int classId, std::size_t classes) {
  if (classes != 80) return classId + 1;
  static constexpr int kUnused[] = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83};
  int id = classId + 1;
  for (const int unused : kUnused) {
    if (id >= unused) ++id;
  }
  return id;
}

}  // namespace

void writeVocDetections(const fs::path& folder, const Dataset& dataset,
                        std::span<const std::size_t> indices, const EvaluateOutput& output,
                        const ClassNames& names) {
  makeFolder(folder);
  std::vector<std::string> texts(names.size());
  for (std::size_t i = 0; i < output.pictures.size(); ++i) {
    const Picture& picture = dataset.pictures[indices[i]];
    for (const Detection& d : output.pictures[i].detections) {
      const Rect voc = vocFromRect(clipped(d.rect, picture));
      texts[static_cast<std::size_t>(d.classId)] +=
          fmt::format("{} {:.6f} {:.6f} {:.6f} {:.6f} {:.6f}\n", stemOf(picture), d.confidence,
                      voc.left, voc.top, voc.right, voc.bottom);
    }
  }
  const std::vector<std::string> files = fileNamesOf(names);
  for (std::size_t c = 0; c < names.size(); ++c)
    writeFileAtomically(folder / pathFromUtf8(files[c]), texts[c]);
}

void writeCocoDetections(const fs::path& folder, const Dataset& dataset,
                         std::span<const std::size_t> indices, const EvaluateOutput& output,
                         const ClassNames& names) {
  makeFolder(folder);
  const std::vector<std::int64_t> ids = imageIds(dataset, indices);
  std::string text = "[";
  for (std::size_t i = 0; i < output.pictures.size(); ++i) {
    const Picture& picture = dataset.pictures[indices[i]];
    for (const Detection& d : output.pictures[i].detections) {
      const Rect r = clipped(d.rect, picture);
      text += fmt::format(
          "{}\n{{\"image_id\": {}, \"category_id\": {}, \"bbox\": [{:.6f}, {:.6f}, {:.6f}, "
          "{:.6f}], "
          "\"score\": {:.6f}}}",
          text.size() > 1 ? "," : "", ids[i], categoryId(d.classId, names.size()), r.left, r.top,
          r.width(), r.height(), d.confidence);
    }
  }
  writeFileAtomically(folder / "detections.json", text + "\n]\n");
}

}  // namespace boxwright
