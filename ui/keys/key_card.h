// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace boxwright::ui {

class KeyBindings;
class KeyListModel;

/// All keys, to be searched and changed: a choice of keymaps, a field, the list.
class KeyCard : public QWidget {
  Q_OBJECT
 public:
  explicit KeyCard(KeyBindings& bindings, QWidget* parent = nullptr);

  /// Empties the search, puts the keys of a menu first and gives the field the keyboard.
  void open(const QString& group);

  QLineEdit* search() const { return search_; }
  QComboBox* maps() const { return maps_; }
  QTableView* list() const { return list_; }
  KeyListModel* model() const { return model_; }

 private:
  QWidget* makeButtons();
  int current() const;
  void span();
  void refresh();
  void tell(const QString& takenFrom);

  KeyBindings& bindings_;
  QComboBox* maps_;
  QLineEdit* search_;
  KeyListModel* model_;
  QTableView* list_;
  QPushButton *change_ = nullptr, *none_ = nullptr, *reset_ = nullptr, *resetAll_ = nullptr;
  QLabel* message_;
};

}  // namespace boxwright::ui
