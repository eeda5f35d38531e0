// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_list.h"

#include <QHeaderView>
#include <QPainter>
#include <QResizeEvent>
#include <QStyledItemDelegate>
#include <vector>

#include "ui/charts/series_colours.h"
#include "ui/charts/spark_line.h"
#include "ui/theme.h"
#include "ui/train/past_runs.h"

namespace boxwright::ui {
namespace {

class TrendDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    QStyledItemDelegate::paint(painter, option, index);
    const auto list = index.data(PastRuns::TrendRole).value<QList<double>>();
    const std::vector<double> values(list.begin(), list.end());
    drawSparkLine(*painter, QRectF(option.rect).adjusted(6, 6, -10, -6), values, 0, 1,
                  seriesColour(0, Theme::instance().dark()));
  }
};

}  // namespace

RunList::RunList(PastRuns* runs, QWidget* parent) : QTableView(parent) {
  setModel(runs);
  setObjectName(QStringLiteral("runs"));
  setAccessibleName(tr("Past runs"));
  setShowGrid(false);
  setFrameShape(QFrame::NoFrame);
  setSelectionBehavior(QAbstractItemView::SelectRows);
  setSelectionMode(QAbstractItemView::SingleSelection);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setTabKeyNavigation(false);
  setWordWrap(false);
  setContextMenuPolicy(Qt::CustomContextMenu);
  setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  setItemDelegateForColumn(PastRuns::Trend, new TrendDelegate(this));
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(metric::control);
  verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  horizontalHeader()->setSectionResizeMode(PastRuns::Name, QHeaderView::Stretch);
  horizontalHeader()->setMinimumSectionSize(40);
}

void RunList::resizeEvent(QResizeEvent* event) {
  // What matters less goes first where the list is narrow.
  const int width = event->size().width();
  const QFontMetrics metrics(textFont());
  const auto wide = [&](const QString& text) { return metrics.horizontalAdvance(text) + 20; };
  setColumnWidth(PastRuns::Trend, width < 480 ? 72 : 110);
  setColumnWidth(PastRuns::Best, wide(QStringLiteral("0.0000")));
  setColumnWidth(PastRuns::State, wide(QStringLiteral("broke off")));
  setColumnWidth(PastRuns::Epochs, wide(QStringLiteral("epochs")));
  setColumnWidth(PastRuns::Network, wide(QStringLiteral("yolov2-tiny-voc, 416 px")));
  setColumnWidth(PastRuns::Changed, wide(QStringLiteral("2026-12-31 23:59")));
  setColumnHidden(PastRuns::Changed, width < 760);
  setColumnHidden(PastRuns::Network, width < 640);
  setColumnHidden(PastRuns::Epochs, width < 440);
  QTableView::resizeEvent(event);
}

void RunList::paintEvent(QPaintEvent* event) {
  QTableView::paintEvent(event);
  if (model()->rowCount() > 0) return;
  QPainter painter(viewport());
  painter.setPen(colours().dim);
  painter.drawText(viewport()->rect().adjusted(16, 0, -16, 0), Qt::AlignCenter | Qt::TextWordWrap,
                   tr("Runs of this dataset are listed here."));
}

}  // namespace boxwright::ui
