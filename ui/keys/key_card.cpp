// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/key_card.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/keys/key_bindings.h"
#include "ui/keys/key_field.h"
#include "ui/keys/key_list_model.h"
#include "ui/theme.h"

namespace boxwright::ui {

KeyCard::KeyCard(KeyBindings& bindings, QWidget* parent)
    : QWidget(parent),
      bindings_(bindings),
      maps_(new QComboBox),
      search_(new QLineEdit),
      model_(new KeyListModel(bindings, this)),
      list_(new QTableView),
      message_(makeText({}, Tone::Dim)) {
  maps_->addItem(tr("Boxwright"), QString());
  for (const KeyMap& map : shippedKeyMaps())
    maps_->addItem(map.name, map.name);
  maps_->setAccessibleName(tr("Keymap"));
  maps_->setToolTip(tr("Whose keys: your own changes stay"));
  search_->setPlaceholderText(tr("Find a key: what it does, or Ctrl+D"));
  search_->setAccessibleName(tr("Find a key"));
  search_->setClearButtonEnabled(true);
  list_->setModel(model_);
  list_->setItemDelegate(new KeyDelegate(list_));
  list_->setAccessibleName(tr("Keys"));
  list_->setShowGrid(false);
  list_->setFrameShape(QFrame::NoFrame);
  list_->setWordWrap(false);
  list_->setTabKeyNavigation(false);
  list_->setSelectionBehavior(QAbstractItemView::SelectRows);
  list_->setSelectionMode(QAbstractItemView::SingleSelection);
  list_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
  list_->verticalHeader()->hide();
  list_->verticalHeader()->setDefaultSectionSize(26);
  list_->horizontalHeader()->hide();
  list_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  list_->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Interactive);
  list_->horizontalHeader()->resizeSection(1, 152);
  message_->setWordWrap(true);

  auto* top = new QHBoxLayout;
  top->setSpacing(metric::gap);
  top->addWidget(makeCaption(tr("Keys of")));
  top->addWidget(maps_, 1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::margin, metric::margin, metric::margin, metric::margin);
  column->setSpacing(metric::gap);
  column->addLayout(top);
  column->addWidget(search_);
  column->addWidget(list_, 1);
  column->addWidget(message_);
  column->addWidget(makeButtons());

  connect(search_, &QLineEdit::textChanged, model_, &KeyListModel::setSearch);
  connect(maps_, &QComboBox::activated, this,
          [this](int i) { bindings_.setMap(maps_->itemData(i).toString()); });
  connect(model_, &KeyListModel::takenFrom, this, &KeyCard::tell);
  connect(model_, &QAbstractItemModel::modelReset, this, &KeyCard::span);
  connect(model_, &QAbstractItemModel::modelReset, this, &KeyCard::refresh);
  connect(list_->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
    message_->clear();
    refresh();
  });
  // Enter edits, as a double click anywhere in the row does.
  connect(list_, &QTableView::activated, this, [this](const QModelIndex& index) {
    if (!index.isValid() || model_->entryAt(index.row()) < 0) return;
    list_->edit(model_->index(index.row(), 1));
  });
  connect(&bindings_, &KeyBindings::changed, this, &KeyCard::refresh);
  span();
  refresh();
}

QWidget* KeyCard::makeButtons() {
  auto* panel = new QWidget;
  auto* grid = new QGridLayout(panel);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(metric::gap);
  const auto add = [&](const char* name, const QString& text, int row, int column, auto what) {
    auto* button = new QPushButton(text);
    button->setObjectName(QLatin1String(name));
    connect(button, &QPushButton::clicked, this, what);
    grid->addWidget(button, row, column);
    return button;
  };
  change_ = add("change", tr("Change\u2026"), 0, 0,
                [this] { list_->edit(model_->index(list_->currentIndex().row(), 1)); });
  none_ = add("none", tr("No key"), 0, 1, [this] { bindings_.bind(current(), {}); });
  reset_ = add("reset", tr("As in the keymap"), 1, 0, [this] { bindings_.reset(current()); });
  resetAll_ = add("resetAll", tr("All as in the keymap"), 1, 1, [this] { bindings_.resetAll(); });
  return panel;
}

void KeyCard::open(const QString& group) {
  search_->clear();
  model_->setFirstGroup(group);
  message_->clear();
  list_->scrollToTop();
  search_->setFocus();
}

int KeyCard::current() const {
  const QModelIndexList rows = list_->selectionModel()->selectedRows();
  return rows.isEmpty() ? -1 : model_->entryAt(rows.front().row());
}

void KeyCard::span() {
  list_->clearSpans();
  for (int row = 0; row < model_->rowCount(); ++row) {
    if (model_->isHeading(row)) list_->setSpan(row, 0, 1, 2);
  }
}

void KeyCard::refresh() {
  maps_->setCurrentIndex(std::max(0, maps_->findData(bindings_.map())));
  const int entry = current();
  change_->setEnabled(entry >= 0);
  none_->setEnabled(entry >= 0 && !bindings_.keys(entry).isEmpty());
  reset_->setEnabled(entry >= 0 && bindings_.isOwn(entry));
  resetAll_->setEnabled(bindings_.hasOwn());
}

void KeyCard::tell(const QString& takenFrom) {
  message_->setText(
      takenFrom.isEmpty()
          ? QString()
          : tr("It was the key of \u201c%1\u201d, which has it no longer.").arg(takenFrom));
}

}  // namespace boxwright::ui
