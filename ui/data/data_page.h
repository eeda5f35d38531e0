// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
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
class CountList;
class DataChecks;
class ElidedLabel;
class PictureCanvas;
class PictureGrid;
class ProblemList;
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
  ProblemList* problems() const { return problems_; }
  CountList* classes() const { return classes_; }
  BoxesView* boxesView() const { return boxesView_; }
  StatisticsView* statistics() const { return statistics_; }
  DataChecks* checks() const { return checks_; }

  /// What stands beside the list.
  enum class View { Picture, Boxes, Statistics };
  void setView(View view);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  QWidget* makeList();
  QWidget* makeViewer();
  QWidget* makeInspector();
  void makeActions();
  void showWorkspace();
  void showPicture();
  void showBoxes();
  void selectBox(std::optional<std::uint32_t> id);
  void showHighlighted();
  void showFacts();
  void showCounts();
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
  QTimer counts_;

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
  DataChecks* checks_ = nullptr;
  ElidedLabel* name_ = nullptr;
  QLabel* facts_ = nullptr;

  QLabel* overview_ = nullptr;
  QLabel* classesCaption_ = nullptr;
  QLabel* splitsCaption_ = nullptr;
  QLabel* problemsCaption_ = nullptr;
  QLabel* noProblems_ = nullptr;
  CountList* classes_ = nullptr;
  CountList* states_ = nullptr;
  CountList* splits_ = nullptr;
  ProblemList* problems_ = nullptr;

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
