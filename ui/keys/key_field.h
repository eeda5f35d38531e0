// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>
#include <QStyledItemDelegate>

#include "ui/keys/key_map.h"

namespace boxwright::ui {

/// A field that takes the next key that is pressed, with its modifiers, instead of text. Esc leaves
/// it as it was.
class KeyField : public QLineEdit {
  Q_OBJECT
 public:
  explicit KeyField(QWidget* parent = nullptr);

  /// Empty until a key has been pressed.
  const QKeySequence& key() const { return key_; }

 Q_SIGNALS:
  void taken();
  void left();

 protected:
  bool event(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QKeySequence key_;
};

/// Edits a cell of keys by a KeyField; the model gets its QKeySequence.
class KeyDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const override;
  void setEditorData(QWidget* editor, const QModelIndex& index) const override;
  void setModelData(QWidget* editor, QAbstractItemModel* model,
                    const QModelIndex& index) const override;
  bool eventFilter(QObject* editor, QEvent* event) override;
};

}  // namespace boxwright::ui
