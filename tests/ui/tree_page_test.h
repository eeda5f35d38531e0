// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <QDragEnterEvent>
#include <QDragMoveEvent>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <functional>
#include <memory>
#include <string>

#include "core/base/atomic_file.h"
#include "tests/ui/gui_application.h"
#include "tests/ui/small_dataset.h"
#include "ui/error_bar.h"
#include "ui/tree/node_finder.h"
#include "ui/tree/part_classes.h"
#include "ui/tree/tree_actions.h"
#include "ui/tree/tree_inspector.h"
#include "ui/tree/tree_model.h"
#include "ui/tree/tree_page.h"
#include "ui/tree/tree_view.h"
#include "ui/window/main_window.h"

namespace boxwright::ui {

/// The window on its Tree page: a folder "farm" in VOC's layout (cat, dog), a folder "zoo" of
/// classes (dogs, husky, zebra), and an "animals.combined.json" of both over a tree.
class TreePageTest : public testing::Test {
 protected:
  TreePageTest() {
    makeSmallDataset(path("farm"));
    Image image(32, 24);
    for (const char* const name : {"dogs/a", "dogs/b", "husky/c", "zebra/d"}) {
      const std::filesystem::path file = at("zoo") / (std::string(name) + ".png");
      std::filesystem::create_directories(file.parent_path());
      writeImage(file, image);
    }
    text("animals.tree", "animal -1\nthing -1\ndog 0\ncat 0\nhusky 2\n");
    text("animals.names", "animal\nthing\ndog\ncat\nhusky\n");
    text("animals.combined.json",
         R"({"tree": "animals.tree", "names": "animals.names",
             "datasets": [{"path": "farm"}, {"path": "zoo"}]})");
    makeWindow();
  }
  ~TreePageTest() override {
    window_.reset();
    endJobs();
  }

  void makeWindow() {
    window_ = std::make_unique<MainWindow>();
    window_->resize(1440, 900);
    window_->show();
    window_->activateWindow();
    EXPECT_TRUE(QTest::qWaitForWindowActive(window_.get()));
  }
  QString path(const char* name) const {
    return folder_.path() + QLatin1Char('/') + QLatin1String(name);
  }
  std::filesystem::path at(const char* name) const { return path(name).toStdString(); }
  void text(const char* name, const QByteArray& bytes) const { writeText(path(name), bytes); }

  TreePage& page() { return *window_->findChild<TreePage*>(); }
  TreeView& view() { return *page().view(); }
  QTableView& classes() { return *page().inspectorPanel()->classes(); }
  const TreeActions& actions() { return page().actions(); }
  ErrorBar& bar() { return *page().errorBar(); }
  const TreeProject& project() { return page().tree().project(); }
  QPushButton* barButton() { return bar().findChild<QPushButton*>(); }

  /// Opens it and waits until its tree is there and counted.
  void open(const char* name) {
    window_->openPath(path(name), QStringLiteral("tree"));
    ASSERT_TRUE(waitFor([&] {
      return window_->currentPage() == &page() && page().tree().isOpen() &&
             window_->state().document().path() == at(name);
    }));
    settle();
    view().setFocus();
  }
  /// Until nothing is on its way to the disk or being counted.
  void settle() {
    EXPECT_TRUE(waitFor([&] {
      return page().keeper().isIdle() && !page().keeper().isLoading() &&
             Jobs::instance().threads() == 0;
    }));
  }
  NodeId named(const std::string& name) {
    for (const NodeId node : project().inOrder())
      if (project().nameOf(node) == name) return node;
    return -1;
  }
  /// "animal(dog(husky) cat) thing".
  std::string shown() {
    std::string all;
    const std::function<void(NodeId)> show = [&](NodeId node) {
      const auto& children = project().childrenOf(node);
      for (std::size_t i = 0; i < children.size(); ++i) {
        all += (i > 0 ? " " : "") + project().nameOf(children[i]);
        if (project().childrenOf(children[i]).empty()) continue;
        all += "(";
        show(children[i]);
        all += ")";
      }
    };
    show(-1);
    return all;
  }
  QString cell(NodeId node, int column) {
    return page().model().indexOf(node, column).data().toString();
  }
  QString classCell(int row, int column) {
    return classes().model()->index(row, column).data().toString();
  }
  void key(QWidget& widget, Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
    QTest::keyClick(&widget, key, modifiers);
  }
  /// Types a name into the editor of a row and ends it.
  void name(const char* text) {
    auto* const editor = view().viewport()->findChild<QLineEdit*>();
    ASSERT_NE(editor, nullptr);
    editor->setText(QLatin1String(text));
    key(*editor, Qt::Key_Return);
    EXPECT_TRUE(waitFor([&] { return !view().viewport()->findChild<QLineEdit*>(); }));
  }
  void choose(const std::string& name) {
    view().choose(named(name));
    view().setFocus();
  }
  /// What a drag of `data` to a point of the tree ends with.
  void drop(QMimeData* data, const QPoint& point, Qt::DropAction action = Qt::MoveAction) {
    const std::unique_ptr<QMimeData> owned(data);
    const auto keys = action == Qt::CopyAction ? Qt::ControlModifier : Qt::NoModifier;
    QWidget* const viewport = view().viewport();
    QDragEnterEvent enter(point, Qt::MoveAction | Qt::CopyAction, data, Qt::LeftButton, keys);
    QCoreApplication::sendEvent(viewport, &enter);
    QDragMoveEvent move(point, Qt::MoveAction | Qt::CopyAction, data, Qt::LeftButton, keys);
    QCoreApplication::sendEvent(viewport, &move);
    if (!move.isAccepted()) return;
    QDropEvent end(point, Qt::MoveAction | Qt::CopyAction, data, Qt::LeftButton, keys);
    end.setDropAction(action);
    QCoreApplication::sendEvent(viewport, &end);
  }
  void dropNode(const std::string& name, const std::string& onto,
                Qt::DropAction action = Qt::MoveAction) {
    drop(page().model().mimeData({page().model().indexOf(named(name))}),
         view().visualRect(page().model().indexOf(named(onto))).center(), action);
  }

  QTemporaryDir folder_;
  std::unique_ptr<MainWindow> window_;
};

}  // namespace boxwright::ui
