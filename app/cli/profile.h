// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/cli/console.h"
#include "core/compute/trace.h"

namespace CLI {
class App;
}

namespace boxwright::cli {

/// --profile FILE of a command: a table of where the time went, on standard error, and its timeline
/// as a file for chrome://tracing and ui.perfetto.dev (Trace Event Format).
class Profile {
 public:
  void addOption(CLI::App& command);
  /// What the work is recorded in; null before it, and where no profile is asked for.
  Trace* trace() const { return trace_.get(); }
  /// Does the work, then shows the table and writes the file; so too where the work throws. Throws
  /// Error before it begins where the file cannot be written.
  void record(Console& console, const std::function<void()>& work);

 private:
  void end(Console& console) const;

  std::string file_;
  std::shared_ptr<Trace> trace_;
};

}  // namespace boxwright::cli
