// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
  /// What the work is recorded in; null where no profile is asked for.
  Trace* trace() const { return trace_.get(); }
  /// Before the work. Throws Error where the file cannot be written.
  void begin();
  /// After it: shows the table and writes the file.
  void end(Console& console);

 private:
  std::string file_;
  std::shared_ptr<Trace> trace_;
};

}  // namespace boxwright::cli
