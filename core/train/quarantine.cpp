// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/quarantine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <system_error>
#include <unordered_set>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/train/own_json.h"

namespace boxwright {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNamed = 5;  ///< of a list, in a sentence; the file has them all

/// "a, b, c and 4 more"
template <typename Items, typename Text>
std::string some(const Items& items, Text&& text) {
  std::string out;
  for (std::size_t i = 0; i < std::min(kNamed, items.size()); ++i)
    out += (i == 0 ? "" : ", ") + text(items[i]);
  if (items.size() > kNamed) out += fmt::format(" and {} more", items.size() - kNamed);
  return out;
}

std::string copyText(const PictureCheck::NearCopy& copy, std::span<const CheckedPicture> pictures) {
  return fmt::format("{} of {} ({})", pictures[copy.picture].name, pictures[copy.of].name,
                     pictures[copy.of].split);
}

std::optional<QuarantineRule> parsed(const std::string& text) {
  QuarantineRule rule{false, false};
  if (text == "none") return rule;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    bool& asked = word == "duplicates" ? rule.duplicates : rule.damaged;
    if (asked || (word != "damaged" && word != "duplicates")) return std::nullopt;
    asked = true;
  }
  if (!rule.damaged && !rule.duplicates) return std::nullopt;
  return rule;
}

}  // namespace

bool isQuarantineRule(const std::string& text) {
  return parsed(text).has_value();
}

QuarantineRule quarantineRule(const std::string& text) {
  const std::optional<QuarantineRule> rule = parsed(text);
  if (!rule)
    throw Error("nothing is known of a quarantine for \"" + text + "\"", {},
                "say damaged, duplicates, damaged,duplicates or none");
  return *rule;
}

std::vector<std::string> Quarantine::rest(const std::vector<std::string>& paths) const {
  std::unordered_set<std::string> out;
  for (const Entry& entry : entries)
    out.insert(entry.path);
  std::vector<std::string> kept;
  for (const std::string& path : paths)
    if (out.count(path) == 0) kept.push_back(path);
  return kept;
}

Quarantine quarantineOf(const PictureCheck& check, std::span<const CheckedPicture> pictures,
                        const QuarantineRule& rule) {
  Quarantine quarantine;
  if (rule.damaged)
    for (const PictureCheck::Fault& fault : check.faults)
      if (pictures[fault.picture].split == "train")
        quarantine.entries.push_back({pictures[fault.picture].name, "damaged", fault.what});
  if (rule.duplicates)
    for (const PictureCheck::NearCopy& copy : check.nearCopies)
      if (pictures[copy.picture].split == "train")
        quarantine.entries.push_back(
            {pictures[copy.picture].name, "duplicate",
             fmt::format("looks like {} ({}): {} of 64 bits differ", pictures[copy.of].name,
                         pictures[copy.of].split, copy.distance)});
  return quarantine;
}

std::vector<std::string> describe(const PictureCheck& check,
                                  std::span<const CheckedPicture> pictures,
                                  const QuarantineRule& rule) {
  std::vector<std::string> lines;
  std::map<std::string, std::vector<PictureCheck::Fault>> faults;
  for (const PictureCheck::Fault& fault : check.faults)
    faults[pictures[fault.picture].split].push_back(fault);
  lines.push_back(
      check.decoded == check.pictures
          ? fmt::format("Checked before training: {} pictures, all of them decoded; {} damaged, {} "
                        "like one of another split.",
                        check.pictures, check.faults.size(), check.nearCopies.size())
          : fmt::format("Checked before training: the headers of {} pictures and, so that it does "
                        "not take too long, {} of them decoded; {} damaged, {} like one of "
                        "another split.",
                        check.pictures, check.decoded, check.faults.size(),
                        check.nearCopies.size()));
  const std::string isolated = "in quarantine: not learned from";
  for (const auto& [split, list] : faults) {
    const std::string fate = split != "train" ? "counts as far as it can be read"
                             : rule.damaged   ? isolated
                                              : "left out when its turn comes";
    lines.push_back(fmt::format("{} damaged in {} ({}): {}.", list.size(), split, fate,
                                some(list, [&](const PictureCheck::Fault& fault) {
                                  return pictures[fault.picture].name + " - " + fault.what;
                                })));
  }
  std::map<std::string, std::vector<PictureCheck::NearCopy>> copies;
  for (const PictureCheck::NearCopy& copy : check.nearCopies)
    copies[pictures[copy.picture].split].push_back(copy);
  for (const auto& [split, list] : copies) {
    const std::string fate =
        split != "train"  ? "scores look better than they are"
        : rule.duplicates ? isolated
                          : "scores look better than they are; a run may leave such pictures out";
    lines.push_back(fmt::format(
        "{} in {} like one of another split ({}): {}.", list.size(), split, fate,
        some(list, [&](const PictureCheck::NearCopy& copy) { return copyText(copy, pictures); })));
  }
  return lines;
}

void writeQuarantine(const std::filesystem::path& file, const Quarantine& quarantine,
                     const PictureCheck& check, std::span<const CheckedPicture> pictures,
                     const QuarantineRule& rule) {
  Json rules = Json::array();
  if (rule.damaged) rules.push_back("damaged");
  if (rule.duplicates) rules.push_back("duplicates");
  Json entries = Json::array(), faults = Json::array(), copies = Json::array();
  for (const Quarantine::Entry& entry : quarantine.entries)
    entries.push_back({{"path", entry.path}, {"reason", entry.reason}, {"what", entry.what}});
  for (const PictureCheck::Fault& fault : check.faults)
    faults.push_back({{"path", pictures[fault.picture].name},
                      {"split", pictures[fault.picture].split},
                      {"what", fault.what},
                      {"readableInPart", fault.readable}});
  for (const PictureCheck::NearCopy& copy : check.nearCopies)
    copies.push_back({{"path", pictures[copy.picture].name},
                      {"split", pictures[copy.picture].split},
                      {"of", pictures[copy.of].name},
                      {"ofSplit", pictures[copy.of].split},
                      {"distance", copy.distance}});
  const Json json = {{"rule", rules},
                     {"quarantined", entries},
                     {"checked", {{"pictures", check.pictures}, {"decoded", check.decoded}}},
                     {"damaged", faults},
                     {"nearCopies", copies}};
  writeFileAtomically(file, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Quarantine readQuarantine(const std::filesystem::path& file) {
  std::error_code code;
  if (!std::filesystem::exists(file, code)) return {};
  Quarantine quarantine;
  readOwnJson(file, "the run is damaged; start a new one", [&](const Json& json) {
    for (const Json& entry : json.at("quarantined").get_ref<const Json::array_t&>())
      quarantine.entries.push_back({entry.at("path").get<std::string>(), entry.value("reason", ""),
                                    entry.value("what", "")});
  });
  return quarantine;
}

}  // namespace boxwright
