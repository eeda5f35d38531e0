// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>
#include <vector>

#include "ui/evaluate/evaluation.h"

class QHBoxLayout;
class QLabel;

namespace boxwright::ui {

class ElidedLabel;

/// The numbers of an evaluation (of a classifier top-1 and top-5), large, and in words beside them
/// what they hold for; of a second model below.
class ScoreTiles : public QWidget {
  Q_OBJECT
 public:
  explicit ScoreTiles(QWidget* parent = nullptr);

  void setEvaluations(const std::vector<ScoredEvaluation>& models);

 private:
  struct Tile {
    QWidget* holder;
    QLabel* caption;
    QLabel* value;
    QLabel* other;
  };
  Tile add(QHBoxLayout* row, const QString& name, const QString& caption);
  void say(const Tile& tile, const std::vector<double>& values, int places);

  void sayOfClassifiers(const std::vector<ScoredEvaluation>& models);
  void sayWho(const std::vector<ScoredEvaluation>& models);

  Tile map50_, map_, precision_, recall_, top1_, top5_, images_;
  std::array<ElidedLabel*, 3> words_;
};

}  // namespace boxwright::ui
