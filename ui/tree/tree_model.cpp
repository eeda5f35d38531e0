// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_model.h"

#include <QDataStream>
#include <QFont>
#include <QIODevice>
#include <QLocale>
#include <QMimeData>
#include <QSize>
#include <algorithm>

#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr std::size_t mostPartBits = 63;
constexpr int rowHeight = 26;

std::vector<NodeId> nodesIn(const QMimeData& data) {
  std::vector<NodeId> nodes;
  QDataStream stream(data.data(kNodeType));
  while (!stream.atEnd()) {
    qint32 node = -1;
    stream >> node;
    nodes.push_back(node);
  }
  return nodes;
}

std::vector<ClassPlace> classesIn(const QMimeData& data) {
  std::vector<ClassPlace> places;
  QDataStream stream(data.data(kClassType));
  while (!stream.atEnd()) {
    qint32 part = -1, id = -1;
    stream >> part >> id;
    places.push_back({part, id});
  }
  return places;
}

QString number(std::size_t count) {
  return QLocale(QLocale::English).toString(static_cast<qulonglong>(count));
}

}  // namespace

QByteArray packed(const std::vector<ClassPlace>& places) {
  QByteArray bytes;
  QDataStream stream(&bytes, QIODevice::WriteOnly);
  for (const ClassPlace& place : places)
    stream << static_cast<qint32>(place.part) << static_cast<qint32>(place.id);
  return bytes;
}

TreeModel::TreeModel(TreeDocument& tree, QObject* parent)
    : QAbstractItemModel(parent), tree_(tree) {
  connect(&tree, &TreeDocument::stepping, this, &TreeModel::stepping);
  connect(&tree, &TreeDocument::stepped, this, &TreeModel::stepped);
  connect(&tree, &TreeDocument::resetting, this, [this] { beginResetModel(); });
  connect(&tree, &TreeDocument::wasReset, this, [this] {
    found_.clear();
    cut_.clear();
    endResetModel();
  });
  connect(&tree, &TreeDocument::countsChanged, this, &TreeModel::tellAll);
}

QModelIndex TreeModel::indexOf(NodeId node, int column) const {
  if (!tree_.project().has(node)) return {};
  return createIndex(tree_.project().rowOf(node), column, static_cast<quintptr>(node));
}

void TreeModel::setFound(const std::vector<NodeId>& nodes) {
  found_ = {nodes.begin(), nodes.end()};
}

void TreeModel::setCut(const std::vector<NodeId>& nodes) {
  cut_ = {nodes.begin(), nodes.end()};
}

void TreeModel::stepping(const TreeStep& step) {
  if (const auto* node = std::get_if<NodeStep>(&step)) {
    const QModelIndex parent = indexOf(node->parent);
    if (node->comes) {
      beginInsertRows(parent, node->row, node->row);
    } else {
      beginRemoveRows(parent, node->row, node->row);
      cut_.erase(node->node);
    }
  } else if (const auto* move = std::get_if<MoveStep>(&step)) {
    const bool down = move->from == move->to && move->toRow > move->fromRow;
    beginMoveRows(indexOf(move->from), move->fromRow, move->fromRow + move->count - 1,
                  indexOf(move->to), move->toRow + (down ? move->count : 0));
  }
}

void TreeModel::stepped(const TreeStep& step) {
  if (const auto* node = std::get_if<NodeStep>(&step)) {
    node->comes ? endInsertRows() : endRemoveRows();
  } else if (std::holds_alternative<MoveStep>(step)) {
    endMoveRows();
  } else if (const auto* name = std::get_if<NameStep>(&step)) {
    const QModelIndex index = indexOf(name->node);
    Q_EMIT dataChanged(index, index);
  }
}

/// Views ask again for what they show.
void TreeModel::tellAll() {
  const int rows = rowCount();
  if (rows > 0) Q_EMIT dataChanged(index(0, Boxes), index(rows - 1, Datasets));
}

QModelIndex TreeModel::index(int row, int column, const QModelIndex& parent) const {
  const std::vector<NodeId>& children = tree_.project().childrenOf(nodeAt(parent));
  if (row < 0 || row >= static_cast<int>(children.size()) || column < 0 || column >= Columns)
    return {};
  return createIndex(row, column, static_cast<quintptr>(children[static_cast<std::size_t>(row)]));
}

QModelIndex TreeModel::parent(const QModelIndex& child) const {
  const NodeId node = nodeAt(child);
  return node < 0 ? QModelIndex() : indexOf(tree_.project().parentOf(node));
}

int TreeModel::rowCount(const QModelIndex& parent) const {
  if (parent.isValid() && parent.column() != Class) return 0;
  return static_cast<int>(tree_.project().childrenOf(nodeAt(parent)).size());
}

int TreeModel::columnCount(const QModelIndex&) const {
  return Columns;
}

bool TreeModel::hasChildren(const QModelIndex& parent) const {
  return rowCount(parent) > 0;
}

QString TreeModel::datasetsText(NodeId node) const {
  const std::uint64_t mask = tree_.countOf(node).parts;
  const auto& parts = tree_.project().parts();
  QStringList names;
  for (std::size_t part = 0; part < std::min(parts.size(), mostPartBits); ++part)
    if ((mask >> part & 1) != 0) names << QString::fromStdString(parts[part].name());
  if ((mask >> mostPartBits & 1) != 0) names << QStringLiteral("\u2026");
  return names.join(QStringLiteral(", "));
}

QString TreeModel::tip(NodeId node, int column) const {
  const NodeCount& count = tree_.countOf(node);
  if (column == Class) {
    QString text = QString::fromStdString(tree_.project().pathText(node));
    const std::string& label = tree_.project().node(node).label;
    if (!label.empty()) text += tr("\nIn files: %1").arg(QString::fromStdString(label));
    return text;
  }
  if (column == Boxes && count.ownBoxes != count.boxes)
    return tr("%1 of its own, %2 with all below it")
        .arg(number(count.ownBoxes), number(count.boxes));
  if (column == Pictures && count.ownPictures != count.pictures)
    return tr("%1 of its own, %2 with all below it")
        .arg(number(count.ownPictures), number(count.pictures));
  if (column != Datasets) return {};
  QStringList lines;
  for (const TreePart& part : tree_.project().parts()) {
    for (std::size_t id = 0; id < part.nodes.size(); ++id)
      if (part.nodes[id] == node)
        lines << tr("%1: %2").arg(QString::fromStdString(part.name()),
                                  QString::fromStdString(part.facts.classes[id]));
  }
  if (lines.isEmpty() && count.parts != 0) return tr("Classes below it alone");
  return lines.join(QLatin1Char('\n'));
}

QVariant TreeModel::data(const QModelIndex& index, int role) const {
  const NodeId node = nodeAt(index);
  if (!tree_.project().has(node)) return {};
  const NodeCount& count = tree_.countOf(node);
  const bool figure = index.column() == Boxes || index.column() == Pictures;
  switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
      if (index.column() == Class) return QString::fromStdString(tree_.project().nameOf(node));
      if (index.column() == Datasets) return datasetsText(node);
      if (index.column() == Boxes) return count.boxes > 0 ? number(count.boxes) : QString();
      return count.pictures > 0 ? number(count.pictures) : QString();
    case Qt::TextAlignmentRole:
      return QVariant(Qt::AlignVCenter | (figure ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::FontRole:
      if (figure) return numberFont();
      if (index.column() == Class && found_.contains(node)) return textFont(TextSize::Body, true);
      return {};
    case Qt::ForegroundRole:
      if (cut_.contains(node)) return toneColour(Tone::Dim);
      if (index.column() == Class && found_.contains(node)) return toneColour(Tone::Accent);
      if (index.column() == Datasets) return toneColour(Tone::Dim);
      return {};
    case Qt::SizeHintRole:
      return QSize(0, rowHeight);
    case Qt::ToolTipRole:
      return tip(node, index.column());
    default:
      return {};
  }
}

QVariant TreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant(Qt::AlignVCenter |
                    (section == Boxes || section == Pictures ? Qt::AlignRight : Qt::AlignLeft));
  const QString titles[] = {tr("Class"), tr("Boxes"), tr("Pictures"), tr("Datasets")};
  const QString tips[] = {{},
                          tr("Boxes of the class and of all below it"),
                          tr("Pictures that show the class or one below it"),
                          tr("Which datasets have the class or one below it")};
  if (role == Qt::DisplayRole) return titles[section];
  if (role == Qt::ToolTipRole) return tips[section];
  return {};
}

bool TreeModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::EditRole || index.column() != Class || !index.isValid()) return false;
  return tree_.edit(renameNode(tree_.project(), nodeAt(index), value.toString().toStdString()));
}

Qt::ItemFlags TreeModel::flags(const QModelIndex& index) const {
  if (!index.isValid()) return Qt::ItemIsDropEnabled;
  Qt::ItemFlags flags =
      Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled | Qt::ItemIsDropEnabled;
  if (index.column() == Class) flags |= Qt::ItemIsEditable;
  return flags;
}

QMimeData* TreeModel::mimeData(const QModelIndexList& indexes) const {
  auto* data = new QMimeData;
  QByteArray bytes;
  QDataStream stream(&bytes, QIODevice::WriteOnly);
  for (const QModelIndex& index : indexes)
    if (index.column() == Class) stream << static_cast<qint32>(nodeAt(index));
  data->setData(kNodeType, bytes);
  return data;
}

bool TreeModel::canDropMimeData(const QMimeData* data, Qt::DropAction, int row, int,
                                const QModelIndex& parent) const {
  const TreeProject& project = tree_.project();
  if (data->hasFormat(kClassType)) return parent.isValid() && row < 0;
  if (!data->hasFormat(kNodeType)) return false;
  for (const NodeId node : nodesIn(*data))
    if (!project.has(node) || (parent.isValid() && project.isWithin(nodeAt(parent), node)))
      return false;
  return true;
}

bool TreeModel::dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                             const QModelIndex& parent) {
  if (!canDropMimeData(data, action, row, column, parent)) return false;
  const NodeId to = nodeAt(parent);
  if (data->hasFormat(kClassType)) {
    std::vector<ClassChoice> choices;
    for (const ClassPlace& place : classesIn(*data))
      choices.push_back({place, to});
    tree_.edit(mapClasses(tree_.project(), choices));
    return false;  // nobody has anything to take away
  }
  const std::vector<NodeId> nodes = nodesIn(*data);
  if (action == Qt::CopyAction && to >= 0 && row < 0) {
    tree_.edit(mergeNodes(tree_.project(), nodes, to));
  } else {
    tree_.edit(moveNodes(tree_.project(), nodes, to, row));
  }
  return false;
}

}  // namespace boxwright::ui
