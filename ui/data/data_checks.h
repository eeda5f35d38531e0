// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/problem.h"
#include "core/data/dataset.h"
#include "ui/job.h"

class QLabel;
class QPushButton;

namespace boxwright::ui {

class ProblemList;
class StudioState;

/// Looks for what is worth a look in the pictures and labels, when asked: near-copies among the
/// pictures, boxes on one another, boxes of unusual size. A Job; each finding leads to its picture
/// or box. GUI thread.
class DataChecks : public QWidget {
  Q_OBJECT
 public:
  struct Finding {
    Problem problem;
    int picture = -1;
    std::optional<std::uint32_t> box;
  };

  explicit DataChecks(StudioState& state, QWidget* parent = nullptr);

  void start();
  Job& job() { return job_; }
  QPushButton* button() const { return button_; }
  ProblemList* list() const { return list_; }
  const std::vector<Finding>& findings() const { return findings_; }

 Q_SIGNALS:
  /// For the status bar.
  void told(const QString& text);

 private:
  void showState();
  void choose(int finding);

  StudioState& state_;
  QPushButton* button_;
  QLabel* facts_;
  ProblemList* list_;
  std::vector<Finding> findings_;
  bool checked_ = false;
  Job job_;
};

/// What is found in the dataset; pictures that cannot be read are passed over. Empty at a stop. Any
/// thread.
std::vector<DataChecks::Finding> checkData(const Dataset& dataset, const std::stop_token& stop,
                                           JobProgress& progress);

}  // namespace boxwright::ui
