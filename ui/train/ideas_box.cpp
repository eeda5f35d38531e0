// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/ideas_box.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>
#include <map>
#include <string>

#include "ui/theme.h"

namespace boxwright::ui {

IdeasBox::IdeasBox(QWidget* parent)
    : QWidget(parent),
      head_(new QToolButton),
      summary_(makeText({}, Tone::Dim)),
      body_(new QWidget) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, metric::gap);
  column->setSpacing(4);
  head_->setObjectName(QStringLiteral("ideas"));
  head_->setText(tr("Ideas"));
  head_->setAccessibleName(tr("Ideas of the paper"));
  head_->setToolTip(tr("What the paper added to YOLO, one switch each."));
  head_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  head_->setArrowType(Qt::RightArrow);
  head_->setAutoRaise(true);
  head_->setCheckable(true);
  column->addWidget(head_, 0, Qt::AlignLeft);
  setTextSize(summary_, TextSize::Small);
  column->addWidget(summary_);

  auto* lines = new QVBoxLayout(body_);
  lines->setContentsMargins(0, 0, 0, 0);
  lines->setSpacing(4);
  for (const IdeaRow& idea : ideaRows()) {
    Row row;
    const QString title = QString::fromStdString(idea.title);
    if (idea.values.size() == 2) {
      row.check = new QCheckBox(title);
      row.check->setObjectName(QString::fromStdString(idea.name + "-idea"));
      lines->addWidget(row.check);
      connect(row.check, &QCheckBox::toggled, this, &IdeasBox::refresh);
    } else {
      row.list = new QComboBox;
      row.list->setObjectName(QString::fromStdString(idea.name + "-idea"));
      row.list->setAccessibleName(title);
      row.list->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
      row.list->setMinimumContentsLength(7);
      for (const std::string& value : idea.values)
        row.list->addItem(QString::fromStdString(value), QString::fromStdString(value));
      auto* words = new QLabel(title);
      words->setBuddy(row.list);
      auto* line = new QHBoxLayout;
      line->setSpacing(metric::gap);
      line->addWidget(words);
      line->addWidget(row.list, 1);
      lines->addLayout(line);
      connect(row.list, &QComboBox::currentIndexChanged, this, &IdeasBox::refresh);
    }
    QLabel* const sentence = makeText(QString::fromStdString(idea.sentence), Tone::Dim);
    setTextSize(sentence, TextSize::Small);
    sentence->setMinimumWidth(1);
    lines->addWidget(sentence);
    lines->addSpacing(4);
    rows_.push_back(row);
  }
  column->addWidget(body_);
  connect(head_, &QToolButton::toggled, this, &IdeasBox::unfold);
  unfold(false);
  setIdeas({});
}

void IdeasBox::unfold(bool open) {
  head_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
  body_->setVisible(open);
  summary_->setVisible(!open);
}

Ideas IdeasBox::ideas() const {
  std::map<std::string, std::string> values;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    values[ideaRows()[i].name] = rows_[i].check
                                     ? (rows_[i].check->isChecked() ? "on" : "off")
                                     : rows_[i].list->currentData().toString().toStdString();
  }
  Ideas ideas;
  setIdeaValues(ideas, values);
  if (task_ == NetworkTask::Detection) return ideas;
  Ideas ofClassifier;
  ofClassifier.multiScale = ideas.multiScale;
  return ofClassifier;
}

void IdeasBox::showFor(NetworkTask task) {
  if (task_ == task) return;
  task_ = task;
  refresh();
}

void IdeasBox::setIdeas(const Ideas& ideas) {
  const std::map<std::string, std::string> values = ideaValues(ideas);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const std::string& value = values.at(ideaRows()[i].name);
    if (rows_[i].check)
      rows_[i].check->setChecked(value == "on");
    else
      rows_[i].list->setCurrentIndex(rows_[i].list->findData(QString::fromStdString(value)));
  }
  refresh();
}

void IdeasBox::refresh() {
  if (rows_.size() < ideaRows().size()) return;  // still being made
  const Ideas now = ideas();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    // Without anchors there is nothing to choose about them.
    const std::string& name = ideaRows()[i].name;
    const bool ofAnchors = name == "dimension-clusters" || name == "direct-location";
    QWidget* const field = rows_[i].check ? static_cast<QWidget*>(rows_[i].check) : rows_[i].list;
    field->setEnabled(task_ == NetworkTask::Detection ? now.anchors || !ofAnchors
                                                      : name == "multi-scale");
  }
  const std::string departed = departures(now);
  summary_->setText(!departed.empty()                 ? QString::fromStdString(departed)
                    : task_ == NetworkTask::Detection ? tr("as in YOLOv2, one input size")
                                                      : tr("one input size"));
  Q_EMIT changed();
}

}  // namespace boxwright::ui
