// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/out_of_memory.h"
#include "core/base/thread_budget.h"
#include "core/compute/check_backend.h"
#include "core/compute/device_list.h"
#if BOXWRIGHT_HAS_CUDA
#include "core/compute/cuda/cuda_backend.h"
#include "core/compute/cuda/cuda_device.h"
#endif
#if BOXWRIGHT_HAS_ONEDNN
#include "core/compute/onednn/onednn_backend.h"
#endif
#include "core/compute/reference/reference_backend.h"

namespace boxwright {
namespace {

std::unique_ptr<Backend> openCuda([[maybe_unused]] int index,
                                  [[maybe_unused]] const DeviceWish& wish) {
#if BOXWRIGHT_HAS_CUDA
  return makeCudaBackend(cuda::openCard(index), wish.precision);
#else
  throw Error("CUDA is not in this build", {},
              "build it where CMake finds nvcc and cuDNN, or choose another device");
#endif
}

/// In order of preference: "auto" takes the first that opens. A card comes when it is asked for,
/// until all has been proved on one (cuda/README.md).
std::vector<DeviceEntry> backends() {
  std::vector<DeviceEntry> entries;
#if BOXWRIGHT_HAS_ONEDNN
  entries.push_back(
      {"cpu", [](const DeviceWish& wish) { return makeOnednnBackend(wish.threads); }});
#endif
  DeviceEntry cards{"cuda", [](const DeviceWish& wish) { return openCuda(0, wish); }};
#if BOXWRIGHT_HAS_CUDA
  cards.tell = cuda::listCards;
#endif
  entries.push_back(std::move(cards));
  entries.push_back(
      {"reference", [](const DeviceWish&) { return std::make_unique<ReferenceBackend>(); }});
  return entries;
}

constexpr std::string_view kCheck = "check:";

/// The number in "cuda:N".
std::optional<int> cardOf(const std::string& device) {
  constexpr std::string_view kPrefix = "cuda:";
  if (!device.starts_with(kPrefix)) return std::nullopt;
  int number = -1;
  const char* const end = device.data() + device.size();
  const auto [last, fault] = std::from_chars(device.data() + kPrefix.size(), end, number);
  return last == end && fault == std::errc() && number >= 0 ? std::optional(number) : std::nullopt;
}

/// Those that a user chooses among.
constexpr Precision kChosen[] = {Precision::Float32, Precision::TensorFloat32, Precision::BFloat16};

std::optional<Precision> precisionOf(const std::string& name) {
  if (name == "auto" || name.empty()) return std::nullopt;
  for (const Precision precision : kChosen)
    if (name == nameOf(precision)) return precision;
  std::string names;
  for (const std::string& one : precisionNames())
    names += (names.empty() ? "" : ", ") + one;
  throw Error("there is no such precision", "\"" + name + "\"", "choose one of " + names);
}

std::unique_ptr<Backend> opened(const DeviceEntry& entry, const DeviceWish& wish) {
  std::unique_ptr<Backend> backend = entry.open(wish);
  if (wish.precision && *wish.precision != backend->precision())
    throw Error("the " + entry.name + " device computes in " + nameOf(backend->precision()) +
                    ", not in " + nameOf(*wish.precision),
                {}, "choose the precision auto, or another device");
  return backend;
}

/// What `names` ("A,B") says: the precision is the first's.
std::unique_ptr<Backend> openCheck(const std::string& names, int threads,
                                   const std::string& precision) {
  const std::size_t comma = names.find(',');
  if (comma == 0 || comma == std::string::npos || comma + 1 == names.size())
    throw Error("two devices are wanted, one to check and one to check it with",
                std::string(kCheck) + names, "name both, as in check:cuda,reference");
  return makeCheckBackend(openBackend(names.substr(0, comma), threads, precision),
                          openBackend(names.substr(comma + 1), threads));
}

std::string namesOf(std::span<const DeviceEntry> entries) {
  std::string text = "auto";
  for (const DeviceEntry& entry : entries)
    text += ", " + entry.name;
  return text;
}

}  // namespace

std::vector<DeviceInfo> listDevices(std::span<const DeviceEntry> entries) {
  std::vector<DeviceInfo> devices;
  for (const DeviceEntry& entry : entries) {
    try {
      if (entry.tell) {
        const std::vector<DeviceInfo> all = entry.tell();
        devices.insert(devices.end(), all.begin(), all.end());
      } else {
        devices.push_back(entry.open({.threads = availableCores()})->info());
      }
    } catch (const Error& error) {
      devices.push_back({entry.name, {}, false, error.what()});
    }
  }
  return devices;
}

std::unique_ptr<Backend> openBackend(std::span<const DeviceEntry> entries,
                                     const std::string& device, const DeviceWish& wish) {
  if (device == "auto" || device.empty()) {
    std::string reasons;
    for (const DeviceEntry& entry : entries) {
      try {
        return opened(entry, wish);
      } catch (const Error& error) {
        reasons += (reasons.empty() ? "" : "; ") + entry.name + ": " + error.problem();
      }
    }
    throw Error(wish.precision
                    ? std::string("no device here computes in ") + nameOf(*wish.precision)
                    : "no device can compute here",
                reasons, "choose the precision auto, or see boxwright devices");
  }
  for (const DeviceEntry& entry : entries) {
    if (device == entry.name) return opened(entry, wish);
  }
  throw Error("there is no such device", "\"" + device + "\"",
              "choose " + namesOf(entries) + " or cuda:N");
}

std::vector<DeviceInfo> listDevices() {
  return listDevices(backends());
}

std::unique_ptr<Backend> openBackend(const std::string& device, int threads,
                                     const std::string& precision) {
  try {
    if (device.starts_with(kCheck))
      return openCheck(device.substr(kCheck.size()), threads, precision);
    const DeviceWish wish{threads, precisionOf(precision)};
    if (const std::optional<int> card = cardOf(device)) return openCuda(*card, wish);
    return openBackend(backends(), device, wish);
  } catch (const OutOfMemory&) {
    throw;
  } catch (const Error& error) {
    throw DeviceMissing(error.problem(), error.where(), error.advice());
  }
}

bool isDeviceName(const std::string& text) {
  if (text.starts_with(kCheck)) {
    const std::size_t comma = text.find(',');
    if (comma == std::string::npos) return false;
    const std::string first = text.substr(kCheck.size(), comma - kCheck.size());
    const std::string second = text.substr(comma + 1);
    return !second.starts_with(kCheck) && isDeviceName(first) && isDeviceName(second);
  }
  const std::vector<std::string> known = {"auto", "cpu", "cuda", "reference"};
  return std::find(known.begin(), known.end(), text) != known.end() || cardOf(text);
}

std::vector<std::string> precisionNames() {
  std::vector<std::string> names = {"auto"};
  for (const Precision precision : kChosen)
    names.push_back(nameOf(precision));
  return names;
}

}  // namespace boxwright
