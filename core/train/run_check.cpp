// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/train/picture_check.h"

namespace boxwright {
namespace {

/// A fortieth of the minutes that a run is given, at about 300 million pixels a second.
constexpr double kPixelsAMinute = 0.45e9;

std::vector<CheckedPicture> picturesOf(const Run& run, const Dataset& dataset) {
  std::unordered_map<std::string_view, std::size_t> byPath;
  byPath.reserve(dataset.pictures.size());
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i)
    byPath.emplace(dataset.pictures[i].path, i);
  std::vector<CheckedPicture> pictures;
  // Others ("trainval") are made of these.
  for (const char* const split : {"train", "val", "test"}) {
    for (const std::string& path : run.picturesOf(split)) {
      const auto found = byPath.find(path);
      if (found != byPath.end())
        pictures.push_back({dataset.absolutePath(found->second), path, split});
    }
  }
  return pictures;
}

}  // namespace

std::optional<RunCheck> checkRun(const Run& run, const Dataset& dataset, int decodeAtLeast,
                                 int threads, PictureCache& cache, const std::stop_token& stop,
                                 const std::function<void(const CheckEvent&)>& tell) {
  const std::vector<CheckedPicture> pictures = picturesOf(run, dataset);
  const QuarantineRule rule = quarantineRule(run.settings().quarantine);
  PictureCheckSettings settings;
  settings.threads = threads;
  settings.seed = run.settings().seed;
  settings.decodeAtLeast = decodeAtLeast;
  if (run.settings().minutes > 0)
    settings.pixels = std::min(settings.pixels, kPixelsAMinute * run.settings().minutes);
  const std::optional<PictureCheck> check =
      checkPictures(pictures, settings, cache, stop, [&](std::size_t done, std::size_t all) {
        tell({static_cast<std::int64_t>(done), static_cast<std::int64_t>(all), 0});
      });
  if (!check) return std::nullopt;
  RunCheck found{quarantineOf(*check, pictures, rule), describe(*check, pictures, rule)};
  const auto training = static_cast<std::size_t>(std::count_if(
      pictures.begin(), pictures.end(), [](const auto& p) { return p.split == "train"; }));
  if (training > 0 && found.quarantine.entries.size() >= training)
    throw Error(
        fmt::format("all {} training pictures would be in quarantine", training),
        found.quarantine.entries.front().path + ": " + found.quarantine.entries.front().what,
        "mend the dataset, or ask for less quarantine");
  const auto nearCopies = rule.duplicates
                              ? 0
                              : std::count_if(check->nearCopies.begin(), check->nearCopies.end(),
                                              [&](const PictureCheck::NearCopy& copy) {
                                                return pictures[copy.picture].split == "train";
                                              });
  const auto all = static_cast<std::int64_t>(pictures.size());
  tell({all, all, nearCopies});
  writeQuarantine(run.folder() / "quarantine.json", found.quarantine, *check, pictures, rule);
  return found;
}

}  // namespace boxwright
