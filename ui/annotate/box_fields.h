// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <cstdint>
#include <optional>

class QDoubleSpinBox;

namespace boxwright::ui {

class LabelEditor;

/// Place and size of the one selected box in numbers; what is typed is one edit when it is done.
class BoxFields : public QWidget {
  Q_OBJECT
 public:
  explicit BoxFields(LabelEditor& editor, QWidget* parent = nullptr);

  QDoubleSpinBox* x() const { return x_; }
  QDoubleSpinBox* y() const { return y_; }
  QDoubleSpinBox* boxWidth() const { return width_; }
  QDoubleSpinBox* boxHeight() const { return height_; }

 Q_SIGNALS:
  /// By Enter or Esc: the keyboard belongs to the picture again.
  void left();

 private:
  class Field;
  void show();
  void take();

  LabelEditor& editor_;
  std::optional<std::uint32_t> id_;
  QDoubleSpinBox *x_, *y_, *width_, *height_;
};

}  // namespace boxwright::ui
