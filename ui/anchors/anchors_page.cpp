// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/anchors/anchors_page.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QSplitter>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/thread_budget.h"
#include "core/geometry/conversion.h"
#include "core/geometry/iou.h"
#include "core/network/network.h"
#include "ui/anchors/anchor_scatter.h"
#include "ui/charts/chart.h"
#include "ui/elided_label.h"
#include "ui/error_bar.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int largestK = 20;
constexpr int curveK = 12;
constexpr int curveRestarts = 2;
constexpr double stride = 32;
// The paper's figures on VOC 2007 (table 1): cluster IOU for five and nine anchors.
constexpr double paperFive = 61.0, paperNine = 67.2;

QTableWidgetItem* makeCell(const QString& text) {
  auto* item = new QTableWidgetItem(text);
  item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
  item->setFont(numberFont());
  item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
  return item;
}

/// A strip on the charts' ground.
class CanvasStrip : public QWidget {
 protected:
  void paintEvent(QPaintEvent*) override { QPainter(this).fillRect(rect(), colours().canvas); }
};

}  // namespace

AnchorsPage::AnchorsPage(StudioState& state, QWidget* parent)
    : Page(QStringLiteral("anchors"), tr("Anchors"), QStringLiteral("anchors"), state, parent),
      collecting_(tr("Collecting boxes"), QStringLiteral("anchors")),
      clustering_(tr("Clustering"), QStringLiteral("anchors")),
      curving_(tr("Curve over k"), QStringLiteral("anchors")) {
  collecting_.setQuiet(true);
  curving_.setKeepsResultWhenCancelled(true);
  setBody(makeContent(), makeInspector(), tr("Settings"));
  makeActions();

  connect(&clustering_, &Job::started, this, &AnchorsPage::refreshButtons);
  connect(&clustering_, &Job::finished, this, &AnchorsPage::refreshButtons);
  for (Job* job : {&collecting_, &clustering_, &curving_}) {
    connect(job, &Job::failed, this,
            [this](const JobError& error) { errorBar()->showError(error); });
  }
  curveTimer_.setInterval(drainInterval);
  connect(&curveTimer_, &QTimer::timeout, this, &AnchorsPage::takeCurvePoints);

  DatasetDocument& document = state.document();
  connect(&document, &DatasetDocument::reset, this, &AnchorsPage::documentChanged);
  connect(&document, &DatasetDocument::opened, this, &AnchorsPage::documentChanged);
  connect(&document, &DatasetDocument::failed, this, &AnchorsPage::documentChanged);
  connect(&document, &DatasetDocument::historyChanged, this, &AnchorsPage::boxesChanged);
  documentChanged();
}

QString AnchorsPage::unavailableReason() const {
  const DatasetDocument& document = state().document();
  if (!document.isOpen()) return tr("open a dataset first");
  if (document.isOpening()) return tr("the dataset is still being read");
  if (document.statistics().boxes == 0) return tr("the dataset has no boxes");
  return {};
}

QList<QAction*> AnchorsPage::menuActions() const {
  return {clusterAction_, useAction_,     logAction_,  allAction_,
          copyAction_,    pictureAction_, tableAction_};
}

void AnchorsPage::makeActions() {
  const auto add = [this](const QString& text, const QKeySequence& key) {
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(action);
    return action;
  };
  clusterAction_ = add(tr("Cluster"), Qt::CTRL | Qt::Key_Return);
  connect(clusterAction_, &QAction::triggered, cluster_, &QPushButton::click);
  useAction_ = add(tr("Use for training"), Qt::CTRL | Qt::Key_U);
  connect(useAction_, &QAction::triggered, use_, &QPushButton::click);
  logAction_ = add(tr("Log axes"), Qt::Key_L);
  logAction_->setCheckable(true);
  connect(logAction_, &QAction::toggled, log_, &QCheckBox::setChecked);
  connect(log_, &QCheckBox::toggled, this, [this](bool on) {
    logAction_->setChecked(on);
    scatter_->setLogarithmic(on);
  });
  allAction_ = add(tr("Show all box sizes"), Qt::Key_0);
  allAction_->setShortcutContext(Qt::WidgetShortcut);  // the curve has the same key
  connect(allAction_, &QAction::triggered, scatter_, &AnchorScatter::resetView);
  copyAction_ = add(tr("Copy the anchors"), Qt::CTRL | Qt::SHIFT | Qt::Key_C);
  connect(copyAction_, &QAction::triggered, this, &AnchorsPage::copyAnchors);
  pictureAction_ = add(tr("Save the box sizes as PNG…"), {});
  connect(pictureAction_, &QAction::triggered, scatter_, &AnchorScatter::saveImageAs);
  tableAction_ = add(tr("Save the box sizes as CSV…"), {});
  connect(tableAction_, &QAction::triggered, scatter_, &AnchorScatter::saveCsvAs);
  scatter_->addActions({logAction_, allAction_, copyAction_, pictureAction_, tableAction_});
  scatter_->setContextMenuPolicy(Qt::ActionsContextMenu);
  connect(scatter_, &AnchorScatter::failed, this,
          [this](const JobError& error) { errorBar()->showError(error); });
}

QWidget* AnchorsPage::makeContent() {
  scatter_ = new AnchorScatter;
  connect(scatter_, &AnchorScatter::boxClicked, this, &AnchorsPage::openBox);
  auto* scatterHeader = new CanvasStrip;
  scatterHeader->setFixedHeight(32);
  auto* headerRow = new QHBoxLayout(scatterHeader);
  headerRow->setContentsMargins(metric::margin, 0, metric::margin, 0);
  headerRow->setSpacing(metric::margin);
  auto* title = new QLabel(tr("Box sizes"));
  title->setFont(textFont(TextSize::Body, true));
  readOut_ = new ElidedLabel(nullptr, Qt::ElideRight);
  readOut_->setFont(numberFont());
  readOut_->setMinimumWidth(1);
  setTone(readOut_, Tone::Dim);
  connect(scatter_, &AnchorScatter::pointedAt, readOut_, &QLabel::setText);
  log_ = new QCheckBox(tr("Log axes"));
  headerRow->addWidget(title);
  headerRow->addWidget(readOut_, 1);
  headerRow->addWidget(log_);
  auto* left = new QWidget;
  auto* leftColumn = new QVBoxLayout(left);
  leftColumn->setContentsMargins(0, 0, 0, 0);
  leftColumn->setSpacing(0);
  leftColumn->addWidget(scatterHeader);
  leftColumn->addWidget(scatter_, 1);

  curve_ = new Chart;
  curve_->setTitle(tr("Mean IOU over k"));
  curve_->setAxisNames(tr("k, the number of anchors"), tr("mean IOU, %"));
  curve_->setDirectLabels(false);
  curve_->setDigits(1);
  curve_->setMessage(tr("Cluster to see how the mean\nIOU grows with k"));
  LineStyle line;
  line.name = tr("this dataset");
  line.markers = true;
  curve_->addLine(line);
  curve_->addReference(5, paperFive, tr("paper, VOC: 61.0"));
  curve_->addReference(9, paperNine, tr("paper, VOC: 67.2"));
  connect(curve_, &Chart::clicked, this,
          [this](double x, double) { k_->setValue(static_cast<int>(x + 0.5)); });
  connect(curve_, &Chart::failed, this,
          [this](const JobError& error) { errorBar()->showError(error); });

  table_ = new QTableWidget(0, 7);
  table_->setHorizontalHeaderLabels({tr("Anchor"), tr("Width, cells"), tr("Height, cells"),
                                     tr("Width, px"), tr("Height, px"), tr("Share"),
                                     tr("Mean IOU")});
  table_->setFrameShape(QFrame::NoFrame);
  table_->setShowGrid(false);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setTabKeyNavigation(false);
  table_->verticalHeader()->setVisible(false);
  table_->verticalHeader()->setMinimumSectionSize(26);
  table_->verticalHeader()->setDefaultSectionSize(26);
  table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  table_->horizontalHeader()->setHighlightSections(false);
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  table_->horizontalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
  table_->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  table_->setAccessibleName(tr("Anchors"));
  table_->setMinimumHeight(28 + 3 * 26);
  connect(table_, &QTableWidget::itemSelectionChanged, this, [this] {
    const QList<QTableWidgetSelectionRange> ranges = table_->selectedRanges();
    scatter_->setHighlightedCluster(ranges.isEmpty() ? -1 : ranges.front().topRow());
  });

  auto* charts = new QSplitter(Qt::Horizontal);
  charts->setObjectName(QStringLiteral("charts"));
  charts->setChildrenCollapsible(false);
  charts->addWidget(left);
  charts->addWidget(curve_);
  charts->setStretchFactor(0, 1);
  charts->setStretchFactor(1, 1);
  charts->setSizes({500, 500});
  auto* rows = new QSplitter(Qt::Vertical);
  rows->setObjectName(QStringLiteral("rows"));
  rows->setChildrenCollapsible(false);
  rows->addWidget(charts);
  rows->addWidget(table_);
  rows->setStretchFactor(0, 1);
  rows->setStretchFactor(1, 0);
  rows->setSizes({560, 28 + 5 * 26 + 8});
  return rows;
}

QWidget* AnchorsPage::makeInspector() {
  auto* panel = new QWidget;
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(metric::wideMargin, metric::wideMargin, metric::wideMargin,
                             metric::wideMargin);
  column->setSpacing(metric::gap);
  k_ = new QSpinBox;
  k_->setRange(1, largestK);
  k_->setValue(5);
  update_ = new QComboBox;
  update_->addItem(tr("Mean"), static_cast<int>(ClusterUpdate::Mean));
  update_->addItem(tr("Median"), static_cast<int>(ClusterUpdate::Median));
  split_ = new QComboBox;
  size_ = new QSpinBox;
  size_->setRange(kHeadStride, kLargestInput);
  size_->setSingleStep(32);
  size_->setValue(416);
  size_->setSuffix(tr(" px"));
  seed_ = new QSpinBox;
  seed_->setRange(0, std::numeric_limits<int>::max());
  seed_->setValue(1);
  const auto explain = [](QWidget* field, const QString& name, const QString& tip) {
    field->setAccessibleName(name);
    field->setToolTip(tip);
  };
  explain(k_, tr("Number of anchors"), tr("How many anchors to make"));
  explain(update_, tr("Update"), tr("How a cluster\u2019s anchor follows from its boxes"));
  explain(split_, tr("Boxes of"), tr("Which pictures\u2019 boxes are clustered"));
  explain(size_, tr("Input size"), tr("The network\u2019s input, a multiple of 32"));
  explain(seed_, tr("Seed"), tr("The same seed gives the same anchors"));
  connect(size_, &QSpinBox::editingFinished, this,
          [this] { size_->setValue((size_->value() + 16) / 32 * 32); });
  connect(size_, &QSpinBox::valueChanged, this, [this](int value) {
    if (value % 32 == 0) forget();
  });
  connect(split_, &QComboBox::currentIndexChanged, this, [this] {
    stale_ = true;
    forget();
    if (isVisible()) collect();
  });
  // The curve is made for every k; only what it depends on makes it void.
  connect(update_, &QComboBox::currentIndexChanged, this, &AnchorsPage::forgetCurve);
  connect(seed_, &QSpinBox::valueChanged, this, &AnchorsPage::forgetCurve);
  auto* form = new QFormLayout;
  form->setHorizontalSpacing(metric::wideMargin);
  form->setVerticalSpacing(metric::gap);
  form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->addRow(tr("&k"), k_);
  form->addRow(tr("&Boxes of"), split_);
  form->addRow(tr("&Update"), update_);
  form->addRow(tr("&Input size"), size_);
  form->addRow(tr("&Seed"), seed_);
  cluster_ = new QPushButton(tr("Cluster"));
  setMain(cluster_);
  connect(cluster_, &QPushButton::clicked, this, [this] {
    if (clustering_.isRunning()) {
      clustering_.cancel();
      refreshButtons();
    } else {
      cluster();
    }
  });
  meanIou_ = new QLabel;
  meanIou_->setFont(numberFont(TextSize::Large, true));
  facts_ = makeText({}, Tone::Dim);
  advice_ = makeText(
      tr("Anchors are the box shapes a YOLOv2 network starts from. A higher mean IOU means shapes "
         "closer to your boxes; more anchors cost time and memory."),
      Tone::Dim);
  use_ = new QPushButton(tr("Use for training"));
  connect(use_, &QPushButton::clicked, this, &AnchorsPage::useForTraining);
  column->addLayout(form);
  column->addSpacing(4);
  column->addWidget(cluster_);
  column->addSpacing(metric::wideMargin);
  column->addWidget(makeCaption(tr("Result")));
  column->addWidget(meanIou_);
  column->addWidget(facts_);
  column->addSpacing(4);
  column->addWidget(use_);
  column->addSpacing(metric::wideMargin);
  column->addWidget(advice_);
  column->addStretch();
  return panel;
}

void AnchorsPage::documentChanged() {
  stale_ = true;
  clusterWhenCollected_ = false;
  collecting_.cancel();
  boxes_.reset();
  forget();
  {
    const QSignalBlocker quiet(split_);
    split_->clear();
    split_->addItem(tr("All pictures"), QStringLiteral("all"));
    for (const auto& entry : state().document().splits()) {
      const QString name = QString::fromStdString(entry.first);
      split_->addItem(name, name);
    }
  }
  scatter_->setBoxes(nullptr, size_->value());
  Q_EMIT availabilityChanged();
  if (isVisible()) collect();
}

void AnchorsPage::boxesChanged() {
  stale_ = true;
  collecting_.cancel();
  // The first box of a dataset, or the last one's end.
  Q_EMIT availabilityChanged();
  if (isVisible()) collect();
}

void AnchorsPage::activated() {
  collect();
  cluster_->setFocus(Qt::OtherFocusReason);
}

void AnchorsPage::forget() {
  clustering_.cancel();
  result_.reset();
  if (boxes_) scatter_->setBoxes(boxes_, size_->value());
  table_->setRowCount(0);
  meanIou_->setText(QStringLiteral("\u2013"));
  facts_->setText(boxes_ ? tr("%L1 boxes").arg(static_cast<qulonglong>(boxes_->fractions.size()))
                         : QString());
  forgetCurve();
  refreshButtons();
}

void AnchorsPage::forgetCurve() {
  curving_.cancel();
  curveQueue_.reset();
  curvePoints_.clear();
  curveDone_ = false;
  showCurve();
}

void AnchorsPage::collect() {
  if (!stale_ || !unavailableReason().isEmpty()) return;
  stale_ = false;
  const auto dataset = state().document().snapshot();
  const auto splits = std::make_shared<const Splits>(state().document().splits());
  const std::string split = split_->currentData().toString().toStdString();
  collecting_.start(
      [dataset, splits, split](std::stop_token, JobProgress&) {
        return std::make_shared<const BoxSizes>(boxSizesOf(*dataset, *splits, split));
      },
      [this](std::shared_ptr<const BoxSizes> boxes) {
        boxes_ = std::move(boxes);
        forget();
        if (std::exchange(clusterWhenCollected_, false)) cluster();
      });
}

ClusterOptions AnchorsPage::options() const {
  ClusterOptions options;
  options.k = k_->value();
  options.seed = static_cast<std::uint64_t>(seed_->value());
  options.update = static_cast<ClusterUpdate>(update_->currentData().toInt());
  options.threads = availableCores();
  options.inputSize = size_->value();
  return options;
}

void AnchorsPage::cluster() {
  errorBar()->clear();
  if (!unavailableReason().isEmpty()) return;
  if (!boxes_ || stale_) {
    clusterWhenCollected_ = true;
    collect();
    return;
  }
  size_->setValue((size_->value() + 16) / 32 * 32);
  const std::shared_ptr<const BoxSizes> boxes = boxes_;
  const ClusterOptions chosen = options();
  resultSize_ = chosen.inputSize;
  clustering_.start(
      [boxes, chosen](std::stop_token stop, JobProgress& progress) {
        Clustered out;
        out.set = clusterAnchors(boxes->fractions, chosen, stop,
                                 [&](double fraction) { progress.set(fraction); });
        const std::size_t k = out.set.anchors.size();
        out.members.resize(k);
        out.meanIou.resize(k);
        const double side = chosen.inputSize / stride;
        for (std::size_t i = 0; i < out.set.assignment.size(); ++i) {
          const auto anchor = static_cast<std::size_t>(out.set.assignment[i]);
          if (anchor >= k) continue;
          const Size& f = boxes->fractions[i];
          ++out.members[anchor];
          out.meanIou[anchor] +=
              sizeIou({f.width * side, f.height * side}, out.set.anchors[anchor]);
        }
        for (std::size_t i = 0; i < k; ++i) {
          if (out.members[i] > 0) out.meanIou[i] /= static_cast<double>(out.members[i]);
        }
        return out;
      },
      [this, boxes](Clustered clustered) {
        if (boxes != boxes_) return;
        showResult(std::move(clustered));
        if (!curveDone_) startCurve();
      });
}

void AnchorsPage::startCurve() {
  const std::shared_ptr<const BoxSizes> boxes = boxes_;
  ClusterOptions chosen = options();
  chosen.restarts = curveRestarts;
  auto queue = std::make_shared<DrainQueue<CurvePoint>>();
  curveQueue_ = queue;
  curvePoints_.clear();
  curveTimer_.start();
  curving_.start(
      [boxes, chosen, queue](std::stop_token stop, JobProgress& progress) {
        anchorCurve(boxes->fractions, curveK, chosen, stop, [&](const CurvePoint& point) {
          progress.set(double(point.k) / curveK, tr("k = %1").arg(point.k));
          queue->push(point);
        });
        return !stop.stop_requested();
      },
      [this, queue](bool complete) {
        if (queue != curveQueue_) return;
        takeCurvePoints();
        curveTimer_.stop();
        curveDone_ = complete;
      });
}

void AnchorsPage::takeCurvePoints() {
  if (!curveQueue_) {
    curveTimer_.stop();
    return;
  }
  const std::vector<CurvePoint> points = curveQueue_->take();
  if (points.empty()) return;
  curvePoints_.insert(curvePoints_.end(), points.begin(), points.end());
  showCurve();
}

void AnchorsPage::showCurve() {
  std::vector<double> x, y;
  for (const CurvePoint& point : curvePoints_) {
    x.push_back(point.k);
    y.push_back(point.meanIou * 100);
  }
  curve_->setPoints(0, x, y);
  curve_->refresh();
}

void AnchorsPage::showResult(Clustered clustered) {
  AnchorSet& set = clustered.set;
  const auto k = static_cast<int>(set.anchors.size());
  std::vector<Size> pixels;
  for (const Size& anchor : set.anchors) {
    pixels.push_back({anchor.width * stride, anchor.height * stride});
  }
  auto assignment = std::make_shared<const std::vector<int>>(set.assignment);
  table_->setRowCount(k);
  const double total = std::max<double>(1, static_cast<double>(set.assignment.size()));
  for (int i = 0; i < k; ++i) {
    const Size& anchor = set.anchors[static_cast<std::size_t>(i)];
    auto* name = new QTableWidgetItem(swatch(clusterColour(i)), QString::number(i + 1));
    name->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    table_->setItem(i, 0, name);
    table_->setItem(i, 1, makeCell(QString::number(anchor.width, 'f', 3)));
    table_->setItem(i, 2, makeCell(QString::number(anchor.height, 'f', 3)));
    table_->setItem(i, 3, makeCell(QString::number(anchor.width * stride, 'f', 1)));
    table_->setItem(i, 4, makeCell(QString::number(anchor.height * stride, 'f', 1)));
    const auto index = static_cast<std::size_t>(i);
    const double share = static_cast<double>(clustered.members[index]) / total;
    table_->setItem(i, 5, makeCell(tr("%1 %").arg(share * 100, 0, 'f', 1)));
    table_->setItem(i, 6, makeCell(tr("%1 %").arg(clustered.meanIou[index] * 100, 0, 'f', 1)));
  }
  scatter_->setClusters(std::move(assignment), std::move(pixels));
  meanIou_->setText(tr("%1 %").arg(set.meanIou * 100, 0, 'f', 1));
  facts_->setText(tr("mean IOU of %L1 boxes with their best of %2 anchors, after %3 rounds")
                      .arg(static_cast<qulonglong>(set.assignment.size()))
                      .arg(k)
                      .arg(set.iterations));
  result_ = std::move(set);
  refreshButtons();
}

void AnchorsPage::refreshButtons() {
  const bool busy = clustering_.isRunning();
  cluster_->setText(busy ? (clustering_.isCancelling() ? tr("Stopping\u2026") : tr("Stop"))
                         : tr("Cluster"));
  setMain(cluster_, !busy);
  const bool have = result_.has_value();
  use_->setEnabled(have && !busy);
  useAction_->setEnabled(have && !busy);
  clusterAction_->setText(busy ? tr("Stop clustering") : tr("Cluster"));
  clusterAction_->setEnabled(unavailableReason().isEmpty());
  copyAction_->setEnabled(have);
  pictureAction_->setEnabled(boxes_ != nullptr);
  tableAction_->setEnabled(boxes_ != nullptr);
}

void AnchorsPage::useForTraining() {
  if (!result_) return;
  state().setAnchors(ChosenAnchors{*result_, resultSize_});
  state().showPage(QStringLiteral("train"));
}

void AnchorsPage::copyAnchors() {
  if (!result_) return;
  QStringList pairs;
  for (const Size& anchor : result_->anchors)
    pairs.append(
        QStringLiteral("%1,%2").arg(anchor.width, 0, 'f', 4).arg(anchor.height, 0, 'f', 4));
  QApplication::clipboard()->setText(pairs.join(QStringLiteral(", ")));
}

void AnchorsPage::openBox(qulonglong index) {
  if (!boxes_ || index >= boxes_->origins.size()) return;
  const BoxSizes::Origin& origin = boxes_->origins[index];
  state().select(origin.picture, origin.box);
  state().showPage(QStringLiteral("data"));
}

}  // namespace boxwright::ui
