// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "ui/classes/class_draft.h"

namespace boxwright::ui {

/// The draft of the classes as a table: id, colour, name (edited in place), boxes, and what it was
/// before. Rows can be dragged.
class ClassTable : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Id, Colour, Name, Boxes, Before, Columns };

  /// `boxes`: of each class before. `ordered`: rows can be moved.
  ClassTable(ClassDraft draft, std::vector<std::size_t> boxes, bool editable, bool ordered,
             QObject* parent = nullptr);

  const ClassDraft& draft() const { return draft_; }
  std::size_t boxesOf(int row) const;

  int add(const QString& name);
  /// None: the usual one.
  void setColour(int row, std::optional<boxwright::Colour> colour);
  void moveRow(int row, int to);
  void merge(int row, int into);
  void removeAt(int row);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
  QStringList mimeTypes() const override;
  QMimeData* mimeData(const QModelIndexList& indexes) const override;
  bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                    const QModelIndex& parent) override;

 Q_SIGNALS:
  void changed();
  /// The row stands there now.
  void moved(int row);

 private:
  void told();

  ClassDraft draft_;
  std::vector<std::size_t> boxes_;
  bool editable_, ordered_;
};

}  // namespace boxwright::ui
