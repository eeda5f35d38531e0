// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/annotate_inspector.h"

#include <QAction>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/annotate/action_button.h"
#include "ui/annotate/annotate_actions.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/box_fields.h"
#include "ui/annotate/class_panel.h"
#include "ui/annotate/label_editor.h"
#include "ui/annotate/object_list.h"
#include "ui/annotate/proposal_panel.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int eyeStep = 10;

}  // namespace

AnnotateInspector::AnnotateInspector(StudioState& state, LabelEditor& editor,
                                     AnnotateCanvas& canvas, AnnotateActions& actions,
                                     Proposer& proposer, QWidget* parent)
    : QWidget(parent),
      editor_(editor),
      proposals_(new ProposalPanel(state, proposer, actions)),
      classes_(new ClassPanel(state.document(), editor, actions.classes)),
      objects_(new ObjectList(editor)),
      fields_(new BoxFields(editor)),
      objectsCaption_(makeCaption({})) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::margin, metric::margin, metric::margin, metric::margin);
  column->setSpacing(4);
  column->addWidget(makeCaption(tr("Picture")));
  column->addWidget(makeStates(actions));
  column->addSpacing(metric::gap);
  column->addWidget(proposals_);
  column->addSpacing(metric::gap);
  auto* caption = new QHBoxLayout;
  caption->addWidget(makeCaption(tr("Classes")), 1);
  auto* edit = new QToolButton;
  edit->setDefaultAction(actions.editClasses);
  edit->setAccessibleName(actions.editClasses->text());
  caption->addWidget(edit);
  column->addLayout(caption);
  column->addWidget(classes_);
  column->addSpacing(metric::gap);
  column->addWidget(objectsCaption_);
  column->addWidget(objects_, 1);
  column->addSpacing(4);
  column->addWidget(makeCaption(tr("Selected box, pixels")));
  column->addWidget(fields_);
  column->addSpacing(metric::gap);
  column->addWidget(makeEye(canvas, actions));
  connect(fields_, &BoxFields::left, &canvas, [&canvas] { canvas.setFocus(); });
  connect(objects_, &ObjectList::hovered, &canvas,
          [&canvas](std::optional<quint32> id) { canvas.setHovered(id); });
  connect(&canvas, &AnnotateCanvas::hoverChanged, objects_,
          [this, &canvas] { objects_->setHovered(canvas.hovered()); });
  connect(&editor_, &LabelEditor::changed, this, &AnnotateInspector::refresh);
  connect(&editor_, &LabelEditor::selectionChanged, this, &AnnotateInspector::refresh);
  refresh();
}

QWidget* AnnotateInspector::makeStates(AnnotateActions& actions) {
  auto* row = new QWidget;
  auto* box = new QHBoxLayout(row);
  box->setContentsMargins(0, 0, 0, 0);
  box->setSpacing(4);
  for (QAction* action : {actions.unlabelled, actions.negative, actions.verified}) {
    box->addWidget(makeActionButton(action), 1);
  }
  return row;
}

QWidget* AnnotateInspector::makeEye(AnnotateCanvas& canvas, AnnotateActions& actions) {
  auto* panel = new QWidget;
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  QToolButton* fold = makeDisclosure(tr("Brightness and contrast"));
  auto* inner = new QWidget;
  auto* grid = new QGridLayout(inner);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(metric::gap);
  const auto add = [&](const QString& name, const QString& told, int line) {
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setRange(-100, 100);
    slider->setPageStep(2 * eyeStep);
    slider->setAccessibleName(told);
    slider->setToolTip(told);
    auto* label = new QLabel(name);
    setTone(label, Tone::Dim);
    label->setBuddy(slider);
    grid->addWidget(label, line, 0);
    grid->addWidget(slider, line, 1);
    return slider;
  };
  brightness_ = add(tr("Brightness"), tr("How bright the picture is shown; its file stays"), 0);
  contrast_ = add(tr("Contrast"), tr("How rich in contrast it is shown; its file stays"), 1);
  auto* plain = new QToolButton;
  plain->setDefaultAction(actions.plain);
  plain->setText(tr("As it is"));
  plain->setFocusPolicy(Qt::StrongFocus);
  plain->setAccessibleName(actions.plain->text());
  grid->addWidget(plain, 2, 1, Qt::AlignRight);
  inner->hide();
  connect(fold, &QToolButton::toggled, inner, &QWidget::setVisible);
  connect(brightness_, &QSlider::valueChanged, &canvas, &AnnotateCanvas::setBrightness);
  connect(contrast_, &QSlider::valueChanged, &canvas, &AnnotateCanvas::setContrast);
  const auto by = [](QAction* action, QSlider* slider, int step) {
    connect(action, &QAction::triggered, slider,
            [slider, step] { slider->setValue(slider->value() + step); });
  };
  by(actions.darker, brightness_, -eyeStep);
  by(actions.brighter, brightness_, eyeStep);
  by(actions.flatter, contrast_, -eyeStep);
  by(actions.richer, contrast_, eyeStep);
  connect(actions.plain, &QAction::triggered, this, [this] {
    brightness_->setValue(0);
    contrast_->setValue(0);
  });
  column->addWidget(fold, 0, Qt::AlignLeft);
  column->addWidget(inner);
  return panel;
}

void AnnotateInspector::refresh() {
  const std::size_t all = editor_.boxes().size(), chosen = editor_.selected().size();
  objectsCaption_->setText(all == 0      ? tr("Boxes: none")
                           : chosen == 0 ? tr("Boxes: %L1").arg(static_cast<qulonglong>(all))
                                         : tr("Boxes: %L1, %L2 selected")
                                               .arg(static_cast<qulonglong>(all))
                                               .arg(static_cast<qulonglong>(chosen)));
}

}  // namespace boxwright::ui
