// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/draw_detections.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "core/image/class_colours.h"

namespace boxwright {
namespace {

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
const cv::Scalar kOutline(16, 16, 18);

cv::Scalar scalarOf(Colour colour) {
  return cv::Scalar(colour.red, colour.green, colour.blue);
}

/// The drawing font has ASCII only: every other character becomes one question mark.
std::string drawable(const std::string& text) {
  std::string ascii;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      ascii += c;
    } else if ((byte & 0xc0) != 0x80) {
      ascii += '?';
    }
  }
  return ascii;
}

void drawOne(cv::Mat& picture, const Detection& detection, const std::string& label) {
  const int width = picture.cols, height = picture.rows;
  const int shorter = std::min(width, height);
  const int line = std::max(1, int(std::lround(shorter / 400.0)));
  const int outline = line + std::max(2, line);
  const Colour colour = classColour(detection.classId);

  const auto pixel = [](double edge, int end) {
    return std::clamp(int(std::lround(edge)), 0, std::max(0, end - 1));
  };
  // Half-open edges: the last pixel inside is one before the right edge.
  const cv::Point first(pixel(detection.rect.left, width), pixel(detection.rect.top, height));
  const cv::Point last(std::max(first.x, pixel(detection.rect.right - 1, width)),
                       std::max(first.y, pixel(detection.rect.bottom - 1, height)));
  cv::rectangle(picture, first, last, kOutline, outline);
  cv::rectangle(picture, first, last, scalarOf(colour), line);

  const double scale = std::max(0.36, shorter / 1200.0);
  const int stroke = std::max(1, int(std::lround(scale * 1.2)));
  int baseline = 0;
  const cv::Size text = cv::getTextSize(label, kFont, scale, stroke, &baseline);
  const int margin = std::max(2, int(std::lround(scale * 6)));
  const int plateWidth = text.width + 2 * margin;
  const int plateHeight = text.height + baseline + margin;
  const int left = std::clamp(first.x - outline / 2, 0, std::max(0, width - plateWidth));
  int top = first.y - outline / 2 - plateHeight;
  if (top < 0) top = last.y + outline / 2 + 1;                      // no room above: below
  if (top + plateHeight > height) top = first.y + outline / 2 + 1;  // nor there: inside
  top = std::clamp(top, 0, std::max(0, height - plateHeight));
  const cv::Rect plate =
      cv::Rect(left, top, plateWidth, plateHeight) & cv::Rect(0, 0, width, height);
  cv::rectangle(picture, plate, scalarOf(colour), cv::FILLED);
  cv::putText(picture, label, {left + margin, top + margin / 2 + text.height}, kFont, scale,
              scalarOf(textColourOn(colour)), stroke, cv::LINE_AA);
}

}  // namespace

void drawDetections(Image& image, std::span<const Detection> detections, const ClassNames& names) {
  if (image.empty()) return;
  cv::Mat picture(image.height, image.width, CV_8UC3, image.pixels.data());
  // The surest on top.
  std::vector<std::size_t> order(detections.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return detections[a].confidence < detections[b].confidence;
  });
  for (const std::size_t i : order) {
    const Detection& detection = detections[i];
    const bool named = detection.classId >= 0 && std::size_t(detection.classId) < names.size();
    const std::string name = named ? drawable(names[std::size_t(detection.classId)])
                                   : fmt::format("class {}", detection.classId);
    drawOne(picture, detection, fmt::format("{} {:.2f}", name, detection.confidence));
  }
}

}  // namespace boxwright
