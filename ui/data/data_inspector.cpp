// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/data_inspector.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>
#include <utility>
#include <vector>

#include "core/data/label_rule.h"
#include "ui/data/count_list.h"
#include "ui/data/data_checks.h"
#include "ui/data/filter_text.h"
#include "ui/data/picture_list_model.h"
#include "ui/data/problem_list.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int countsMilliseconds = 200;

}  // namespace

DataInspector::DataInspector(StudioState& state, QWidget* parent)
    : QWidget(parent),
      state_(state),
      overview_(makeText({}, Tone::Dim)),
      classesCaption_(makeCaption(tr("Classes"))),
      splitsCaption_(makeCaption(tr("Splits"))),
      problemsCaption_(makeCaption(tr("Problems"))),
      noProblems_(makeText(tr("None found."), Tone::Dim)),
      editClasses_(new QToolButton),
      classes_(new CountList(tr("Classes"))),
      states_(new CountList(tr("States"))),
      splits_(new CountList(tr("Splits"))),
      problems_(new ProblemList(state.document())),
      checks_(new DataChecks(state)) {
  classes_->setMostRows(9);
  states_->setMostRows(3);
  splits_->setMostRows(5);
  const auto inset = [](QLabel* label) {
    label->setContentsMargins(8, 0, 8, 0);
    return label;
  };
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::margin, metric::margin, metric::margin, metric::margin);
  column->setSpacing(4);
  column->addWidget(inset(overview_));
  column->addSpacing(metric::gap);
  auto* classes = new QHBoxLayout;
  classes->addWidget(inset(classesCaption_), 1);
  classes->addWidget(editClasses_);
  column->addLayout(classes);
  column->addWidget(classes_);
  column->addSpacing(metric::gap);
  column->addWidget(inset(makeCaption(tr("States"))));
  column->addWidget(states_);
  column->addSpacing(metric::gap);
  column->addWidget(inset(splitsCaption_));
  column->addWidget(splits_);
  column->addSpacing(metric::gap);
  column->addWidget(inset(makeCaption(tr("Checks"))));
  column->addWidget(checks_, 1);
  column->addSpacing(metric::gap);
  column->addWidget(inset(problemsCaption_));
  column->addWidget(inset(noProblems_));
  column->addWidget(problems_, 1);
  column->addStretch(0);
  for (CountList* list : {classes_, states_, splits_}) {
    connect(list, &CountList::toggled, this, [this](const QString& key, const QString& value) {
      state_.setFilter(filterToggled(state_.filter(), key, value));
    });
    connect(&state_, &StudioState::filterChanged, list,
            [this, list] { list->setFilterText(state_.filter()); });
  }
  follow();
  refresh();
}

void DataInspector::follow() {
  counts_.setSingleShot(true);
  counts_.setInterval(countsMilliseconds);
  connect(&counts_, &QTimer::timeout, this, &DataInspector::refresh);
  const auto soon = [this] {
    if (!counts_.isActive()) counts_.start();
  };
  DatasetDocument& document = state_.document();
  connect(&document, &DatasetDocument::picturesAdded, this, soon);
  connect(&document, &DatasetDocument::annotationsChanged, this, soon);
  connect(&document, &DatasetDocument::problemsAdded, this, soon);
  connect(&document, &DatasetDocument::classesChanged, this, soon);
  connect(&document, &DatasetDocument::coloursChanged, this, soon);
  connect(&document, &DatasetDocument::splitsChanged, this, soon);
  // After an edit somebody looks at them.
  connect(&document, &DatasetDocument::historyChanged, this, [this] {
    if (isVisible() && counts_.isActive()) refresh();
  });
}

void DataInspector::setClassAction(QAction* action) {
  editClasses_->setDefaultAction(action);
  editClasses_->setAccessibleName(action->text());
}

void DataInspector::refresh() {
  counts_.stop();
  const DatasetDocument& document = state_.document();
  const Dataset& dataset = document.dataset();
  const DatasetStatistics& statistics = document.statistics();
  // Where only classes of whole pictures are known, pictures are counted.
  const bool wholes = statistics.boxes == 0 && statistics.classesOnly > 0;
  std::vector<CountRow> classes;
  classes.reserve(dataset.classes.size());
  for (std::size_t i = 0; i < dataset.classes.size(); ++i) {
    const QString name = QString::fromStdString(dataset.classes[i]);
    const auto count =
        i < statistics.classes.size() ? statistics.classes[i] : DatasetStatistics::PerClass();
    classes.push_back({name, wholes ? count.images : count.boxes,
                       document.palette()(static_cast<int>(i)), QStringLiteral("class"), name});
  }
  classesCaption_->setText(classes.empty() ? tr("Classes: none")
                                           : tr("Classes: %L1").arg(classes.size()));
  classes_->setVisible(!classes.empty());
  classes_->setRows(std::move(classes));
  const auto state = [](LabelState which, std::size_t count) {
    return CountRow{stateText(which),
                    count,
                    {},
                    QStringLiteral("state"),
                    QString::fromLatin1(labelStateName(which))};
  };
  states_->setRows({state(LabelState::Labelled, statistics.labelled),
                    state(LabelState::Negative, statistics.negative),
                    state(LabelState::Unlabelled, statistics.unlabelled)});
  std::vector<CountRow> splits;
  for (const auto& [name, pictures] : document.splits()) {
    const QString split = QString::fromStdString(name);
    const auto shown = std::count_if(pictures.begin(), pictures.end(), [&](std::size_t picture) {
      return !document.isTrashed(static_cast<int>(picture));
    });
    splits.push_back({split, static_cast<std::size_t>(shown), {}, QStringLiteral("split"), split});
  }
  splitsCaption_->setText(splits.empty()            ? tr("Splits")
                          : document.splitsAreOwn() ? tr("Splits")
                          : dataset.splits.empty()  ? tr("Splits, made by chance")
                                                    : tr("Splits, completed by chance"));
  splitsCaption_->setToolTip(document.splitsAreOwn()
                                 ? QString()
                                 : tr("The dataset does not say which pictures are for validation "
                                      "and test; a run keeps the ones made here."));
  splits_->setVisible(!splits.empty());
  splits_->setRows(std::move(splits));
  const std::size_t problems = dataset.problems.size();
  problemsCaption_->setText(problems == 0 ? tr("Problems") : tr("Problems: %L1").arg(problems));
  problems_->setVisible(problems > 0);
  noProblems_->setVisible(problems == 0);
  noProblems_->setText(document.isOpening() ? tr("Still reading\u2026") : tr("None found."));
  const QString format = QString::fromStdString(dataset.format);
  const auto boxes = static_cast<qulonglong>(statistics.boxes);
  const auto names = static_cast<qulonglong>(dataset.classes.size());
  if (!document.isOpen())
    overview_->setText(tr("No dataset is open."));
  else if (wholes)
    overview_->setText(tr("%1 \u00b7 %2 of %3")
                           .arg(format, picturesText(statistics.images),
                                names == 1 ? tr("1 class") : tr("%L1 classes").arg(names)));
  else
    overview_->setText(tr("%1 \u00b7 %2 \u00b7 %3")
                           .arg(format, picturesText(statistics.images),
                                boxes == 1 ? tr("1 box") : tr("%L1 boxes").arg(boxes)));
  if (const auto rule = labelRuleFrom(dataset.labelRule))
    overview_->setText(
        tr("%1\nlabels %2").arg(overview_->text(), QString::fromStdString(labelRuleText(*rule))));
  Q_EMIT refreshed();
}

}  // namespace boxwright::ui
