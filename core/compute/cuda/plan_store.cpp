// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/plan_store.h"

#include <algorithm>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright::cuda {

namespace fs = std::filesystem;

PlanStore::PlanStore(const fs::path& folder, const std::string& card) {
  std::string name = card;
  std::replace_if(
      name.begin(), name.end(),
      [](char c) {
        return !(('0' <= c && c <= '9') || ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z') ||
                 c == '.' || c == '-');
      },
      '_');
  folder_ = folder / name;
}

std::optional<std::string> PlanStore::read(const std::string& call) const {
  std::error_code ignored;
  const fs::path file = fileOf(call);
  if (!fs::exists(file, ignored)) return std::nullopt;
  try {
    return readFile(file);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void PlanStore::write(const std::string& call, const std::string& plan) const {
  std::error_code ignored;
  fs::create_directories(folder_, ignored);
  try {
    writeFileAtomically(fileOf(call), plan);
  } catch (const Error&) {
    return;
  }
}

fs::path PlanStore::fileOf(const std::string& call) const {
  return folder_ / (call + ".json");
}

}  // namespace boxwright::cuda
