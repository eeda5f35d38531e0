// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "core/detect/frame_source.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::string firstLine(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

/// The name that the kernel shows for a node which this user may not open. Its first node (index 0)
/// is taken for the one with the pictures.
std::optional<std::string> nameFromKernel(const std::string& node) {
  const fs::path folder = fs::path("/sys/class/video4linux") / node;
  if (firstLine(folder / "index") != "0") return std::nullopt;
  std::string name = firstLine(folder / "name");
  return name.empty() ? node : name;
}

std::optional<std::string> captureName(const std::string& node) {
  const int descriptor = open(("/dev/" + node).c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) {
    return errno == EACCES || errno == EPERM ? nameFromKernel(node) : std::nullopt;
  }
  v4l2_capability capability{};
  int result = 0;
  do {
    result = ioctl(descriptor, VIDIOC_QUERYCAP, &capability);
  } while (result < 0 && errno == EINTR);
  close(descriptor);
  if (result < 0) return std::nullopt;
  const std::uint32_t can = (capability.capabilities & V4L2_CAP_DEVICE_CAPS) != 0
                                ? capability.device_caps
                                : capability.capabilities;
  const bool captures = (can & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE)) != 0;
  const bool delivers = (can & (V4L2_CAP_STREAMING | V4L2_CAP_READWRITE)) != 0;
  if (!captures || !delivers) return std::nullopt;
  const char* card = reinterpret_cast<const char*>(capability.card);
  std::string name(card, strnlen(card, sizeof(capability.card)));
  return name.empty() ? node : name;
}

}  // namespace

std::vector<Camera> listCameras() {
  std::vector<Camera> cameras;
  std::error_code error;
  fs::directory_iterator entry("/dev", error);
  if (error) return cameras;
  for (; entry != fs::directory_iterator(); entry.increment(error)) {
    if (error) break;
    const std::string node = entry->path().filename().string();
    constexpr std::string_view kPrefix = "video";
    if (node.size() <= kPrefix.size() || node.compare(0, kPrefix.size(), kPrefix) != 0) continue;
    Camera camera;
    const char* const end = node.data() + node.size();
    const auto parsed = std::from_chars(node.data() + kPrefix.size(), end, camera.index);
    if (parsed.ec != std::errc() || parsed.ptr != end) continue;
    if (std::optional<std::string> name = captureName(node)) {
      camera.name = std::move(*name);
      cameras.push_back(std::move(camera));
    }
  }
  std::sort(cameras.begin(), cameras.end(),
            [](const Camera& a, const Camera& b) { return a.index < b.index; });
  return cameras;
}

}  // namespace boxwright
