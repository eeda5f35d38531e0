// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/host_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "core/base/counted.h"
#include "core/base/out_of_memory.h"
#include "core/base/parallel.h"

namespace boxwright {
namespace {

constexpr std::size_t kLargePage = std::size_t(2) << 20;

constexpr std::size_t kLargePiece = std::size_t(64) << 20, kKept = std::size_t(512) << 20;
constexpr std::size_t kKeptShare = 32;  ///< of a small machine's memory, where that is less

/// Memory that can still be had, by the kernel's own estimate; all of it where it does not say.
std::size_t availableMemory() {
  std::ifstream file("/proc/meminfo");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind("MemAvailable:", 0) != 0) continue;
    return static_cast<std::size_t>(std::strtoull(line.c_str() + 13, nullptr, 10)) * 1024;
  }
  return SIZE_MAX;
}

}  // namespace

std::shared_ptr<void> allocateHostMemory(std::size_t bytes) {
  const std::size_t large = bytes >= kLargePage ? kLargePage : 0;
  const std::size_t size = std::max<std::size_t>(bytes, 64) + large;
  const std::string advice = "choose a smaller batch, input size or network";
  // Small pieces are not worth a look at the system's books, and what is not large comes out of
  // what the large ones leave: pictures, for one.
  const std::size_t kept =
      bytes >= kLargePiece ? std::min(kKept, hostMemoryBytes() / kKeptShare) : 0;
  if (large != 0 && (bytes > SIZE_MAX / 2 || bytes + kept > availableMemory())) {
    throw OutOfMemory("Not enough memory",
                      megabytes(bytes) + " wanted, " + megabytes(availableMemory()) + " available" +
                          (kept > 0 ? ", of which " + megabytes(kept) + " stay free" : ""),
                      advice);
  }
  void* base = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED)
    throw OutOfMemory("Not enough memory", megabytes(bytes) + " wanted", advice);
  auto address = reinterpret_cast<std::uintptr_t>(base);
  if (large != 0) {
    address = (address + kLargePage - 1) & ~(kLargePage - 1);
    madvise(reinterpret_cast<void*>(address), bytes, MADV_HUGEPAGE);
  }
  return {reinterpret_cast<void*>(address), [base, size](void*) { munmap(base, size); }};
}

std::shared_ptr<void> reserveHostMemory(std::size_t bytes) {
  std::shared_ptr<void> memory = allocateHostMemory(bytes);
  auto* const begin = static_cast<volatile char*>(memory.get());
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGE_SIZE));
  parallelFor((bytes + kLargePage - 1) / kLargePage, [&](std::size_t part) {
    const std::size_t end = std::min(bytes, (part + 1) * kLargePage);
    for (std::size_t at = part * kLargePage; at < end; at += page)
      begin[at] = 0;
  });
  return memory;
}

std::size_t hostMemoryBytes() {
  return static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::size_t>(sysconf(_SC_PAGE_SIZE));
}

}  // namespace boxwright
