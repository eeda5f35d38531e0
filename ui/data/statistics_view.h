// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>
#include <map>
#include <string>

#include "core/data/box_statistics.h"
#include "ui/job.h"

class QComboBox;
class QLabel;

namespace boxwright::ui {

class BarChart;
class HeatMap;
class StudioState;

/// What the boxes of the dataset are like, as charts: boxes a class and a split, boxes a picture,
/// sizes, shapes, places, of all classes and pictures or of one class and split. A part that is
/// chosen becomes the filter, so that the list shows the pictures behind it; chosen again, it is
/// taken away. Counted by a Job from a snapshot, anew when labels change, while in view.
class StatisticsView : public QWidget {
  Q_OBJECT
 public:
  explicit StatisticsView(StudioState& state, QWidget* parent = nullptr);

  BarChart* classes() const { return classes_; }
  BarChart* splits() const { return splits_; }
  BarChart* perPicture() const { return perPicture_; }
  BarChart* sizes() const { return sizes_; }
  BarChart* aspects() const { return aspects_; }
  HeatMap* places() const { return places_; }
  QComboBox* classChoice() const { return class_; }
  QComboBox* splitChoice() const { return split_; }
  /// What is shown is of the dataset as it is now.
  bool isCurrent() const { return current_; }

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  struct Counts {
    BoxStatistics all;     ///< of the chosen split, every class
    BoxStatistics chosen;  ///< of the chosen class
    std::map<std::string, BoxStatistics> splits;
  };
  void later();
  void listChoices();
  void countNow();
  void showCounts(const Counts& counts);
  void showFilter();
  void choose(const QString& tag);
  /// The conditions of the two choices.
  QString conditions(bool withClass) const;

  StudioState& state_;
  QComboBox* class_;
  QComboBox* split_;
  QLabel* facts_;
  BarChart* classes_;
  BarChart* splits_;
  BarChart* perPicture_;
  BarChart* sizes_;
  BarChart* aspects_;
  HeatMap* places_;
  QTimer counting_;
  Job job_;
  bool current_ = false;
};

}  // namespace boxwright::ui
