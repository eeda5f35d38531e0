// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QList>
#include <QPointer>
#include <QTimer>
#include <QWidget>

class QHBoxLayout;

namespace boxwright::ui {

class Job;

/// A running job in the status bar: name, progress, time left, and a cross that asks it to stop. A
/// click elsewhere leads to its page; Delete asks it to stop as well. A long name gives way.
class JobChip : public QAbstractButton {
  Q_OBJECT
 public:
  explicit JobChip(Job* job, QWidget* parent = nullptr);

  Job* job() const { return job_; }
  void refresh();
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void pageWanted(const QString& page);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QRect crossRect() const;
  /// What stands behind the name.
  QString state() const;

  QPointer<Job> job_;
  QString name_, state_;
  double fraction_ = -1;
  bool overCross_ = false;
};

/// The chips of all running jobs, looked at five times a second.
class JobChips : public QWidget {
  Q_OBJECT
 public:
  explicit JobChips(QWidget* parent = nullptr);

 Q_SIGNALS:
  void pageWanted(const QString& page);

 private:
  void sync();

  QHBoxLayout* row_;
  QList<JobChip*> chips_;
  QTimer timer_;
};

}  // namespace boxwright::ui
