// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/node_table.h"

#include <QAction>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "core/base/atomic_file.h"
#include "ui/charts/bar_delegate.h"
#include "ui/number_text.h"
#include "ui/save_dialog.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int leastWidthWithDepth = 360;

QString meanText(const std::optional<double>& mean) {
  return mean ? numberText(*mean, 3) : QStringLiteral("\u2013");
}

QString depthsText(const std::vector<std::optional<double>>& depths) {
  QStringList parts;
  for (const std::optional<double>& depth : depths)
    parts << meanText(depth);
  return parts.join(QStringLiteral(" \u00b7 "));
}

/// What stands over the table, and all of it for those who ask.
struct Summary {
  QString text, tip;
};

Summary summaryOf(const TreeScore& score, double hierarchy) {
  QString leaves = NodeTable::tr("Leaves %1").arg(meanText(score.leaves));
  if (score.seen || score.unseen) {
    leaves += NodeTable::tr(" (with boxes in training %1, without %2)")
                  .arg(meanText(score.seen), meanText(score.unseen));
  }
  const QString precision = numberText(score.hierarchicalPrecision, 3);
  return {NodeTable::tr("%1\nBy depth %2; hierarchical precision %3")
              .arg(leaves, depthsText(score.depths), precision),
          NodeTable::tr("AP50. %1; by depth, from the roots on, %2. Hierarchical precision %3: of "
                        "%L4 answers, each as deep as it is surer than %5, the mean share of the "
                        "way to their truth that they know")
              .arg(leaves, depthsText(score.depths), precision)
              .arg(score.answers)
              .arg(numberText(hierarchy, 2))};
}

Summary summaryOf(const TreeClassification& score) {
  std::vector<std::optional<double>> depths;
  for (const TreeClassification::Share& depth : score.depths)
    depths.emplace_back(depth.value());
  const QString precision = numberText(score.hierarchicalPrecision, 3);
  return {
      NodeTable::tr("By depth %1; hierarchical precision %2").arg(depthsText(depths), precision),
      NodeTable::tr("The share of pictures whose most probable leaf is within their class, by "
                    "depth from the roots on: %1. Hierarchical precision %2: the mean share of "
                    "the way to their class that the answers know")
          .arg(depthsText(depths), precision)};
}

}  // namespace

NodeTable::NodeTable(QWidget* parent)
    : QWidget(parent),
      model_(new NodeModel(this)),
      summary_(new QLabel),
      filter_(new QLineEdit(this)),
      view_(new QTableView),
      saving_(tr("Saving a table"), QStringLiteral("evaluate")) {
  summary_->setObjectName(QStringLiteral("treeSummary"));
  summary_->setWordWrap(true);
  summary_->setContentsMargins(metric::gap, 0, metric::gap, 0);
  setTextSize(summary_, TextSize::Small);
  setTone(summary_, Tone::Dim);
  filter_->setObjectName(QStringLiteral("nodeFilter"));
  filter_->setAccessibleName(tr("Classes whose name has this in it"));
  filter_->setPlaceholderText(tr("Filter the classes"));
  filter_->setClearButtonEnabled(true);
  view_->setObjectName(QStringLiteral("nodes"));
  view_->setAccessibleName(tr("Scores of the classes of the tree"));
  view_->setModel(model_);
  view_->setItemDelegateForColumn(NodeModel::Score, new BarDelegate(this));
  view_->setFrameShape(QFrame::NoFrame);
  view_->setShowGrid(false);
  view_->setWordWrap(false);
  view_->setTabKeyNavigation(false);
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setSelectionMode(QAbstractItemView::SingleSelection);
  view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  view_->setContextMenuPolicy(Qt::ActionsContextMenu);
  view_->verticalHeader()->hide();
  view_->verticalHeader()->setMinimumSectionSize(24);
  view_->verticalHeader()->setDefaultSectionSize(24);
  view_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  QHeaderView* const header = view_->horizontalHeader();
  header->setHighlightSections(false);
  header->setMinimumSectionSize(40);
  header->setSectionResizeMode(QHeaderView::Fixed);
  header->setSectionResizeMode(NodeModel::Name, QHeaderView::Stretch);
  header->setSortIndicatorClearable(true);
  header->setSortIndicator(-1, Qt::AscendingOrder);
  view_->setSortingEnabled(true);
  header->setSortIndicatorShown(false);  // the words have it, with less room
  fitColumns();
  auto* save = new QAction(tr("Save the table as &CSV\u2026"), view_);
  connect(save, &QAction::triggered, this, &NodeTable::saveCsvAs);
  view_->addAction(save);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addWidget(summary_);
  column->addWidget(view_, 1);

  connect(filter_, &QLineEdit::textChanged, model_, &NodeModel::setFilter);
  connect(model_, &QAbstractItemModel::modelReset, this, [this] { setPicked(picked_); });
  connect(view_, &QTableView::clicked, this,
          [this](const QModelIndex& index) { Q_EMIT picked(model_->nodeAt(index.row())); });
  connect(view_, &QTableView::activated, this, [this](const QModelIndex& index) {
    if (!QGuiApplication::mouseButtons()) Q_EMIT picked(model_->nodeAt(index.row()));
  });
  connect(&saving_, &Job::failed, this, &NodeTable::failed);
}

void NodeTable::setEvaluation(const ScoredEvaluation& model) {
  const Evaluation& evaluation = *model.evaluation;
  const auto say = [this](const Summary& summary) {
    summary_->setText(summary.text);
    summary_->setToolTip(summary.tip);
  };
  if (model.tree) say(summaryOf(*model.tree, evaluation.request.detect.tree.threshold));
  if (shown_ == model.evaluation) return;  // at another confidence the nodes have the same scores
  shown_ = model.evaluation;
  std::vector<NodeRow> rows;
  if (model.tree) {
    for (const TreeScore::Node& node : model.tree->nodes)
      rows.push_back({node.node, node.score.ap, node.score.truths, node.hadBoxes});
  } else if (evaluation.classified && evaluation.classified->tree) {
    say(summaryOf(*evaluation.classified->tree));
    for (const TreeClassification::Node& node : evaluation.classified->tree->nodes)
      rows.push_back({node.node, node.share.value(), node.share.pictures});
  }
  const bool boxes = std::any_of(rows.begin(), rows.end(),
                                 [](const NodeRow& row) { return row.hadBoxes.has_value(); });
  view_->setColumnHidden(NodeModel::Boxes, !boxes);
  QHeaderView* const header = view_->horizontalHeader();
  if (!boxes && header->sortIndicatorSection() == NodeModel::Boxes)
    header->setSortIndicator(-1, Qt::AscendingOrder);
  model_->setRows(std::move(rows), evaluation.classTree, evaluation.names,
                  evaluation.classified ? NodeModel::Of::Pictures : NodeModel::Of::Boxes);
  fitColumns();
}

void NodeTable::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  view_->setColumnHidden(NodeModel::Depth, width() < leastWidthWithDepth);
}

/// All but the names are as wide as what stands over them.
void NodeTable::fitColumns() {
  const QFontMetrics metrics(textFont());
  for (const int column : {NodeModel::Score, NodeModel::Truths, NodeModel::Depth, NodeModel::Boxes})
    view_->setColumnWidth(
        column, metrics.horizontalAdvance(model_->headOf(column) + QStringLiteral(" \u2193")) + 12);
}

void NodeTable::setPicked(std::optional<int> node) {
  picked_ = node;
  const int row = node ? model_->rowOf(*node) : -1;
  if (row < 0) return view_->clearSelection();
  view_->selectRow(row);
}

void NodeTable::saveCsvAs() {
  askWhereToSave(this, tr("Save the table"), QStringLiteral("tree.csv"), tr("Table (*.csv)"),
                 [this](const QString& file) { saveCsv(file); });
}

void NodeTable::saveCsv(const QString& file) {
  saving_.start(
      [text = model_->csv(), file](std::stop_token, JobProgress&) {
        writeFileAtomically(pathFromUtf8(file.toStdString()), text);
      },
      [] {});
}

}  // namespace boxwright::ui
