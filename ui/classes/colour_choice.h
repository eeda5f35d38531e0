// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <optional>

#include "core/image/class_colours.h"

namespace boxwright::ui {

/// Opens under a place for the choice of a colour: the fixed ones, any other one, or none, which
/// leaves the usual one. Arrow keys go from one to the next, Enter or Space takes, Esc leaves.
/// Deletes itself.
class ColourChoice : public QFrame {
  Q_OBJECT
 public:
  /// `title`: what is coloured. `now` is marked; `usual`: what none means.
  ColourChoice(const QString& title, Colour now, Colour usual, QWidget* parent);

  void openAt(const QPoint& global);

 Q_SIGNALS:
  void chosen(std::optional<boxwright::Colour> colour);

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void take(std::optional<Colour> colour);
  void askForOther();

  QString title_;
  Colour now_;
};

}  // namespace boxwright::ui
