// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "ui/evaluate/evaluation.h"
#include "ui/evaluate/node_model.h"
#include "ui/job.h"

class QLabel;
class QLineEdit;
class QTableView;

namespace boxwright::ui {

/// How a model over a class tree does at each of its nodes: the means over leaves and depths in
/// words, and the nodes as a table. A click on a column's head orders by it, the next turns that
/// round, the third brings the tree back; a click on a row, or Enter, picks its node. The filter's
/// field is put where there is room for it by who shows the table.
class NodeTable : public QWidget {
  Q_OBJECT
 public:
  explicit NodeTable(QWidget* parent = nullptr);

  /// Of a model over a class tree.
  void setEvaluation(const ScoredEvaluation& model);
  /// Stays so while the table is ordered and filtered.
  void setPicked(std::optional<int> node);

  NodeModel* model() const { return model_; }
  QTableView* view() const { return view_; }
  QLineEdit* filter() const { return filter_; }
  QLabel* summary() const { return summary_; }

  /// Asks for a file.
  void saveCsvAs();
  void saveCsv(const QString& file);

 Q_SIGNALS:
  void picked(int node);
  void failed(const boxwright::ui::JobError& error);

 protected:
  /// Without the depth, which the indents show, where there is no room for it.
  void resizeEvent(QResizeEvent* event) override;

 private:
  void fitColumns();

  NodeModel* model_;
  QLabel* summary_;
  QLineEdit* filter_;
  QTableView* view_;
  std::shared_ptr<const Evaluation> shown_;
  std::optional<int> picked_;
  Job saving_;
};

}  // namespace boxwright::ui
