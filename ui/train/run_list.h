// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

namespace boxwright::ui {

class PastRuns;

/// The rows of past runs, each with a spark line of its mAP50 or top-1.
class RunList : public QTableView {
  Q_OBJECT
 public:
  explicit RunList(PastRuns* runs, QWidget* parent = nullptr);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
};

}  // namespace boxwright::ui
