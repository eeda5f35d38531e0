// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sample_canvas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace boxwright {
namespace {

constexpr double kPi = std::numbers::pi;

double smooth(double t) {
  return t * t * (3 - 2 * t);
}

double fraction(double t) {
  return t - std::floor(t);
}

/// Two or three related colours of a background: calm, from dark to light.
struct Palette {
  std::array<Paint, 3> colours;

  explicit Palette(RandomStream& random) {
    const double hue = random.uniform();
    const double spread = random.uniform(-0.15, 0.15);
    const double saturation = random.uniform(0.08, 0.5);
    const double light = random.uniform(0.16, 0.44);
    const double step = random.uniform(0.03, 0.09) * (random.uniform() < 0.5 ? -1 : 1);
    for (std::size_t i = 0; i < colours.size(); ++i) {
      const double k = static_cast<double>(i) - 1;
      colours[i] =
          Paint::hsl(hue + spread * k, saturation, std::clamp(light + step * k, 0.06, 0.55));
    }
  }

  /// Along the three colours, t in [0, 1].
  Paint at(double t) const {
    t = std::clamp(t, 0.0, 1.0) * 2;
    return t < 1 ? Paint::mix(colours[0], colours[1], t)
                 : Paint::mix(colours[1], colours[2], t - 1);
  }
};

template <typename Colour>
void fill(SampleCanvas& canvas, const Colour& colour) {
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x)
      canvas.at(x, y) = colour(x, y);
  }
}

/// A soft disc, as a light out of focus.
void paintGlow(SampleCanvas& canvas, double cx, double cy, double radius, double edge,
               const Paint& paint, double alpha) {
  const int left = std::max(0, static_cast<int>(cx - radius - edge));
  const int right = std::min(canvas.width() - 1, static_cast<int>(cx + radius + edge));
  const int top = std::max(0, static_cast<int>(cy - radius - edge));
  const int bottom = std::min(canvas.height() - 1, static_cast<int>(cy + radius + edge));
  for (int y = top; y <= bottom; ++y) {
    for (int x = left; x <= right; ++x) {
      const double t = std::clamp((radius - std::hypot(x - cx, y - cy)) / edge + 0.5, 0.0, 1.0);
      if (t > 0) canvas.lay(x, y, paint, alpha * smooth(t));
    }
  }
}

/// A thin wavy line across the picture.
void paintCurve(SampleCanvas& canvas, const Paint& paint, double alpha, RandomStream& random) {
  const double angle = random.uniform(0, kPi);
  const double dx = std::cos(angle);
  const double dy = std::sin(angle);
  const double offset = random.uniform(-0.5, 0.5) * canvas.height();
  const double swing = random.uniform(2, 18);
  const double wave = random.uniform(0.01, 0.05);
  const double phase = random.uniform(0, 2 * kPi);
  const double half = random.uniform(0.4, 1.6);
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) {
      const double px = x - canvas.width() / 2.0;
      const double py = y - canvas.height() / 2.0;
      const double along = px * dx + py * dy;
      const double across = -px * dy + py * dx - offset - swing * std::sin(wave * along + phase);
      const double cover = std::clamp(half + 0.5 - std::abs(across), 0.0, 1.0);
      if (cover > 0) canvas.lay(x, y, paint, alpha * cover);
    }
  }
}

}  // namespace

Paint Paint::hsl(double hue, double saturation, double lightness) {
  const double chroma = (1 - std::abs(2 * lightness - 1)) * saturation;
  const double sector = fraction(hue) * 6;
  const double second = chroma * (1 - std::abs(std::fmod(sector, 2.0) - 1));
  const double base = lightness - chroma / 2;
  std::array<double, 3> rgb{};
  switch (static_cast<int>(sector)) {
    case 0:
      rgb = {chroma, second, 0};
      break;
    case 1:
      rgb = {second, chroma, 0};
      break;
    case 2:
      rgb = {0, chroma, second};
      break;
    case 3:
      rgb = {0, second, chroma};
      break;
    case 4:
      rgb = {second, 0, chroma};
      break;
    default:
      rgb = {chroma, 0, second};
      break;
  }
  return {static_cast<float>(rgb[0] + base), static_cast<float>(rgb[1] + base),
          static_cast<float>(rgb[2] + base)};
}

double Paint::difference(const Paint& a, const Paint& b) {
  const double light = a.brightness() - b.brightness();
  const double redness = (a.red - a.brightness()) - (b.red - b.brightness());
  const double blueness = (a.blue - a.brightness()) - (b.blue - b.brightness());
  return std::sqrt(light * light * 1.6 + 0.5 * redness * redness + 0.35 * blueness * blueness);
}

Paint Paint::mix(const Paint& a, const Paint& b, double share) {
  const auto s = static_cast<float>(share);
  return {a.red + (b.red - a.red) * s, a.green + (b.green - a.green) * s,
          a.blue + (b.blue - a.blue) * s};
}

void SampleCanvas::lay(int x, int y, const Paint& paint, double alpha) {
  Paint& pixel = at(x, y);
  pixel = Paint::mix(pixel, paint, alpha);
}

Paint SampleCanvas::mean(double x, double y, double half) const {
  const int left = std::clamp(static_cast<int>(x - half), 0, width_ - 1);
  const int right = std::clamp(static_cast<int>(x + half), left, width_ - 1);
  const int top = std::clamp(static_cast<int>(y - half), 0, height_ - 1);
  const int bottom = std::clamp(static_cast<int>(y + half), top, height_ - 1);
  double red = 0, green = 0, blue = 0;
  int count = 0;
  const int step = 1 + static_cast<int>(half / 8);
  for (int py = top; py <= bottom; py += step) {
    for (int px = left; px <= right; px += step, ++count) {
      red += at(px, py).red;
      green += at(px, py).green;
      blue += at(px, py).blue;
    }
  }
  return {static_cast<float>(red / count), static_cast<float>(green / count),
          static_cast<float>(blue / count)};
}

Image SampleCanvas::toImage(double grain, RandomStream& random) const {
  Image image(width_, height_);
  std::uint8_t* to = image.pixels.data();
  for (const Paint& pixel : pixels_) {
    // The sum of uniform numbers is near enough to normal for grain, and cheap.
    const std::uint64_t bits = random.next();
    const double sum = static_cast<double>(bits & 0xffff) +
                       static_cast<double>(bits >> 16 & 0xffff) +
                       static_cast<double>(bits >> 32 & 0xffff) + static_cast<double>(bits >> 48);
    const double noise = grain * (sum / 65536.0 - 2) * std::sqrt(3.0);
    for (const float value : {pixel.red, pixel.green, pixel.blue}) {
      *to++ = static_cast<std::uint8_t>(std::clamp((value + noise) * 255 + 0.5, 0.0, 255.0));
    }
  }
  return image;
}

double Noise::at(double x, double y) const {
  const double fx = std::floor(x);
  const double fy = std::floor(y);
  const auto corner = [&](double cx, double cy) {
    auto h =
        seed_ ^ (static_cast<std::uint64_t>(static_cast<std::int64_t>(cx)) * 0x9e3779b97f4a7c15ULL +
                 static_cast<std::uint64_t>(static_cast<std::int64_t>(cy)) * 0xc2b2ae3d27d4eb4fULL);
    h = (h ^ (h >> 31)) * 0xbf58476d1ce4e5b9ULL;
    h ^= h >> 29;
    return static_cast<double>(h >> 11) * 0x1.0p-53;
  };
  const double u = smooth(x - fx);
  const double v = smooth(y - fy);
  const double top = corner(fx, fy) * (1 - u) + corner(fx + 1, fy) * u;
  const double bottom = corner(fx, fy + 1) * (1 - u) + corner(fx + 1, fy + 1) * u;
  return top * (1 - v) + bottom * v;
}

double Noise::octaves(double x, double y, int count) const {
  double sum = 0, weight = 0, share = 1;
  for (int i = 0; i < count; ++i) {
    sum += share * at(x, y);
    weight += share;
    share *= 0.5;
    x = 2 * x + 17.3;
    y = 2 * y - 9.1;
  }
  return sum / weight;
}

void paintBackground(SampleCanvas& canvas, int kind, RandomStream& random) {
  const Palette palette(random);
  const Noise noise(random);
  const double w = canvas.width();
  const double h = canvas.height();
  const double angle = random.uniform(0, 2 * kPi);
  const double dx = std::cos(angle);
  const double dy = std::sin(angle);
  const double size = random.uniform(0.6, 1.6);
  switch (kind) {
    case 0:  // a plain wall, lit from one side
      fill(canvas, [&](int x, int y) {
        return palette.at(0.5 + (dx * (x - w / 2) + dy * (y - h / 2)) / (w + h) +
                          0.12 * (noise.octaves(x * 0.02, y * 0.02, 3) - 0.5));
      });
      break;
    case 1:  // clouds
      fill(canvas, [&](int x, int y) {
        return palette.at(1.8 * noise.octaves(x * 0.012 * size, y * 0.016 * size, 5) - 0.4);
      });
      break;
    case 2: {  // hills behind hills
      const int layers = 3 + static_cast<int>(random.index(3));
      fill(canvas, [&](int x, int y) {
        double t = 0;
        for (int i = 0; i < layers; ++i) {
          const double line = h * (0.25 + 0.65 * (i + 0.5) / layers) +
                              0.35 * h * (noise.octaves(x * 0.012 + 50 * i, 7.5 * i, 3) - 0.5);
          if (y > line) t = (i + 1.0) / layers;
        }
        return palette.at(t + 0.06 * (noise.at(x * 0.15, y * 0.15) - 0.5));
      });
      break;
    }
    case 3: {  // stripes
      const double period = random.uniform(14, 44);
      fill(canvas, [&](int x, int y) {
        const double t = fraction((dx * x + dy * y) / period);
        const double band = std::clamp((std::abs(t - 0.5) - 0.25) * period + 0.5, 0.0, 1.0);
        return palette.at(0.3 + 0.35 * band + 0.12 * (noise.octaves(x * 0.03, y * 0.03, 2) - 0.5));
      });
      break;
    }
    case 4: {  // tiles with joints
      const double side = random.uniform(26, 60);
      fill(canvas, [&](int x, int y) {
        const double u = (dx * x + dy * y) / side;
        const double v = (-dy * x + dx * y) / side;
        const double joint = std::min({fraction(u), 1 - fraction(u), fraction(v), 1 - fraction(v)});
        const double tile = noise.at(std::floor(u) * 7.3 + 0.5, std::floor(v) * 5.9 + 0.5);
        const double t = 0.3 + 0.4 * tile + 0.1 * (noise.at(x * 0.1, y * 0.1) - 0.5);
        return Paint::mix(palette.at(t), palette.colours[0],
                          0.8 * std::clamp(1.4 - joint * side, 0.0, 1.0));
      });
      break;
    }
    case 5: {  // lights out of focus
      fill(canvas, [&](int, int y) { return palette.at(0.2 + 0.5 * y / h); });
      const int lights = 14 + static_cast<int>(random.index(14));
      for (int i = 0; i < lights; ++i) {
        const double radius = random.uniform(5, 30);
        const Paint light =
            Paint::hsl(random.uniform(), random.uniform(0.2, 0.6), random.uniform(0.4, 0.6));
        paintGlow(canvas, random.uniform(0, w), random.uniform(0, h), radius, 0.5 * radius + 4,
                  light, random.uniform(0.1, 0.3));
      }
      break;
    }
    case 6: {  // wood
      fill(canvas, [&](int x, int y) {
        const double along = dx * x + dy * y;
        const double across = -dy * x + dx * y;
        const double grain = noise.octaves(along * 0.012, across * 0.16 * size, 4);
        const double plank = noise.at(std::floor(across / 55 + 100) * 3.7, 0.5);
        const double gap = std::clamp(
            1.2 - 55 * std::min(fraction(across / 55), 1 - fraction(across / 55)), 0.0, 1.0);
        return Paint::mix(palette.at(0.2 + 0.6 * grain + 0.3 * (plank - 0.5)), palette.colours[0],
                          0.6 * gap);
      });
      break;
    }
    case 7: {  // ripples
      const double cx = random.uniform(-0.2, 1.2) * w;
      const double cy = random.uniform(-0.2, 1.2) * h;
      const double period = random.uniform(12, 30);
      fill(canvas, [&](int x, int y) {
        const double bend = 14 * noise.octaves(x * 0.02, y * 0.02, 2);
        const double wave = std::sin((std::hypot(x - cx, y - cy) + bend) * 2 * kPi / period);
        return palette.at(0.5 + 0.17 * wave + 0.2 * (noise.at(x * 0.012, y * 0.012) - 0.5));
      });
      break;
    }
    default: {  // a map: flat patches with borders
      fill(canvas, [&](int x, int y) {
        const double t = noise.octaves(x * 0.014 * size, y * 0.014 * size, 2) * 5;
        const double border = std::min(fraction(t), 1 - fraction(t));
        const double patch = noise.at(std::floor(t) * 3.1 + 0.5, 11.5);
        return Paint::mix(palette.at(0.2 + 0.6 * patch), palette.colours[2],
                          0.5 * std::clamp(1 - border * 14, 0.0, 1.0));
      });
      break;
    }
  }
  // Clutter: strings, specks, light and shade.
  const int curves = static_cast<int>(random.index(3));
  for (int i = 0; i < curves; ++i) {
    const Paint paint =
        Paint::hsl(random.uniform(), random.uniform(0.1, 0.6), random.uniform(0.15, 0.5));
    paintCurve(canvas, paint, random.uniform(0.25, 0.6), random);
  }
  const int specks = static_cast<int>(random.index(16));
  for (int i = 0; i < specks; ++i) {
    const Paint paint =
        Paint::hsl(random.uniform(), random.uniform(0.1, 0.7), random.uniform(0.15, 0.5));
    paintGlow(canvas, random.uniform(0, w), random.uniform(0, h), random.uniform(0.8, 3), 1.2,
              paint, random.uniform(0.4, 0.9));
  }
  const double vignette = random.uniform(0, 0.35);
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) {
      const double u = 2 * x / w - 1;
      const double v = 2 * y / h - 1;
      canvas.lay(x, y, Paint{0, 0, 0}, vignette * 0.5 * (u * u + v * v));
    }
  }
}

}  // namespace boxwright
