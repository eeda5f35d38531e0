// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/axis_ticker.h"

#include <QLocale>
#include <cmath>

namespace boxwright::ui {
namespace {

class GroupingTicker : public QCPAxisTicker {
 protected:
  double getTickStep(const QCPRange& range) override {
    step_ = QCPAxisTicker::getTickStep(range);
    return step_;
  }
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    return tickText(tick, step_);
  }

 private:
  double step_ = 1;
};

class PowerTicker : public QCPAxisTickerLog {
 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    return QString::number(tick, 'g', 4);
  }
};

}  // namespace

QString tickText(double value, double step) {
  if (std::abs(value) < step * 1e-6) value = 0;  // a tick at 0, but for rounding
  const double size = std::abs(value);
  if (size != 0 && (size < 1e-4 || size >= 1e9)) return QString::number(value, 'g', 3);
  int places = 0;
  for (double scaled = step; places < 6 && std::abs(scaled - std::round(scaled)) > 1e-6;
       scaled *= 10) {
    ++places;
  }
  return QLocale(QLocale::English).toString(value, 'f', places);
}

QSharedPointer<QCPAxisTicker> axisTicker(bool logarithmic) {
  QSharedPointer<QCPAxisTicker> ticker;
  if (logarithmic) {
    ticker.reset(new PowerTicker);
  } else {
    ticker.reset(new GroupingTicker);
  }
  ticker->setTickCount(5);
  return ticker;
}

}  // namespace boxwright::ui
