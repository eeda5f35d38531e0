// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/compute/backend.h"
#include "core/compute/trace.h"

namespace boxwright {

/// The learned numbers of one Network on one Backend, shared by the training Sessions of all sizes.
class Parameters {
 public:
  /// Uploads the host weights of `network`; with `training` also makes gradients and momenta.
  Parameters(Backend& backend, const Network& network, bool training,
             std::optional<Precision> precision = {});
  /// Copies weights and rolling statistics back into `network` (same graph).
  void download(Network& network) const;
  /// Momenta of all learned parameters in layer order (weights, biases, scales), for checkpoints.
  std::vector<float> momenta() const;
  void setMomenta(std::span<const float> values);
  /// One SGD step of every parameter.
  void update(const UpdateRule& rule);
  /// From now on a running average of weights and rolling statistics lies beside them on the
  /// device: that of `network` (same graph); where it has none, as it was, at first zeros.
  void keepAverage(const Network& network);
  /// Moves it so large a share (0 to 1) of the way to what they are now.
  void moveAverage(float share);
  void downloadAverage(Network& network) const;
  /// The parameters of layer `index`; null entries for layers that learn nothing.
  const ConvolutionParameters& of(int index) const;
  /// All learned parameters in layer order (weights, biases, scales).
  std::span<const std::shared_ptr<Parameter>> learned() const { return learned_; }
  Backend& backend() const { return *backend_; }
  Precision precision() const { return precision_; }

  /// Memory for activations that the training Sessions share: the newest Session's where it is
  /// large enough, so a Session of the largest size made first serves them all. A forward of one
  /// Session ends the other's step.
  std::shared_ptr<void> activationMemory(std::size_t bytes);
  /// The same memory, as it is, for an inference Session between two steps; null where it is too
  /// small.
  std::shared_ptr<void> lendActivationMemory(std::size_t bytes) const;

 private:
  Backend* backend_;
  std::vector<ConvolutionParameters> layers_;
  std::vector<std::shared_ptr<Parameter>> learned_;
  Precision precision_;
  std::shared_ptr<void> memory_;
  std::size_t memoryBytes_ = 0;
  friend class Session;
  const void* stepOwner_ = nullptr;  ///< the Session whose activations lie in memory_
};

struct SessionOptions {
  int batch = 1;
  int width = 0, height = 0;  ///< 0: the network's own
  Mode mode = Mode::Inference;
  std::optional<Precision> precision = {};  ///< none: the backend's
  int threads = 1;
  BatchNormForm batchNorm = BatchNormForm::EpsilonInside;
  bool keepAll = false;     ///< every layer's output stays readable (tests, pictures of features)
  bool repeatable = false;  ///< input and head gradient stay: forwardAgain, backwardAgain
  std::uint64_t seed = 0;   ///< dropout
  Trace* trace = nullptr;   ///< takes the time of every layer; must outlive the session
  /// Inference: lies in the memory of these parameters' training Sessions where it fits there; a
  /// forward ends their step. They must outlive the session and be of the same backend.
  Parameters* lender = nullptr;
};

/// A Network made runnable on one Backend for a fixed batch, size, mode and precision: prepares the
/// layers in order, plans memory, runs forward and reverse. The graph ends before [region],
/// [softmax] stays. Owned and used by the thread that made the Backend.
class Session {
 public:
  /// Training, whatever options.mode says: shares `parameters`, which must outlive it.
  Session(Parameters& parameters, const Network& network, const SessionOptions& options);
  /// Inference: folds nothing itself; `network` is fold()ed already and is consumed, its weights
  /// packed layer by layer and released.
  Session(Backend& backend, Network&& network, const SessionOptions& options);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  int batch() const;
  int width() const;
  int height() const;
  /// Shape of the head (n = batch).
  Shape headShape() const;
  /// Input, planar RGB in [0, 1], batch x 3 x height x width. Read during forward. With `planes`
  /// (Backend::bringsPlanes) only those of the head are brought, and head() has old ones between.
  void forward(std::span<const float> input, std::span<const std::int32_t> planes = {});
  /// Repeatable only. Forward once more on the input that lies there, and backward with the
  /// gradient that does, without copies from and to the host: what the device alone takes.
  void forwardAgain();
  void backwardAgain();
  /// Whether forward, and in training backward, are given to the device as recorded
  /// (Backend::record).
  bool isRecorded() const;
  /// The head's raw values after forward, NCHW float32, valid until the next forward.
  std::span<const float> head() const;
  /// Takes d loss / d head; adds parameter gradients. Once a forward: what that saved is used up.
  /// With `planes` only those of it are read, and the others are 0.
  void backward(std::span<const float> headGradient, std::span<const std::int32_t> planes = {});
  /// Float64 twins for the reference backend (finite differences).
  std::span<const double> head64() const;
  void forward64(std::span<const double> input);
  void backward64(std::span<const double> headGradient);
  /// Per-step numbers, set before forward (training).
  StepNumbers& step();
  /// NCHW copy of layer `index`'s output; keepAll only.
  std::vector<float> layerOutput(int index) const;
  Shape layerShape(int index) const;
  /// Device bytes held by activations, gradients and scratch.
  std::size_t memoryBytes() const;

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

}  // namespace boxwright
