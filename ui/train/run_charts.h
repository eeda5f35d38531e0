// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>
#include <memory>
#include <vector>

#include "ui/job_error.h"
#include "ui/train/run_curves.h"

class QMenu;

namespace boxwright::ui {

class Chart;
class ChartGroup;

/// Another run laid over the one that is shown.
struct OverlaidRun {
  QString name;
  QColor colour;
  std::shared_ptr<const RunCurves> curves;
};

/// Loss, mAP50 (of a classifier top-1 and top-5), learning rate and pictures per second of a run
/// over its iterations, in a grid of two by two with one time axis and one cross-hair.
class RunCharts : public QWidget {
  Q_OBJECT
 public:
  explicit RunCharts(QWidget* parent = nullptr);

  /// Shows the run's curves and follows them as they grow (call refresh()); null: nothing.
  /// `name` is the run's.
  void show(std::shared_ptr<const RunCurves> curves, const QString& name,
            std::vector<OverlaidRun> others = {});
  /// The shown curves have grown.
  void refresh();
  void resetView();
  void setMessage(const QString& text);
  /// Saves a chart as PNG or CSV.
  QMenu* saveMenu() const { return saveMenu_; }

  Chart* loss() const { return loss_; }
  Chart* map() const { return map_; }
  Chart* rate() const { return rate_; }
  Chart* speed() const { return speed_; }

 Q_SIGNALS:
  void failed(const boxwright::ui::JobError& error);

 private:
  Chart* make(const QString& title, int digits);
  /// By what the shown run learns.
  void nameSaveActions();

  ChartGroup* group_;
  Chart *loss_, *map_, *rate_, *speed_;
  QMenu* saveMenu_;
  std::shared_ptr<const RunCurves> curves_;
};

}  // namespace boxwright::ui
