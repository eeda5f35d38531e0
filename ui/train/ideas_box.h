// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "core/network/network.h"
#include "core/train/ideas.h"

class QComboBox;
class QCheckBox;
class QLabel;
class QToolButton;
class QVBoxLayout;

namespace boxwright::ui {

/// The paper's ideas as switches, each with a line that says what it is: a group that unfolds, and
/// while folded says which ideas depart from the defaults. GUI thread only.
class IdeasBox : public QWidget {
  Q_OBJECT
 public:
  explicit IdeasBox(QWidget* parent = nullptr);

  Ideas ideas() const;
  void setIdeas(const Ideas& ideas);
  /// A classifier has several sizes of input to learn at, and none of the other ideas.
  void showFor(NetworkTask task);
  /// The weights that the network starts from: the high-resolution classifier, where there are any.
  void setBackbone(const QString& weights, int layers);

 Q_SIGNALS:
  void changed();
  /// The user wants to choose the weights to start from.
  void backboneWanted();

 private:
  /// One of the two is there: a box for on and off, a list for more.
  struct Row {
    QCheckBox* check = nullptr;
    QComboBox* list = nullptr;
    QWidget* field() const;
  };
  void addBackbone(QVBoxLayout* lines);
  void unfold(bool open);
  void refresh();

  NetworkTask task_ = NetworkTask::Detection;
  QToolButton* head_;
  QLabel* summary_;
  QWidget* body_;
  QLabel* backbone_ = nullptr;
  QToolButton* backboneButton_ = nullptr;
  std::vector<Row> rows_;  ///< as ideaRows()
};

}  // namespace boxwright::ui
