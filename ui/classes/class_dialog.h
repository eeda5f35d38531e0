// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QTimer>
#include <functional>
#include <optional>
#include <vector>

#include "core/data/class_edit.h"
#include "ui/job.h"

class QLabel;
class QPushButton;
class QTableView;
class QVBoxLayout;

namespace boxwright::ui {

class ClassTable;
class DatasetDocument;
class StudioState;

/// Changes the classes of the open dataset: nothing is done before Apply, and what it will do is
/// made by a job and shown while it is thought over. One edit then, which can be undone; colours
/// change beside it. Closes
/// when the dataset or its classes change under it. GUI thread only.
class ClassDialog : public QDialog {
  Q_OBJECT
 public:
  /// The document can be edited.
  ClassDialog(DatasetDocument& document, QWidget* parent);

 private:
  /// The edit, as it was made ahead.
  struct Ready {
    Edit edit;
    std::vector<DatasetStatistics::PerClass> counts;
    ClassEditCost cost;
  };

  void makeButtons(QVBoxLayout* column);
  void think();
  void prepare();
  void show(const Ready& ready);
  void tell(const QString& text, bool fault);
  void mergeInto();
  void chooseColour();
  /// What Apply will do to the colours; empty: nothing.
  QString colourText() const;
  void moveBy(int rows);
  void refresh();
  void apply();
  int row() const;
  void choose(int row);

  DatasetDocument& document_;
  bool fixed_, ordered_;
  ClassTable* table_;
  QTableView* view_;
  QPushButton *add_, *rename_, *colour_, *merge_, *remove_, *up_, *down_, *apply_;
  QLabel* what_;
  QTimer soon_;
  Job making_;
  std::optional<Ready> ready_;
  bool applying_ = false;
};

/// Opens the dialog over `parent`, once the labels are open for editing. `refused` is told why it
/// cannot be.
void openClassDialog(StudioState& state, QWidget* parent,
                     const std::function<void(const QString&)>& refused);

}  // namespace boxwright::ui
