// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_charts.h"

#include <QAction>
#include <QGridLayout>
#include <QMenu>
#include <utility>

#include "ui/charts/chart.h"
#include "ui/charts/chart_group.h"
#include "ui/theme.h"

namespace boxwright::ui {

Chart* RunCharts::make(const QString& title, int digits) {
  auto* chart = new Chart;
  chart->setTitle(title);
  chart->setKeyName(QStringLiteral("iteration"));
  chart->setDigits(digits);
  group_->add(chart);
  connect(chart, &Chart::failed, this, &RunCharts::failed);
  return chart;
}

RunCharts::RunCharts(QWidget* parent)
    : QWidget(parent),
      group_(new ChartGroup(this)),
      saveMenu_(new QMenu(tr("Save a &chart"), this)) {
  loss_ = make(tr("Loss"), 2);
  map_ = make(tr("mAP50"), 3);
  rate_ = make(tr("Learning rate"), 5);
  speed_ = make(tr("Pictures per second"), 1);
  map_->setValueBounds(0, 1);
  rate_->setValueBounds(0, {});
  speed_->setValueBounds(0, {});
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(1);
  grid->addWidget(loss_, 0, 0);
  grid->addWidget(map_, 0, 1);
  grid->addWidget(rate_, 1, 0);
  grid->addWidget(speed_, 1, 1);
  for (int i = 0; i < 2; ++i) {
    grid->setColumnStretch(i, 1);
    grid->setColumnMinimumWidth(i, 180);
  }
  grid->setRowStretch(0, 3);
  grid->setRowStretch(1, 2);
  for (Chart* chart : {loss_, map_, rate_, speed_}) {
    connect(saveMenu_->addAction(QString()), &QAction::triggered, chart, &Chart::saveImageAs);
    connect(saveMenu_->addAction(QString()), &QAction::triggered, chart, &Chart::saveCsvAs);
  }
  show(nullptr, {});
}

void RunCharts::nameSaveActions() {
  const QList<QAction*> actions = saveMenu_->actions();
  qsizetype at = 0;
  for (const Chart* chart : {loss_, map_, rate_, speed_}) {
    actions[at++]->setText(tr("%1 as PNG…").arg(chart->title()));
    actions[at++]->setText(tr("%1 as CSV…").arg(chart->title()));
  }
}

void RunCharts::setMessage(const QString& text) {
  loss_->setMessage(text);
}

void RunCharts::show(std::shared_ptr<const RunCurves> curves, const QString& name,
                     std::vector<OverlaidRun> others) {
  const bool another = curves != curves_;
  curves_ = std::move(curves);
  const auto add = [&](Chart* chart, Curve curve, LineStyle style) {
    const int line = chart->addLine(style);
    if (curves_) chart->setSeries(line, curves_->series(curve));
  };
  // Among others a line is named by its run, alone by what it shows.
  const auto main = [&](const QString& what) { return others.empty() ? what : name; };
  for (Chart* chart : {loss_, map_, rate_, speed_})
    chart->clearLines();
  add(loss_, Curve::Loss, {.name = main(tr("total")), .colour = 0, .smooth = true, .width = 2});
  const bool classifier = curves_ && curves_->isClassifier();
  map_->setTitle(classifier ? tr("Top-1 and top-5") : tr("mAP50"));
  nameSaveActions();
  add(map_, classifier ? Curve::Top1 : Curve::Map50,
      {.name = main(classifier ? tr("top-1") : tr("mAP50")),
       .colour = 0,
       .markers = true,
       .width = 2});
  add(rate_, Curve::LearningRate, {.name = main(tr("rate")), .colour = 0});
  add(speed_, Curve::ImagesPerSecond,
      {.name = main(tr("pictures/s")), .colour = 0, .smooth = true});
  if (others.empty() && classifier) {
    add(loss_, Curve::LossValidation,
        {.name = tr("validation"), .colour = 5, .dashed = true, .width = 1.4});
    add(map_, Curve::Top5, {.name = tr("top-5"), .colour = 1, .width = 1.2});
  } else if (others.empty()) {
    add(loss_, Curve::LossBox, {.name = tr("box"), .colour = 1, .smooth = true, .width = 1.2});
    add(loss_, Curve::LossObjectness,
        {.name = tr("object"), .colour = 2, .smooth = true, .width = 1.2});
    add(loss_, Curve::LossNoObject,
        {.name = tr("no object"), .colour = 3, .smooth = true, .width = 1.2});
    add(loss_, Curve::LossClass, {.name = tr("class"), .colour = 4, .smooth = true, .width = 1.2});
    if (curves_ && curves_->isJoint()) {
      add(loss_, Curve::LossClassOnly,
          {.name = tr("whole pictures"),
           .colour = 6,
           .smooth = true,
           .dashed = true,
           .width = 1.2});
      add(map_, Curve::Top1,
          {.name = tr("top-1 of whole pictures"), .colour = 3, .dashed = true, .width = 1.4});
    }
    add(loss_, Curve::LossValidation,
        {.name = tr("validation"), .colour = 5, .dashed = true, .width = 1.4});
    add(map_, Curve::Precision, {.name = tr("precision"), .colour = 1, .width = 1.2});
    add(map_, Curve::Recall, {.name = tr("recall"), .colour = 2, .width = 1.2});
  }
  for (const OverlaidRun& other : others) {
    const auto lay = [&](Chart* chart, Curve curve, LineStyle style) {
      style.name = other.name;
      style.fixed = other.colour;
      chart->setSeries(chart->addLine(style), other.curves->series(curve));
    };
    lay(loss_, Curve::Loss, {.smooth = true});
    lay(map_, other.curves->scoreCurve(), {.markers = true});
    lay(rate_, Curve::LearningRate, {});
    lay(speed_, Curve::ImagesPerSecond, {.smooth = true});
  }
  if (another) group_->resetView();  // another run is seen whole, the same one keeps its zoom
  refresh();
}

void RunCharts::refresh() {
  group_->refresh();
}

void RunCharts::resetView() {
  group_->resetView();
}

}  // namespace boxwright::ui
