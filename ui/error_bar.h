// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <functional>

#include "ui/job_error.h"

class QLabel;
class QPushButton;
class QToolButton;

namespace boxwright::ui {

/// The bar at the top of a page that says what failed, where and what to do, with an optional
/// button that does it; long text folds out under Details. Hidden while there is nothing to say.
class ErrorBar : public QFrame {
  Q_OBJECT
 public:
  enum class Kind { Error, Warning, Note };

  explicit ErrorBar(QWidget* parent = nullptr);

  void showError(const JobError& error, const QString& button = {},
                 std::function<void()> action = {});
  void showMessage(Kind kind, const JobError& message, const QString& button = {},
                   std::function<void()> action = {});
  /// The button is what Space and Enter press next; nothing where there is none.
  void takeFocus();
  /// Hides the bar.
  void clear();
  bool isShowing() const { return !isHidden(); }
  const JobError& current() const { return error_; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  JobError error_;
  Kind kind_ = Kind::Error;
  std::function<void()> action_;
  QLabel* title_;
  QLabel* advice_;
  QLabel* details_;
  QToolButton* fold_;
  QPushButton* button_;
  QToolButton* close_;
};

}  // namespace boxwright::ui
