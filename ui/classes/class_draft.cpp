// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/classes/class_draft.h"

#include <QStringList>
#include <algorithm>
#include <memory>
#include <utility>

#include "core/data/class_edit.h"

namespace boxwright::ui {

ClassDraft::ClassDraft(ClassListPtr before, int identity, ChosenColours colours)
    : before_(std::move(before)), colours_(std::move(colours)), identity_(identity) {
  for (const ListedClass& listed : *before_) {
    rows_.push_back({listed.identity, listed.name, {static_cast<int>(rows_.size())}, {}});
    rows_.back().colour = colourBefore(rows_.back());
  }
}

std::optional<Colour> ClassDraft::colourBefore(const Row& row) const {
  if (row.from.empty()) return std::nullopt;
  const auto known = colours_.find((*before_)[static_cast<std::size_t>(row.from.front())].name);
  return known == colours_.end() ? std::nullopt : std::optional(known->second);
}

std::size_t ClassDraft::add(std::string name) {
  rows_.push_back({identity_++, std::move(name), {}, {}});
  return rows_.size() - 1;
}

void ClassDraft::setColour(std::size_t row, std::optional<Colour> colour) {
  rows_.at(row).colour = colour;
}

void ClassDraft::rename(std::size_t row, std::string name) {
  rows_.at(row).name = std::move(name);
}

void ClassDraft::move(std::size_t row, std::size_t to) {
  Row moved = std::move(rows_.at(row));
  rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(row));
  rows_.insert(rows_.begin() + static_cast<std::ptrdiff_t>(std::min(to, rows_.size())),
               std::move(moved));
}

void ClassDraft::merge(std::size_t row, std::size_t into) {
  if (row == into) return;
  std::vector<int>& from = rows_.at(into).from;
  from.insert(from.end(), rows_.at(row).from.begin(), rows_.at(row).from.end());
  rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(row));
}

void ClassDraft::remove(std::size_t row) {
  rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(row));
}

std::optional<QString> ClassDraft::faultOf(std::size_t row) const {
  const std::string& name = rows_.at(row).name;
  if (const auto fault = classNameFault(name)) {
    // As it was read it may stay, unless it is nothing at all.
    const bool old = !QString::fromStdString(name).trimmed().isEmpty() &&
                     !rows_[row].from.empty() &&
                     (*before_)[static_cast<std::size_t>(rows_[row].from.front())].name == name;
    if (!old) return QString::fromStdString(*fault);
  }
  for (std::size_t i = 0; i < row; ++i) {
    if (rows_[i].name == name)
      return tr("two classes are called \u201c%1\u201d: merge them, or give them different names")
          .arg(QString::fromStdString(name));
  }
  return std::nullopt;
}

QString ClassDraft::beforeText(std::size_t row) const {
  QStringList texts;
  for (const int id : rows_.at(row).from)
    texts << tr("%1 %2").arg(id).arg(
        QString::fromStdString((*before_)[static_cast<std::size_t>(id)].name));
  return texts.isEmpty() ? tr("new") : texts.join(QStringLiteral(", "));
}

bool ClassDraft::isChanged() const {
  return !std::equal(rows_.begin(), rows_.end(), before_->begin(), before_->end(),
                     [this](const Row& row, const ListedClass& listed) {
                       const auto id = static_cast<int>(&listed - before_->data());
                       return row.name == listed.name && row.from == std::vector<int>{id};
                     });
}

Colour ClassDraft::colourOf(std::size_t row) const {
  return rows_.at(row).colour.value_or(classColour(static_cast<int>(row)));
}

int ClassDraft::recoloured() const {
  return static_cast<int>(std::count_if(rows_.begin(), rows_.end(), [this](const Row& row) {
    return row.colour != colourBefore(row);
  }));
}

ChosenColours ClassDraft::chosenColours() const {
  ChosenColours chosen = renamedColours(colours_, *before_, *change()->after);
  for (const Row& row : rows_) {
    if (row.colour)
      chosen[row.name] = *row.colour;
    else
      chosen.erase(row.name);
  }
  return chosen;
}

ClassChangePtr ClassDraft::change() const {
  ClassChange change{before_, nullptr, std::vector<int>(before_->size(), -1)};
  ClassList after;
  for (const Row& row : rows_) {
    for (const int id : row.from)
      change.to[static_cast<std::size_t>(id)] = static_cast<int>(after.size());
    after.push_back({row.identity, row.name});
  }
  change.after = std::make_shared<const ClassList>(std::move(after));
  return std::make_shared<const ClassChange>(std::move(change));
}

QString ClassDraft::title() const {
  QStringList changes;
  const auto nameOf = [this](int id) {
    return QString::fromStdString((*before_)[static_cast<std::size_t>(id)].name);
  };
  std::vector<int> order;
  for (const Row& row : rows_) {
    const QString name = QString::fromStdString(row.name);
    if (row.from.empty()) {
      changes << tr("Add the class %1").arg(name);
      continue;
    }
    order.push_back(row.from.front());
    if (nameOf(row.from.front()) != name)
      changes << tr("Rename the class %1 to %2").arg(nameOf(row.from.front()), name);
    for (std::size_t i = 1; i < row.from.size(); ++i)
      changes << tr("Merge the class %1 into %2").arg(nameOf(row.from[i]), name);
  }
  for (int id = 0; id < static_cast<int>(before_->size()); ++id) {
    if (std::none_of(rows_.begin(), rows_.end(), [id](const Row& row) {
          return std::find(row.from.begin(), row.from.end(), id) != row.from.end();
        }))
      changes << tr("Remove the class %1").arg(nameOf(id));
  }
  if (!std::is_sorted(order.begin(), order.end())) changes << tr("Reorder the classes");
  return changes.size() == 1 ? changes.front() : tr("Change the classes");
}

}  // namespace boxwright::ui
