// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/key_field.h"

#include <QKeyEvent>

namespace boxwright::ui {
namespace {

bool isModifier(int key) {
  return key == Qt::Key_Shift || key == Qt::Key_Control || key == Qt::Key_Alt ||
         key == Qt::Key_Meta || key == Qt::Key_AltGr || key == Qt::Key_CapsLock ||
         key == Qt::Key_NumLock || key == Qt::Key_unknown || key == 0;
}

/// Shift is said only where the key does not say it already: "!", not "Shift+!".
QKeySequence keyOf(const QKeyEvent& event) {
  Qt::KeyboardModifiers modifiers = event.modifiers() & (Qt::ControlModifier | Qt::ShiftModifier |
                                                         Qt::AltModifier | Qt::MetaModifier);
  const int key = event.key();
  const bool letter = key >= Qt::Key_A && key <= Qt::Key_Z;
  if (!letter && key > Qt::Key_Space && key < 0x100) modifiers &= ~Qt::ShiftModifier;
  return QKeySequence(static_cast<int>(modifiers) | key);
}

}  // namespace

KeyField::KeyField(QWidget* parent) : QLineEdit(parent) {
  setReadOnly(true);
  setPlaceholderText(tr("Press the keys"));
  setAccessibleName(tr("Press the new keys, Esc leaves them"));
}

bool KeyField::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride) {
    event->accept();  // no action takes it
    return true;
  }
  if (event->type() == QEvent::KeyPress) {
    keyPressEvent(static_cast<QKeyEvent*>(event));  // Tab too
    return true;
  }
  return QLineEdit::event(event);
}

void KeyField::keyPressEvent(QKeyEvent* event) {
  if (isModifier(event->key())) return;
  if (event->key() == Qt::Key_Escape) {
    Q_EMIT left();
    return;
  }
  key_ = keyOf(*event);
  Q_EMIT taken();
}

QSize KeyDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
  return {QStyledItemDelegate::sizeHint(option, index).width(), 26};
}

QWidget* KeyDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&,
                                   const QModelIndex&) const {
  auto* field = new KeyField(parent);
  auto* const self = const_cast<KeyDelegate*>(this);
  connect(field, &KeyField::taken, self, [self, field] {
    Q_EMIT self->commitData(field);
    Q_EMIT self->closeEditor(field);
  });
  connect(field, &KeyField::left, self, [self, field] { Q_EMIT self->closeEditor(field); });
  return field;
}

void KeyDelegate::setEditorData(QWidget*, const QModelIndex&) const {}

void KeyDelegate::setModelData(QWidget* editor, QAbstractItemModel* model,
                               const QModelIndex& index) const {
  const QKeySequence key = static_cast<KeyField*>(editor)->key();
  if (!key.isEmpty()) model->setData(index, QVariant::fromValue(key), Qt::EditRole);
}

bool KeyDelegate::eventFilter(QObject* editor, QEvent* event) {
  // Enter, Tab and Esc are keys like others here.
  if (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride) return false;
  return QStyledItemDelegate::eventFilter(editor, event);
}

}  // namespace boxwright::ui
