// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>
#include <vector>

#include "core/base/problem.h"

namespace boxwright::ui {

class DatasetDocument;

/// Problems of the dataset, or those that it is given, two lines each: what, and file and line. A
/// click, Enter or an arrow key chooses one.
class ProblemList : public QListView {
  Q_OBJECT
 public:
  explicit ProblemList(DatasetDocument& document, QWidget* parent = nullptr);
  /// An empty one of this name.
  explicit ProblemList(const QString& name, QWidget* parent = nullptr);
  void setProblems(std::vector<Problem> problems);

 Q_SIGNALS:
  void chosen(int problem);

 private:
  class Model;
  class Delegate;
  ProblemList(const QString& name, const std::vector<Problem>& problems, QWidget* parent);

  std::vector<Problem> own_;
  Model* model_;
};

}  // namespace boxwright::ui
