// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <cstddef>
#include <memory>

class QListWidget;

namespace boxwright::ui {

class RunCurves;

/// What a run has told, the newest at the end, in sight unless the user has scrolled away.
class RunMessages : public QWidget {
  Q_OBJECT
 public:
  explicit RunMessages(QWidget* parent = nullptr);

  /// Shows the run's messages; again, when there may be more. Null: none.
  void showRun(const std::shared_ptr<const RunCurves>& curves);

 private:
  QListWidget* list_;
  std::shared_ptr<const RunCurves> curves_;
  std::size_t shown_ = 0;  ///< of its messages
  bool atEnd_ = true;
};

}  // namespace boxwright::ui
