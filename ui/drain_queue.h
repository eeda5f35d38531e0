// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

namespace boxwright::ui {

/// How often the GUI looks into its queues, milliseconds.
inline constexpr int drainInterval = 50;

/// What worker threads leave for the GUI, which takes it on a timer (drainInterval), never by one
/// event an item. Both sides hold the lock for a move only.
template <typename T>
class DrainQueue {
 public:
  void push(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
  }

  /// Up to `most` of the oldest.
  std::vector<T> take(std::size_t most = std::numeric_limits<std::size_t>::max()) {
    const std::lock_guard lock(mutex_);
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, values_.size()));
    std::vector<T> out(std::make_move_iterator(values_.begin()),
                       std::make_move_iterator(values_.begin() + count));
    values_.erase(values_.begin(), values_.begin() + count);
    return out;
  }

  bool isEmpty() {
    const std::lock_guard lock(mutex_);
    return values_.empty();
  }

 private:
  std::mutex mutex_;
  std::deque<T> values_;
};

}  // namespace boxwright::ui
