// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>
#include <cstdint>
#include <optional>

namespace boxwright::ui {

class LabelEditor;

/// The boxes of the picture with class and size; its selection is the editor's.
class ObjectList : public QListView {
  Q_OBJECT
 public:
  explicit ObjectList(LabelEditor& editor, QWidget* parent = nullptr);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;
  /// Marks the row of a box that is pointed at elsewhere.
  void setHovered(std::optional<std::uint32_t> id);

 Q_SIGNALS:
  /// The pointer is on this box's row, or on none.
  void hovered(std::optional<quint32> id);

 protected:
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  class Model;

  void takeBoxes();
  void showSelection();
  void selectInEditor();
  void point(std::optional<std::uint32_t> id);

  LabelEditor& editor_;
  Model* model_;
  std::optional<std::uint32_t> pointed_;
  bool following_ = false;  ///< the editor; not leading it
};

}  // namespace boxwright::ui
