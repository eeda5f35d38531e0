// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace boxwright::ui {

/// A cell with its text over a thin bar along its bottom, as long as the item's ShareRole (0..1)
/// says and in its ColourRole's colour; no bar where there is no share.
class BarDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  enum Role { ShareRole = Qt::UserRole + 20, ColourRole };

  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
};

}  // namespace boxwright::ui
