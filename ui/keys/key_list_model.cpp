// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/key_list_model.h"

#include <QKeySequence>
#include <QStringList>
#include <algorithm>

#include "ui/keys/key_bindings.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

bool finds(const QStringList& words, const QString& text) {
  return std::all_of(words.begin(), words.end(),
                     [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

}  // namespace

KeyListModel::KeyListModel(KeyBindings& bindings, QObject* parent)
    : QAbstractTableModel(parent), bindings_(bindings) {
  connect(&bindings_, &KeyBindings::changed, this, &KeyListModel::list);
  list();
}

void KeyListModel::setFirstGroup(const QString& group) {
  firstGroup_ = group;
  list();
}

void KeyListModel::setSearch(const QString& text) {
  search_ = text;
  list();
}

void KeyListModel::list() {
  QStringList groups;
  for (int i = 0; i < bindings_.count(); ++i) {
    const QString& group = bindings_.entry(i).group;
    if (!groups.contains(group)) groups << group;
  }
  if (groups.removeOne(firstGroup_)) groups.prepend(firstGroup_);
  const QStringList words = search_.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  const QString canvas = tr("On the picture, always");
  const std::pair<QString, QString> fixed[] = {
      {tr("Break off what is half drawn; then the select tool; then nothing selected"), tr("Esc")},
      {tr("Nudge the selected boxes by 1 pixel, by 10"), tr("Arrow keys, Shift+arrow keys")},
      {tr("Select a box without leaving the draw tool"), tr("Ctrl+click")},
      {tr("Move the view"), tr("Space and drag, middle button and drag")},
      {tr("Zoom at the pointer"), tr("Wheel, Ctrl+wheel")},
  };
  std::vector<Row> rows;
  const auto add = [&](const QString& group, const std::vector<Row>& of) {
    if (of.empty()) return;
    rows.push_back({group, -1, {}, true});
    rows.insert(rows.end(), of.begin(), of.end());
  };
  for (const QString& group : groups) {
    std::vector<Row> of;
    for (int i = 0; i < bindings_.count(); ++i) {
      const KeyBindings::Entry& entry = bindings_.entry(i);
      const QString text =
          entry.title + QLatin1Char(' ') + group + QLatin1Char(' ') + shownKeys(bindings_.keys(i));
      if (entry.group == group && finds(words, text)) of.push_back({entry.title, i, {}, false});
    }
    add(group, of);
  }
  std::vector<Row> of;
  for (const auto& [title, keys] : fixed) {
    if (finds(words, title + QLatin1Char(' ') + keys)) of.push_back({title, -1, keys, false});
  }
  add(canvas, of);
  const bool same = rows.size() == rows_.size() &&
                    std::equal(rows.begin(), rows.end(), rows_.begin(), [](auto& a, auto& b) {
                      return a.entry == b.entry && a.title == b.title;
                    });
  if (same) {  // the selection stays
    if (!rows_.empty())
      Q_EMIT dataChanged(index(0, 0), index(static_cast<int>(rows_.size()) - 1, 1));
    return;
  }
  beginResetModel();
  rows_ = std::move(rows);
  endResetModel();
}

int KeyListModel::entryAt(int row) const {
  return row >= 0 && row < rowCount() ? rows_[static_cast<std::size_t>(row)].entry : -1;
}

bool KeyListModel::isHeading(int row) const {
  return rows_[static_cast<std::size_t>(row)].heading;
}

int KeyListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int KeyListModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : 2;
}

QVariant KeyListModel::data(const QModelIndex& index, int role) const {
  const Row& row = rows_[static_cast<std::size_t>(index.row())];
  const bool keys = index.column() == 1;
  switch (role) {
    case Qt::DisplayRole:
      if (!keys) return row.title;
      return row.entry < 0 ? row.keys : shownKeys(bindings_.keys(row.entry));
    case Qt::AccessibleTextRole:
      if (row.heading || keys) return {};
      return row.title + QStringLiteral(": ") +
             (row.entry < 0 ? row.keys : shownKeys(bindings_.keys(row.entry)));
    case Qt::ToolTipRole:
      return keys && row.entry >= 0 ? tr("Double click or Enter: press other keys") : row.title;
    case Qt::FontRole:
      return textFont(TextSize::Body,
                      row.heading || (keys && row.entry >= 0 && bindings_.isOwn(row.entry)));
    case Qt::ForegroundRole:
      return row.heading ? colours().dim : row.entry < 0 && keys ? colours().dim : colours().text;
    default:
      return {};
  }
}

Qt::ItemFlags KeyListModel::flags(const QModelIndex& index) const {
  const Row& row = rows_[static_cast<std::size_t>(index.row())];
  if (row.heading) return Qt::ItemIsEnabled;
  Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
  if (row.entry >= 0 && index.column() == 1) flags |= Qt::ItemIsEditable;
  return flags;
}

bool KeyListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  const int entry = entryAt(index.row());
  if (role != Qt::EditRole || index.column() != 1 || entry < 0) return false;
  const auto key = value.value<QKeySequence>();
  const int holder = bindings_.holder(key, entry);
  bindings_.bind(entry, {key});
  Q_EMIT takenFrom(holder < 0 ? QString() : bindings_.entry(holder).title);
  return true;
}

}  // namespace boxwright::ui
