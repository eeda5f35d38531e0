// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/plane_copies.h"

#include <algorithm>

#include "core/base/parallel.h"
#include "core/compute/cuda/kernels.h"

namespace boxwright::cuda {
namespace {

constexpr std::size_t kPlanesATask = 256;

/// Calls copy(place among `planes`, plane) for all of them, many at a time.
template <typename Copy>
void forEachPlane(std::span<const std::int32_t> planes, const Copy& copy) {
  parallelFor((planes.size() + kPlanesATask - 1) / kPlanesATask, [&](std::size_t task) {
    const std::size_t end = std::min(planes.size(), (task + 1) * kPlanesATask);
    for (std::size_t i = task * kPlanesATask; i < end; ++i)
      copy(i, static_cast<std::size_t>(planes[i]));
  });
}

}  // namespace

PlaneCopies::PlaneCopies(Device& device) : device_(device), values_(device.hostMemory()) {}

void PlaneCopies::makeRoom(std::span<const std::int32_t> planes, std::size_t each) {
  const std::size_t values = planes.size() * each;
  if (room_ < values) {
    room_ = 0;
    there_ = nullptr;
    there_ = device_.allocate(values * sizeof(float));
    room_ = values;
    values_.resize(values);
  }
  if (roomForNumbers_ < planes.size()) {
    roomForNumbers_ = 0;
    numbers_ = nullptr;
    numbers_ = device_.allocate(planes.size_bytes());
    roomForNumbers_ = planes.size();
  }
  device_.upload(planes.data(), numbers_.get(), planes.size_bytes());
}

void PlaneCopies::download(const float* from, std::span<const std::int32_t> planes,
                           std::size_t each, std::span<float> host) {
  makeRoom(planes, each);
  auto* const there = static_cast<float*>(there_.get());
  takePlanes(device_.queue(), from, static_cast<const std::int32_t*>(numbers_.get()), planes.size(),
             each, there);
  device_.download(there, values_.data(), planes.size() * each * sizeof(float));
  forEachPlane(planes, [&](std::size_t i, std::size_t plane) {
    std::copy_n(values_.data() + i * each, each, host.data() + plane * each);
  });
}

void PlaneCopies::upload(std::span<const float> host, std::span<const std::int32_t> planes,
                         std::size_t each, float* to) {
  makeRoom(planes, each);
  forEachPlane(planes, [&](std::size_t i, std::size_t plane) {
    std::copy_n(host.data() + plane * each, each, values_.data() + i * each);
  });
  device_.upload(values_.data(), there_.get(), planes.size() * each * sizeof(float));
  putPlanes(device_.queue(), static_cast<const float*>(there_.get()),
            static_cast<const std::int32_t*>(numbers_.get()), planes.size(), each, to);
}

}  // namespace boxwright::cuda
