// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QSlider;

namespace boxwright::ui {

class AnnotateActions;
class AnnotateCanvas;
class BoxFields;
class ClassPanel;
class LabelEditor;
class ObjectList;
class ProposalPanel;
class Proposer;
class StudioState;

/// What a model proposes, classes, the boxes of the picture, the selected one in numbers, the
/// picture's state, and how bright it is shown.
class AnnotateInspector : public QWidget {
  Q_OBJECT
 public:
  AnnotateInspector(StudioState& state, LabelEditor& editor, AnnotateCanvas& canvas,
                    AnnotateActions& actions, Proposer& proposer, QWidget* parent = nullptr);

  ProposalPanel* proposals() const { return proposals_; }
  ClassPanel* classes() const { return classes_; }
  ObjectList* objects() const { return objects_; }
  BoxFields* fields() const { return fields_; }
  QSlider* brightness() const { return brightness_; }
  QSlider* contrast() const { return contrast_; }

 private:
  QWidget* makeStates(AnnotateActions& actions);
  QWidget* makeEye(AnnotateCanvas& canvas, AnnotateActions& actions);
  void refresh();

  LabelEditor& editor_;
  ProposalPanel* proposals_;
  ClassPanel* classes_;
  ObjectList* objects_;
  BoxFields* fields_;
  QLabel* objectsCaption_;
  QSlider* brightness_ = nullptr;
  QSlider* contrast_ = nullptr;
};

}  // namespace boxwright::ui
