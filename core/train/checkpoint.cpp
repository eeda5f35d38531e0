// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/checkpoint.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {
namespace {

constexpr std::string_view kMagic = "boxwright checkpoint 1\n";

std::uint64_t checksum(std::string_view bytes) {
  // FNV-1a over eight bytes at a time: it finds accidents, not forgers.
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  while (bytes.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    hash = (hash ^ word) * 0x100000001b3ULL;
    hash ^= hash >> 29;
    bytes.remove_prefix(8);
  }
  for (const char c : bytes)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

template <typename T>
void put(std::string& out, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put(std::string& out, const std::vector<float>& values) {
  put(out, static_cast<std::uint64_t>(values.size()));
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
}

/// Reads what put() wrote, in order.
class Reader {
 public:
  Reader(std::string_view bytes, std::string file) : rest_(bytes), file_(std::move(file)) {}

  template <typename T>
  void take(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    need(sizeof value);
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
  }

  void take(std::vector<float>& values) {
    std::uint64_t count = 0;
    take(count);
    if (count > rest_.size() / sizeof(float)) damaged();
    values.resize(static_cast<std::size_t>(count));
    if (values.empty()) return;
    std::memcpy(values.data(), rest_.data(), values.size() * sizeof(float));
    rest_.remove_prefix(values.size() * sizeof(float));
  }

  [[noreturn]] void damaged() const {
    throw Error("the checkpoint is damaged", file_,
                "start a new run; it can begin with weights/best.weights of this one");
  }

 private:
  void need(std::size_t bytes) const {
    if (rest_.size() < bytes) damaged();
  }

  std::string_view rest_;
  std::string file_;
};

/// Calls `visit` for every number of the header, in the order of the file.
template <typename C, typename Visit>
void eachNumber(C& c, Visit&& visit) {
  visit(c.iteration);
  visit(c.statisticsUpdates);
  visit(c.averageUpdates);
  visit(c.bestMerit);
  visit(c.bestLoss);
  visit(c.bestIteration);
  visit(c.lastValidation);
  visit(c.validations);
  visit(c.validationsSinceBest);
  visit(c.metrics.jsonl);
  visit(c.metrics.csv);
}

/// Calls `visit` for every array of the network's weights, in layer order.
template <typename N, typename Visit>
void eachArray(N& network, Visit&& visit) {
  for (auto& layer : network.layers) {
    if (!std::holds_alternative<ConvolutionLayer>(layer.kind)) continue;
    visit(layer.weights.biases);
    visit(layer.weights.scales);
    visit(layer.weights.rollingMean);
    visit(layer.weights.rollingVariance);
    visit(layer.weights.weights);
  }
}

}  // namespace

std::vector<float> storedFloats(const Network& network) {
  std::vector<float> values;
  values.reserve(storedFloatsOf(network));
  eachArray(network, [&](const std::vector<float>& array) {
    values.insert(values.end(), array.begin(), array.end());
  });
  return values;
}

void setStoredFloats(Network& network, std::span<const float> values) {
  std::size_t wanted = 0;
  eachArray(network, [&](const std::vector<float>& array) { wanted += array.size(); });
  if (wanted != values.size())
    throw Error("the checkpoint is of another network", network.file,
                "model.cfg of the run has been changed; start a new run");
  eachArray(network, [&](std::vector<float>& array) {
    std::copy_n(values.begin(), array.size(), array.begin());
    values = values.subspan(array.size());
  });
}

void saveCheckpoint(const std::filesystem::path& file, const Checkpoint& checkpoint) {
  std::string bytes;
  bytes.reserve(kMagic.size() + 256 +
                sizeof(float) * (checkpoint.weights.size() + checkpoint.momenta.size() +
                                 checkpoint.average.size()));
  bytes = kMagic;
  eachNumber(checkpoint, [&](const auto& value) { put(bytes, value); });
  put(bytes, checkpoint.weights);
  put(bytes, checkpoint.momenta);
  put(bytes, checkpoint.average);
  put(bytes, checksum(bytes));
  writeFileAtomically(file, bytes);
}

Checkpoint loadCheckpoint(const std::filesystem::path& file) {
  const std::string bytes = readFile(file);
  const std::string_view all = bytes;
  Reader reader(all.size() > kMagic.size() ? all.substr(kMagic.size()) : std::string_view(),
                utf8(file));
  if (!all.starts_with(kMagic) || all.size() < kMagic.size() + sizeof(std::uint64_t))
    reader.damaged();
  std::uint64_t sum = 0;
  std::memcpy(&sum, all.data() + all.size() - sizeof sum, sizeof sum);
  if (sum != checksum(all.substr(0, all.size() - sizeof sum))) reader.damaged();
  Checkpoint checkpoint;
  eachNumber(checkpoint, [&](auto& value) { reader.take(value); });
  reader.take(checkpoint.weights);
  reader.take(checkpoint.momenta);
  reader.take(checkpoint.average);
  return checkpoint;
}

}  // namespace boxwright
