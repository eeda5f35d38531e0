// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <vector>

namespace boxwright::ui {

class KeyBindings;

/// The rows of the card of keys: a heading for each menu, the one of the page in front first, and
/// under it its actions with their keys; of all these, what a search finds. Keys that belong to no
/// action (Esc, arrow keys) stand at the end and cannot be changed.
class KeyListModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  explicit KeyListModel(KeyBindings& bindings, QObject* parent = nullptr);

  void setFirstGroup(const QString& group);
  /// Words that must all occur in the action's title, group or keys.
  void setSearch(const QString& text);
  /// The action of a row; -1 for headings and fixed keys.
  int entryAt(int row) const;
  bool isHeading(int row) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  /// A QKeySequence for the second column.
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

 Q_SIGNALS:
  /// The key was another action's before.
  void takenFrom(const QString& title);

 private:
  struct Row {
    QString title;
    int entry = -1;
    QString keys;  ///< fixed ones
    bool heading = false;
  };
  void list();

  KeyBindings& bindings_;
  QString firstGroup_, search_;
  std::vector<Row> rows_;
};

}  // namespace boxwright::ui
