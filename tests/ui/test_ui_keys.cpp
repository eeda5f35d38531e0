// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QMenuBar>
#include <QPushButton>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>
#include <memory>
#include <set>
#include <string>

#include "tests/ui/gui_application.h"
#include "tests/ui/small_dataset.h"
#include "ui/annotate/annotate_actions.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/annotate_inspector.h"
#include "ui/annotate/annotate_page.h"
#include "ui/annotate/class_panel.h"
#include "ui/annotate/inspector_rows.h"
#include "ui/keys/key_bindings.h"
#include "ui/keys/key_card.h"
#include "ui/keys/key_field.h"
#include "ui/keys/key_list_model.h"
#include "ui/window/main_window.h"
#include "ui/window/manual_window.h"

namespace boxwright::ui {
namespace {

/// The whole window over the small dataset, on its Annotate page.
class KeysTest : public testing::Test {
 protected:
  void SetUp() override {
    QSettings().remove(QStringLiteral("keys"));
    makeSmallDataset(folder_.path());
    start();
  }
  void TearDown() override {
    stop();
    QSettings().remove(QStringLiteral("keys"));
  }
  void start() {
    window_ = std::make_unique<MainWindow>();
    window_->resize(1300, 800);
    window_->show();
    window_->openPath(folder_.path(), QStringLiteral("annotate"));
    ASSERT_TRUE(waitFor([this] {
      return window_->state().document().isEditable() && page().canvas()->hasPicture();
    }));
    page().activated();
    window_->activateWindow();
    ASSERT_TRUE(waitFor([this] { return page().canvas()->hasFocus(); }));
  }
  void stop() {
    Jobs::instance().cancelAll();
    window_.reset();
    endJobs();
  }
  AnnotatePage& page() { return *window_->findChild<AnnotatePage*>(); }
  AnnotateActions& actions() { return page().actions(); }
  AnnotateCanvas& canvas() { return *page().canvas(); }
  /// Opened by F1.
  KeyCard& card() {
    if (!window_->findChild<ManualWindow*>()) QTest::keyClick(&canvas(), Qt::Key_F1);
    return *window_->findChild<ManualWindow*>()->keys();
  }
  /// What the search finds as its only action, edited with a press.
  void change(const QString& search, int key, Qt::KeyboardModifiers modifiers = {}) {
    QTest::keyClicks(card().search(), search);
    ASSERT_EQ(card().model()->rowCount(), 2) << search.toStdString();
    QTableView& list = *card().list();
    list.setCurrentIndex(card().model()->index(1, 0));
    QTest::keyClick(&list, Qt::Key_Return);
    auto* field = list.findChild<KeyField*>();
    ASSERT_TRUE(field);
    QTest::keyClick(field, static_cast<Qt::Key>(key), modifiers);
    EXPECT_TRUE(waitFor([&] { return !list.findChild<KeyField*>(); }));
    card().search()->clear();
    back();
  }
  /// To the canvas from the card.
  void back() {
    window_->activateWindow();
    canvas().setFocus();
    ASSERT_TRUE(waitFor([this] { return window_->isActiveWindow() && canvas().hasFocus(); }));
  }

  QTemporaryDir folder_;
  std::unique_ptr<MainWindow> window_;
};

TEST_F(KeysTest, EveryActionOfAMenuIsAmongTheKeys) {
  int actions = 0;
  const auto count = [&](const auto& self, const QMenu& menu) -> void {
    for (const QAction* action : menu.actions()) {
      if (action->menu()) {
        self(self, *action->menu());
      } else if (!action->isSeparator()) {
        ++actions;
      }
    }
  };
  for (const QAction* menu : window_->menuBar()->actions())
    count(count, *menu->menu());
  const KeyListModel& model = *card().model();
  std::set<int> listed;
  for (int row = 0; row < model.rowCount(); ++row)
    listed.insert(model.entryAt(row));
  listed.erase(-1);
  EXPECT_EQ(static_cast<int>(listed.size()), actions);
  EXPECT_GT(actions, 60);
  EXPECT_EQ(model.index(0, 0).data().toString(), QStringLiteral("Annotate"));
}

TEST_F(KeysTest, NoKeymapGivesAKeyTwiceOrKnowsAnActionThatIsNotThere) {
  auto& keys = window_->keys();
  std::set<QString> ids;
  for (int i = 0; i < keys.count(); ++i)
    EXPECT_TRUE(ids.insert(keys.entry(i).id).second) << keys.entry(i).id.toStdString();
  QStringList names{QString()};
  for (const KeyMap& map : shippedKeyMaps()) {
    names << map.name;
    for (auto entry = map.keys.begin(); entry != map.keys.end(); ++entry) {
      EXPECT_TRUE(ids.count(entry.key())) << entry.key().toStdString();
      EXPECT_FALSE(entry->isEmpty()) << entry.key().toStdString();
    }
  }
  EXPECT_EQ(names, (QStringList{QString(), QStringLiteral("labelImg"), QStringLiteral("CVAT")}));
  for (const QString& name : names) {
    keys.setMap(name);
    for (int i = 0; i < keys.count(); ++i) {
      for (const QKeySequence& key : keys.keys(i)) {
        const int holder = keys.holder(key, i);
        EXPECT_EQ(holder, -1) << name.toStdString() << ": " << key.toString().toStdString()
                              << " of " << keys.entry(i).id.toStdString() << " and "
                              << (holder < 0 ? "" : keys.entry(holder).id.toStdString());
      }
    }
  }
}

TEST_F(KeysTest, AKeyPressedInTheCardIsTheActionsAndStaysForTheNextStart) {
  change(QStringLiteral("draw boxes"), Qt::Key_B);
  EXPECT_EQ(actions().draw->shortcut(), QKeySequence(Qt::Key_B));
  EXPECT_EQ(actions().draw->toolTip(), QStringLiteral("Draw boxes (B)"));
  ASSERT_EQ(canvas().tool(), ToolKind::Select);
  QTest::keyClick(&canvas(), Qt::Key_W);
  EXPECT_EQ(canvas().tool(), ToolKind::Select);
  QTest::keyClick(&canvas(), Qt::Key_B);
  EXPECT_EQ(canvas().tool(), ToolKind::Draw);
  stop();
  start();
  EXPECT_EQ(actions().draw->shortcut(), QKeySequence(Qt::Key_B));
  QTest::keyClick(&canvas(), Qt::Key_B);
  EXPECT_EQ(canvas().tool(), ToolKind::Draw);
}

TEST_F(KeysTest, AKeyThatAnotherActionHasIsTakenFromItAndComesBackToIt) {
  change(QStringLiteral("duplicate"), Qt::Key_D);
  EXPECT_EQ(actions().duplicate->shortcut(), QKeySequence(Qt::Key_D));
  EXPECT_TRUE(actions().next->shortcut().isEmpty());
  // The Data page's own D is never meant at the same time.
  const auto& keys = window_->keys();
  for (int i = 0; i < keys.count(); ++i) {
    if (keys.entry(i).id == QStringLiteral("data/next-picture")) {
      EXPECT_EQ(keys.keys(i), Keys{QKeySequence(Qt::Key_D)});
    }
  }
  QTest::mouseClick(card().findChild<QPushButton*>(QStringLiteral("resetAll")), Qt::LeftButton);
  EXPECT_EQ(actions().duplicate->shortcut(), QKeySequence(Qt::CTRL | Qt::Key_D));
  EXPECT_EQ(actions().next->shortcut(), QKeySequence(Qt::Key_D));
  EXPECT_FALSE(QSettings()
                   .value(QStringLiteral("keys/own"))
                   .toMap()
                   .contains(QStringLiteral("annotate/duplicate")));
}

TEST_F(KeysTest, WhatTheUserChoseLastCounts) {
  change(QStringLiteral("duplicate"), Qt::Key_Q);
  change(QStringLiteral("select all"), Qt::Key_Q);
  EXPECT_EQ(actions().selectAll->shortcut(), QKeySequence(Qt::Key_Q));
  EXPECT_TRUE(actions().duplicate->shortcut().isEmpty());
  // A key of the window is meant everywhere.
  change(QStringLiteral("full screen"), Qt::Key_Q, Qt::ControlModifier);
  for (const auto* menu : window_->menuBar()->actions()) {
    for (const QAction* action : menu->menu()->actions()) {
      if (action->text() == QStringLiteral("Quit")) {
        EXPECT_TRUE(action->shortcut().isEmpty());
      }
    }
  }
}

TEST_F(KeysTest, EscLeavesTheKeyAndFixedKeysCannotBeChanged) {
  QTest::keyClicks(card().search(), QStringLiteral("draw boxes"));
  QTableView& list = *card().list();
  list.setCurrentIndex(card().model()->index(1, 0));
  QTest::keyClick(&list, Qt::Key_Return);
  auto* field = list.findChild<KeyField*>();
  ASSERT_TRUE(field);
  QTest::keyClick(field, Qt::Key_Escape);
  EXPECT_TRUE(waitFor([&] { return !list.findChild<KeyField*>(); }));
  EXPECT_EQ(actions().draw->shortcut(), QKeySequence(Qt::Key_W));
  EXPECT_TRUE(window_->findChild<ManualWindow*>()->isVisible());

  card().search()->clear();
  QTest::keyClicks(card().search(), QStringLiteral("nudge"));
  ASSERT_EQ(card().model()->rowCount(), 2);
  list.setCurrentIndex(card().model()->index(1, 0));
  QTest::keyClick(&list, Qt::Key_Return);
  EXPECT_FALSE(list.findChild<KeyField*>());
  EXPECT_FALSE(card().findChild<QPushButton*>(QStringLiteral("change"))->isEnabled());
}

TEST_F(KeysTest, TheSearchFindsByKeyAsWell) {
  QTest::keyClicks(card().search(), QStringLiteral("ctrl+shift+v"));
  ASSERT_EQ(card().model()->rowCount(), 2);
  EXPECT_EQ(card().model()->index(1, 0).data().toString(),
            QStringLiteral("Paste the boxes of the previous picture"));
  EXPECT_EQ(card().model()->index(1, 1).data().toString(), QStringLiteral("Ctrl+Shift+V"));
}

TEST_F(KeysTest, TheKeymapOfCvatStepsWithDAndFAndShowsItsClassKeys) {
  QComboBox& maps = *card().maps();
  ASSERT_TRUE(maps.findText(QStringLiteral("CVAT")) >= 0);
  maps.setFocus();
  for (int i = 0; i < 2; ++i)
    QTest::keyClick(&maps, Qt::Key_Down);
  ASSERT_EQ(window_->keys().map(), QStringLiteral("CVAT"));
  back();
  QTest::keyClick(&canvas(), Qt::Key_F);
  EXPECT_TRUE(waitFor([this] { return window_->state().picture() == 1; }));
  ASSERT_TRUE(waitFor([this] { return page().editor().picture() == 1; }));
  QTest::keyClick(&canvas(), Qt::Key_D);
  EXPECT_TRUE(waitFor([this] { return window_->state().picture() == 0; }));
  ASSERT_TRUE(waitFor([this] { return page().editor().picture() == 0; }));
  QTest::keyClick(&canvas(), Qt::Key_N);
  EXPECT_EQ(canvas().tool(), ToolKind::Draw);
  QTest::keyClick(&canvas(), Qt::Key_2, Qt::ControlModifier);
  EXPECT_EQ(page().editor().currentClass(), 1);
  EXPECT_EQ(window_->currentPage(), &page());  // not the second page
  const auto& list = *page().findChild<ClassPanel*>()->list();
  EXPECT_EQ(list.model()->index(1, 0).data(RowDelegate::KeyRole).toString(),
            QStringLiteral("Ctrl+2"));
}

TEST_F(KeysTest, BoxesStayHiddenForAsLongAsTheirNewKeyIsHeld) {
  change(QStringLiteral("hide the boxes"), Qt::Key_J);
  QTest::keyPress(&canvas(), Qt::Key_J);
  EXPECT_FALSE(canvas().boxesVisible());
  QTest::keyRelease(&canvas(), Qt::Key_J);
  EXPECT_TRUE(canvas().boxesVisible());
}

}  // namespace
}  // namespace boxwright::ui
