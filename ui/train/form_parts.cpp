// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/form_parts.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace boxwright::ui {

QSpinBox* makeSpin(int lowest, int highest, int value, const QString& name, int step) {
  auto* box = new QSpinBox;
  box->setRange(lowest, highest);
  box->setSingleStep(step);
  box->setValue(value);
  box->setAccessibleName(name);
  box->setAlignment(Qt::AlignRight);
  return box;
}

QLabel* makeNote(const QString& objectName) {
  QLabel* const note = makeText({}, Tone::Dim);
  setTextSize(note, TextSize::Small);
  note->setObjectName(objectName);
  return note;
}

void setNote(QLabel* note, const QString& text) {
  note->setText(text);
  note->setVisible(!text.isEmpty());
}

QToolButton* makeBrowse(const QString& name) {
  auto* button = new QToolButton;
  button->setText(QStringLiteral("…"));
  button->setToolTip(name);
  button->setAccessibleName(name);
  return button;
}

QFormLayout* addGroup(QVBoxLayout* column, const QString& caption) {
  column->addWidget(makeCaption(caption));
  auto* form = new QFormLayout;
  form->setContentsMargins(0, 0, 0, metric::gap);
  form->setHorizontalSpacing(metric::margin);
  form->setVerticalSpacing(metric::gap);
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  column->addLayout(form);
  return form;
}

void addRow(QFormLayout* form, const QString& label, QWidget* field) {
  auto* words = new QLabel(label);
  words->setBuddy(field);
  words->setMinimumWidth(76);
  form->addRow(words, field);
}

void fillRow(QWidget* holder, std::initializer_list<QWidget*> widgets) {
  auto* row = new QHBoxLayout(holder);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(metric::gap);
  for (QWidget* widget : widgets)
    row->addWidget(widget, widget->sizePolicy().horizontalPolicy() == QSizePolicy::Fixed ? 0 : 1);
  if (widgets.size() > 0) holder->setFocusProxy(*widgets.begin());
}

QWidget* inRow(std::initializer_list<QWidget*> widgets) {
  auto* holder = new QWidget;
  fillRow(holder, widgets);
  return holder;
}

}  // namespace boxwright::ui
