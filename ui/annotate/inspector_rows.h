// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace boxwright::ui {

/// Draws a row of the inspector: a swatch, a name, at the right a number and a key.
class RowDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  enum Role { ColourRole = Qt::UserRole, NumberRole, KeyRole, ChosenRole };

  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override;
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;

  static constexpr int rowHeight = 26;
};

}  // namespace boxwright::ui
