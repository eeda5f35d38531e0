// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/anchor_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/geometry/conversion.h"
#include "core/image/class_colours.h"
#include "core/network/cfg.h"

namespace boxwright::cli {
namespace {

constexpr int kSide = 640;
constexpr int kMargin = 56;
constexpr std::size_t kPoints = 5000;

std::string colourOf(int index) {
  const Colour c = classColour(index);
  return fmt::format("#{:02x}{:02x}{:02x}", c.red, c.green, c.blue);
}

/// The lines of a text without their ends, and whether they ended in CRLF.
struct Lines {
  std::vector<std::string> lines;
  bool carriageReturns = false;
};

Lines splitLines(const std::string& text) {
  Lines result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.back() == '\r') {
      line.pop_back();
      result.carriageReturns = true;
    }
    result.lines.push_back(line);
  }
  return result;
}

/// Changes collected first and applied from the bottom up, so that line numbers stay true.
class LineEdits {
 public:
  void set(const CfgSection& section, const std::string& key, const std::string& value) {
    const auto found = std::find_if(section.options.begin(), section.options.end(),
                                    [&key](const CfgOption& option) { return option.key == key; });
    if (found != section.options.end()) {
      replaced_[found->line] = key + "=" + value;
    } else {
      inserted_[section.line].push_back(key + "=" + value);
    }
  }

  void applyTo(std::vector<std::string>& lines) const {
    for (const auto& [line, text] : replaced_)
      lines.at(static_cast<std::size_t>(line) - 1) = text;
    for (auto it = inserted_.rbegin(); it != inserted_.rend(); ++it) {
      lines.insert(lines.begin() + it->first, it->second.begin(), it->second.end());
    }
  }

 private:
  std::map<int, std::string> replaced_;
  std::map<int, std::vector<std::string>> inserted_;
};

}  // namespace

void writeAnchorPlot(const std::filesystem::path& file, std::span<const Size> fractions,
                     const AnchorSet& set, int inputSize) {
  double largest = 0.05;
  for (const Size& s : fractions)
    largest = std::max({largest, s.width, s.height});
  const double span = kSide - 2 * kMargin;
  const auto px = [&](double fraction) { return kMargin + span * fraction / largest; };
  const auto py = [&](double fraction) { return kSide - kMargin - span * fraction / largest; };
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{0}\" viewBox=\"0 0 {0} "
      "{0}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{0}\" height=\"{0}\" "
      "fill=\"#ffffff\"/>\n",
      kSide);
  for (int i = 0; i <= 5; ++i) {
    const double f = largest * i / 5;
    svg += fmt::format(
        "<path d=\"M{0:.1f} {1} V{2} M{1} {3:.1f} H{2}\" stroke=\"#e3e6ea\" fill=\"none\"/>\n"
        "<text x=\"{0:.1f}\" y=\"{4}\" text-anchor=\"middle\" fill=\"#646b75\">{5:.0f} %</text>\n"
        "<text x=\"{6}\" y=\"{7:.1f}\" text-anchor=\"end\" fill=\"#646b75\">{5:.0f} %</text>\n",
        px(f), kMargin, kSide - kMargin, py(f), kSide - kMargin + 18, 100 * f, kMargin - 6,
        py(f) + 4);
  }
  const std::size_t step = std::max<std::size_t>(1, fractions.size() / kPoints);
  for (std::size_t i = 0; i < fractions.size(); i += step) {
    svg +=
        fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2\" fill=\"{}\" opacity=\".45\"/>\n",
                    px(fractions[i].width), py(fractions[i].height), colourOf(set.assignment[i]));
  }
  for (std::size_t a = 0; a < set.anchors.size(); ++a) {
    const double w = set.anchors[a].width * kHeadStride / inputSize;
    const double h = set.anchors[a].height * kHeadStride / inputSize;
    svg += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"none\" "
        "stroke=\"{}\" stroke-width=\"2\"/>\n",
        px(0), py(h), px(w) - px(0), py(0) - py(h), colourOf(static_cast<int>(a)));
  }
  svg += fmt::format(
      "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#1f2328\">width, share of the "
      "picture</text>\n<text x=\"16\" y=\"{}\" text-anchor=\"middle\" fill=\"#1f2328\" "
      "transform=\"rotate(-90 16 {})\">height, share of the picture</text>\n<text x=\"{}\" "
      "y=\"28\" "
      "fill=\"#1f2328\" font-size=\"14\">k = {}, mean IOU {:.2f} %</text>\n</svg>\n",
      kSide / 2, kSide - 14, kSide / 2, kSide / 2, kMargin, set.anchors.size(), 100 * set.meanIou);
  writeFileAtomically(file, svg);
}

void writeAnchorsIntoCfg(const std::filesystem::path& file, const std::vector<Size>& anchors) {
  const std::string text = readFile(file);
  std::vector<Problem> problems;
  const Cfg cfg = parseCfg(text, utf8(file), problems);
  const auto region = std::find_if(cfg.sections.begin(), cfg.sections.end(),
                                   [](const CfgSection& s) { return s.name == "region"; });
  if (region == cfg.sections.end()) {
    throw Error("the cfg has no [region] section", utf8(file), "anchors belong to a YOLOv2 cfg");
  }
  auto convolution = region;
  while (convolution != cfg.sections.begin() && convolution->name != "convolutional" &&
         convolution->name != "conv") {
    --convolution;
  }
  std::string list;
  for (const Size& a : anchors) {
    list += fmt::format("{}{:.6g},{:.6g}", list.empty() ? "" : ", ", a.width, a.height);
  }
  LineEdits edits;
  edits.set(*region, "num", std::to_string(anchors.size()));
  edits.set(*region, "anchors", list);
  if (convolution->name != "net") {
    const int entries = region->integer("classes", 20) + region->integer("coords", 4) + 1;
    edits.set(*convolution, "filters", std::to_string(static_cast<long>(anchors.size()) * entries));
  }
  Lines lines = splitLines(text);
  edits.applyTo(lines.lines);
  std::string changed;
  for (const std::string& line : lines.lines) {
    changed += line + (lines.carriageReturns ? "\r\n" : "\n");
  }
  writeFileAtomically(file, changed);
}

}  // namespace boxwright::cli
