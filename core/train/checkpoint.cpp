// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {
namespace {

constexpr std::string_view kMagic = "boxwright checkpoint 4\n";
/// Without what the task has gathered, without retryUntold, and without the numbers about
/// diverging; still read.
constexpr std::string_view kThirdMagic = "boxwright checkpoint 3\n";
constexpr std::string_view kSecondMagic = "boxwright checkpoint 2\n";
constexpr std::string_view kFirstMagic = "boxwright checkpoint 1\n";
static_assert(kMagic.size() == kFirstMagic.size() && kMagic.size() == kSecondMagic.size() &&
              kMagic.size() == kThirdMagic.size());

/// FNV-1a over eight bytes at a time, of bytes that come in pieces: it finds accidents, not
/// forgers.
class Checksum {
 public:
  void add(std::string_view bytes) {
    while (!bytes.empty()) {
      if (begun_ == 0 && bytes.size() >= sizeof word_) {
        std::memcpy(&word_, bytes.data(), sizeof word_);
        addWord();
        bytes.remove_prefix(sizeof word_);
        continue;
      }
      const std::size_t count = std::min(bytes.size(), sizeof word_ - begun_);
      std::memcpy(reinterpret_cast<char*>(&word_) + begun_, bytes.data(), count);
      begun_ += count;
      if (begun_ == sizeof word_) {
        addWord();
        begun_ = 0;
      }
      bytes.remove_prefix(count);
    }
  }

  std::uint64_t value() const {
    std::uint64_t hash = hash_;
    for (std::size_t i = 0; i < begun_; ++i)
      hash = (hash ^ reinterpret_cast<const unsigned char*>(&word_)[i]) * kPrime;
    return hash;
  }

 private:
  static constexpr std::uint64_t kPrime = 0x100000001b3ULL;
  void addWord() {
    hash_ = (hash_ ^ word_) * kPrime;
    hash_ ^= hash_ >> 29;
  }

  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
  std::uint64_t word_ = 0;  ///< its first `begun_` bytes have come
  std::size_t begun_ = 0;
};

/// Writes numbers and arrays one after the other, and what they sum up to at the end. Arrays go
/// straight to the file: a second copy of all weights is not made.
class Writer {
 public:
  explicit Writer(const ByteSink& sink) : sink_(sink) {}

  void put(std::string_view bytes) {
    sum_.add(bytes);
    sink_(bytes);
  }
  template <typename T>
  void putNumber(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    put({reinterpret_cast<const char*>(&value), sizeof value});
  }
  void putArray(const std::vector<float>& values) {
    putNumber(static_cast<std::uint64_t>(values.size()));
    put({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
  }
  void putSum() { putNumber(sum_.value()); }

 private:
  const ByteSink& sink_;
  Checksum sum_;
};

/// Reads what a Writer wrote, in order.
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

std::vector<float> storedFloats(Network network) {
  std::vector<float> values;
  values.reserve(storedFloatsOf(network));
  eachArray(network, [&](std::vector<float>& array) {
    values.insert(values.end(), array.begin(), array.end());
    array = std::vector<float>();  // gives the memory back
  });
  return values;
}

bool allFinite(const Network& network) {
  bool finite = true;
  eachArray(network, [&](const std::vector<float>& array) {
    finite = finite && std::all_of(array.begin(), array.end(),
                                   [](float value) { return std::isfinite(value); });
  });
  return finite;
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
  writeFileAtomically(file, [&](const ByteSink& sink) {
    Writer writer(sink);
    writer.put(kMagic);
    eachNumber(checkpoint, [&](const auto& value) { writer.putNumber(value); });
    writer.putArray(checkpoint.weights);
    writer.putArray(checkpoint.momenta);
    writer.putArray(checkpoint.average);
    writer.putNumber(checkpoint.retries);
    writer.putNumber(checkpoint.retriesAllowed);
    writer.putArray(checkpoint.lossWatch);
    writer.putNumber(checkpoint.retryUntold);
    writer.putArray(checkpoint.gathered);
    writer.putSum();
  });
}

Checkpoint loadCheckpoint(const std::filesystem::path& file) {
  const std::string bytes = readFile(file);
  const std::string_view all = bytes;
  Reader reader(all.size() > kMagic.size() ? all.substr(kMagic.size()) : std::string_view(),
                utf8(file));
  const bool first = all.starts_with(kFirstMagic), second = all.starts_with(kSecondMagic);
  const bool third = all.starts_with(kThirdMagic);
  if ((!first && !second && !third && !all.starts_with(kMagic)) ||
      all.size() < kMagic.size() + sizeof(std::uint64_t))
    reader.damaged();
  std::uint64_t sum = 0;
  std::memcpy(&sum, all.data() + all.size() - sizeof sum, sizeof sum);
  Checksum found;
  found.add(all.substr(0, all.size() - sizeof sum));
  if (sum != found.value()) reader.damaged();
  Checkpoint checkpoint;
  eachNumber(checkpoint, [&](auto& value) { reader.take(value); });
  reader.take(checkpoint.weights);
  reader.take(checkpoint.momenta);
  reader.take(checkpoint.average);
  if (first) return checkpoint;
  reader.take(checkpoint.retries);
  reader.take(checkpoint.retriesAllowed);
  reader.take(checkpoint.lossWatch);
  if (second) return checkpoint;
  reader.take(checkpoint.retryUntold);
  if (third) return checkpoint;
  reader.take(checkpoint.gathered);
  return checkpoint;
}

}  // namespace boxwright
