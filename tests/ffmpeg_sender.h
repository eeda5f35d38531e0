// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>

namespace boxwright {

inline bool ffmpegIsThere() {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + "/ffmpeg").c_str(), X_OK) == 0) return true;
  }
  return false;
}

/// ffmpeg sending its test picture at 30 frames a second.
class FfmpegSender {
 public:
  explicit FfmpegSender(std::string url) : url_(std::move(url)) { start(); }
  ~FfmpegSender() { kill(); }
  FfmpegSender(const FfmpegSender&) = delete;
  FfmpegSender& operator=(const FfmpegSender&) = delete;

  void start() {
    process_ = fork();
    if (process_ == 0) {
      const int nothing = open("/dev/null", O_RDWR);
      for (const int descriptor : {0, 1, 2})
        dup2(nothing, descriptor);
      execlp("ffmpeg", "ffmpeg", "-loglevel", "quiet", "-re", "-f", "lavfi", "-i",
             "testsrc=size=320x240:rate=30", "-c:v", "mpeg2video", "-q:v", "5", "-g", "15",
             "-threads", "1", "-f", "mpegts", "-flush_packets", "1", url_.c_str(), nullptr);
      _exit(127);
    }
  }
  void signal(int number) const { ::kill(process_, number); }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  std::string url_;
  pid_t process_ = -1;
};

}  // namespace boxwright
