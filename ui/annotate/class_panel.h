// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>
#include <QWidget>
#include <vector>

class QAction;
class QLineEdit;

namespace boxwright::ui {

class DatasetDocument;
class LabelEditor;

/// The classes with their keys and colours and how many boxes of each are in the picture. A click
/// or Enter chooses one; below, where the dataset takes new classes, a field for their names.
class ClassPanel : public QWidget {
  Q_OBJECT
 public:
  /// The first classes have these actions, whose keys are shown; they must outlive the panel.
  ClassPanel(DatasetDocument& document, LabelEditor& editor, const std::vector<QAction*>& actions,
             QWidget* parent = nullptr);

  QListView* list() const { return list_; }
  QLineEdit* newClass() const { return newClass_; }

 private:
  class Model;
  class List;

  void refresh();
  void addClass();

  DatasetDocument& document_;
  LabelEditor& editor_;
  Model* model_;
  QListView* list_;
  QLineEdit* newClass_;
};

}  // namespace boxwright::ui
