// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>
#include <optional>
#include <vector>

#include "ui/class_palette.h"
#include "ui/evaluate/evaluation.h"

namespace boxwright::ui {

/// The average precision of each class as bars, one below the other where two models are compared.
/// A click or Enter picks a class. Only visible rows are painted.
class ClassBars : public QListView {
  Q_OBJECT
 public:
  explicit ClassBars(QWidget* parent = nullptr);

  void setEvaluations(const std::vector<ScoredEvaluation>& models);
  void setClassPalette(ClassPalette palette);
  /// Shown as picked; nothing: none is.
  void setPicked(std::optional<int> classId);

 Q_SIGNALS:
  void picked(int classId);

 private:
  class Model;
  class Delegate;

  Model* model_;
  ClassPalette palette_;
  std::optional<int> picked_;
};

}  // namespace boxwright::ui
