// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/weights_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"

namespace boxwright {
namespace {

static_assert(std::endian::native == std::endian::little, "weights files are little endian");

namespace fs = std::filesystem;

std::uint64_t headerBytes(std::int64_t major, std::int64_t minor) {
  return major * 10 + minor >= 2 && major < 1000 && minor < 1000 ? 20 : 16;
}

/// The order of one convolution's arrays in the file (spec section 2), with the sizes they have.
struct Array {
  std::vector<float> ConvolutionWeights::*values;
  std::size_t count;
  const char* name;
  bool scales;  ///< left out of reading by dontloadscales
};
std::vector<Array> arraysOf(const Layer& layer) {
  const auto& convolution = std::get<ConvolutionLayer>(layer.kind);
  const std::size_t filters = convolution.filters;
  std::vector<Array> arrays{{&ConvolutionWeights::biases, filters, "biases", false}};
  if (convolution.batchNormalize) {
    arrays.push_back({&ConvolutionWeights::scales, filters, "scales", true});
    arrays.push_back({&ConvolutionWeights::rollingMean, filters, "rolling means", true});
    arrays.push_back({&ConvolutionWeights::rollingVariance, filters, "rolling variances", true});
  }
  arrays.push_back({&ConvolutionWeights::weights, weightCountOf(layer), "weights", false});
  return arrays;
}

/// A weights file opened for reading; knows its size and where it stands.
class WeightsReader {
 public:
  explicit WeightsReader(const fs::path& file) : name_(utf8(file)) {
    std::error_code code;
    if (fs::is_directory(file, code)) {
      throw Error("a folder stands where a weights file is expected", name_);
    }
    stream_.open(file, std::ios::binary);
    if (!stream_) {
      throw Error("cannot open the weights file (" + std::string(std::strerror(errno)) + ")", name_,
                  "check the path and its permissions");
    }
    stream_.seekg(0, std::ios::end);
    const std::streamoff end = stream_.tellg();
    if (end < 0) throw Error("the weights file has no size", name_, "give a regular file");
    size_ = std::uint64_t(end);
    stream_.seekg(0);
  }

  const std::string& name() const { return name_; }
  std::uint64_t position() const { return position_; }
  std::uint64_t left() const { return size_ - position_; }

  template <typename T>
  T take() {
    T value;
    take(&value, sizeof value);
    return value;
  }
  void take(void* bytes, std::size_t count) {
    stream_.read(static_cast<char*>(bytes), std::streamsize(count));
    if (std::size_t(stream_.gcount()) != count) {
      throw Error("cannot read the weights file", name_ + " at byte " + std::to_string(position_));
    }
    position_ += count;
  }

 private:
  std::string name_;
  std::ifstream stream_;
  std::uint64_t size_ = 0, position_ = 0;
};

std::uint64_t readHeader(WeightsReader& reader) {
  if (reader.left() < 16) {
    throw Error(
        "the weights file has only " + counted(reader.left(), "byte", "bytes") + ", its header 16",
        reader.name(), "the file was cut or is not a weights file; get it again");
  }
  const auto version = reader.take<std::array<std::int32_t, 3>>();
  // Darknet's own are 0.1 and 0.2, its kin's up to 0.2.5; 1000 and over say "transposed".
  const auto plausible = [](std::int32_t number) {
    return (number >= 0 && number < 100) || (number >= 1000 && number < 1100);
  };
  if (!plausible(version[0]) || !plausible(version[1]) || version[2] < 0) {
    throw Error("this is not a Darknet weights file", reader.name(),
                "its first bytes are no version number; give a .weights file");
  }
  if (headerBytes(version[0], version[1]) == 16) return reader.take<std::uint32_t>();
  if (reader.left() < 8) {
    throw Error("the weights file ends in its header", reader.name(), "get it again");
  }
  return reader.take<std::uint64_t>();
}

void checkValues(const std::vector<float>& values, const Array& array, const std::string& layer,
                 const std::string& file) {
  const bool variance = array.values == &ConvolutionWeights::rollingVariance;
  for (const float value : values) {
    if (std::isfinite(value) && !(variance && value < 0)) continue;
    if (!std::isfinite(value)) {
      throw Error("the " + std::string(array.name) + " of " + layer + " hold what is no number",
                  file, "the file is damaged, of another network, or of a training that diverged");
    }
    throw Error("the rolling variances of " + layer + " hold a negative value", file,
                "the file is damaged or of another network; give the cfg it was made with");
  }
}

}  // namespace

WeightsReport loadWeights(const fs::path& file, Network& network, bool allowPartial,
                          int firstLayers) {
  WeightsReader reader(file);
  WeightsReport report;
  report.seen = readHeader(reader);
  const std::size_t cutoff = firstLayers < 0
                                 ? network.layers.size()
                                 : std::min(network.layers.size(), std::size_t(firstLayers));

  // Sizes decide first: nothing is read into memory for a file that does not fit.
  const std::uint64_t start = reader.position();
  std::uint64_t need = 0;
  std::vector<std::size_t> whole;
  int inCutoff = 0;
  for (std::size_t index = 0; index < network.layers.size(); ++index) {
    const Layer& layer = network.layers[index];
    if (!std::holds_alternative<ConvolutionLayer>(layer.kind)) continue;
    ++report.layersInNetwork;
    if (layer.dontLoad || index >= cutoff) continue;
    ++inCutoff;
    std::uint64_t bytes = 0;
    for (const Array& array : arraysOf(layer)) {
      if (!(array.scales && layer.dontLoadScales)) bytes += array.count * sizeof(float);
    }
    const std::uint64_t left = reader.left() - std::min(reader.left(), need);
    if (left == 0) {
      need += bytes;
      continue;
    }
    if (left < bytes) {
      throw Error("the weights file ends inside " + nameOf(network, layer) + ": it wants " +
                      std::to_string(bytes) + " bytes from byte " + std::to_string(start + need) +
                      ", there are " + std::to_string(left),
                  reader.name(),
                  "the file was cut or is of another network; give the cfg it was made with");
    }
    need += bytes;
    whole.push_back(index);
  }
  report.layersLoaded = int(whole.size());
  if (!whole.empty()) report.lastLayer = int(whole.back());
  if (report.layersLoaded < inCutoff && (!allowPartial || whole.empty())) {
    throw Error(
        "the weights file holds " + std::to_string(report.layersLoaded) + " of " +
            counted(inCutoff, "convolution", "convolutions"),
        reader.name(),
        allowPartial ? "get it again" : "a partial file can start a training, not run a network");
  }

  std::vector<ConvolutionWeights> loaded(whole.size());
  try {
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const Layer& layer = network.layers[whole[i]];
      for (const Array& array : arraysOf(layer)) {
        std::vector<float>& values = loaded[i].*array.values;
        if (array.scales && layer.dontLoadScales) {
          values = layer.weights.*array.values;
          continue;
        }
        values.resize(array.count);
        reader.take(values.data(), values.size() * sizeof(float));
        checkValues(values, array, nameOf(network, layer), reader.name());
      }
    }
  } catch (const std::bad_alloc&) {
    throw Error("there is not enough memory for the weights", reader.name());
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    network.layers[whole[i]].weights = std::move(loaded[i]);
  }
  network.seen = report.seen;
  if (cutoff == network.layers.size()) report.leftoverBytes = reader.left();
  return report;
}

std::uint64_t floatsInWeights(const fs::path& file) {
  WeightsReader reader(file);
  readHeader(reader);
  return reader.left() / sizeof(float);
}

void saveWeights(const fs::path& file, const Network& network, std::uint64_t seen,
                 WeightsHeader header, int firstLayers) {
  const std::size_t cutoff = firstLayers < 0
                                 ? network.layers.size()
                                 : std::min(network.layers.size(), std::size_t(firstLayers));
  for (std::size_t index = 0; index < cutoff; ++index) {
    const Layer& layer = network.layers[index];
    if (!std::holds_alternative<ConvolutionLayer>(layer.kind) || layer.dontSave) continue;
    for (const Array& array : arraysOf(layer)) {
      if ((layer.weights.*array.values).size() != array.count) {
        throw Error(nameOf(network, layer) + " has no " + array.name + " to save", utf8(file));
      }
    }
  }
  writeFileAtomically(file, [&](const ByteSink& sink) {
    const auto put = [&](const void* data, std::size_t bytes) {
      sink(std::string_view(static_cast<const char*>(data), bytes));
    };
    const bool wide = header == WeightsHeader::Version2;
    const std::array<std::int32_t, 3> version{0, wide ? 2 : 1, 0};
    put(version.data(), sizeof version);
    const auto narrow = static_cast<std::uint32_t>(seen);
    put(wide ? static_cast<const void*>(&seen) : &narrow, wide ? sizeof seen : sizeof narrow);
    for (std::size_t index = 0; index < cutoff; ++index) {
      const Layer& layer = network.layers[index];
      if (!std::holds_alternative<ConvolutionLayer>(layer.kind) || layer.dontSave) continue;
      for (const Array& array : arraysOf(layer)) {
        const std::vector<float>& values = layer.weights.*array.values;
        put(values.data(), values.size() * sizeof(float));
      }
    }
  });
}

}  // namespace boxwright
