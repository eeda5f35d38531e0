// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/node_model.h"

#include <fmt/format.h>

#include <QLocale>
#include <algorithm>
#include <utility>

#include "ui/charts/accuracy_colour.h"
#include "ui/charts/bar_delegate.h"
#include "ui/number_text.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string out = "\"";
  for (const char c : field)
    out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

QString boxesText(const std::optional<bool>& hadBoxes) {
  if (!hadBoxes) return QStringLiteral("\u2013");
  return *hadBoxes ? NodeModel::tr("yes") : NodeModel::tr("no");
}

}  // namespace

void NodeModel::setRows(std::vector<NodeRow> rows, std::shared_ptr<const ClassTree> tree,
                        const ClassNames& names, Of of) {
  beginResetModel();
  tree_ = std::move(tree);
  names_ = names;
  of_ = of;
  entries_.clear();
  if (tree_) {
    std::vector<int> place(static_cast<std::size_t>(tree_->size()), -1);
    for (std::size_t i = 0; i < rows.size(); ++i)
      place[static_cast<std::size_t>(rows[i].node)] = static_cast<int>(i);
    for (const int node : nodesFromTheTop(*tree_)) {
      const int at = place[static_cast<std::size_t>(node)];
      if (at < 0) continue;
      const QString name = QString::fromStdString(names_[static_cast<std::size_t>(node)]);
      entries_.push_back(
          {rows[static_cast<std::size_t>(at)], tree_->depthOf(node), name, name.toLower()});
    }
  }
  list();
  endResetModel();
}

void NodeModel::setFilter(const QString& text) {
  const QString lowered = text.trimmed().toLower();
  if (lowered == filter_) return;
  beginResetModel();
  filter_ = lowered;
  list();
  endResetModel();
}

void NodeModel::sort(int column, Qt::SortOrder order) {
  if (column == column_ && order == order_) return;
  beginResetModel();
  column_ = column;
  order_ = order;
  list();
  endResetModel();
}

void NodeModel::list() {
  shown_.clear();
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].lowered.contains(filter_)) shown_.push_back(static_cast<int>(i));
  if (column_ < 0) return;
  const auto compare = [this](const Entry& a, const Entry& b) -> int {
    switch (column_) {
      case Name:
        return a.lowered.compare(b.lowered);
      case Score: {
        const double x = a.row.score.value_or(-1), y = b.row.score.value_or(-1);
        return x < y ? -1 : x > y;
      }
      case Truths:
        return a.row.truths < b.row.truths ? -1 : a.row.truths > b.row.truths;
      case Depth:
        return a.depth - b.depth;
      default:
        return int(a.row.hadBoxes.value_or(false)) - int(b.row.hadBoxes.value_or(false));
    }
  };
  // Of equals the one that stands first in the tree comes first, whichever way round.
  std::stable_sort(shown_.begin(), shown_.end(), [&](int a, int b) {
    const int difference =
        compare(entries_[static_cast<std::size_t>(a)], entries_[static_cast<std::size_t>(b)]);
    return order_ == Qt::AscendingOrder ? difference < 0 : difference > 0;
  });
}

int NodeModel::rowOf(int node) const {
  for (int row = 0; row < rowCount(); ++row)
    if (nodeAt(row) == node) return row;
  return -1;
}

int NodeModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(shown_.size());
}

int NodeModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

QString NodeModel::wayTo(int node) const {
  QStringList way;
  for (const int step : tree_->pathTo(node))
    way << QString::fromStdString(names_[static_cast<std::size_t>(step)]);
  return way.join(QStringLiteral(" \u203a "));
}

QVariant NodeModel::data(const QModelIndex& index, int role) const {
  const Entry& entry = entryAt(index.row());
  const NodeRow& row = entry.row;
  switch (role) {
    case Qt::DisplayRole:
      switch (index.column()) {
        case Name:
          return column_ < 0 ? QString(3 * entry.depth, QChar::Nbsp) + entry.name : entry.name;
        case Score:
          return row.score ? numberText(*row.score, 3) : QStringLiteral("\u2013");
        case Truths:
          return QLocale().toString(static_cast<qulonglong>(row.truths));
        case Depth:
          return QString::number(entry.depth);
        default:
          return boxesText(row.hadBoxes);
      }
    case Qt::AccessibleTextRole:
    case Qt::ToolTipRole: {
      const QString score = row.score ? numberText(*row.score, 3) : tr("none");
      if (of_ == Of::Pictures)
        return tr("%1: %2 of %L3 pictures found").arg(wayTo(row.node), score).arg(row.truths);
      const QString all =
          tr("%1: AP50 %2, %L3 objects").arg(wayTo(row.node), score).arg(row.truths);
      if (!row.hadBoxes) return all;
      return *row.hadBoxes ? tr("%1, had boxes in training").arg(all)
                           : tr("%1, had no boxes in training").arg(all);
    }
    case Qt::TextAlignmentRole:
      return QVariant::fromValue(Qt::Alignment(
          Qt::AlignVCenter |
          (index.column() == Name || index.column() == Boxes ? Qt::AlignLeft : Qt::AlignRight)));
    case Qt::FontRole:
      return index.column() == Name || index.column() == Boxes ? QVariant() : numberFont();
    case BarDelegate::ShareRole:
      return index.column() == Score && row.score ? QVariant(*row.score) : QVariant();
    case BarDelegate::ColourRole:
      return row.score ? accuracyColour(*row.score) : QVariant();
    default:
      return {};
  }
}

QVariant NodeModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  const bool pictures = of_ == Of::Pictures;
  if (role == Qt::TextAlignmentRole) {
    return QVariant::fromValue(Qt::Alignment(
        Qt::AlignVCenter | (section == Name || section == Boxes ? Qt::AlignLeft : Qt::AlignRight)));
  }
  if (role == Qt::ToolTipRole) {
    switch (section) {
      case Name:
        return tr("Each class below its parent; a click orders by name");
      case Score:
        return pictures ? tr("Of its pictures, the share whose most probable leaf is within it")
                        : tr("Average precision at IOU 0.5; all that is within it is an object");
      case Truths:
        return pictures ? tr("Pictures of it") : tr("Objects of it");
      case Depth:
        return tr("Steps below a root");
      default:
        return tr("Whether it, or one within it, had boxes in training");
    }
  }
  if (role != Qt::DisplayRole) return {};
  if (section != column_) return headOf(section);
  return headOf(section) +
         (order_ == Qt::AscendingOrder ? QStringLiteral(" \u2191") : QStringLiteral(" \u2193"));
}

QString NodeModel::headOf(int column) const {
  const bool pictures = of_ == Of::Pictures;
  switch (column) {
    case Name:
      return tr("Class");
    case Score:
      return pictures ? tr("Found") : tr("AP50");
    case Truths:
      return pictures ? tr("Pictures") : tr("Truths");
    case Depth:
      return tr("Depth");
    default:
      return tr("Boxes");
  }
}

std::string NodeModel::csv() const {
  const bool pictures = of_ == Of::Pictures;
  std::string out =
      pictures ? "node,class,depth,accuracy,pictures\n" : "node,class,depth,ap50,truths,boxes\n";
  for (int i = 0; i < rowCount(); ++i) {
    const Entry& entry = entryAt(i);
    out +=
        fmt::format("{},{},{},{},{}", entry.row.node, quoted(entry.name.toStdString()), entry.depth,
                    entry.row.score ? fmt::format("{}", *entry.row.score) : "", entry.row.truths);
    if (!pictures) out += !entry.row.hadBoxes ? "," : *entry.row.hadBoxes ? ",yes" : ",no";
    out += '\n';
  }
  return out;
}

}  // namespace boxwright::ui
