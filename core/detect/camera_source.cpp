// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/camera_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/detect/video_library.h"

namespace boxwright {
namespace {

std::string deviceFile(int index) {
  return fmt::format("/dev/video{}", index);
}

std::string camerasThereAre() {
  std::string list;
  for (const Camera& camera : listCameras()) {
    list += fmt::format("{}camera:{} ({})", list.empty() ? "" : ", ", camera.index, camera.name);
  }
  return list.empty() ? "no camera is connected; plug one in and refresh the list"
                      : "there is " + list;
}

/// Tells the plain causes apart before OpenCV, which knows only "failed".
void checkDevice(int index) {
  const std::string file = deviceFile(index);
  const int descriptor = open(file.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (descriptor >= 0) {
    close(descriptor);
    const std::vector<Camera> cameras = listCameras();
    if (std::none_of(cameras.begin(), cameras.end(),
                     [&](const Camera& camera) { return camera.index == index; })) {
      throw Error("the device gives no pictures", file, camerasThereAre());
    }
    return;
  }
  switch (errno) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
      throw Error(fmt::format("camera {} is not there", index), file, camerasThereAre());
    case EACCES:
    case EPERM:
      throw Error("the camera may not be opened by this user", file,
                  "add the user to the group video (usermod -aG video NAME) and log in again");
    case EBUSY:
      throw Error("the camera is in use", file, "close the program that uses it");
    default:
      throw Error("the camera cannot be opened", file, std::generic_category().message(errno));
  }
}

class CameraCapture : public LiveCapture {
 public:
  explicit CameraCapture(int index) : index_(index) {}

  bool open() override {
    try {
      return capture_.open(index_, cv::CAP_V4L2);
    } catch (const cv::Exception&) {
      return false;
    }
  }

  bool read(Image& image) override {
    try {
      if (!capture_.read(frame_)) return false;
      image = imageFromFrame(frame_);
    } catch (const cv::Exception&) {
      return false;
    }
    return !image.empty();
  }

 private:
  int index_;
  cv::VideoCapture capture_;
  cv::Mat frame_;
};

LiveReader::Make captureOf(int index) {
  prepareVideoLibrary();
  checkDevice(index);
  return [index] { return std::make_unique<CameraCapture>(index); };
}

LiveReaderOptions cameraOptions() {
  LiveReaderOptions options;
  options.reconnect = false;
  options.abandonAfter = std::chrono::hours(1);
  return options;
}

}  // namespace

CameraSource::CameraSource(int index, const std::stop_token& stop)
    : index_(index),
      name_(fmt::format("camera:{}", index)),
      reader_(captureOf(index), cameraOptions()) {
  if (!reader_.waitOpen(std::chrono::seconds(8), stop) && !stop.stop_requested()) {
    throw Error("the camera does not start", deviceFile(index),
                "another program may be using it; close that, or plug the camera in again");
  }
}

std::optional<Frame> CameraSource::next(std::stop_token stop) {
  std::optional<ArrivedFrame> arrived = reader_.next(stop);
  if (!arrived) {
    if (stop.stop_requested() || !reader_.failed()) return std::nullopt;
    if (access(deviceFile(index_).c_str(), F_OK) != 0) {
      throw Error("the camera was unplugged", deviceFile(index_), "plug it in and start again");
    }
    throw Error("the camera stopped giving pictures", deviceFile(index_),
                "plug it in again, or close another program that uses it");
  }
  Frame frame;
  frame.image = std::move(arrived->image);
  frame.source = name_;
  frame.number = arrived->number;
  frame.captured = arrived->arrived;
  return frame;
}

}  // namespace boxwright
