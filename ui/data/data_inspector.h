// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QAction;
class QLabel;
class QToolButton;

namespace boxwright::ui {

class CountList;
class DataChecks;
class ProblemList;
class StudioState;

/// What the Data page says of the dataset as a whole: how many pictures and boxes, of which
/// classes, in which states and splits, what its checks find and what is wrong with it. A click on
/// a count sets the filter. Up to date within a moment.
class DataInspector : public QWidget {
  Q_OBJECT
 public:
  explicit DataInspector(StudioState& state, QWidget* parent = nullptr);

  /// The button beside the classes.
  void setClassAction(QAction* action);
  /// Counts now.
  void refresh();

  CountList* classes() const { return classes_; }
  ProblemList* problems() const { return problems_; }
  DataChecks* checks() const { return checks_; }

 Q_SIGNALS:
  /// The counts that are shown have been brought up to date.
  void refreshed();

 private:
  void follow();

  StudioState& state_;
  QTimer counts_;
  QLabel *overview_, *classesCaption_, *splitsCaption_, *problemsCaption_, *noProblems_;
  QToolButton* editClasses_;
  CountList *classes_, *states_, *splits_;
  ProblemList* problems_;
  DataChecks* checks_;
};

}  // namespace boxwright::ui
