// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <memory>
#include <vector>

#include "ui/name_finder.h"

namespace boxwright {
struct TreeBeside;
}

namespace boxwright::ui {

class DatasetDocument;
class LabelEditor;

/// Chooses the class of labels: names that begin with what is typed come first. Where the dataset
/// is part of a combined one, all nodes of its tree are there; one that is no class yet becomes
/// one.
class ClassFinder : public NameFinder {
  Q_OBJECT
 public:
  ClassFinder(DatasetDocument& document, LabelEditor& editor, QWidget* canvas);

  /// Opens near the point of the canvas, with the names of all classes.
  void openAt(const QPoint& point);

 protected:
  void match(const QString& typed) override;
  void take(int id) override;

 private:
  void offerNodes(const QString& typed, bool beginning);

  DatasetDocument& document_;
  LabelEditor& editor_;
  int classes_ = 0;
  std::shared_ptr<const TreeBeside> tree_;  ///< of the document; null without one
  QStringList names_;                       ///< of all its nodes, as classes
  std::vector<bool> taken_;                 ///< of each: it is a class already, or cannot be one
};

}  // namespace boxwright::ui
