// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>

namespace boxwright::ui {

class DatasetDocument;

/// The dataset's problems, two lines each: what, and file and line. A click, Enter or an arrow key
/// chooses one.
class ProblemList : public QListView {
  Q_OBJECT
 public:
  explicit ProblemList(DatasetDocument& document, QWidget* parent = nullptr);

 Q_SIGNALS:
  void chosen(int problem);

 private:
  class Model;
  class Delegate;
};

}  // namespace boxwright::ui
