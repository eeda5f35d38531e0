// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSlider;
class QToolButton;

namespace boxwright::ui {

class AnnotateActions;
class ModelPicker;
class Proposer;
class StudioState;

/// Folds out: which model proposes boxes, where, and from which score on they are shown.
class ProposalPanel : public QWidget {
  Q_OBJECT
 public:
  ProposalPanel(StudioState& state, Proposer& proposer, AnnotateActions& actions,
                QWidget* parent = nullptr);

  ModelPicker* model() const { return model_; }
  QDoubleSpinBox* threshold() const { return threshold_; }
  QSlider* thresholdSlider() const { return slider_; }
  bool isOpen() const;
  void setOpen(bool open);
  /// Folds out with the keyboard on the choice of the model.
  void askForModel();
  /// Looks for the runs of the dataset.
  void lookForRuns();

 private:
  QWidget* makeThreshold();
  void stepThreshold(double by);
  void refresh();
  QString stateText() const;

  StudioState& state_;
  Proposer& proposer_;
  ModelPicker* model_;
  QToolButton* fold_;
  QWidget* inner_;
  QPushButton *all_, *pause_, *stop_;
  QCheckBox* asIGo_;
  QSlider* slider_ = nullptr;
  QDoubleSpinBox* threshold_ = nullptr;
  QLabel* note_;
};

}  // namespace boxwright::ui
