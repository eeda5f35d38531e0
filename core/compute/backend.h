// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/compute/device_choice.h"
#include "core/compute/op.h"

namespace boxwright {

struct DeviceInfo {
  std::string name;  ///< what the user types: "cpu", "reference", "cuda", "cuda:1"
  std::string kind;  ///< for people: "oneDNN 2.6 on AMD EPYC, 2 threads"
  bool available = false;
  std::string reason;  ///< why not, when it is not available
  std::size_t memoryBytes = 0;
  /// What a user can ask it to compute in (never float64), first what it takes by itself.
  std::vector<Precision> precisions = {};
  bool isCard = false;  ///< it computes beside the cores of the machine, which are free meanwhile

  bool computes(Precision precision) const {
    return std::find(precisions.begin(), precisions.end(), precision) != precisions.end();
  }
};

/// The most that a device can do, as simple loops and, on a card, its own matrix product measure
/// it; 0: not known.
struct DeviceCeilings {
  double operations = 0;  ///< multiplications and additions a second, in the backend's precision()
  double copied = 0;      ///< bytes copied a second in memory beyond the caches
};

/// Work of a device that was recorded: it can be given to it again in one piece.
class Recording {
 public:
  virtual ~Recording() = default;
  virtual void run() = 0;
};

/// One device. Prepares each op once for a size, mode and precision. Owned by whoever made it and
/// used by the thread that made it; Sessions and Parameters hold a reference and must not outlive
/// it.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual DeviceInfo info() const = 0;
  /// What Sessions and Parameters compute in that are not told otherwise.
  virtual Precision precision() const { return Precision::Float32; }
  /// How many pictures at a time it infers soonest where there are many.
  virtual int batchForMany() const { return 1; }
  /// Memory on the device, really there from now on, freed with the handle; zeroed. Throws
  /// OutOfMemory when there is not enough.
  virtual std::shared_ptr<void> allocate(std::size_t bytes) = 0;
  /// Prepares one op for inputs of these specs. Throws Error naming what the backend cannot do.
  virtual std::unique_ptr<Op> prepare(const OpSpec& spec, std::span<const TensorSpec> inputs,
                                      const OpContext& context) = 0;
  /// Whether a training block of convolution, batch norm and this max-pool is worth asking for.
  virtual bool joinsPool(const ConvolutionLayer&, const MaxPoolLayer&) const { return false; }
  /// A spec of NCHW float32 (the reference: the context's precision), as upload and download speak
  /// it.
  virtual TensorSpec plainSpec(const Shape& shape, Precision precision) const = 0;
  /// Memory of the host that this device copies from and to soonest; what lies in it must not
  /// outlive the backend. For any thread.
  virtual std::pmr::memory_resource* hostMemory() { return std::pmr::new_delete_resource(); }
  /// Begins to bring numbers over while the device computes: upload() of the same span finds them
  /// there. They stay as they are until then; two may be on their way. An empty span forgets all.
  virtual void uploadAhead(std::span<const float>) {}
  /// Copies between host NCHW float32 and a tensor of any layout of this backend.
  virtual void upload(std::span<const float> host, const Tensor& tensor) = 0;
  virtual void download(const Tensor& tensor, std::span<float> host) = 0;
  /// The same in float64, for a backend that computes in it; the others throw Error.
  virtual void upload64(std::span<const double> host, const Tensor& tensor);
  virtual void download64(const Tensor& tensor, std::span<double> host);
  /// Whether it gains by bringing the planes of a plain tensor alone that are needed: a plane is
  /// height x width values, its number picture * channels + channel. On the host they lie where
  /// they lie in the whole. upload makes the others 0, download leaves them as they are.
  virtual bool bringsPlanes() const { return false; }
  virtual void uploadPlanes(std::span<const float> host, std::span<const std::int32_t> planes,
                            const Tensor& tensor);
  virtual void downloadPlanes(const Tensor& tensor, std::span<const std::int32_t> planes,
                              std::span<float> host);
  /// The tensor itself where it is dense NCHW float32 in host memory, else null: a head that needs
  /// no copy.
  virtual const float* hostView(const Tensor&) const { return nullptr; }
  /// One SGD step of a parameter (spec section 6): uses and clears its gradient, then refreshes its
  /// packed copies.
  virtual void update(Parameter& parameter, const UpdateRule& rule) = 0;
  /// average += share * (master - average), of a parameter that has one, in float32. By itself it
  /// goes over the host.
  virtual void moveAverage(Parameter& parameter, float share);
  /// The numbers of the step that the next forward of a training session begins; ops read them.
  virtual void stepBegins(const StepNumbers&) {}
  /// What `work` gives to this device, all of it recordable ops' calls with tensors that stay where
  /// they are, without being done yet; null where the device gains nothing by it.
  virtual std::unique_ptr<Recording> record(const std::function<void()>&) { return nullptr; }
  /// Waits until all work given so far is done.
  virtual void wait() = 0;
  /// What the device has to say of all that it was given, a line each: only one that checks has.
  virtual std::vector<std::string> report() const { return {}; }
  /// Measures for about half a second.
  virtual DeviceCeilings measureCeilings() { return {}; }
};

/// Memory of a parameter on `backend`: master, and with `training` gradient and momentum, all zero.
std::shared_ptr<Parameter> makeParameter(Backend& backend, std::vector<int> dimensions,
                                         bool training, Precision precision = Precision::Float32);

/// The numbers of one part of a parameter (its master, gradient or momentum) on the host, in the
/// order of the weights file, and back. Packed copies are refreshed by Backend::update, not by
/// this.
std::vector<double> readParameter(Backend& backend, const Parameter& parameter,
                                  const std::shared_ptr<void>& part);
void writeParameter(Backend& backend, const Parameter& parameter, const std::shared_ptr<void>& part,
                    std::span<const double> values);
/// The same in float32, without a second copy where the parameter is.
void readParameter(Backend& backend, const Parameter& parameter, const std::shared_ptr<void>& part,
                   std::span<float> values);
void writeParameter(Backend& backend, const Parameter& parameter, const std::shared_ptr<void>& part,
                    std::span<const float> values);

/// A device that is asked for is not there, or does not compute as it is asked to.
class DeviceMissing : public Error {
 public:
  using Error::Error;
};

/// The devices of this build in order of preference, with why another was passed over.
std::vector<DeviceInfo> listDevices();

/// "auto", "cpu", "cuda", "cuda:N", "reference" or "check:A,B" (check_backend.h). `threads` is the
/// compute share of the ThreadBudget; `precision` one of precisionNames(), "auto": the best that
/// the device computes fast. Throws DeviceMissing with why and the names there are, or OutOfMemory.
std::unique_ptr<Backend> openBackend(const std::string& device, int threads,
                                     const std::string& precision = "auto");
/// The names of precisions, "auto" first.
std::vector<std::string> precisionNames();

}  // namespace boxwright
