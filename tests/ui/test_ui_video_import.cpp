// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QAction>
#include <QCheckBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QLineEdit>
#include <QMenuBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTemporaryDir>
#include <memory>

#include "core/detect/recorder.h"
#include "tests/ui/gui_application.h"
#include "tests/ui/small_dataset.h"
#include "ui/error_bar.h"
#include "ui/page.h"
#include "ui/window/main_window.h"

namespace boxwright::ui {
namespace {

class VideoImportTest : public testing::Test {
 protected:
  void SetUp() override {
    Recorder recorder((folder_.path() + QStringLiteral("/walk.avi")).toStdString(), 25);
    for (int i = 0; i < 20; ++i) {
      Image image(64, 48);
      for (std::size_t p = 0; p < image.pixels.size(); ++p)
        image.pixels[p] = static_cast<std::uint8_t>(p % 64 + 8 * static_cast<std::size_t>(i));
      recorder.write(image);
    }
    recorder.close();
    window_ = std::make_unique<MainWindow>();
    window_->show();
  }
  void TearDown() override {
    Jobs::instance().cancelAll();
    window_.reset();
    endJobs();
  }
  QDialog* ask() {
    for (QAction* action : window_->menuBar()->actions().front()->menu()->actions())
      if (action->text().startsWith(QStringLiteral("Import the frames"))) action->trigger();
    auto* dialog = window_->findChild<QDialog*>();
    EXPECT_TRUE(dialog && dialog->isVisible());
    return dialog;
  }
  static QPushButton* importButton(const QDialog& dialog) {
    for (auto* button : dialog.findChild<QDialogButtonBox*>()->findChildren<QPushButton*>())
      if (button->text() == QStringLiteral("Import")) return button;
    return nullptr;
  }

  QTemporaryDir folder_;
  std::unique_ptr<MainWindow> window_;
};

TEST_F(VideoImportTest, FramesBecomeADatasetThatIsOpened) {
  QDialog* dialog = ask();
  ASSERT_TRUE(dialog);
  QPushButton* button = importButton(*dialog);
  EXPECT_FALSE(button->isEnabled());
  QTest::keyClicks(dialog->findChild<QLineEdit*>(QStringLiteral("video")),
                   folder_.path() + QStringLiteral("/walk.avi"));
  EXPECT_EQ(dialog->findChild<QLineEdit*>(QStringLiteral("folder"))->text(), folder_.path());
  dialog->findChild<QSpinBox*>()->setValue(5);
  EXPECT_LE(dialog->height(), 600);
  QTest::mouseClick(button, Qt::LeftButton);
  const DatasetDocument& document = window_->state().document();
  ASSERT_TRUE(waitFor([&] { return document.isOpen() && !document.isOpening(); }));
  EXPECT_EQ(document.pictureCount(), 4);
  EXPECT_EQ(document.dataset().pictures[1].path, "walk_000005.jpg");
  EXPECT_EQ(document.dataset().format, "images");
  EXPECT_TRUE(window_->currentPage()->errorBar()->isShowing());
  EXPECT_TRUE(window_->currentPage()->errorBar()->current().problem.contains(
      QStringLiteral("4 pictures of 20 frames")));
}

TEST_F(VideoImportTest, FramesOfTheOpenDatasetJoinIt) {
  const QString set = folder_.path() + QStringLiteral("/set");
  QDir().mkpath(set);
  writeImage((set + QStringLiteral("/a.png")).toStdString(), Image(20, 20));
  window_->openPath(set);
  const DatasetDocument& document = window_->state().document();
  ASSERT_TRUE(waitFor([&] { return document.isOpen() && !document.isOpening(); }));
  QDialog* dialog = ask();
  ASSERT_TRUE(dialog);
  EXPECT_EQ(dialog->findChild<QLineEdit*>(QStringLiteral("folder"))->text(), set);
  QTest::keyClicks(dialog->findChild<QLineEdit*>(QStringLiteral("video")),
                   folder_.path() + QStringLiteral("/walk.avi"));
  dialog->findChild<QSpinBox*>()->setValue(10);
  QTest::mouseClick(importButton(*dialog), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return !document.isOpening() && document.pictureCount() == 3; }));
  EXPECT_EQ(document.dataset().pictures[2].path, "walk/walk_000010.jpg");
}

TEST_F(VideoImportTest, WhatIsNoVideoIsSaidInTheBar) {
  writeText(folder_.path() + QStringLiteral("/no.mp4"), "no video");
  QDialog* dialog = ask();
  ASSERT_TRUE(dialog);
  QTest::keyClicks(dialog->findChild<QLineEdit*>(QStringLiteral("video")),
                   folder_.path() + QStringLiteral("/no.mp4"));
  QTest::mouseClick(importButton(*dialog), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return window_->currentPage()->errorBar()->isShowing(); }));
  EXPECT_TRUE(
      window_->currentPage()->errorBar()->current().where.contains(QStringLiteral("no.mp4")));
  EXPECT_FALSE(QFileInfo::exists(folder_.path() + QStringLiteral("/no")));
}

}  // namespace
}  // namespace boxwright::ui
