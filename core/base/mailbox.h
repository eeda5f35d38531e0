// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace boxwright {

/// A one-slot box between two threads in which the newest wins: put never waits and counts what it
/// replaced; take waits for something, the end or a stop.
template <typename T>
class Mailbox {
 public:
  void put(T value) {
    {
      const std::lock_guard lock(mutex_);
      if (value_) ++dropped_;
      value_ = std::move(value);
    }
    filled_.notify_one();
  }

  /// Nothing after close() once empty, or when `stop` is requested.
  std::optional<T> take(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, stop, [this] { return value_.has_value() || closed_; });
    if (stop.stop_requested()) return std::nullopt;
    return std::exchange(value_, std::nullopt);
  }

  /// What lies there now, without waiting.
  std::optional<T> tryTake() {
    const std::lock_guard lock(mutex_);
    return std::exchange(value_, std::nullopt);
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
  }

  std::uint64_t dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any filled_;
  std::optional<T> value_;
  std::uint64_t dropped_ = 0;
  bool closed_ = false;
};

}  // namespace boxwright
