// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>
#include <string>

namespace boxwright {

/// The one exception of the program: what failed, where (file, line or offset; may be empty) and
/// what the user can do about it (may be empty). Thrown in core, caught only in `ui::Job`, in the
/// command line's main, and where a fault in the user's data becomes a Problem or a message.
/// `what()` is the whole message on one line: "what: where (advice)".
class Error : public std::runtime_error {
 public:
  explicit Error(std::string problem, std::string where = {}, std::string advice = {});

  const std::string& problem() const { return problem_; }
  const std::string& where() const { return where_; }
  const std::string& advice() const { return advice_; }

 private:
  std::string problem_;
  std::string where_;
  std::string advice_;
};

}  // namespace boxwright
