// SPDX-License-Identifier: GPL-3.0-or-later
//
// Prints how long the Annotate page's canvas paints a large picture with many boxes. Times depend
// on the machine: nothing fails by them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <vector>

#include "tests/ui/gui_application.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/dataset_document.h"

namespace boxwright::ui {
namespace {

constexpr QSize size(8000, 5000);
constexpr int boxCount = 5000;
constexpr int paints = 100;

Dataset crowded() {
  std::mt19937 random(7);
  const auto number = [&](int from, int to) {
    return std::uniform_int_distribution(from, to)(random);
  };
  Annotation annotation;
  annotation.state = LabelState::Labelled;
  for (int i = 0; i < boxCount; ++i) {
    Box box;
    box.id = static_cast<std::uint32_t>(i) + 1;
    box.classId = number(0, 14);
    const double x = number(0, 7700), y = number(0, 4700);
    box.rect = {x, y, x + number(20, 300), y + number(20, 300)};
    annotation.boxes.push_back(box);
  }
  Dataset dataset;
  dataset.root = "/nowhere";
  for (int i = 0; i < 15; ++i)
    dataset.classes.push_back("class " + std::to_string(i));
  dataset.pictures.push_back(
      {"large.jpg", size.width(), size.height(), std::make_shared<const Annotation>(annotation)});
  return dataset;
}

TEST(AnnotatePaint, FiveThousandBoxesOnFortyMegapixels) {
  DatasetDocument document;
  document.setDataset(crowded());
  LabelEditor editor(document);
  AnnotateCanvas canvas(editor);
  canvas.resize(1100, 760);
  canvas.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&canvas));
  QImage picture(size, QImage::Format_RGB32);
  for (int y = 0; y < size.height(); ++y) {
    auto* line = reinterpret_cast<QRgb*>(picture.scanLine(y));
    for (int x = 0; x < size.width(); ++x)
      line[x] = qRgb(x & 255, y & 255, (x + y) & 255);
  }
  canvas.setPicture(makePyramid(std::move(picture)));
  editor.setPicture(0, size);
  ASSERT_EQ(canvas.boxes().size(), static_cast<std::size_t>(boxCount));

  const auto measure = [&](const char* what, const std::function<void(int)>& change) {
    std::vector<double> times;
    for (int i = 0; i < paints; ++i) {
      change(i);
      const double before = GuiApplication::threadMilliseconds();
      canvas.repaint();
      times.push_back(GuiApplication::threadMilliseconds() - before);
    }
    std::sort(times.begin(), times.end());
    std::printf("  %-32s median %5.1f ms, 99th of 100 %5.1f ms\n", what, times[paints / 2],
                times[paints * 99 / 100]);
  };
  const auto point = [&](int i) { QTest::mouseMove(&canvas, QPoint(100 + 8 * i, 100 + 5 * i)); };
  canvas.setTool(ToolKind::Draw);
  measure("whole, the crosshair moves", point);
  measure("whole, the view moves", [&](int i) { canvas.setZoom(0.12 + 0.0002 * i); });
  canvas.setZoom(1);
  measure("pixels as they are, crosshair", point);
  measure("zooming in", [&](int i) { canvas.setZoom(0.15 * std::pow(1.03, i)); });
  canvas.fit();
  canvas.setBrightness(30);
  measure("whole, brighter, view moves", [&](int i) { canvas.setZoom(0.12 + 0.0002 * i); });
  canvas.setBrightness(0);
  canvas.fit();
  canvas.setTool(ToolKind::Select);
  editor.selectAll();
  measure("whole, all selected", point);
}

}  // namespace
}  // namespace boxwright::ui
