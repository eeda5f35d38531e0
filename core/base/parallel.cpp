// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"

#include <algorithm>
#include <atomic>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

// The team is libgomp's, reached through its stable entry points: gcc and clang then run on the
// very team that oneDNN computes with, and clang brings no second runtime along.
#if BOXWRIGHT_HAS_GOMP
extern "C" {
void GOMP_parallel(void (*body)(void*), void* data, unsigned threads, unsigned flags);
int omp_get_max_threads();
void omp_set_num_threads(int threads);
int omp_in_parallel();
}
#endif

namespace boxwright {
namespace {

constexpr unsigned kDenormalsAreZero = 0x8040;  // flush to zero, denormals are zero

unsigned controlWord() {
#if defined(__SSE__)
  return _mm_getcsr();
#else
  return 0;
#endif
}

void setControlWord(unsigned word) {
#if defined(__SSE__)
  _mm_setcsr(word);
#else
  (void)word;
#endif
}

struct Work {
  std::atomic<std::size_t> next{0};
  std::size_t count = 0;
  void (*body)(void*, std::size_t) = nullptr;
  void* data = nullptr;
};

#if BOXWRIGHT_HAS_GOMP
thread_local int flushingThreads = 0;  // the team of this thread that has its control word set

void flushDenormals(void*) {
  setControlWord(controlWord() | kDenormalsAreZero);
}

void takeTasks(void* data) {
  Work& work = *static_cast<Work*>(data);
  for (;;) {
    const std::size_t task = work.next.fetch_add(1, std::memory_order_relaxed);
    if (task >= work.count) return;
    work.body(work.data, task);
  }
}
#endif

}  // namespace

ComputeScope::ComputeScope(int threads) : previousThreads_(1), previousControl_(controlWord()) {
#if BOXWRIGHT_HAS_GOMP
  previousThreads_ = omp_get_max_threads();
  omp_set_num_threads(std::max(1, threads));
  if (threads > 1 && flushingThreads != threads) {
    GOMP_parallel(flushDenormals, nullptr, 0, 0);
    flushingThreads = threads;
  }
#else
  (void)threads;
#endif
  setControlWord(previousControl_ | kDenormalsAreZero);
}

ComputeScope::~ComputeScope() {
#if BOXWRIGHT_HAS_GOMP
  omp_set_num_threads(previousThreads_);
#endif
  setControlWord(previousControl_);
}

bool hasComputeTeam() {
  return BOXWRIGHT_HAS_GOMP != 0;
}

void runTasks(std::size_t count, void (*body)(void*, std::size_t), void* data) {
#if BOXWRIGHT_HAS_GOMP
  if (count > 1 && omp_get_max_threads() > 1 && omp_in_parallel() == 0) {
    Work work;
    work.count = count;
    work.body = body;
    work.data = data;
    GOMP_parallel(takeTasks, &work, 0, 0);
    return;
  }
#endif
  for (std::size_t task = 0; task < count; ++task)
    body(data, task);
}

}  // namespace boxwright
