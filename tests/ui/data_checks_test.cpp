// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/data_checks.h"

#include <gtest/gtest.h>

#include <QPushButton>
#include <QTemporaryDir>
#include <cmath>
#include <memory>
#include <string>

#include "core/image/codec.h"
#include "tests/ui/gui_application.h"
#include "ui/data/problem_list.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

/// Waves of a brightness of their own.
Image drawn(int seed, int width = 160, int height = 120) {
  Image image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double u = static_cast<double>(x) / width, v = static_cast<double>(y) / height;
      const double wave =
          std::sin(6 * u * (1 + seed % 5) + seed) * std::cos(9 * v * (1 + seed % 3)) +
          std::sin(14 * (u - v) + seed * 1.7);
      for (int c = 0; c < 3; ++c)
        image.at(x, y)[c] = static_cast<std::uint8_t>(120 + 50 * wave);
    }
  }
  return image;
}

/// Six pictures, the fifth the second in half the size, the last not to be read; two boxes on one
/// another in the third.
class DataChecksTest : public testing::Test {
 protected:
  DataChecksTest() {
    const std::filesystem::path root = folder_.path().toStdString();
    Dataset dataset;
    dataset.root = root;
    dataset.format = "voc";
    dataset.classes = {"cell"};
    for (int i = 0; i < 6; ++i) {
      const std::string name = "p" + std::to_string(i) + ".png";
      if (i < 5) writeImage(root / name, i == 4 ? drawn(1, 80, 60) : drawn(i));
      Annotation annotation;
      annotation.state = LabelState::Labelled;
      for (int k = 0; k < (i == 2 ? 2 : 1); ++k) {
        boxwright::Box box;
        box.id = static_cast<std::uint32_t>(k + 1);
        box.rect = {10.0 + k, 10, 50.0 - k, 50};
        annotation.boxes.push_back(box);
      }
      dataset.pictures.push_back({name, 160, 120, std::make_shared<const Annotation>(annotation)});
    }
    state_.document().setDataset(std::move(dataset));
  }
  ~DataChecksTest() override { endJobs(); }

  QTemporaryDir folder_;
  StudioState state_;
  DataChecks checks_{state_};
};

TEST_F(DataChecksTest, FindsNearCopiesAndBoxesOnOneAnother) {
  EXPECT_TRUE(checks_.findings().empty());
  checks_.button()->click();
  EXPECT_FALSE(checks_.button()->isEnabled());
  ASSERT_TRUE(waitFor([&] { return !checks_.job().isRunning(); }));
  ASSERT_EQ(checks_.findings().size(), 2U);
  const DataChecks::Finding& copy = checks_.findings()[0];
  EXPECT_EQ(copy.picture, 4);
  EXPECT_EQ(copy.problem.what, "looks like p1.png");
  const DataChecks::Finding& overlap = checks_.findings()[1];
  EXPECT_EQ(overlap.picture, 2);
  EXPECT_EQ(overlap.box, 2U);
  ASSERT_EQ(checks_.list()->model()->rowCount(), 2);

  // Each leads to what it is about.
  Q_EMIT checks_.list()->chosen(0);
  EXPECT_EQ(state_.picture(), 4);
  EXPECT_FALSE(state_.box());
  Q_EMIT checks_.list()->chosen(1);
  EXPECT_EQ(state_.picture(), 2);
  EXPECT_EQ(state_.box(), 2U);

  // What has been mended since is said to be gone.
  auto after = std::make_shared<Annotation>(*state_.document().dataset().pictures[2].annotation);
  after->boxes.pop_back();
  state_.document().setReadOnly({});
  state_.document().edit({"x", {{2, state_.document().dataset().pictures[2].annotation, after}}});
  QString told;
  QObject::connect(&checks_, &DataChecks::told, [&](const QString& text) { told = text; });
  Q_EMIT checks_.list()->chosen(1);
  EXPECT_FALSE(told.isEmpty());
  EXPECT_FALSE(state_.box());

  state_.document().close();
  EXPECT_TRUE(checks_.findings().empty());
  EXPECT_EQ(checks_.list()->model()->rowCount(), 0);
}

}  // namespace
}  // namespace boxwright::ui
