// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/metrics_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <ctime>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {
namespace {

[[noreturn]] void fail(const char* step, const std::filesystem::path& path, int code) {
  throw Error(fmt::format("cannot {} ({})", step, std::strerror(code)), utf8(path),
              code == ENOSPC || code == EDQUOT
                  ? "free some space and resume the run"
                  : "check the permissions of the run folder and resume the run");
}

/// A CSV field: quoted where it must be.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string headerRow(const ValidationEvent& e) {
  std::string row = e.top1 ? "iteration,epoch,top1,top5,lossValidation"
                           : "iteration,epoch,map50,precision,recall,lossValidation";
  if (e.wholeTop1) row += ",top1,top5";
  for (const ValidationEvent::ClassAp& c : e.classes)
    row += "," + field((e.top1 ? "top1 " : "ap ") + c.name);
  return row + "\n";
}

std::string valueRow(const ValidationEvent& e) {
  std::string row = fmt::format("{},{:.4f},", e.iteration, e.epoch);
  if (e.top1)
    row += fmt::format("{:.6f},{:.6f},{:.6f}", *e.top1, e.top5.value_or(0), e.lossValidation);
  else
    row += fmt::format("{:.6f},{:.6f},{:.6f},{:.6f}", e.map50, e.precision, e.recall,
                       e.lossValidation);
  if (e.wholeTop1) row += fmt::format(",{:.6f},{:.6f}", *e.wholeTop1, e.wholeTop5.value_or(0));
  for (const ValidationEvent::ClassAp& c : e.classes)
    row += c.ap ? fmt::format(",{:.6f}", *c.ap) : std::string(",");
  return row + "\n";
}

std::string scoresOf(const ValidationEvent& e) {
  if (e.top1) return fmt::format("top-1 {:.4f}, top-5 {:.4f}", *e.top1, e.top5.value_or(0));
  return fmt::format("mAP50 {:.4f}, precision {:.3f}, recall {:.3f}", e.map50, e.precision,
                     e.recall) +
         (e.wholeTop1 ? fmt::format(", top-1 of pictures without boxes {:.4f}", *e.wholeTop1)
                      : std::string());
}

std::string timeText() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local);
  return text.data();
}

}  // namespace

MetricsLog::File MetricsLog::openAt(const std::filesystem::path& path) {
  File file{path, ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)};
  if (file.descriptor < 0) fail("open file for writing", path, errno);
  return file;
}

MetricsLog::MetricsLog(const std::filesystem::path& folder) {
  try {
    jsonl_ = openAt(folder / "metrics.jsonl");
    // Two that train one run would cut and write each other's numbers. The lock ends with its
    // owner, however that ends; a file system without locks is taken as it is.
    if (::flock(jsonl_.descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      throw Error("the run is being trained already", utf8(folder),
                  "wait until that has ended, or stop it there");
    csv_ = openAt(folder / "metrics.csv");
    log_ = openAt(folder / "log.txt");
  } catch (...) {
    closeAll();
    throw;
  }
}

MetricsLog::~MetricsLog() {
  closeAll();
}

void MetricsLog::closeAll() {
  for (const File* file : {&jsonl_, &csv_, &log_})
    if (file->descriptor >= 0) ::close(file->descriptor);
}

std::uint64_t MetricsLog::cutBack(const File& file, std::uint64_t length) {
  struct stat info {};
  if (::fstat(file.descriptor, &info) != 0) return length;
  // Shorter than the checkpoint says: somebody has cut it; go on from where it ends.
  if (std::cmp_less_equal(info.st_size, length)) return static_cast<std::uint64_t>(info.st_size);
  if (::ftruncate(file.descriptor, static_cast<off_t>(length)) != 0)
    fail("cut file back to the checkpoint", file.path, errno);
  return length;
}

void MetricsLog::cutBack(const MetricLengths& keep) {
  lengths_ = {cutBack(jsonl_, keep.jsonl), cutBack(csv_, keep.csv)};
}

void MetricsLog::write(const File& file, const std::string& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(file.descriptor, rest.data(), rest.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail("write file", file.path, errno);
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void MetricsLog::note(const std::string& text) {
  write(log_, timeText() + "  " + text + "\n");
}

void MetricsLog::append(const TrainEvent& event) {
  const std::string line = toJson(event) + "\n";
  write(jsonl_, line);
  lengths_.jsonl += line.size();
  if (const auto* validation = std::get_if<ValidationEvent>(&event)) {
    const std::string row =
        (lengths_.csv == 0 ? headerRow(*validation) : std::string()) + valueRow(*validation);
    write(csv_, row);
    lengths_.csv += row.size();
    note(fmt::format("epoch {:.1f}, iteration {}: {}, validation loss {:.3f}", validation->epoch,
                     validation->iteration, scoresOf(*validation), validation->lossValidation));
  } else if (const auto* message = std::get_if<MessageEvent>(&event)) {
    note(message->text);
  } else if (const auto* end = std::get_if<EndEvent>(&event)) {
    note(fmt::format("{} at iteration {}; best {} {:.4f}", end->stopped ? "stopped" : "done",
                     end->iteration, end->bestTop1 ? "top-1" : "mAP50",
                     end->bestTop1.value_or(end->bestMap50)));
  }
}

void MetricsLog::flushToDisk() {
  for (const File* file : {&jsonl_, &csv_, &log_})
    if (::fsync(file->descriptor) != 0 && errno != EINVAL && errno != EROFS)
      fail("flush file to disk", file->path, errno);
}

}  // namespace boxwright
