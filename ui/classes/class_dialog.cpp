// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/classes/class_dialog.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <memory>
#include <utility>

#include "ui/class_palette.h"
#include "ui/classes/class_table.h"
#include "ui/classes/colour_chip.h"
#include "ui/classes/colour_choice.h"
#include "ui/dataset_document.h"
#include "ui/label_keeper.h"
#include "ui/menu_text.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int kSoonMilliseconds = 150;
constexpr QSize kSize(640, 520);
constexpr int kWhatHeight = 84;

std::vector<std::size_t> boxCounts(const DatasetDocument& document) {
  std::vector<std::size_t> counts(document.dataset().classes.size());
  const auto& classes = document.statistics().classes;
  for (std::size_t i = 0; i < std::min(counts.size(), classes.size()); ++i)
    counts[i] = classes[i].boxes;
  return counts;
}

/// Boxes of the classes that get another name or id, whether a label file has to be written for it
/// or not.
std::size_t changedBoxes(const DatasetStatistics& statistics, const ClassChange& change) {
  std::size_t boxes = 0;
  for (std::size_t i = 0; i < std::min(change.to.size(), statistics.classes.size()); ++i) {
    const int to = change.to[i];
    const bool same =
        to == static_cast<int>(i) &&
        (*change.before)[i].name == (*change.after)[static_cast<std::size_t>(to)].name;
    if (!same) boxes += statistics.classes[i].boxes;
  }
  return boxes;
}

/// What is of the whole picture counts as well: a class that has some is not just removed.
bool isUsed(const DatasetDocument& document, const std::vector<int>& ids) {
  const auto& classes = document.statistics().classes;
  return std::any_of(ids.begin(), ids.end(), [&](int id) {
    const auto place = static_cast<std::size_t>(id);
    return place < classes.size() && (classes[place].boxes > 0 || classes[place].images > 0);
  });
}

}  // namespace

ClassDialog::ClassDialog(DatasetDocument& document, QWidget* parent)
    : QDialog(parent),
      document_(document),
      fixed_(classesFixed(document.dataset()).has_value()),
      ordered_(!fixed_ && keepsClassOrder(document.dataset())),
      table_(new ClassTable(
          {document.classList(), document.newClassIdentity(), document.palette().chosen()},
          boxCounts(document), !fixed_, ordered_, this)),
      view_(new QTableView),
      what_(makeText({}, Tone::Dim)),
      making_(tr("Looking what changes"), QStringLiteral("data")) {
  setWindowTitle(tr("Classes"));
  setAttribute(Qt::WA_DeleteOnClose);
  making_.setQuiet(true);
  view_->setModel(table_);
  view_->setAccessibleName(tr("Classes"));
  view_->setItemDelegateForColumn(ClassTable::Colour, new ColourChip(view_));
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setSelectionMode(QAbstractItemView::SingleSelection);
  view_->setEditTriggers(QAbstractItemView::DoubleClicked);
  view_->setShowGrid(false);
  view_->setTabKeyNavigation(false);
  view_->verticalHeader()->hide();
  view_->horizontalHeader()->setHighlightSections(false);
  view_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  view_->horizontalHeader()->setSectionResizeMode(ClassTable::Name, QHeaderView::Stretch);
  view_->horizontalHeader()->setSectionResizeMode(ClassTable::Before, QHeaderView::Stretch);
  if (ordered_) {
    view_->setDragDropMode(QAbstractItemView::InternalMove);
    view_->setDragDropOverwriteMode(false);
    view_->setDropIndicatorShown(true);
  }
  what_->setAccessibleName(tr("What changes"));
  what_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  what_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  what_->setMinimumHeight(kWhatHeight);

  auto* column = new QVBoxLayout;
  makeButtons(column);
  auto* middle = new QHBoxLayout;
  middle->addWidget(view_, 1);
  middle->addLayout(column);
  apply_ = new QPushButton(tr("Apply"));
  setMain(apply_);
  auto* buttons = new QDialogButtonBox;
  buttons->addButton(apply_, QDialogButtonBox::AcceptRole);
  QPushButton* cancel = buttons->addButton(QDialogButtonBox::Cancel);
  // Enter ends the writing of a name.
  for (QPushButton* button : {apply_, cancel})
    button->setAutoDefault(false);
  auto* all = new QVBoxLayout(this);
  all->addLayout(middle, 1);
  all->addWidget(what_);
  all->addWidget(buttons);
  resize(kSize);

  soon_.setSingleShot(true);
  soon_.setInterval(kSoonMilliseconds);
  connect(&soon_, &QTimer::timeout, this, &ClassDialog::prepare);
  connect(table_, &ClassTable::changed, this, &ClassDialog::think);
  connect(view_, &QTableView::clicked, this, [this](const QModelIndex& index) {
    if (index.column() == ClassTable::Colour) chooseColour();
  });
  connect(table_, &ClassTable::moved, this, [this](int row) { choose(row); });
  connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
          &ClassDialog::refresh);
  connect(&making_, &Job::failed, this, [this](const JobError& error) {
    tell(error.advice.isEmpty() ? error.problem : tr("%1: %2").arg(error.problem, error.advice),
         true);
  });
  connect(buttons, &QDialogButtonBox::accepted, this, &ClassDialog::apply);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  // What was thought of is not what there is any more.
  connect(&document_, &DatasetDocument::reset, this, &QDialog::reject);
  connect(&document_, &DatasetDocument::editableChanged, this, [this] {
    if (!document_.isEditable()) reject();
  });
  connect(&document_, &DatasetDocument::historyChanged, this, [this] {
    if (!applying_) reject();
  });
  if (table_->rowCount() > 0) choose(0);
  view_->setFocus();
  think();
}

void ClassDialog::makeButtons(QVBoxLayout* column) {
  const auto make = [&](const QString& text, const QKeySequence& key, auto slot) {
    auto* button = new QPushButton(text);
    button->setAutoDefault(false);
    button->setToolTip(key.isEmpty() ? text
                                     : QStringLiteral("%1 (%2)").arg(
                                           text, key.toString(QKeySequence::NativeText)));
    connect(button, &QPushButton::clicked, this, slot);
    if (!key.isEmpty()) {
      auto* shortcut = new QShortcut(key, this);
      connect(shortcut, &QShortcut::activated, button, &QPushButton::click);
    }
    column->addWidget(button);
    return button;
  };
  add_ = make(tr("Add"), Qt::Key_Insert, [this] {
    const int row = table_->add({});
    choose(row);
    view_->edit(table_->index(row, ClassTable::Name));
  });
  rename_ = make(tr("Rename"), Qt::Key_F2, [this] {
    if (row() >= 0) view_->edit(table_->index(row(), ClassTable::Name));
  });
  colour_ = make(tr("Colour\u2026"), Qt::CTRL | Qt::Key_L, [this] { chooseColour(); });
  merge_ = make(tr("Merge into\u2026"), Qt::CTRL | Qt::Key_M, [this] { mergeInto(); });
  remove_ = make(tr("Remove"), Qt::Key_Delete, [this] {
    if (row() >= 0) table_->removeAt(row());
  });
  column->addSpacing(metric::gap);
  up_ = make(tr("Move up"), Qt::ALT | Qt::Key_Up, [this] { moveBy(-1); });
  down_ = make(tr("Move down"), Qt::ALT | Qt::Key_Down, [this] { moveBy(1); });
  column->addStretch(1);
}

int ClassDialog::row() const {
  const QModelIndexList rows = view_->selectionModel()->selectedRows();
  return rows.isEmpty() ? -1 : rows.front().row();
}

void ClassDialog::choose(int row) {
  view_->setCurrentIndex(table_->index(row, ClassTable::Name));
}

void ClassDialog::moveBy(int rows) {
  if (row() >= 0) table_->moveRow(row(), row() + rows);
}

void ClassDialog::mergeInto() {
  const int merged = row();
  if (merged < 0) return;
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  for (int other = 0; other < table_->rowCount(); ++other) {
    if (other == merged) continue;
    QAction* action =
        menu->addAction(swatch(qColour(table_->draft().colourOf(static_cast<std::size_t>(other)))),
                        menuText(table_->index(other, ClassTable::Name).data().toString()));
    connect(action, &QAction::triggered, this, [this, merged, other] {
      table_->merge(merged, other);
      choose(other > merged ? other - 1 : other);
    });
  }
  menu->popup(merge_->mapToGlobal(QPoint(0, merge_->height())));
}

void ClassDialog::chooseColour() {
  const int place = row();
  if (place < 0) return;
  const ClassDraft& draft = table_->draft();
  const auto index = static_cast<std::size_t>(place);
  auto* choice =
      new ColourChoice(tr("Colour of %1").arg(QString::fromStdString(draft.rows()[index].name)),
                       draft.colourOf(index), classColour(place), this);
  connect(choice, &ColourChoice::chosen, this, [this, place](std::optional<Colour> colour) {
    if (place < table_->rowCount()) table_->setColour(place, colour);
  });
  const QRect chip = view_->visualRect(table_->index(place, ClassTable::Colour));
  choice->openAt(view_->viewport()->mapToGlobal(chip.bottomLeft()));
}

QString ClassDialog::colourText() const {
  const int count = table_->draft().recoloured();
  if (count == 0) return {};
  return (count == 1 ? tr("1 class gets another colour")
                     : tr("%L1 classes get another colour").arg(count)) +
         tr(", which no label file knows of and undo does not take back.");
}

void ClassDialog::refresh() {
  const int now = row(), rows = table_->rowCount();
  const bool any = now >= 0 && !fixed_;
  add_->setEnabled(!fixed_);
  rename_->setEnabled(any);
  colour_->setEnabled(now >= 0);
  merge_->setEnabled(any && rows > 1);
  remove_->setEnabled(
      any && rows > 1 &&
      !isUsed(document_, table_->draft().rows()[static_cast<std::size_t>(now)].from));
  remove_->setToolTip(
      any && !remove_->isEnabled()
          ? tr("It has boxes: merge it into another class")
          : tr("Remove (%1)").arg(QKeySequence(Qt::Key_Delete).toString(QKeySequence::NativeText)));
  up_->setEnabled(any && ordered_ && now > 0);
  down_->setEnabled(any && ordered_ && now + 1 < rows);
  const QString why =
      ordered_ ? QString() : tr("No file of this dataset keeps the order of the classes");
  up_->setToolTip(ordered_ ? tr("Move up (Alt+Up)") : why);
  down_->setToolTip(ordered_ ? tr("Move down (Alt+Down)") : why);
  const ClassDraft& draft = table_->draft();
  apply_->setEnabled(ready_ || (!draft.isChanged() && draft.recoloured() > 0));
}

void ClassDialog::tell(const QString& text, bool fault) {
  setTone(what_, fault ? Tone::Bad : Tone::Dim);
  what_->setText(text);
}

void ClassDialog::think() {
  ready_.reset();
  making_.cancel();
  soon_.stop();
  refresh();
  const ClassDraft& draft = table_->draft();
  if (!draft.isChanged() && draft.recoloured() > 0) return tell(colourText(), false);
  if (const auto why = classesFixed(document_.dataset()))
    return tell(QString::fromStdString(*why), false);
  for (std::size_t i = 0; i < draft.rows().size(); ++i) {
    if (const auto fault = draft.faultOf(i)) return tell(*fault, true);
  }
  if (!draft.isChanged())
    return tell(
        ordered_ ? tr("Nothing is changed yet. Ids are changed by moving a class.")
                 : tr("Nothing is changed yet. The order is that in which the names first appear "
                      "in the labels; a new class is kept once a box has it."),
        false);
  tell(tr("Looking what changes\u2026"), false);
  soon_.start();
}

void ClassDialog::prepare() {
  making_.start(
      [dataset = document_.snapshot(), change = table_->draft().change(),
       title = table_->draft().title().toStdString()](std::stop_token stop, JobProgress&) {
        Ready ready;
        ready.edit = classEdit(*dataset, change, title, stop);
        if (!ready.edit.classes) return ready;  // stopped
        ready.cost = costOf(*dataset, ready.edit);
        ready.cost.boxes = changedBoxes(statisticsOf(*dataset), *change);
        Dataset after = *dataset;
        after.classes = namesOf(*change->after);
        for (const PictureEdit& picture : ready.edit.pictures)
          after.pictures[picture.picture].annotation = picture.after;
        ready.counts = statisticsOf(after).classes;
        return ready;
      },
      [this](Ready ready) {
        if (!ready.edit.classes) return;
        ready_ = std::move(ready);
        show(*ready_);
      });
}

void ClassDialog::show(const Ready& ready) {
  const ClassEditCost& cost = ready.cost;
  const QLocale locale;
  const auto count = [&](std::size_t number) {
    return locale.toString(static_cast<qulonglong>(number));
  };
  QStringList lines;
  if (cost.boxes > 0)
    lines << (cost.boxes == 1 ? tr("1 box gets another name or id.")
                              : tr("%1 boxes get another name or id.").arg(count(cost.boxes)));
  QStringList files;
  if (cost.labelFiles > 0)
    files << (cost.labelFiles == 1 ? tr("1 label file")
                                   : tr("%1 label files").arg(count(cost.labelFiles)));
  for (const std::string& list : cost.lists)
    files << QString::fromStdString(list);
  lines << (files.isEmpty() ? tr("No file is written.")
                            : tr("Written at once: %1.").arg(files.join(QStringLiteral(", "))));
  if (cost.trash)
    lines << tr(
        "Labels in the trash keep the names and ids of before, if they are moved back by "
        "hand.");
  if (!ordered_)
    lines << tr(
        "No file keeps the order: when the dataset is opened again, ids follow the order "
        "in which names first appear, and a class without boxes is gone.");
  else
    lines << tr("Networks that were trained before keep the ids of then.");
  if (const QString colours = colourText(); !colours.isEmpty()) lines << colours;
  tell(lines.join(QLatin1Char('\n')), false);
  refresh();
}

void ClassDialog::apply() {
  if (!document_.isEditable()) return;
  applying_ = true;
  const ChosenColours colours = table_->draft().chosenColours();
  if (ready_) document_.editClasses(std::move(ready_->edit), std::move(ready_->counts));
  document_.chooseColours(colours);
  accept();
}

void openClassDialog(StudioState& state, QWidget* parent,
                     const std::function<void(const QString&)>& refused) {
  DatasetDocument& document = state.document();
  const auto open = [&document, parent] {
    auto* dialog = new ClassDialog(document, parent);
    dialog->open();
  };
  LabelKeeper& labels = state.labels();
  if (labels.isReady() && document.isEditable()) return open();
  if (document.isOpening() || document.isPartial())
    return refused(ClassDialog::tr("The dataset is not read whole yet"));
  // The folder was only looked at until now.
  auto* waiting = new QObject(parent);
  const auto ended = [waiting, &document, labels = &labels, parent, open, refused] {
    waiting->deleteLater();
    QObject::disconnect(&document, nullptr, waiting, nullptr);
    QObject::disconnect(labels, nullptr, waiting, nullptr);
    if (document.isEditable())
      QTimer::singleShot(0, parent, open);  // when what an earlier session left is there too
    else
      refused(document.readOnlyReason());
  };
  QObject::connect(&document, &DatasetDocument::editableChanged, waiting, ended);
  QObject::connect(&labels, &LabelKeeper::failed, waiting, ended);
  labels.begin();
  if (!labels.isBeginning()) ended();
}

}  // namespace boxwright::ui
