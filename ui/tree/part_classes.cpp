// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/part_classes.h"

#include <QMimeData>
#include <algorithm>
#include <set>

#include "ui/theme.h"
#include "ui/tree/tree_model.h"

namespace boxwright::ui {

PartClasses::PartClasses(TreeDocument& tree, QObject* parent)
    : QAbstractTableModel(parent), tree_(tree) {
  connect(&tree, &TreeDocument::changed, this, &PartClasses::arrange);
  connect(&tree, &TreeDocument::suggestionsChanged, this, &PartClasses::tellNodes);
}

void PartClasses::arrange() {
  std::vector<ClassPlace> rows;
  const auto& parts = tree_.project().parts();
  int unmapped = 0;
  for (const bool mapped : {false, true}) {
    for (std::size_t part = 0; part < parts.size(); ++part)
      for (std::size_t id = 0; id < parts[part].nodes.size(); ++id)
        if ((parts[part].nodes[id] >= 0) == mapped)
          rows.push_back({static_cast<int>(part), static_cast<int>(id)});
    if (!mapped) unmapped = static_cast<int>(rows.size());
  }
  if (rows == rows_) {  // the same classes, with others' nodes or names at most
    unmapped_ = unmapped;
    if (!rows_.empty()) Q_EMIT dataChanged(index(0, Class), index(rowCount() - 1, Node));
    return;
  }
  beginResetModel();
  rows_ = std::move(rows);
  unmapped_ = unmapped;
  endResetModel();
}

void PartClasses::tellNodes() {
  if (!rows_.empty()) Q_EMIT dataChanged(index(0, Node), index(rowCount() - 1, Node));
}

int PartClasses::rowOf(ClassPlace place) const {
  const auto found = std::find(rows_.begin(), rows_.end(), place);
  return found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

NodeId PartClasses::nodeAt(int row) const {
  const ClassPlace place = placeAt(row);
  return tree_.project().part(place.part).nodes[static_cast<std::size_t>(place.id)];
}

int PartClasses::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int PartClasses::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : Columns;
}

QVariant PartClasses::data(const QModelIndex& index, int role) const {
  const ClassPlace place = placeAt(index.row());
  // A step of an edit may have taken the part away.
  if (place.part >= static_cast<int>(tree_.project().parts().size())) return {};
  const TreePart& part = tree_.project().part(place.part);
  const auto id = static_cast<std::size_t>(place.id);
  if (id >= part.nodes.size()) return {};
  const NodeId node = part.nodes[id];
  const NodeId near = node < 0 ? tree_.suggestionOf(place) : -1;
  const QString name = QString::fromStdString(part.facts.classes[id]);
  if (role == Qt::ForegroundRole) {
    if (node < 0 && index.column() != Dataset) return toneColour(Tone::Warn);
    return index.column() == Dataset ? QVariant(toneColour(Tone::Dim)) : QVariant();
  }
  if (role == Qt::ToolTipRole) {
    if (index.column() == Dataset) return QString::fromStdString(part.path.string());
    if (node >= 0) return QString::fromStdString(tree_.project().pathText(node));
    if (near >= 0)
      return tr("%1 has no node. Enter takes %2.")
          .arg(name, QString::fromStdString(tree_.project().pathText(near)));
    return tr("%1 has no node: its pictures are left out of training. Drag it onto one.").arg(name);
  }
  if (role != Qt::DisplayRole) return {};
  if (index.column() == Class) return part.numbered ? tr("class %1").arg(name) : name;
  if (index.column() == Dataset) return QString::fromStdString(part.name());
  if (node >= 0) return QString::fromStdString(tree_.project().nameOf(node));
  if (near >= 0) return tr("%1?").arg(QString::fromStdString(tree_.project().nameOf(near)));
  return tr("none");
}

QVariant PartClasses::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignVCenter | Qt::AlignLeft);
  if (role != Qt::DisplayRole) return {};
  const QString titles[] = {tr("Its class"), tr("Dataset"), tr("Node")};
  return titles[section];
}

Qt::ItemFlags PartClasses::flags(const QModelIndex& index) const {
  if (!index.isValid()) return Qt::NoItemFlags;
  return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled;
}

QMimeData* PartClasses::mimeData(const QModelIndexList& indexes) const {
  std::set<int> rows;
  for (const QModelIndex& index : indexes)
    rows.insert(index.row());
  std::vector<ClassPlace> places;
  for (const int row : rows)
    places.push_back(placeAt(row));
  auto* data = new QMimeData;
  data->setData(kClassType, packed(places));
  return data;
}

}  // namespace boxwright::ui
