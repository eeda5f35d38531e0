// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

namespace boxwright {

/// Catches what is written to a descriptor while it lives, by libraries too: nothing of theirs may
/// reach the user's terminal.
class Captured {
 public:
  explicit Captured(int descriptor) : descriptor_(descriptor), file_(std::tmpfile()) {
    std::fflush(nullptr);
    before_ = dup(descriptor_);
    dup2(fileno(file_), descriptor_);
  }
  ~Captured() { end(); }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;

  /// Gives the descriptor back and returns what was written.
  std::string end() {
    if (!file_) return text_;
    std::fflush(nullptr);
    dup2(before_, descriptor_);
    close(before_);
    std::rewind(file_);
    char buffer[4096];
    for (std::size_t count; (count = std::fread(buffer, 1, sizeof(buffer), file_)) > 0;) {
      text_.append(buffer, count);
    }
    std::fclose(file_);
    file_ = nullptr;
    return text_;
  }

 private:
  int descriptor_;
  std::FILE* file_;
  int before_ = -1;
  std::string text_;
};

}  // namespace boxwright
