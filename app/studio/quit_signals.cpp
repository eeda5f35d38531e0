// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/quit_signals.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace {

volatile sig_atomic_t writeEnd = -1;

/// Runs in the middle of anything: it may only write to the pipe.
void tell(int) {
  const int before = errno;
  const char byte = 1;
  [[maybe_unused]] const ssize_t written = ::write(writeEnd, &byte, 1);
  errno = before;
}

}  // namespace

QuitSignals::QuitSignals(std::function<void()> quit) {
  if (::pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) return;  // then signals do as they always do
  writeEnd = pipe_[1];
  notifier_ = std::make_unique<QSocketNotifier>(pipe_[0], QSocketNotifier::Read);
  QObject::connect(notifier_.get(), &QSocketNotifier::activated, notifier_.get(),
                   [this, quit = std::move(quit)] {
                     char byte = 0;
                     while (::read(pipe_[0], &byte, 1) > 0) {
                     }
                     quit();
                   });
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    // What is ignored from outside (HUP under nohup) stays so.
    if (::sigaction(number, nullptr, &old) != 0 || old.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = tell;
    // HUP comes from the shell and from the system: two are usual.
    action.sa_flags = SA_RESTART | (number == SIGHUP ? 0 : static_cast<int>(SA_RESETHAND));
    ::sigaction(number, &action, nullptr);
  }
}

QuitSignals::~QuitSignals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    if (::sigaction(number, nullptr, &now) == 0 && now.sa_handler == tell)
      ::signal(number, number == SIGHUP ? SIG_IGN : SIG_DFL);
  }
  notifier_.reset();
  writeEnd = -1;
  for (const int end : pipe_)
    if (end >= 0) ::close(end);
}
