// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <QTemporaryDir>
#include <memory>
#include <utility>
#include <vector>

#include "core/data/edit_history.h"
#include "tests/ui/gui_application.h"
#include "tests/ui/small_dataset.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/annotate_page.h"
#include "ui/studio_state.h"

namespace boxwright::ui {

/// The Annotate page over the small dataset, at three screen pixels a picture pixel.
class AnnotatePageTest : public testing::Test {
 protected:
  void SetUp() override {
    makeSmallDataset(folder_.path());
    state_ = std::make_unique<StudioState>();
    page_ = std::make_unique<AnnotatePage>(*state_);
    page_->resize(1300, 760);
    page_->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(page_.get()));
    document().open(folder_.path().toStdString());
    ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
    ASSERT_TRUE(show(0));
    page_->activateWindow();
    page_->activated();
    ASSERT_TRUE(waitFor([this] { return canvas().hasFocus(); }));
  }

  void TearDown() override {
    page_.reset();
    state_.reset();
    endJobs();
  }

  DatasetDocument& document() { return state_->document(); }
  AnnotateCanvas& canvas() { return *page_->canvas(); }
  LabelEditor& editor() { return page_->editor(); }
  const EditHistory& history() { return document().history(); }
  const Annotation& annotation(int picture) {
    return *document().dataset().pictures[static_cast<std::size_t>(picture)].annotation;
  }
  const Annotation& annotation() { return annotation(state_->picture()); }
  const std::vector<boxwright::Box>& boxes() { return annotation().boxes; }

  /// Until the picture is in view and can be edited.
  bool show(int picture) {
    state_->select(picture);
    return inView(picture);
  }
  bool inView(int picture) {
    if (!waitFor([&] { return editor().picture() == picture; })) return false;
    canvas().setZoom(3);
    return true;
  }

  QPoint at(double x, double y) { return canvas().toWidget({x, y}).toPoint(); }
  void press(double x, double y, Qt::KeyboardModifiers keys = {}) {
    QTest::mousePress(&canvas(), Qt::LeftButton, keys, at(x, y));
  }
  void move(double x, double y) { QTest::mouseMove(&canvas(), at(x, y)); }
  void release(double x, double y, Qt::KeyboardModifiers keys = {}) {
    QTest::mouseRelease(&canvas(), Qt::LeftButton, keys, at(x, y));
  }
  void drag(double fromX, double fromY, double toX, double toY, Qt::KeyboardModifiers keys = {}) {
    press(fromX, fromY, keys);
    move((fromX + toX) / 2, (fromY + toY) / 2);
    move(toX, toY);
    release(toX, toY, keys);
  }
  void click(double x, double y, Qt::KeyboardModifiers keys = {}) {
    move(x, y);
    press(x, y, keys);
    release(x, y, keys);
  }
  void key(int which, Qt::KeyboardModifiers keys = {}) {
    QTest::keyClick(&canvas(), static_cast<Qt::Key>(which), keys);
  }
  void undo() { key(Qt::Key_Z, Qt::ControlModifier); }
  void redo() { key(Qt::Key_Y, Qt::ControlModifier); }
  std::string lastEdit() {
    return history().undoable() ? history().undoable()->name : std::string();
  }

  /// One more edit of this name since `size`; undo and redo give the annotations exactly.
  void expectOneEdit(std::size_t size, const std::string& name, const Annotation& before) {
    const int picture = state_->picture();
    ASSERT_EQ(history().size(), size + 1);
    EXPECT_EQ(lastEdit(), name);
    const Annotation after = annotation(picture);
    EXPECT_NE(after, before);
    undo();
    EXPECT_EQ(annotation(picture), before);
    redo();
    EXPECT_EQ(annotation(picture), after);
    EXPECT_EQ(history().size(), size + 1);
  }

  QTemporaryDir folder_;
  std::unique_ptr<StudioState> state_;
  std::unique_ptr<AnnotatePage> page_;
};

}  // namespace boxwright::ui
