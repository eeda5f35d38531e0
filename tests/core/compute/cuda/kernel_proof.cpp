// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernel_proof.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <sstream>

#include "core/base/random.h"
#include "core/compute/differences.h"
#include "host_device.h"

namespace boxwright::cuda {
namespace {

using Values = std::vector<double>;

/// Random numbers from -1 to 1 that bf16 holds, too.
Values drawn(std::size_t count, const char* purpose) {
  RandomStream random(5, purpose);
  Values values(count);
  for (double& value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(random.uniform(-1, 1)));
    value = static_cast<double>(std::bit_cast<float>(bits & 0xffff0000U));
  }
  return values;
}

/// Numbers in a device's memory, of a precision.
class Buffer {
 public:
  Buffer(Device& device, const Values& values, Precision precision = Precision::Float32)
      : device_(device),
        count_(values.size()),
        precision_(precision),
        memory_(device.allocate(values.size() * bytesOf(precision))) {
    std::vector<std::uint32_t> bits;
    for (const double value : values)
      bits.push_back(std::bit_cast<std::uint32_t>(static_cast<float>(value)));
    if (precision == Precision::BFloat16) {
      std::vector<std::uint16_t> halves;
      for (const std::uint32_t value : bits)
        halves.push_back(static_cast<std::uint16_t>(value >> 16));
      device.upload(halves.data(), memory_.get(), 2 * count_);
    } else {
      device.upload(bits.data(), memory_.get(), 4 * count_);
    }
  }
  Values get() const {
    std::vector<std::uint32_t> bits(count_);
    if (precision_ == Precision::BFloat16) {
      std::vector<std::uint16_t> halves(count_);
      device_.download(memory_.get(), halves.data(), 2 * count_);
      for (std::size_t i = 0; i < count_; ++i)
        bits[i] = std::uint32_t(halves[i]) << 16;
    } else {
      device_.download(memory_.get(), bits.data(), 4 * count_);
    }
    Values values;
    for (const std::uint32_t value : bits)
      values.push_back(static_cast<double>(std::bit_cast<float>(value)));
    return values;
  }
  void* data() const { return memory_.get(); }
  float* floats() const { return static_cast<float*>(memory_.get()); }

 private:
  Device& device_;
  std::size_t count_;
  Precision precision_;
  std::shared_ptr<void> memory_;
};

class Findings {
 public:
  explicit Findings(std::vector<std::string>& lines) : lines_(lines) {}
  void compare(const std::string& what, Values found, const Values& expected, double right) {
    found.resize(expected.size());  // without padding
    const double share = largestShare(found, expected);
    if (share <= right) return;
    std::ostringstream line;
    line << what << " is off by " << share << ", right is " << right;
    lines_.push_back(line.str());
  }

 private:
  std::vector<std::string>& lines_;
};

/// Statistics, gradients and plain sums of batch norm over so many rows. Every third channel lies
/// about 12, a hundred times as far from zero as it varies.
void proveSums(Device& device, std::size_t rows, int pitch, Precision precision,
               Findings& findings) {
  const int channels = pitch > 8 ? pitch - 3 : pitch;
  const auto wide = static_cast<std::size_t>(pitch), used = static_cast<std::size_t>(channels);
  Values raw = drawn(rows * wide, "raw"), gradient = drawn(rows * wide, "gradient");
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const std::size_t c = i % wide;
    if (c >= used) raw[i] = gradient[i] = 0;
    if (c < used && c % 3 == 2) raw[i] = 12 + std::round(3 * raw[i]) / 16;  // which bf16 holds
  }
  Values mean(used), square(used), sum(used), product(used);
  const auto count = static_cast<double>(rows);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (i % wide >= used) continue;
    mean[i % wide] += raw[i] / count;
    sum[i % wide] += gradient[i];
  }
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (i % wide >= used) continue;
    const double away = raw[i] - mean[i % wide];
    square[i % wide] += away * away / count;
    product[i % wide] += away * gradient[i];
  }
  Values inverse(used), scaleGradient(used), before(raw.size());
  for (std::size_t c = 0; c < used; ++c) {
    inverse[c] = 1 / std::sqrt(square[c] + 1e-5);
    scaleGradient[c] = product[c] * inverse[c];
  }
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const std::size_t c = i % wide;
    if (c >= used) continue;
    before[i] = inverse[c] * (gradient[i] - sum[c] / count -
                              (raw[i] - mean[c]) * inverse[c] * inverse[c] * product[c] / count);
  }

  const Buffer rawThere(device, raw, precision), gradientThere(device, gradient, precision);
  const Buffer ones(device, Values(wide, 1)), momentum(device, {0.5});
  const Buffer zeros[] = {{device, Values(wide)}, {device, Values(wide)}, {device, Values(wide)},
                          {device, Values(wide)}, {device, Values(wide)}, {device, Values(wide)}};
  const Buffer vectors[] = {{device, Values(wide)},
                            {device, Values(wide)},
                            {device, Values(wide)},
                            {device, Values(wide)},
                            {device, Values(3 * wide)}};
  const auto scratch = device.allocate(sumBytes(rows, pitch));
  const Rows values{rawThere.data(), rows, channels, pitch, precision};
  const Rows deltas{gradientThere.data(), rows, channels, pitch, precision};
  const NormVectors norm{vectors[0].floats(), vectors[1].floats(), vectors[2].floats(),
                         vectors[3].floats()};
  const std::string name = std::to_string(rows) + " rows of " + std::to_string(pitch) + " in " +
                           nameOf(precision) + ": ";

  addSums(device.queue(), deltas, scratch.get(), zeros[0].floats());
  findings.compare(name + "the sum", zeros[0].get(), sum, 1e-5);
  takeStatistics(device.queue(), values, scratch.get(), BatchNormForm::EpsilonInside,
                 momentum.floats(), ones.floats(), zeros[1].floats(), zeros[2].floats(),
                 zeros[3].floats(), norm);
  findings.compare(name + "the mean", vectors[0].get(), mean, 1e-6);
  findings.compare(name + "1 / deviation", vectors[1].get(), inverse, 1e-5);
  normaliseGradient(device.queue(), values, norm, Activation::Linear, BatchNormForm::EpsilonInside,
                    ones.floats(), scratch.get(), vectors[4].floats(), zeros[4].floats(),
                    zeros[5].floats(), deltas);
  findings.compare(name + "the gradient of scales", zeros[4].get(), scaleGradient, 1e-4);
  findings.compare(name + "the gradient of biases", zeros[5].get(), sum, 1e-5);
  findings.compare(name + "the gradient", gradientThere.get(), before,
                   precision == Precision::BFloat16 ? 0.004 : 1e-5);
}

ConvolutionCall ofPictures(int width, Precision precision, bool finishes) {
  ConvolutionCall call;
  call.n = 2;
  call.channels = call.inputPitch = 8;
  call.filled = 3;
  call.height = call.outHeight = 33;
  call.width = call.outWidth = width;
  call.filters = call.outputPitch = 24;
  call.size = 3;
  call.padding = 1;
  call.precision = precision;
  call.finishes = finishes;
  if (finishes) call.activation = Activation::Leaky;
  return call;
}

/// By our own kernel, beside the naive convolution of a host.
void provePictures(Device& device, const ConvolutionCall& call, Findings& findings) {
  const auto pixels = std::size_t(call.n) * std::size_t(call.height) * std::size_t(call.width);
  const auto filters = static_cast<std::size_t>(call.filters);
  Values input = drawn(pixels * 8, "input"), weights = drawn(filters * 9 * 8, "weights");
  for (Values* const values : {&input, &weights})
    for (std::size_t i = 0; i < values->size(); ++i)
      if (i % 8 >= 3) (*values)[i] = 0;
  const Values bias = drawn(filters, "bias"), nothing(pixels * filters, -7);
  const auto computed = [&](Device& there, bool naively) {
    const Buffer in(there, input, call.precision), by(there, weights, call.precision);
    const Buffer out(there, nothing, call.precision), added(there, bias);
    const ConvolutionTensors tensors{in.data(), by.data(), out.data(), added.floats()};
    if (naively) {
      const auto convolution = there.prepare(call);
      convolution->run(tensors, there.allocate(convolution->workspaceBytes()).get());
    } else {
      convolvePictures(there.queue(), call, tensors);
    }
    return out.get();
  };
  HostDevice host(true);
  findings.compare("the convolution of pictures " + std::to_string(call.width) + " wide in " +
                       nameOf(call.precision) + (call.finishes ? " with bias and leaky" : ""),
                   computed(device, false), computed(host, true),
                   call.precision == Precision::BFloat16 ? 0.004 : 1e-6);
}

/// Planes beside each other, and back to where they were, into others.
void provePlanes(Device& device, std::size_t each, Findings& findings) {
  const std::size_t count = 3000;
  const Values from = drawn(count * each, "planes"), before(count * each, -7);
  std::vector<std::int32_t> planes;
  for (std::size_t plane = 1; plane < count; plane += 1 + plane % 5)
    planes.push_back(static_cast<std::int32_t>(plane));
  Values expected, back = before;
  for (const std::int32_t plane : planes) {
    const auto first = from.begin() + plane * static_cast<std::ptrdiff_t>(each);
    expected.insert(expected.end(), first, first + static_cast<std::ptrdiff_t>(each));
    std::copy_n(first, each, back.begin() + plane * static_cast<std::ptrdiff_t>(each));
  }
  const Buffer whole(device, from), parts(device, Values(expected.size())), other(device, before);
  const auto numbers = device.allocate(planes.size() * sizeof planes[0]);
  device.upload(planes.data(), numbers.get(), planes.size() * sizeof planes[0]);
  const auto* const there = static_cast<const std::int32_t*>(numbers.get());
  takePlanes(device.queue(), whole.floats(), there, planes.size(), each, parts.floats());
  putPlanes(device.queue(), parts.floats(), there, planes.size(), each, other.floats());
  const std::string name = "planes of " + std::to_string(each);
  findings.compare(name + " taken", parts.get(), expected, 0);
  findings.compare(name + " put back", other.get(), back, 0);
}

}  // namespace

std::vector<std::string> wrongKernels(Device& device, bool large) {
  std::vector<std::string> lines;
  Findings findings(lines);
  for (const std::size_t each : {1, 49, 289})
    provePlanes(device, each, findings);
  for (const Precision precision : {Precision::Float32, Precision::BFloat16}) {
    if (!device.info().computes(precision)) continue;
    // One row; parts that do not end together; blocks beside each other, of 17 lanes and 16; more
    // parts than are folded at once.
    proveSums(device, 1, 8, precision, findings);
    proveSums(device, 2049, 8, precision, findings);
    proveSums(device, 700, 264, precision, findings);
    proveSums(device, 5000, 1032, precision, findings);
    proveSums(device, 600000, 8, precision, findings);
    if (large) proveSums(device, 2300000, 8, precision, findings);
    for (const int width : {1, 5, 6, 17, 64})
      for (const bool finishes : {false, true})
        provePictures(device, ofPictures(width, precision, finishes), findings);
  }
  return lines;
}

}  // namespace boxwright::cuda
