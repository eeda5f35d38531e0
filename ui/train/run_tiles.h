// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

class QHBoxLayout;
class QLabel;

namespace boxwright::ui {

class RunCurves;

/// A run in four numbers with a caption each: epoch, loss, best score, and the time left or what
/// has become of it.
class RunTiles : public QWidget {
  Q_OBJECT
 public:
  explicit RunTiles(QWidget* parent = nullptr);

  /// Epoch, loss and best score so far; null: of nothing.
  void showCurves(const RunCurves* curves);
  /// Of a run that trains: `seconds` < 0 while nothing is known; then `doing`, where it is not
  /// empty, says what is done.
  void showTimeLeft(double seconds, const QString& doing);
  /// Of any other run, with what is wrong with it; empty: there is none.
  void showState(const QString& state, const QString& fault);

 private:
  struct Tile {
    QLabel* caption;  ///< gives way where there is no room
    QLabel* value;
  };
  Tile add(QHBoxLayout* row, const QString& name, const QString& caption);
  static void say(const Tile& tile, const QString& caption, const QString& value);

  Tile epoch_, loss_, best_, left_;
};

/// "12 s", "4:05 min", "2 h 10 min": as fine as a look at a clock.
QString clockText(double seconds);

}  // namespace boxwright::ui
