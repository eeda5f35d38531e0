// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/ablation_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "core/base/atomic_file.h"

namespace boxwright::cli {
namespace {

constexpr int kLeft = 230, kRight = 70, kTop = 60, kBottom = 50;
constexpr int kPlotWidth = 520, kRowHeight = 44;
constexpr const char* kInk = "#1f2328";
constexpr const char* kFaint = "#646b75";
constexpr const char* kBlue = "#2f6fdb";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else
      out += c;
  }
  return out;
}

}  // namespace

void writeAblationChart(const std::filesystem::path& file, const AblationResult& result) {
  const int rows = static_cast<int>(result.rows.size());
  const int width = kLeft + kPlotWidth + kRight, height = kTop + rows * kRowHeight + kBottom;
  double least = 1, most = 0;
  for (const AblationRow& row : result.rows) {
    const std::optional<AblationRow::Range> range = row.map50();
    if (!range) continue;
    least = std::min(least, range->least);
    most = std::max(most, range->most);
  }
  if (least > most) least = 0, most = 1;  // nothing measured yet
  // Whole tenths around what was measured.
  const double low = std::floor(least * 10) / 10;
  const double high = std::max(low + 0.1, std::ceil(most * 10) / 10);
  const auto x = [&](double value) { return kLeft + kPlotWidth * (value - low) / (high - low); };
  const auto y = [&](int row) { return kTop + kRowHeight * (row + 0.5); };

  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\" font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"{0}\" height=\"{1}\" "
      "fill=\"#ffffff\"/>\n<text x=\"16\" y=\"24\" font-size=\"15\" fill=\"{2}\">From YOLO to "
      "YOLOv2: mAP50 of {3}</text>\n<text x=\"16\" y=\"44\" fill=\"{4}\">input {5}, {6} a "
      "training, {7} seed{8}; bars are the range of the seeds</text>\n",
      width, height, kInk, escaped(result.model), kFaint, result.size, result.budget, result.seeds,
      result.seeds == 1 ? "" : "s");
  const int lines = static_cast<int>(std::lround((high - low) * 10));
  for (int i = 0; i <= lines; ++i) {
    const double value = low + 0.1 * i;
    svg += fmt::format(
        "<path d=\"M{0:.1f} {1} V{2}\" stroke=\"#e3e6ea\"/>\n<text x=\"{0:.1f}\" y=\"{3}\" "
        "text-anchor=\"middle\" fill=\"{4}\">{5:.0f} %</text>\n",
        x(value), kTop, height - kBottom, height - kBottom + 20, kFaint, 100 * value);
  }
  std::string line;
  for (int i = 0; i < rows; ++i) {
    const AblationRow& row = result.rows[static_cast<std::size_t>(i)];
    const std::optional<AblationRow::Range> range = row.map50();
    svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\" fill=\"{}\">{}</text>\n",
                       kLeft - 12, y(i) + 4, range ? kInk : kFaint, escaped(row.step.name));
    if (!range) {
      const char* const why = !row.step.missing.empty() ? "not shown"
                              : row.trials.empty()      ? "not trained yet"
                                                        : "diverged";
      svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" fill=\"{}\">{}</text>\n", kLeft + 8, y(i) + 4,
                         kFaint, why);
      continue;
    }
    line += fmt::format("{}{:.1f} {:.1f}", line.empty() ? "M" : " L", x(range->mean), y(i));
    svg += fmt::format(
        "<path d=\"M{:.1f} {:.1f} H{:.1f}\" stroke=\"{}\" stroke-width=\"7\" "
        "stroke-linecap=\"round\" opacity=\".25\"/>\n",
        x(range->least), y(i), x(range->most), kBlue);
    for (const AblationTrial& trial : row.trials)
      if (trial.fault.empty())
        svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\" fill=\"{}\"/>\n",
                           x(trial.map50), y(i), kBlue);
  }
  svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>\n",
                     line.empty() ? "M0 0" : line, kBlue);
  for (int i = 0; i < rows; ++i) {
    const std::optional<AblationRow::Range> range =
        result.rows[static_cast<std::size_t>(i)].map50();
    if (!range) continue;
    svg += fmt::format(
        "<circle cx=\"{0:.1f}\" cy=\"{1:.1f}\" r=\"5\" fill=\"#ffffff\" stroke=\"{2}\" "
        "stroke-width=\"2\"/>\n<text x=\"{3}\" y=\"{4:.1f}\" fill=\"{5}\">{6:.1f} %</text>\n",
        x(range->mean), y(i), kBlue, kLeft + kPlotWidth + 12, y(i) + 4, kInk, 100 * range->mean);
  }
  svg += "</svg>\n";
  writeFileAtomically(file, svg);
}

}  // namespace boxwright::cli
