// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/cudnn.h"

#include <dlfcn.h>

#include <array>
#include <memory>

#include "core/base/out_of_memory.h"

namespace boxwright::cuda {
namespace {

constexpr const char* kLibrary = "libcudnn.so.9";
constexpr std::size_t kMessage = 512;
constexpr std::size_t kOldest = 90800;  ///< 9.8

struct Loaded {
  Cudnn functions;
  std::string fault;  ///< empty: they are there
};

Loaded load() {
  Loaded loaded;
  void* const library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char* const why = dlerror();
    loaded.fault = why ? why : "it cannot be loaded";
    return loaded;
  }
  const auto take = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(library, name));
    if (!function) loaded.fault = std::string("it has no ") + name;
  };
  Cudnn& f = loaded.functions;
  take(f.version, "cudnnGetVersion");
  take(f.errorString, "cudnnGetErrorString");
  take(f.lastError, "cudnnGetLastErrorString");
  take(f.create, "cudnnCreate");
  take(f.destroy, "cudnnDestroy");
  take(f.setStream, "cudnnSetStream");
  take(f.createDescriptor, "cudnnBackendCreateDescriptor");
  take(f.destroyDescriptor, "cudnnBackendDestroyDescriptor");
  take(f.setAttribute, "cudnnBackendSetAttribute");
  take(f.getAttribute, "cudnnBackendGetAttribute");
  take(f.finalize, "cudnnBackendFinalize");
  take(f.execute, "cudnnBackendExecute");
  if (loaded.fault.empty() && f.version() < kOldest)
    loaded.fault = "the one here says that its version is " + std::to_string(f.version());
  return loaded;
}

}  // namespace

const Cudnn& Cudnn::library() {
  static const Loaded loaded = load();
  if (!loaded.fault.empty())
    throw Error(
        "cuDNN 9.8 or newer is not here", loaded.fault,
        std::string("install it, or name the folder of ") + kLibrary + " in LD_LIBRARY_PATH");
  return loaded.functions;
}

void Cudnn::check(cudnnStatus_t status, const std::string& what) const {
  if (status == CUDNN_STATUS_SUCCESS) return;
  std::array<char, kMessage> more{};
  lastError(more.data(), more.size());
  if (status == CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED)
    throw OutOfMemory("cuDNN has no memory of the card left for " + what, {},
                      "use a smaller batch, more subdivisions or a smaller size");
  throw Error("cuDNN refuses " + what + ": " + errorString(status), more.data(),
              "choose another precision, or the cpu device");
}

Descriptor::Descriptor(cudnnBackendDescriptorType_t type) {
  const Cudnn& cudnn = Cudnn::library();
  cudnn.check(cudnn.createDescriptor(type, &raw_), "a descriptor");
}

Descriptor::~Descriptor() {
  if (raw_) Cudnn::library().destroyDescriptor(raw_);
}

void Descriptor::set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                     const void* values, std::int64_t count) {
  const Cudnn& cudnn = Cudnn::library();
  cudnn.check(cudnn.setAttribute(raw_, name, type, count, values),
              "attribute " + std::to_string(static_cast<int>(name)));
}

void Descriptor::set(cudnnBackendAttributeName_t name, const std::vector<std::int64_t>& values) {
  set(name, CUDNN_TYPE_INT64, values.data(), static_cast<std::int64_t>(values.size()));
}

void Descriptor::set(cudnnBackendAttributeName_t name, std::int64_t value) {
  set(name, CUDNN_TYPE_INT64, &value);
}

void Descriptor::set(cudnnBackendAttributeName_t name, double value) {
  set(name, CUDNN_TYPE_DOUBLE, &value);
}

void Descriptor::set(cudnnBackendAttributeName_t name, float value) {
  set(name, CUDNN_TYPE_FLOAT, &value);
}

void Descriptor::set(cudnnBackendAttributeName_t name, bool value) {
  set(name, CUDNN_TYPE_BOOLEAN, &value);
}

void Descriptor::set(cudnnBackendAttributeName_t name, cudnnDataType_t value) {
  set(name, CUDNN_TYPE_DATA_TYPE, &value);
}

void Descriptor::set(cudnnBackendAttributeName_t name, const std::string& value) {
  set(name, CUDNN_TYPE_CHAR, value.data(), static_cast<std::int64_t>(value.size()));
}

void Descriptor::set(cudnnBackendAttributeName_t name, const Descriptor& value) {
  set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, &value.raw_);
}

void Descriptor::set(cudnnBackendAttributeName_t name,
                     std::initializer_list<const Descriptor*> values) {
  std::vector<cudnnBackendDescriptor_t> raw;
  for (const Descriptor* const value : values)
    raw.push_back(value->raw_);
  set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, raw.data(), static_cast<std::int64_t>(raw.size()));
}

void Descriptor::finalize(const std::string& what) {
  const Cudnn& cudnn = Cudnn::library();
  cudnn.check(cudnn.finalize(raw_), what);
}

bool Descriptor::canFinalize() {
  return Cudnn::library().finalize(raw_) == CUDNN_STATUS_SUCCESS;
}

std::int64_t Descriptor::number(cudnnBackendAttributeName_t name) const {
  std::int64_t value = 0, count = 0;
  get(name, CUDNN_TYPE_INT64, 1, &count, &value);
  return value;
}

std::string Descriptor::text(cudnnBackendAttributeName_t name) const {
  std::int64_t size = 0;
  get(name, CUDNN_TYPE_CHAR, 0, &size, nullptr);
  std::string all(static_cast<std::size_t>(size), '\0');
  get(name, CUDNN_TYPE_CHAR, size, &size, all.data());
  all.resize(static_cast<std::size_t>(size));
  while (!all.empty() && all.back() == '\0')
    all.pop_back();
  return all;
}

std::vector<Descriptor> Descriptor::descriptors(cudnnBackendAttributeName_t name,
                                                cudnnBackendDescriptorType_t type,
                                                std::int64_t atMost) const {
  std::vector<Descriptor> all;
  std::vector<cudnnBackendDescriptor_t> raw;
  for (std::int64_t i = 0; i < atMost; ++i) {
    all.emplace_back(type);
    raw.push_back(all.back().raw_);
  }
  std::int64_t count = 0;
  get(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, atMost, &count, raw.data());
  all.erase(all.begin() + std::min(count, atMost), all.end());
  return all;
}

void Descriptor::get(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                     std::int64_t asked, std::int64_t* count, void* values) const {
  const Cudnn& cudnn = Cudnn::library();
  cudnn.check(cudnn.getAttribute(raw_, name, type, asked, count, values),
              "attribute " + std::to_string(static_cast<int>(name)));
}

}  // namespace boxwright::cuda
