// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/box_losses.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>
#include <unordered_map>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/network/run_files.h"
#include "core/train/training_pictures.h"

namespace boxwright {
namespace {

constexpr float kMemory = 20;        ///< visits
constexpr float kLeastVisits = 3;    ///< that tell anything
constexpr double kSamePlace = 1e-6;  ///< of sides in fractions of the picture

bool isSame(const Truth& a, const Truth& b) {
  return a.classId == b.classId && std::abs(a.box.x - b.box.x) < kSamePlace &&
         std::abs(a.box.y - b.box.y) < kSamePlace && std::abs(a.box.w - b.box.w) < kSamePlace &&
         std::abs(a.box.h - b.box.h) < kSamePlace;
}

}  // namespace

BoxLosses::BoxLosses(const std::vector<LoaderPicture>& pictures) {
  std::size_t boxes = 0;
  for (const LoaderPicture& picture : pictures) {
    first_.push_back(boxes);
    int last = -1;
    for (const Truth& truth : picture.truths)
      last = std::max(last, truth.source);
    boxes += static_cast<std::size_t>(last + 1);
  }
  values_.assign(2 * boxes, 0);
}

void BoxLosses::add(std::size_t picture, std::size_t source, double loss) {
  float* const value = values_.data() + 2 * (first_[picture] + source);
  value[0] += 1;
  value[1] += (static_cast<float>(loss) - value[1]) / std::min(value[0], kMemory);
}

void BoxLosses::restore(std::span<const float> state) {
  if (state.size() == values_.size()) {
    std::copy(state.begin(), state.end(), values_.begin());
  } else {
    std::fill(values_.begin(), values_.end(), 0.0F);
  }
}

void BoxLosses::write(const std::filesystem::path& file,
                      const std::vector<LoaderPicture>& pictures) const {
  writeFileAtomically(file, [&](const ByteSink& sink) {
    for (std::size_t p = 0; p < pictures.size(); ++p) {
      nlohmann::ordered_json boxes = nlohmann::ordered_json::array();
      for (const Truth& truth : pictures[p].truths) {
        const float* const value =
            values_.data() + 2 * (first_[p] + static_cast<std::size_t>(truth.source));
        boxes.push_back({truth.classId, truth.box.x, truth.box.y, truth.box.w, truth.box.h,
                         value[0], value[1]});
      }
      const nlohmann::ordered_json line{{"picture", pictures[p].name}, {"boxes", boxes}};
      sink(line.dump() + "\n");
    }
  });
}

std::vector<SuspectLabel> suspectLabels(const std::filesystem::path& run, const Dataset& dataset) {
  const std::filesystem::path file = run / kBoxLossesFile;
  std::error_code code;
  if (!std::filesystem::exists(file, code)) return {};
  std::unordered_map<std::string, std::size_t> indexOf;
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i)
    indexOf.emplace(dataset.pictures[i].path, i);
  std::vector<SuspectLabel> suspects;
  std::istringstream lines(readFile(file));
  for (std::string text; std::getline(lines, text);) {
    try {
      const nlohmann::json line = nlohmann::json::parse(text);
      const auto found = indexOf.find(line.at("picture").get<std::string>());
      if (found == indexOf.end()) continue;
      const Picture& picture = dataset.pictures[found->second];
      const PictureTruths now = truthsOf(picture, dataset.absolutePath(found->second));
      for (const nlohmann::json& entry : line.at("boxes")) {
        const Truth then{{entry.at(1), entry.at(2), entry.at(3), entry.at(4)}, entry.at(0), -1};
        const auto same = std::find_if(now.truths.begin(), now.truths.end(),
                                       [&](const Truth& truth) { return isSame(truth, then); });
        if (same == now.truths.end() || entry.at(5).get<float>() < kLeastVisits) continue;
        const auto source = static_cast<std::size_t>(same->source);
        // The class of a whole picture is learned like a box, but is none.
        if (source >= picture.annotation->boxes.size()) continue;
        suspects.push_back(
            {found->second, picture.annotation->boxes[source].id, entry.at(6).get<double>(), 0});
      }
    } catch (const nlohmann::json::exception&) {
      throw Error("the record of the boxes' losses is damaged", utf8(file),
                  "train again, or delete the file");
    }
  }
  std::stable_sort(suspects.begin(), suspects.end(),
                   [](const SuspectLabel& a, const SuspectLabel& b) { return a.loss > b.loss; });
  for (std::size_t i = 0; i < suspects.size(); ++i)
    suspects[i].share = static_cast<double>(i + 1) / static_cast<double>(suspects.size());
  return suspects;
}

}  // namespace boxwright
