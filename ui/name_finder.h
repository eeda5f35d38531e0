// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QIcon>
#include <QPointer>

class QLineEdit;
class QListWidget;
class QVBoxLayout;

namespace boxwright::ui {

/// A small field over its parent for choosing one of many names by typing some of it: below it
/// stand the best few. Up and Down move, Enter takes, Esc and a click elsewhere leave; but for that
/// click the keyboard is again where it was.
class NameFinder : public QFrame {
  Q_OBJECT
 public:
  QLineEdit* field() const { return field_; }

 protected:
  NameFinder(int mostMatches, QWidget* parent);

  /// Near a point of the parent, with nothing typed.
  void showAt(const QPoint& point);
  void leave();
  QVBoxLayout* column() const { return column_; }

  /// To be called by match().
  void offer(int id, const QString& text, const QIcon& icon = {}, const QString& toolTip = {});
  bool isFull() const;

  /// Offers what fits, the best first, until it is full.
  virtual void match(const QString& typed) = 0;
  /// One was chosen; the field is closed.
  virtual void take(int id) = 0;

  bool eventFilter(QObject* watched, QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void matchAgain();
  void takeCurrent();

  const int mostMatches_;
  QPointer<QWidget> before_;  ///< what had the keyboard
  QVBoxLayout* column_;
  QLineEdit* field_;
  QListWidget* list_;
};

}  // namespace boxwright::ui
