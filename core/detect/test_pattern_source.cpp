// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/test_pattern_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>
#include <vector>

namespace boxwright {
namespace {

constexpr int kFramesPerSecond = 30;

enum class Form { Disc, Ring, Triangle, Square, Star, Cross };

struct Wanderer {
  Form form;
  double size;            ///< radius, of the picture's height
  double startX, startY;  ///< of the free way, 0..1
  double speedX, speedY;  ///< ways a frame
  double turn;            ///< radians a frame
  cv::Scalar colour;
};

// The ways are there and back, so the pattern repeats only after minutes.
const std::array<Wanderer, 6> kWanderers = {{
    {Form::Disc, 0.10, 0.10, 0.20, 0.0061, 0.0043, 0.000, {214, 92, 72}},
    {Form::Triangle, 0.13, 0.70, 0.10, 0.0047, 0.0067, 0.013, {70, 130, 210}},
    {Form::Square, 0.09, 0.40, 0.80, 0.0053, 0.0031, -0.017, {96, 170, 84}},
    {Form::Star, 0.14, 0.85, 0.60, 0.0037, 0.0059, 0.011, {226, 176, 60}},
    {Form::Ring, 0.11, 0.20, 0.55, 0.0071, 0.0037, 0.000, {150, 96, 190}},
    {Form::Cross, 0.12, 0.55, 0.35, 0.0043, 0.0053, 0.009, {60, 170, 176}},
}};

/// There and back between 0 and 1.
double bounce(double way) {
  const double phase = std::fmod(way, 2.0);
  return phase <= 1 ? phase : 2 - phase;
}

/// Corners at the angles and radii given, turned by `turn`.
std::vector<cv::Point> corners(const std::vector<std::pair<double, double>>& polar, double turn,
                               double x, double y, double size) {
  std::vector<cv::Point> points;
  for (const auto& [angle, radius] : polar) {
    points.emplace_back(int(std::lround(x + size * radius * std::cos(angle + turn))),
                        int(std::lround(y + size * radius * std::sin(angle + turn))));
  }
  return points;
}

void drawForm(cv::Mat& picture, const Wanderer& what, double x, double y, double size,
              double turn) {
  constexpr double pi = std::numbers::pi;
  std::vector<std::pair<double, double>> polar;
  const cv::Point centre(int(std::lround(x)), int(std::lround(y)));
  switch (what.form) {
    case Form::Disc:
      cv::circle(picture, centre, int(std::lround(size)), what.colour, cv::FILLED, cv::LINE_AA);
      return;
    case Form::Ring:
      cv::circle(picture, centre, int(std::lround(size * 0.8)), what.colour,
                 std::max(1, int(std::lround(size * 0.4))), cv::LINE_AA);
      return;
    case Form::Triangle:
      for (int i = 0; i < 3; ++i)
        polar.emplace_back(2 * pi * i / 3, 1.0);
      break;
    case Form::Square:
      for (int i = 0; i < 4; ++i)
        polar.emplace_back(pi * i / 2, 1.0);
      break;
    case Form::Star:
      for (int i = 0; i < 10; ++i)
        polar.emplace_back(pi * i / 5, i % 2 == 0 ? 1.0 : 0.45);
      break;
    case Form::Cross:
      for (int i = 0; i < 4; ++i) {
        polar.emplace_back(pi * i / 2 - 0.32, 1.0);
        polar.emplace_back(pi * i / 2 + 0.32, 1.0);
        polar.emplace_back(pi * i / 2 + pi / 4, 0.45);
      }
      break;
  }
  const std::vector<cv::Point> points = corners(polar, turn, x, y, size);
  cv::fillPoly(picture, std::vector<std::vector<cv::Point>>{points}, what.colour, cv::LINE_AA);
}

}  // namespace

Image testPattern(std::uint64_t number, int width, int height) {
  Image image(width, height);
  cv::Mat picture(height, width, CV_8UC3, image.pixels.data());
  for (int y = 0; y < height; ++y) {
    const double down = double(y) / height;
    picture.row(y).setTo(cv::Scalar(52 + 26 * down, 56 + 26 * down, 64 + 24 * down));
  }
  const int grid = std::max(8, height / 12);
  for (int x = grid; x < width; x += grid) {
    cv::line(picture, {x, 0}, {x, height - 1}, cv::Scalar(74, 78, 86));
  }
  for (int y = grid; y < height; y += grid) {
    cv::line(picture, {0, y}, {width - 1, y}, cv::Scalar(74, 78, 86));
  }
  const double frame = double(number);
  for (const Wanderer& what : kWanderers) {
    const double size = what.size * height;
    const double x = size + (width - 2 * size) * bounce(what.startX + what.speedX * frame);
    const double y = size + (height - 2 * size) * bounce(what.startY + what.speedY * frame);
    drawForm(picture, what, x, y, size, what.turn * frame);
  }
  const double textScale = height / 800.0;
  cv::putText(picture, fmt::format("{}", number), {height / 48, height - height / 48},
              cv::FONT_HERSHEY_SIMPLEX, textScale, cv::Scalar(235, 235, 235),
              std::max(1, height / 480), cv::LINE_AA);
  return image;
}

TestPatternSource::TestPatternSource(int width, int height) : width_(width), height_(height) {}

std::optional<Frame> TestPatternSource::next(std::stop_token stop) {
  using Clock = std::chrono::steady_clock;
  if (stop.stop_requested()) return std::nullopt;
  const Clock::time_point now = Clock::now();
  if (!start_) start_ = now;
  const auto due = [this](std::uint64_t number) {
    return *start_ +
           std::chrono::nanoseconds(std::int64_t(number) * 1'000'000'000 / kFramesPerSecond);
  };
  // The frame of this moment, unless that was handed out already: then the next one.
  const auto elapsed = std::chrono::duration_cast<std::chrono::nanoseconds>(now - *start_).count();
  const std::uint64_t current = std::uint64_t(elapsed) * kFramesPerSecond / 1'000'000'000;
  if (current > nextNumber_) {
    dropped_ += current - nextNumber_;
    nextNumber_ = current;
  }
  if (due(nextNumber_) > now) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_until(lock, stop, due(nextNumber_), [] { return false; });
    if (stop.stop_requested()) return std::nullopt;
  }
  Frame frame;
  frame.number = nextNumber_++;
  frame.image = testPattern(frame.number, width_, height_);
  frame.source = "test-pattern:";
  frame.captured = Clock::now();
  return frame;
}

}  // namespace boxwright
