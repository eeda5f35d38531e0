// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/score_tiles.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "ui/elided_label.h"
#include "ui/number_text.h"
#include "ui/theme.h"

namespace boxwright::ui {

ScoreTiles::ScoreTiles(QWidget* parent) : QWidget(parent) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(metric::wideMargin, metric::gap, metric::wideMargin, metric::gap);
  row->setSpacing(metric::margin);
  map50_ = add(row, QStringLiteral("map50"), tr("mAP50"));
  map_ = add(row, QStringLiteral("map"), tr("mAP"));
  precision_ = add(row, QStringLiteral("precision"), tr("Precision"));
  recall_ = add(row, QStringLiteral("recall"), tr("Recall"));
  top1_ = add(row, QStringLiteral("top1"), tr("Top-1"));
  top5_ = add(row, QStringLiteral("top5"), tr("Top-5"));
  images_ = add(row, QStringLiteral("images"), tr("Pictures"));
  auto* column = new QVBoxLayout;
  column->setSpacing(0);
  column->addStretch();
  for (ElidedLabel*& words : words_) {
    words = new ElidedLabel(nullptr, Qt::ElideRight);
    setTextSize(words, TextSize::Small);
    setTone(words, Tone::Dim);
    column->addWidget(words);
  }
  words_[0]->setObjectName(QStringLiteral("heldFor"));
  setTone(words_[0], Tone::Text);
  column->addStretch();
  row->addLayout(column, 1);
}

ScoreTiles::Tile ScoreTiles::add(QHBoxLayout* row, const QString& name, const QString& caption) {
  Tile tile{new QWidget, new QLabel(caption), new QLabel, new QLabel};
  auto* column = new QVBoxLayout(tile.holder);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  setTextSize(tile.caption, TextSize::Small);
  setTone(tile.caption, Tone::Dim);
  tile.value->setFont(numberFont(TextSize::Large));
  tile.value->setObjectName(name);
  tile.other->setFont(numberFont(TextSize::Small));
  tile.other->setObjectName(name + QStringLiteral("Other"));
  setTone(tile.other, Tone::Dim);
  for (QLabel* label : {tile.caption, tile.value, tile.other})
    column->addWidget(label);
  tile.holder->setMinimumWidth(64);
  row->addWidget(tile.holder);
  return tile;
}

void ScoreTiles::say(const Tile& tile, const std::vector<double>& values, int places) {
  tile.value->setText(numberText(values[0], places));
  tile.value->setAccessibleName(
      QStringLiteral("%1: %2").arg(tile.caption->text(), tile.value->text()));
  tile.other->setVisible(values.size() > 1);
  if (values.size() > 1) tile.other->setText(numberText(values[1], places));
}

void ScoreTiles::setEvaluations(const std::vector<ScoredEvaluation>& models) {
  if (models.empty()) return;
  const bool classifies = models[0].evaluation->classified.has_value();
  for (const Tile& tile : {map50_, map_, precision_, recall_})
    tile.holder->setVisible(!classifies);
  for (const Tile& tile : {top1_, top5_})
    tile.holder->setVisible(classifies);
  sayWho(models);
  if (classifies) return sayOfClassifiers(models);
  const auto of = [&models](auto number) {
    std::vector<double> values;
    for (const ScoredEvaluation& model : models)
      values.push_back(number(model.score->result));
    return values;
  };
  const Evaluation& first = *models[0].evaluation;
  const EvaluationRequest& asked = first.request;
  say(map50_, of([](const EvaluationResult& r) { return r.map50; }), 3);
  map_.holder->setVisible(asked.protocol == Protocol::Coco);
  say(map_, of([](const EvaluationResult& r) { return r.map; }), 3);
  const QString at = numberText(models[0].confidence, 2);
  precision_.caption->setText(tr("Precision at %1").arg(at));
  recall_.caption->setText(tr("Recall at %1").arg(at));
  say(precision_, of([](const EvaluationResult& r) { return r.precision; }), 3);
  say(recall_, of([](const EvaluationResult& r) { return r.recall; }), 3);
  say(images_, of([](const EvaluationResult& r) { return double(r.images); }), 0);

  words_[1]->setText(
      protocolText(asked.protocol) +
      tr("; precision, recall and boxes at IOU 0.5 and above confidence %1").arg(at));
  words_[2]->setText(
      tr("Finds from %1 on, NMS %2, at most %3 a class and picture; input %4 \u00d7 "
         "%5; %6")
          .arg(numberText(asked.detect.threshold, 3), numberText(asked.detect.nms, 2))
          .arg(asked.detect.perClass)
          .arg(first.inputWidth)
          .arg(first.inputHeight)
          .arg(first.device));
}

void ScoreTiles::sayOfClassifiers(const std::vector<ScoredEvaluation>& models) {
  const auto of = [&models](auto number) {
    std::vector<double> values;
    for (const ScoredEvaluation& model : models)
      values.push_back(number(model.evaluation->classified->score));
    return values;
  };
  say(top1_, of([](const ClassificationScore& s) { return s.top1; }), 3);
  say(top5_, of([](const ClassificationScore& s) { return s.top5; }), 3);
  say(images_, of([](const ClassificationScore& s) { return double(s.pictures); }), 0);
  const Evaluation& first = *models[0].evaluation;
  words_[1]->setText(
      first.classTree ? tr("Whole pictures whose class is put first, or among the first five, of "
                           "the leaves; of an inner class any leaf in it is right")
                      : tr("Whole pictures whose class is put first, or among the first five"));
  words_[2]->setText(tr("Loss %1; input %2 \u00d7 %2; %3")
                         .arg(numberText(first.classified->score.loss, 3))
                         .arg(first.inputWidth)
                         .arg(first.device));
}

void ScoreTiles::sayWho(const std::vector<ScoredEvaluation>& models) {
  const Evaluation& first = *models[0].evaluation;
  const EvaluationRequest& asked = first.request;
  QString who = asked.model;
  if (models.size() > 1) who += tr(", below it %1").arg(models[1].evaluation->request.model);
  words_[0]->setText(
      tr("%1 on %2%3")
          .arg(who, splitText(asked.split),
               first.splitOfRun && asked.split != "all" ? tr(" of its training") : QString()));
}

}  // namespace boxwright::ui
