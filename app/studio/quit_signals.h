// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSocketNotifier>
#include <functional>
#include <memory>

/// Turns Ctrl-C in the terminal, TERM and HUP (the session ends, the terminal has gone) into a call
/// on the GUI thread, so that a training leaves its checkpoint. A second Ctrl-C or TERM ends the
/// program at once. One in a process, made and destroyed on the GUI thread.
class QuitSignals {
 public:
  explicit QuitSignals(std::function<void()> quit);
  ~QuitSignals();
  QuitSignals(const QuitSignals&) = delete;
  QuitSignals& operator=(const QuitSignals&) = delete;

 private:
  int pipe_[2] = {-1, -1};
  std::unique_ptr<QSocketNotifier> notifier_;
};
