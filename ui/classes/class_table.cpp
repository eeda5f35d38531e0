// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/classes/class_table.h"

#include <QLocale>
#include <QMimeData>
#include <utility>

#include "ui/class_palette.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

const QString kRowType = QStringLiteral("application/x-boxwright-class-row");

}  // namespace

ClassTable::ClassTable(ClassDraft draft, std::vector<std::size_t> boxes, bool editable,
                       bool ordered, QObject* parent)
    : QAbstractTableModel(parent),
      draft_(std::move(draft)),
      boxes_(std::move(boxes)),
      editable_(editable),
      ordered_(ordered) {}

std::size_t ClassTable::boxesOf(int row) const {
  std::size_t boxes = 0;
  for (const int id : draft_.rows().at(static_cast<std::size_t>(row)).from)
    boxes += boxes_.at(static_cast<std::size_t>(id));
  return boxes;
}

void ClassTable::told() {
  if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
  Q_EMIT changed();
}

int ClassTable::add(const QString& name) {
  const int row = rowCount();
  beginInsertRows({}, row, row);
  draft_.add(name.toStdString());
  endInsertRows();
  told();
  return row;
}

void ClassTable::setColour(int row, std::optional<boxwright::Colour> colour) {
  draft_.setColour(static_cast<std::size_t>(row), colour);
  told();
}

void ClassTable::moveRow(int row, int to) {
  if (row == to || row < 0 || to < 0 || row >= rowCount() || to >= rowCount()) return;
  beginMoveRows({}, row, row, {}, to > row ? to + 1 : to);
  draft_.move(static_cast<std::size_t>(row), static_cast<std::size_t>(to));
  endMoveRows();
  told();
  Q_EMIT moved(to);
}

void ClassTable::merge(int row, int into) {
  if (row == into) return;
  beginRemoveRows({}, row, row);
  draft_.merge(static_cast<std::size_t>(row), static_cast<std::size_t>(into));
  endRemoveRows();
  told();
}

void ClassTable::removeAt(int row) {
  beginRemoveRows({}, row, row);
  draft_.remove(static_cast<std::size_t>(row));
  endRemoveRows();
  told();
}

int ClassTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(draft_.rows().size());
}

int ClassTable::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : Columns;
}

QVariant ClassTable::data(const QModelIndex& index, int role) const {
  const auto row = static_cast<std::size_t>(index.row());
  const ClassDraft::Row& entry = draft_.rows().at(row);
  const bool figure = index.column() == Id || index.column() == Boxes;
  if (role == Qt::TextAlignmentRole)
    return QVariant(Qt::AlignVCenter | (figure ? Qt::AlignRight : Qt::AlignLeft));
  if (role == Qt::FontRole && figure) return numberFont();
  if (role == Qt::ToolTipRole) {
    const auto fault = draft_.faultOf(row);
    if (fault) return *fault;
    if (index.column() == Colour) return tr("Choose a colour (Ctrl+L)");
    return {};
  }
  switch (index.column()) {
    case Id:
      if (role == Qt::DisplayRole) return static_cast<int>(row);
      break;
    case Colour: {
      const QColor colour = qColour(draft_.colourOf(row));
      if (role == Qt::DisplayRole) return entry.colour ? colour.name() : tr("usual");
      if (role == Qt::BackgroundRole) return colour;
      if (role == Qt::AccessibleTextRole)
        return entry.colour
                   ? tr("Colour of %1: %2").arg(QString::fromStdString(entry.name), colour.name())
                   : tr("Colour of %1: the usual one, %2")
                         .arg(QString::fromStdString(entry.name), colour.name());
      break;
    }
    case Name:
      if (role == Qt::DisplayRole || role == Qt::EditRole)
        return QString::fromStdString(entry.name);
      if (role == Qt::ForegroundRole && draft_.faultOf(row)) return toneColour(Tone::Bad);
      break;
    case Boxes:
      if (role == Qt::DisplayRole)
        return QLocale().toString(static_cast<qulonglong>(boxesOf(index.row())));
      break;
    case Before: {
      const bool same =
          entry.from == std::vector<int>{index.row()} && draft_.before()[row].name == entry.name;
      if (role == Qt::DisplayRole) return same ? QString() : draft_.beforeText(row);
      if (role == Qt::AccessibleTextRole)
        return same ? tr("as before") : tr("before: %1").arg(draft_.beforeText(row));
      if (role == Qt::ForegroundRole) return toneColour(Tone::Dim);
      break;
    }
    default:
      break;
  }
  return {};
}

QVariant ClassTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant(Qt::AlignVCenter |
                    (section == Id || section == Boxes ? Qt::AlignRight : Qt::AlignLeft));
  if (role != Qt::DisplayRole) return {};
  const QString titles[] = {tr("Id"), tr("Colour"), tr("Name"), tr("Boxes"), tr("Before")};
  return titles[section];
}

bool ClassTable::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::EditRole || index.column() != Name || !editable_) return false;
  const std::string name = value.toString().trimmed().toStdString();
  const auto row = static_cast<std::size_t>(index.row());
  if (name == draft_.rows().at(row).name) return false;
  draft_.rename(row, name);
  told();
  return true;
}

Qt::ItemFlags ClassTable::flags(const QModelIndex& index) const {
  Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
  if (!index.isValid()) return ordered_ ? Qt::ItemIsDropEnabled : Qt::NoItemFlags;
  if (editable_ && index.column() == Name) flags |= Qt::ItemIsEditable;
  if (ordered_) flags |= Qt::ItemIsDragEnabled;
  return flags;
}

QStringList ClassTable::mimeTypes() const {
  return {kRowType};
}

QMimeData* ClassTable::mimeData(const QModelIndexList& indexes) const {
  auto* data = new QMimeData;
  data->setData(kRowType, QByteArray::number(indexes.isEmpty() ? -1 : indexes.front().row()));
  return data;
}

bool ClassTable::dropMimeData(const QMimeData* data, Qt::DropAction, int row, int,
                              const QModelIndex&) {
  bool number = false;
  const int from = data->data(kRowType).toInt(&number);
  if (!ordered_ || !number || from < 0 || from >= rowCount()) return false;
  const int before = row < 0 ? rowCount() : row;
  moveRow(from, before > from ? before - 1 : before);
  return false;  // the view has nothing to take away
}

}  // namespace boxwright::ui
