// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/base/counted.h"
#include "core/base/thread_budget.h"

namespace boxwright::cli {
namespace {

constexpr std::size_t kProblemsShown = 5;

void writeError(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

Console::Console() : terminal_(::isatty(STDERR_FILENO) == 1) {
  const char* term = std::getenv("TERM");
  if (term != nullptr && std::string_view(term) == "dumb") terminal_ = false;
}

void Console::message(std::string_view text) {
  if (quiet) return;
  endProgress();
  writeError(fmt::format("{}\n", text));
}

int Console::notTooMany(std::string_view option, int wanted) {
  if (wanted <= mostThreads()) return wanted;
  message(fmt::format("{} {} is more than is of use on {}: {} are used", option, wanted,
                      counted(static_cast<std::size_t>(availableCores()), "core", "cores"),
                      mostThreads()));
  return mostThreads();
}

void Console::print(std::string_view text) {
  endProgress();
  write(text);
}

void Console::printLine(const std::string& text) {
  write(text + "\n");
}

void Console::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    if (outputError == 0) outputError = errno;
    stop.request_stop();
  }
}

void Console::report(const std::vector<Problem>& problems) {
  if (problems.empty() || quiet) return;
  endProgress();
  const std::size_t shown = verbose ? problems.size() : std::min(problems.size(), kProblemsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Problem& p = problems[i];
    const std::string place = p.line > 0 ? fmt::format("{}:{}", p.file, p.line) : p.file;
    writeError(fmt::format("{}: {}{}{}\n", severityName(p.severity), place,
                           place.empty() ? "" : ": ", p.what));
  }
  if (shown < problems.size()) {
    writeError(fmt::format("… and {} (-v shows all)\n",
                           counted(problems.size() - shown, "more problem", "more problems")));
  }
}

void Console::progress(std::string_view label, double fraction) {
  if (!terminal_ || quiet) return;
  const auto now = std::chrono::steady_clock::now();
  if (label_ != label) {
    label_ = label;
    started_ = now;
    lastDrawn_ = {};
  }
  if (now - lastDrawn_ < std::chrono::milliseconds(100) && fraction < 1) return;
  lastDrawn_ = now;
  fraction = std::clamp(fraction, 0.0, 1.0);
  constexpr int width = 28;
  const int filled = static_cast<int>(std::lround(fraction * width));
  std::string bar;
  for (int i = 0; i < width; ++i)
    bar += i < filled ? "█" : "░";
  const double elapsed = std::chrono::duration<double>(now - started_).count();
  std::string left;
  if (elapsed > 2 && fraction > 0.02 && fraction < 1) {
    left = "  " + duration(elapsed * (1 - fraction) / fraction) + " left";
  }
  writeError(fmt::format("\r\x1b[2K{} {} {:3.0f} %{}", label, bar, 100 * fraction, left));
  drawn_ = true;
}

void Console::status(const std::string& text) {
  if (!terminal_ || quiet) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - lastDrawn_ < std::chrono::milliseconds(100)) return;
  lastDrawn_ = now;
  writeError("\r\x1b[2K" + text);
  drawn_ = true;
}

void Console::endProgress() {
  if (!drawn_) return;
  writeError("\r\x1b[2K");
  drawn_ = false;
  label_.clear();
}

std::string duration(double seconds) {
  const long whole = std::lround(std::max(0.0, seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace boxwright::cli
