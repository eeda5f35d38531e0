// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QString>
#include <functional>
#include <memory>
#include <vector>

#include "core/taxonomy/class_names.h"
#include "ui/charts/chart_panel.h"
#include "ui/charts/tree_layout.h"

namespace boxwright::ui {

/// A tree of classes as a picture, each node in the colour of its score: the roots in the first
/// row, below each node what is within it, as wide as it has leaves; leaves reach to the bottom.
/// Nodes that are narrower than a pixel show the mean of their pixel. A click or Enter on a node
/// shows it alone, with what is above it; Esc goes back a step. GUI thread.
class TreeChart : public ChartPanel {
  Q_OBJECT
 public:
  explicit TreeChart(const QString& title, QWidget* parent = nullptr);

  /// `names` are for people, one a node. Null: nothing is shown.
  void setTree(std::shared_ptr<const ClassTree> tree, std::shared_ptr<const ClassNames> names);
  /// A score a node, 0 to 1; no number where nothing was measured. `text` says all of a node.
  using Namer = std::function<QString(int node)>;
  void setScores(std::vector<float> scores, Namer text);

  /// The node that fills the width; -1: none, the whole tree is shown.
  int shownNode() const { return shown_; }
  void zoomTo(int node);
  /// Of a node in the panel's coordinates, at least a pixel wide; empty outside of the view.
  QRect placeOf(int node) const;
  int markedNode() const { return marked(); }

 protected:
  int partCount() const override { return layout_ ? layout_->tree().size() : 0; }
  QString partTag(int part) const override;
  QString partText(int part) const override { return text_ ? text_(part) : QString(); }
  int partAt(const QPoint& point) const override;
  void showMarks() override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;

 private:
  class Field;
  /// Where a node lies in the field, which may be less than a pixel.
  QRectF rectOf(int node) const;
  int rows() const { return layout_->deepest(shown_) + 1; }
  int rowHeight() const;
  /// The height of the field without the legend.
  int treeHeight() const;
  bool isInView(int node) const;
  void redraw();
  void draw(QPainter& painter) const;
  void drawRow(QPainter& painter, int depth) const;
  void drawNode(QPainter& painter, int node, const QRect& rect) const;
  void drawLegend(QPainter& painter) const;
  void paint();

  Field* field_;
  std::unique_ptr<TreeLayout> layout_;
  std::shared_ptr<const ClassNames> names_;
  std::vector<float> scores_;
  Namer text_;
  int shown_ = -1;
  QImage drawn_;  ///< all but the marks; null: to be drawn anew
};

}  // namespace boxwright::ui
