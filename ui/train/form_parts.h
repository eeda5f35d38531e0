// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <initializer_list>

class QFormLayout;
class QLabel;
class QSpinBox;
class QToolButton;
class QVBoxLayout;
class QWidget;

namespace boxwright::ui {

// What the forms of the pages are made of.

/// A box of whole numbers, the lowest of which may have a meaning of its own.
QSpinBox* makeSpin(int lowest, int highest, int value, const QString& name, int step = 1);

/// A line under a field, seen while it has something to say.
QLabel* makeNote(const QString& objectName);
void setNote(QLabel* note, const QString& text);

/// "…" beside a field, which opens a file dialog.
QToolButton* makeBrowse(const QString& name);

/// A caption with a group of fields under it.
QFormLayout* addGroup(QVBoxLayout* column, const QString& caption);
void addRow(QFormLayout* form, const QString& label, QWidget* field);

/// Puts widgets side by side; those of a fixed width keep it. The first takes the focus.
void fillRow(QWidget* holder, std::initializer_list<QWidget*> widgets);
QWidget* inRow(std::initializer_list<QWidget*> widgets);

}  // namespace boxwright::ui
