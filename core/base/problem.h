// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace boxwright {

/// How bad a fault in the user's data is. Note: worth knowing. Warning: the item is used, mended as
/// `what` says. Error: the item is left out.
enum class Severity { Note, Warning, Error };

/// A fault in the user's data, as a value: it never ends a job on its own.
struct Problem {
  std::string file;  ///< path as the user would type it; relative to the dataset where inside it
  int line = 0;      ///< 1-based; 0 where the file has no lines or the fault has no place
  Severity severity = Severity::Warning;
  std::string what;  ///< one sentence: the fault and what was done with the item

  bool operator==(const Problem&) const = default;
};

/// "note", "warning" or "error".
inline const char* severityName(Severity severity) {
  switch (severity) {
    case Severity::Note:
      return "note";
    case Severity::Warning:
      return "warning";
    case Severity::Error:
      return "error";
  }
  return "error";
}

}  // namespace boxwright
