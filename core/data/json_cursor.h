// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/data/byte_edits.h"

namespace boxwright {

/// Goes through a JSON text value by value and builds nothing, so that a file of hundreds of
/// megabytes costs its bytes alone, and parts of it can be replaced by their places. Nesting costs
/// no stack. NaN and Infinity, which Python writes, pass as numbers that are none. Views the bytes;
/// `file` is for messages: everything throws Error with its line where the text is malformed.
class JsonCursor {
 public:
  JsonCursor(std::string_view bytes, std::string file);
  /// At the value that begins there.
  JsonCursor(std::string_view bytes, std::string file, std::size_t begin);

  enum class Kind { Object, Array, String, Number, Boolean, Null };
  /// Of the next value.
  Kind kind();
  /// Where the next value begins.
  std::size_t place();
  /// Past what was read last.
  std::size_t at() const { return at_; }
  /// Passes over the next value.
  ByteRange skip();

  /// The next value, where it is of that kind; it is passed over in any case.
  std::optional<double> number();
  std::optional<std::string> string();
  std::optional<bool> boolean();
  /// A whole number, also one in quotes.
  std::optional<std::int64_t> integer();

  /// Calls `read(key)` for each member of the next value, whose own value is then next, to be read
  /// or left; false, passing it over, where it is no object. `whole` is where it lies.
  template <class Read>
  bool members(Read&& read, ByteRange* whole = nullptr) {
    const std::size_t begin = place();
    if (!enter('{')) return false;
    for (bool first = true; !leave('}', first); first = false) {
      const std::string key = textOf(quoted());
      expect(':');
      const std::size_t value = place();
      read(std::string_view(key));
      if (at_ == value) skip();
    }
    if (whole) *whole = {begin, at_};
    return true;
  }

  /// The same for the elements of an array.
  template <class Read>
  bool elements(Read&& read, ByteRange* whole = nullptr) {
    const std::size_t begin = place();
    if (!enter('[')) return false;
    for (bool first = true; !leave(']', first); first = false) {
      const std::size_t value = place();
      read();
      if (at_ == value) skip();
    }
    if (whole) *whole = {begin, at_};
    return true;
  }

  /// Throws where something follows.
  void finish();

  std::string_view bytes() const { return bytes_; }
  /// The line of a place, 1-based; fast where places are asked for in their order.
  int lineOf(std::size_t place);
  /// Of what is read next.
  int line() { return lineOf(at_); }
  [[noreturn]] void fail(const std::string& what);

 private:
  char next();  ///< past blanks; 0 at the end
  void expect(char c);
  bool enter(char open);
  bool leave(char close, bool first);
  ByteRange quoted();
  std::string textOf(ByteRange quoted);
  ByteRange scalar();

  std::string_view bytes_;
  std::string file_;
  std::size_t at_ = 0;
  std::size_t countedTo_ = 0;
  int countedLine_ = 1;
};

/// The text as a JSON string, in quotes.
std::string jsonQuoted(std::string_view text);

}  // namespace boxwright
