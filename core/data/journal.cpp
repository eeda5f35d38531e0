// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/content_hash.h"

namespace boxwright {
namespace {

constexpr std::size_t kSumLength = 16;

std::string lineOf(std::string_view record) {
  char sum[kSumLength + 1];
  std::snprintf(sum, sizeof sum, "%016llx", static_cast<unsigned long long>(contentHash(record)));
  std::string line(sum);
  line.append(" ").append(record).append("\n");
  return line;
}

/// Whether the end of a file, without the end of a line, may be the beginning of a record: a crash
/// cuts, and changes nothing. Not so where it is a whole record but for its last byte.
bool isCut(std::string_view tail) {
  if (tail.size() <= kSumLength + 1) return true;
  const std::string_view record = tail.substr(kSumLength + 1, tail.size() - kSumLength - 2);
  return lineOf(record).compare(0, tail.size() - 1, tail.substr(0, tail.size() - 1)) != 0;
}

Error failure(const char* what, const std::filesystem::path& file, int code) {
  return Error(std::string(what) + " (" + std::strerror(code) + ")", utf8(file),
               "free some space or check the permissions of its folder");
}

}  // namespace

Journal::Journal(std::filesystem::path file, const std::vector<std::string>& records)
    : file_(std::move(file)) {
  writeFileAtomically(file_, [&](const ByteSink& sink) {
    for (const std::string& record : records) {
      const std::string line = lineOf(record);
      sink(line);
      size_ += static_cast<std::int64_t>(line.size());
    }
  });
  descriptor_ = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor_ < 0) throw failure("the journal of labels cannot be opened", file_, errno);
}

Journal::~Journal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t Journal::lineLength(std::string_view record) {
  return kSumLength + 1 + record.size() + 1;
}

void Journal::append(std::string_view record) {
  const std::string line = lineOf(record);
  std::size_t written = 0;
  while (written < line.size()) {
    const ssize_t count = ::write(descriptor_, line.data() + written, line.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int code = count < 0 ? errno : ENOSPC;
      // The half of a record would hide all that follow it.
      while (::ftruncate(descriptor_, size_) != 0 && errno == EINTR) {
      }
      throw failure("the journal of labels cannot be written", file_, code);
    }
    written += static_cast<std::size_t>(count);
  }
  size_ += static_cast<std::int64_t>(line.size());
  flushed_ = false;
}

void Journal::flush() {
  if (flushed_) return;
  if (::fdatasync(descriptor_) != 0)
    throw failure("the journal of labels cannot be flushed to disk", file_, errno);
  flushed_ = true;
}

std::vector<std::string> readJournal(const std::filesystem::path& file, int* damaged) {
  if (damaged) *damaged = 0;
  std::error_code code;
  if (!std::filesystem::exists(file, code) && !code) return {};
  const std::string bytes = readFile(file);
  std::vector<std::string> records;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = bytes.find('\n', at);
    std::string record;
    if (end != std::string::npos && end - at > kSumLength)
      record = bytes.substr(at + kSumLength + 1, end - at - kSumLength - 1);
    if (end == std::string::npos || bytes.compare(at, end + 1 - at, lineOf(record)) != 0) {
      const bool cut = end == std::string::npos && isCut(std::string_view(bytes).substr(at));
      if (damaged && !cut) *damaged = static_cast<int>(records.size()) + 1;
      break;
    }
    records.push_back(std::move(record));
    at = end + 1;
  }
  return records;
}

}  // namespace boxwright
