// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/plane_copies.h"

#include <algorithm>

#include "core/base/parallel.h"
#include "core/compute/cuda/kernels.h"

namespace boxwright::cuda {
namespace {

/// Of one piece: 32 MB, and never less than one plane.
constexpr std::size_t kPieceValues = std::size_t(1) << 23;
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

PlaneCopies::PlaneCopies(Device& device) : device_(device), gathered_(device.hostMemory()) {}

void PlaneCopies::makeRoom(std::size_t each) {
  const std::size_t values = std::max(kPieceValues, each);
  if (room_ >= values) return;
  room_ = 0;
  values_ = device_.allocate(values * sizeof(float));
  numbers_ = device_.allocate(values * sizeof(std::int32_t));  // a plane has a value at least
  gathered_.resize(values);
  room_ = values;
}

void PlaneCopies::inPieces(std::span<const std::int32_t> planes, std::size_t each,
                           const std::function<void(std::span<const std::int32_t>)>& copy) {
  makeRoom(each);
  const std::size_t most = room_ / each;
  for (std::size_t first = 0; first < planes.size(); first += most) {
    const auto piece = planes.subspan(first, std::min(most, planes.size() - first));
    device_.upload(piece.data(), numbers_.get(), piece.size_bytes());
    copy(piece);
  }
}

void PlaneCopies::download(const float* from, std::span<const std::int32_t> planes,
                           std::size_t each, std::span<float> host) {
  inPieces(planes, each, [&](std::span<const std::int32_t> piece) {
    takePlanes(device_.queue(), from, numbers(), piece.size(), each, there());
    device_.download(there(), gathered_.data(), piece.size() * each * sizeof(float));
    forEachPlane(piece, [&](std::size_t i, std::size_t plane) {
      std::copy_n(gathered_.data() + i * each, each, host.data() + plane * each);
    });
  });
}

void PlaneCopies::upload(std::span<const float> host, std::span<const std::int32_t> planes,
                         std::size_t each, float* to) {
  inPieces(planes, each, [&](std::span<const std::int32_t> piece) {
    forEachPlane(piece, [&](std::size_t i, std::size_t plane) {
      std::copy_n(host.data() + plane * each, each, gathered_.data() + i * each);
    });
    device_.upload(gathered_.data(), there(), piece.size() * each * sizeof(float));
    putPlanes(device_.queue(), there(), numbers(), piece.size(), each, to);
  });
}

}  // namespace boxwright::cuda
