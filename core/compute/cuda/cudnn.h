// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cudnn_graph.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace boxwright::cuda {

/// cuDNN's functions. The library is found when it is first asked for, so that a program that never
/// computes on a card neither needs nor loads it.
struct Cudnn {
  decltype(&cudnnGetVersion) version = nullptr;
  decltype(&cudnnGetErrorString) errorString = nullptr;
  decltype(&cudnnGetLastErrorString) lastError = nullptr;
  decltype(&cudnnCreate) create = nullptr;
  decltype(&cudnnDestroy) destroy = nullptr;
  decltype(&cudnnSetStream) setStream = nullptr;
  decltype(&cudnnBackendCreateDescriptor) createDescriptor = nullptr;
  decltype(&cudnnBackendDestroyDescriptor) destroyDescriptor = nullptr;
  decltype(&cudnnBackendSetAttribute) setAttribute = nullptr;
  decltype(&cudnnBackendGetAttribute) getAttribute = nullptr;
  decltype(&cudnnBackendFinalize) finalize = nullptr;
  decltype(&cudnnBackendExecute) execute = nullptr;

  /// Throws Error where there is none that is new enough, the first time and every other.
  static const Cudnn& library();
  /// Throws Error with what cuDNN says of it.
  void check(cudnnStatus_t status, const std::string& what) const;
};

/// One of cuDNN's backend descriptors; owns it. Setters throw Error where cuDNN refuses.
class Descriptor {
 public:
  explicit Descriptor(cudnnBackendDescriptorType_t type);
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }

  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, const void* values,
           std::int64_t count = 1);
  void set(cudnnBackendAttributeName_t name, const std::vector<std::int64_t>& values);
  void set(cudnnBackendAttributeName_t name, std::int64_t value);
  void set(cudnnBackendAttributeName_t name, double value);
  void set(cudnnBackendAttributeName_t name, float value);
  void set(cudnnBackendAttributeName_t name, bool value);
  void set(cudnnBackendAttributeName_t name, cudnnDataType_t value);
  void set(cudnnBackendAttributeName_t name, const std::string& value);
  void set(cudnnBackendAttributeName_t name, const Descriptor& value);
  void set(cudnnBackendAttributeName_t name, std::initializer_list<const Descriptor*> values);
  void finalize(const std::string& what);
  /// What finalize would throw for is only said: false.
  bool canFinalize();

  std::int64_t number(cudnnBackendAttributeName_t name) const;
  std::string text(cudnnBackendAttributeName_t name) const;
  /// All values of an enumeration's attribute.
  template <typename Value>
  std::vector<Value> values(cudnnBackendAttributeName_t name,
                            cudnnBackendAttributeType_t type) const {
    std::int64_t count = 0;
    get(name, type, 0, &count, nullptr);
    std::vector<Value> all(static_cast<std::size_t>(count));
    if (count > 0) get(name, type, count, &count, all.data());
    return all;
  }
  /// Those that are of a type, at most so many.
  std::vector<Descriptor> descriptors(cudnnBackendAttributeName_t name,
                                      cudnnBackendDescriptorType_t type, std::int64_t atMost) const;

  cudnnBackendDescriptor_t raw() const { return raw_; }

 private:
  void get(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t asked,
           std::int64_t* count, void* values) const;

  cudnnBackendDescriptor_t raw_ = nullptr;
};

}  // namespace boxwright::cuda
