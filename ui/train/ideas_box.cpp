// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/ideas_box.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>
#include <map>
#include <string>

#include "ui/theme.h"

namespace boxwright::ui {
namespace {

/// A title with its control at the right.
void addTitled(QVBoxLayout* lines, const QString& title, QWidget* field,
               Qt::Alignment alignment = {}) {
  auto* words = new QLabel(title);
  words->setBuddy(field);
  auto* line = new QHBoxLayout;
  line->setSpacing(metric::gap);
  line->addWidget(words);
  line->addWidget(field, 1, alignment);
  lines->addLayout(line);
}

/// What an idea is, under it.
QLabel* addSentence(QVBoxLayout* lines, const QString& text) {
  QLabel* const sentence = makeText(text, Tone::Dim);
  setTextSize(sentence, TextSize::Small);
  sentence->setMinimumWidth(1);
  lines->addWidget(sentence);
  lines->addSpacing(4);
  return sentence;
}

}  // namespace

QWidget* IdeasBox::Row::field() const {
  return check ? static_cast<QWidget*>(check) : list;
}

IdeasBox::IdeasBox(QWidget* parent)
    : QWidget(parent),
      head_(makeDisclosure(tr("Ideas"))),
      summary_(makeText({}, Tone::Dim)),
      body_(new QWidget) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, metric::gap);
  column->setSpacing(4);
  head_->setObjectName(QStringLiteral("ideas"));
  head_->setAccessibleName(tr("Ideas of the paper"));
  head_->setToolTip(tr("What the paper added to YOLO, one switch each."));
  column->addWidget(head_, 0, Qt::AlignLeft);
  setTextSize(summary_, TextSize::Small);
  summary_->setObjectName(QStringLiteral("ideasSummary"));
  column->addWidget(summary_);

  auto* lines = new QVBoxLayout(body_);
  lines->setContentsMargins(0, 0, 0, 0);
  lines->setSpacing(4);
  for (const IdeaRow& idea : ideaRows()) {
    Row row;
    const QString title = QString::fromStdString(idea.title);
    const QString sentence = QString::fromStdString(idea.sentence);
    if (idea.values.size() == 2) {
      row.check = new QCheckBox(title);
      lines->addWidget(row.check);
      connect(row.check, &QCheckBox::toggled, this, &IdeasBox::refresh);
    } else {
      row.list = new QComboBox;
      row.list->setAccessibleName(title);
      row.list->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
      row.list->setMinimumContentsLength(7);
      for (const std::string& value : idea.values)
        row.list->addItem(QString::fromStdString(value), QString::fromStdString(value));
      addTitled(lines, title, row.list);
      connect(row.list, &QComboBox::currentIndexChanged, this, &IdeasBox::refresh);
    }
    row.field()->setObjectName(QString::fromStdString(idea.name + "-idea"));
    row.field()->setAccessibleDescription(sentence);
    addSentence(lines, sentence);
    rows_.push_back(row);
    if (rows_.size() == 1) addBackbone(lines);  // the paper's second
  }
  column->addWidget(body_);
  connect(head_, &QToolButton::toggled, this, &IdeasBox::unfold);
  unfold(false);
  setIdeas({});
  setBackbone({}, 0);
}

void IdeasBox::addBackbone(QVBoxLayout* lines) {
  backboneButton_ = new QToolButton;
  backboneButton_->setObjectName(QStringLiteral("high-resolution-classifier-idea"));
  backboneButton_->setText(QStringLiteral("…"));
  backboneButton_->setToolTip(tr("Choose a weights file"));
  backboneButton_->setAccessibleName(tr("High-resolution classifier: choose its weights"));
  connect(backboneButton_, &QToolButton::clicked, this, &IdeasBox::backboneWanted);
  addTitled(lines, tr("High-resolution classifier"), backboneButton_, Qt::AlignRight);
  backbone_ = addSentence(lines, {});
  backbone_->setObjectName(QStringLiteral("backbone"));
}

void IdeasBox::setBackbone(const QString& weights, int layers) {
  const QString name = QFileInfo(weights).fileName();
  const QString state = name.isEmpty() ? tr("None: the network starts from nothing.")
                        : layers > 0   ? tr("Backbone from %1, %2 layers.").arg(name).arg(layers)
                                       : tr("Backbone from %1, as many layers as fit.").arg(name);
  backbone_->setText(tr("%1 A classifier that was trained on large pictures makes a better "
                        "start: choose its weights here or under From.")
                         .arg(state));
  backboneButton_->setAccessibleDescription(backbone_->text());
}

void IdeasBox::unfold(bool open) {
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
    rows_[i].field()->setEnabled(task_ == NetworkTask::Detection ? now.anchors || !ofAnchors
                                                                 : name == "multi-scale");
  }
  backboneButton_->setEnabled(task_ == NetworkTask::Detection);
  QStringList departed;
  for (const std::string& line : departures(now))
    departed << QString::fromStdString(line);
  summary_->setText(!departed.isEmpty()               ? departed.join(QStringLiteral(", "))
                    : task_ == NetworkTask::Detection ? tr("as in YOLOv2, one input size")
                                                      : tr("one input size"));
  head_->setAccessibleDescription(summary_->text());
  Q_EMIT changed();
}

}  // namespace boxwright::ui
