// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/problem.h"

namespace boxwright::cli {

/// What every command needs of the terminal: results go to standard output, messages and progress
/// to standard error, so that `--json` leaves nothing but JSON on standard output. Used by the main
/// thread; progress may be reported from the working thread of a command, one at a time.
class Console {
 public:
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  int threads = 0;  ///< 0: all cores
  std::stop_source stop;
  int outputError = 0;  ///< errno of what went wrong on standard output; 0: nothing

  /// One line for a person on standard error; silent with -q.
  void message(std::string_view text);
  /// Text of the result on standard output, as it is, flushed; a closed standard output asks the
  /// command to stop.
  void print(std::string_view text);
  /// The same with a newline, and a bar stays: one JSON value.
  void printLine(const std::string& text);
  /// The problems of a dataset: the first few (all with -v), then a count.
  void report(const std::vector<Problem>& problems);

  /// `wanted` threads as they can be obeyed; says so where an option asks for more than is of use.
  int notTooMany(std::string_view option, int wanted);

  /// Draws a bar on standard error where it is a terminal; `fraction` 0..1.
  void progress(std::string_view label, double fraction);
  /// Draws text in the bar's place.
  void status(const std::string& text);
  /// Takes the bar away.
  void endProgress();

  Console();

 private:
  void write(std::string_view text);

  bool terminal_ = false;
  bool drawn_ = false;
  std::string label_;
  std::chrono::steady_clock::time_point started_, lastDrawn_;
};

/// What the chosen command does, filled in by its option parser; returns the exit status.
using Action = std::function<int()>;

/// 75 -> "1 min 15 s".
std::string duration(double seconds);

}  // namespace boxwright::cli
