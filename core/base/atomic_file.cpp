// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

#include "core/base/error.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::string adviceFor(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      return "free some space or choose another folder";
    case EACCES:
    case EPERM:
    case EROFS:
      return "check the permissions or choose another folder";
    case ENOENT:
      return "check the path";
    default:
      return {};
  }
}

[[noreturn]] void fail(const char* step, const fs::path& path, int code) {
  throw Error(std::string("cannot ") + step + " (" + std::strerror(code) + ")", utf8(path),
              adviceFor(code));
}

/// Closes a file descriptor when its scope ends.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_;
};

void writeAll(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail("write file", path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void flushFolder(const fs::path& folder) {
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() >= 0) ::fsync(fd.get());
}

fs::path folderOf(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

/// A temporary's name: this and the letters that mkostemp makes up. Names of any length fit.
constexpr std::size_t kRandomPart = 6;
std::string temporaryPrefix(const fs::path& target) {
  return "." + target.filename().string().substr(0, 200) + ".bw-";
}

/// A link keeps its place: the file it points to is written, also where there is none yet.
fs::path targetOf(const fs::path& path) {
  constexpr int kMostLinks = 40;  // as many as Linux follows
  std::error_code code;
  fs::path target = path;
  for (int i = 0; i < kMostLinks && fs::is_symlink(target, code); ++i) {
    const fs::path next = fs::read_symlink(target, code);
    if (code) return path;
    target = next.is_absolute() ? next : folderOf(target) / next;
  }
  return target;
}

constexpr const char* kNoFile = "this is a device or pipe, not a file";

/// Devices, pipes and folders are nobody's to replace.
void checkReplaceable(const fs::path& target, const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(target, ignored);
  if (!fs::exists(status) || fs::is_regular_file(status)) return;
  throw Error(fs::is_directory(status) ? "a folder stands where a file is to be written" : kNoFile,
              utf8(path), "give the name of a file");
}

void checkReadable(const struct stat& info, const fs::path& path) {
  if (S_ISREG(info.st_mode)) return;
  throw Error(S_ISDIR(info.st_mode) ? "a folder stands where a file is expected" : kNoFile,
              utf8(path), "move it away");
}

}  // namespace

void writeFileAtomically(const fs::path& path, std::string_view bytes) {
  writeFileAtomically(path, [bytes](const ByteSink& sink) { sink(bytes); });
}

void writeFileAtomically(const fs::path& path,
                         const std::function<void(const ByteSink&)>& produce) {
  const fs::path target = targetOf(path);
  checkReplaceable(target, path);
  const fs::path folder = folderOf(target);
  std::string name = (folder / (temporaryPrefix(target) + std::string(kRandomPart, 'X'))).string();
  Descriptor fd(::mkostemp(name.data(), O_CLOEXEC));
  if (fd.get() < 0) fail("write file", path, errno);
  const fs::path temporary(name);
  try {
    produce([&](std::string_view bytes) { writeAll(fd.get(), bytes, path); });
    struct stat old {};
    if (::stat(target.c_str(), &old) == 0) {
      ::fchmod(fd.get(), old.st_mode & 07777);
      if (::fchown(fd.get(), old.st_uid, old.st_gid) != 0) {
        // Only the owner or root may give files away; ours then stays ours.
      }
    } else {
      // Asked once: it can only be read by setting it, and two threads at that would leave it at 0.
      static const mode_t mask = [] {
        const mode_t found = ::umask(0);
        ::umask(found);
        return found;
      }();
      ::fchmod(fd.get(), 0666 & ~mask);
    }
    if (::fsync(fd.get()) != 0) fail("flush file to disk", path, errno);
    if (::close(fd.release()) != 0) fail("close file", path, errno);
    if (::rename(temporary.c_str(), target.c_str()) != 0) fail("replace file", path, errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  flushFolder(folder);
}

void removeTemporaries(const fs::path& path) {
  const fs::path target = targetOf(path);
  const std::string prefix = temporaryPrefix(target);
  std::vector<fs::path> left;
  std::error_code ignored;
  for (fs::directory_iterator entry(folderOf(target), ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (name.size() == prefix.size() + kRandomPart && name.starts_with(prefix)) {
      left.push_back(entry->path());
    }
  }
  for (const fs::path& file : left)
    fs::remove(file, ignored);
}

std::string readFile(const fs::path& path) {
  // To open a device may do something, and to open a pipe waits for whoever writes it.
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) checkReadable(info, path);
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) fail("open file", path, errno);
  if (::fstat(fd.get(), &info) != 0) fail("read file", path, errno);
  checkReadable(info, path);
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(info.st_size));
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0) {
      if (errno == EINTR) continue;
      fail("read file", path, errno);
    }
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
  }
}

std::string utf8(const fs::path& path) {
  const std::u8string text = path.generic_u8string();
  return {text.begin(), text.end()};
}

fs::path pathFromUtf8(std::string_view text) {
  return fs::path(std::u8string(text.begin(), text.end()));
}

}  // namespace boxwright
