// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace boxwright {

/// Where the time goes: named spans of work, nested as they ran, from any number of threads. What
/// is summed counts every span; of single spans the first kKept are kept, for a picture of the
/// timeline.
class Trace {
 public:
  static constexpr std::size_t kKept = 200'000;

  /// A piece of work, from here to its destruction on the same thread; nothing where `trace` is
  /// null.
  class Span {
   public:
    Span(Trace* trace, const char* name);
    Span(Trace* trace, const std::string& name) : Span(trace, name.c_str()) {}
    ~Span();
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    Trace* trace_;
    int line_ = -1;
    const Trace* outerTrace_ = nullptr;  ///< of this thread before
    int outerLine_ = -1;
    double start_ = 0, processor_ = 0;
  };

  /// All spans of one name below the same parent.
  struct Line {
    std::string name;
    int depth = 0;  ///< 0: not within another span
    std::size_t calls = 0;
    double seconds = 0;
    double processorSeconds = 0;  ///< of the whole program meanwhile, other threads included
  };
  /// Depth first; siblings in the order in which they first began.
  std::vector<Line> lines() const;

  struct Event {
    std::string name;
    int thread = 0;                 ///< 0: the first that recorded anything, then 1, …
    double start = 0, seconds = 0;  ///< since the trace was made
  };
  /// Single spans, by their end.
  std::vector<Event> events() const;
  /// Since the trace was made.
  double seconds() const;

 private:
  struct Node {
    Line line;
    int parent = -1;
  };
  struct Kept {
    int line = 0, thread = 0;
    double start = 0, seconds = 0;
  };
  int threadNumber();

  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  std::vector<Node> nodes_;
  std::map<std::pair<int, std::string>, int> lineOf_;  ///< by parent and name
  std::map<std::thread::id, int> threads_;
  std::vector<Kept> kept_;
};

}  // namespace boxwright
