// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>
#include <filesystem>
#include <functional>
#include <vector>

#include "ui/crop_store.h"
#include "ui/data/box_list.h"
#include "ui/job.h"

class QAction;
class QComboBox;
class QLabel;
class QMenu;

namespace boxwright::ui {

class BoxGrid;
class PictureListModel;
class StudioState;

/// The boxes that pass the filter as crops, in a chosen order, side by side, so that the odd one
/// stands out. Several are selected and given another class, or deleted, in one edit; Enter opens
/// one on the Annotate page. The first edit has the labels opened for editing. GUI thread.
class BoxesView : public QWidget {
  Q_OBJECT
 public:
  /// `pictures`: the list whose boxes are shown.
  BoxesView(StudioState& state, PictureListModel& pictures, QWidget* parent = nullptr);

  BoxGrid* grid() const { return grid_; }
  BoxList& boxes() { return boxes_; }
  QComboBox* classChoice() const { return class_; }
  QComboBox* orderChoice() const { return order_; }
  /// What is shown is what passes the filter now.
  bool isCurrent() const { return current_; }

  /// Gives the selected boxes this class.
  void relabel(int classId);
  void deleteSelected();
  /// The classes, the first nine with their keys; each relabels.
  void fillClassMenu(QMenu& menu);
  /// The actions of the first nine classes, whether there are so many or not: for their keys.
  void offerClasses(QMenu& menu) const;
  QAction* deleteAction() const { return delete_; }

 Q_SIGNALS:
  /// For the status bar: what was done, or why nothing was.
  void told(const QString& text);

 protected:
  void showEvent(QShowEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  void makeActions();
  /// Puts the order into the choice, or takes it out.
  void offer(BoxOrder order, const QString& name, bool offered);
  void lookForLosses();
  /// What makes the measure of an order, on the job's thread; nothing where it has none.
  std::function<BoxMeasure(const Dataset&)> measureOf(BoxOrder order) const;
  using MakeEdit = std::function<Edit(const Dataset&, std::vector<BoxRef>)>;
  void later();
  void listNow();
  void take(std::vector<BoxRef> boxes);
  void listChoices();
  void showFacts();
  void apply(MakeEdit make);
  void applyNow(const MakeEdit& make, std::vector<BoxRef> boxes);
  std::vector<BoxRef> selected() const;
  void open(int row);

  StudioState& state_;
  PictureListModel& pictures_;
  BoxList boxes_;
  CropStore crops_;
  QComboBox* class_;
  QComboBox* order_;
  QLabel* facts_;
  BoxGrid* grid_;
  QTimer listing_;
  Job job_, lookingForLosses_;
  std::vector<QAction*> classActions_;
  QAction* delete_ = nullptr;
  std::filesystem::path lossRun_;  ///< a run that recorded losses of these boxes; empty: none
  bool current_ = false;
  std::function<void()> waiting_;  ///< an edit, until the labels can be edited
};

}  // namespace boxwright::ui
