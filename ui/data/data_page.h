// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "ui/data/picture_list_model.h"
#include "ui/data/picture_loader.h"
#include "ui/data/thumbnail_store.h"
#include "ui/page.h"

class QAction;
class QItemSelectionModel;
class QLabel;
class QMenu;
class QSlider;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace boxwright::ui {

class BoxesView;
class DataInspector;
class ElidedLabel;
class PictureCanvas;
class PictureGrid;
class Recents;
class StateStrip;
class StatisticsView;

/// The dataset as pictures: a filtered grid or table, the picture in view with its boxes, and an
/// inspector of classes, states, splits and problems, each of which leads to its pictures.
class DataPage : public Page {
  Q_OBJECT
 public:
  DataPage(StudioState& state, Recents& recents, QAction* openFolder, QAction* makeSample,
           QWidget* parent = nullptr);

  QList<QAction*> menuActions() const override;
  bool usesFilter() const override { return true; }
  void activated() override { activateList(); }
  void saveLayout() const override;
  void restoreLayout() override;

  /// Gives the keyboard to the grid or table.
  void activateList();

  PictureListModel& model() { return model_; }
  PictureCanvas* canvas() const { return canvas_; }
  PictureGrid* grid() const { return grid_; }
  StateStrip* strip() const { return strip_; }
  DataInspector* inspector() const { return inspector_; }
  BoxesView* boxesView() const { return boxesView_; }
  StatisticsView* statistics() const { return statistics_; }

  /// What stands beside the list.
  enum class View { Picture, Boxes, Statistics };
  void setView(View view);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  QWidget* makeList();
  QWidget* makeViewer();
  void makeActions();
  void showWorkspace();
  void showPicture();
  void showBoxes();
  void selectBox(std::optional<std::uint32_t> id);
  void showHighlighted();
  void showFacts();
  void showListState();
  void takeKeyboard();
  void showEnd();
  void showProblem(int problem);
  void syncViews();
  void viewMoved(const QModelIndex& index);
  void step(int by);
  void nextUnlabelled();
  void setTableMode(bool table);
  void showPointer();
  QWidget* makeViewChoice();
  void showHistory();

  PictureListModel model_;
  ThumbnailStore thumbnails_;
  PictureLoader loader_;

  QStackedWidget* pages_;
  QStackedWidget* views_ = nullptr;
  PictureGrid* grid_ = nullptr;
  QTableView* table_ = nullptr;
  StateStrip* strip_ = nullptr;
  QItemSelectionModel* selection_ = nullptr;
  QLabel* listCount_ = nullptr;
  QLabel* nothingFound_ = nullptr;
  QSlider* size_ = nullptr;
  QToolButton* gridButton_ = nullptr;
  QToolButton* tableButton_ = nullptr;

  QStackedWidget* middle_ = nullptr;
  QWidget* pictureTools_ = nullptr;
  PictureCanvas* canvas_ = nullptr;
  BoxesView* boxesView_ = nullptr;
  StatisticsView* statistics_ = nullptr;
  DataInspector* inspector_ = nullptr;
  ElidedLabel* name_ = nullptr;
  QLabel* facts_ = nullptr;

  QAction* previous_ = nullptr;
  QAction* next_ = nullptr;
  QAction* nextUnlabelled_ = nullptr;
  QAction* fit_ = nullptr;
  QAction* actual_ = nullptr;
  QAction* boxes_ = nullptr;
  QAction* asTable_ = nullptr;
  QList<QAction*> menu_, viewActions_;
  QAction* undo_ = nullptr;
  QAction* redo_ = nullptr;
  QMenu* classMenu_ = nullptr;
  QAction* deleteBoxes_ = nullptr;

  int shownPicture_ = -1;
  int selectedPicture_ = -1;  ///< at the last change of the shared selection
  bool movingViews_ = false;
  bool clickingCanvas_ = false;
  QString warning_;
  QString pointer_;
};

}  // namespace boxwright::ui
