// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_tiles.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <optional>

#include "ui/elided_label.h"
#include "ui/job.h"
#include "ui/number_text.h"
#include "ui/theme.h"
#include "ui/train/run_curves.h"

namespace boxwright::ui {
namespace {

const QString& noValue() {
  static const QString dash = QStringLiteral("–");
  return dash;
}

}  // namespace

QString clockText(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::max(0.0, seconds)));
  if (whole < 60) return QObject::tr("%1 s").arg(whole);
  if (whole < 600) {
    return QObject::tr("%1:%2 min").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
  }
  return durationText(seconds);
}

RunTiles::RunTiles(QWidget* parent) : QWidget(parent) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(metric::wideMargin);
  epoch_ = add(row, QStringLiteral("epochValue"), tr("Epoch"));
  loss_ = add(row, QStringLiteral("lossValue"), tr("Loss"));
  best_ = add(row, QStringLiteral("bestValue"), tr("Best mAP50"));
  left_ = add(row, QStringLiteral("leftValue"), tr("Time left"));
}

RunTiles::Tile RunTiles::add(QHBoxLayout* row, const QString& name, const QString& caption) {
  auto* holder = new QWidget;
  auto* column = new QVBoxLayout(holder);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  Tile tile{new ElidedLabel(nullptr, Qt::ElideRight), new QLabel};
  setTone(tile.caption, Tone::Dim);
  setTextSize(tile.caption, TextSize::Small);
  tile.value->setFont(numberFont(TextSize::Large));
  tile.value->setObjectName(name);
  say(tile, caption, noValue());
  tile.caption->setObjectName(name + QStringLiteral("Caption"));
  column->addWidget(tile.caption);
  column->addWidget(tile.value);
  holder->setMinimumWidth(104);
  row->addWidget(holder, 1);
  return tile;
}

void RunTiles::say(const Tile& tile, const QString& caption, const QString& value) {
  tile.caption->setText(caption);
  tile.value->setText(value);
  const QString name = QStringLiteral("%1: %2").arg(caption, value);
  if (tile.value->accessibleName() != name) tile.value->setAccessibleName(name);
}

void RunTiles::showCurves(const RunCurves* curves) {
  const BatchEvent* batch = curves && curves->lastBatch() ? &*curves->lastBatch() : nullptr;
  QString epochs = tr("Epoch");
  if (batch && batch->iterations > 0 && batch->iteration > 0) {
    const double all = batch->epoch * static_cast<double>(batch->iterations) /
                       static_cast<double>(batch->iteration);
    epochs = tr("Epoch of %1").arg(numberText(all, 0));
  }
  say(epoch_, epochs, batch ? numberText(batch->epoch, 1) : noValue());
  const std::optional<double> loss = curves ? curves->loss() : std::nullopt;
  say(loss_, tr("Loss"), loss ? numberText(*loss, 2) : noValue());
  const BestScore* best = curves && curves->best() ? &*curves->best() : nullptr;
  const QString score = curves && curves->isClassifier() ? tr("Best top-1") : tr("Best mAP50");
  say(best_,
      best && best->epoch ? tr("%1, epoch %2").arg(score, numberText(*best->epoch, 0)) : score,
      best ? numberText(best->score, 3) : noValue());
}

void RunTiles::showTimeLeft(double seconds, const QString& doing) {
  const QString caption = seconds >= 0 ? tr("Time left, until %1")
                                             .arg(QDateTime::currentDateTime()
                                                      .addSecs(static_cast<qint64>(seconds))
                                                      .toString(QStringLiteral("hh:mm")))
                          : doing.isEmpty() ? tr("Time left")
                                            : tr("Time left: %1").arg(doing);
  say(left_, caption, seconds >= 0 ? clockText(seconds) : noValue());
  left_.value->setToolTip({});
}

void RunTiles::showState(const QString& state, const QString& fault) {
  say(left_, state.isEmpty() ? tr("Time left") : tr("State"), state.isEmpty() ? noValue() : state);
  left_.value->setToolTip(fault);
}

}  // namespace boxwright::ui
