// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <filesystem>
#include <vector>

#include "core/train/run.h"
#include "core/train/train_event.h"

class QFormLayout;
class QLabel;
class QTreeWidget;

namespace boxwright::ui {

/// What a run was told and how each class does, in the inspector while it trains.
class RunFacts : public QWidget {
  Q_OBJECT
 public:
  explicit RunFacts(QWidget* parent = nullptr);

  void showRun(const std::filesystem::path& folder, const RunSettings& settings, bool classifier);
  /// Classes with their AP (of a classifier: top-1) after the newest validation; null: none yet.
  void showValidation(const ValidationEvent* validation);

 private:
  QFormLayout* rows_;
  QLabel *title_, *folder_, *classesCaption_;
  QTreeWidget* classes_;
};

}  // namespace boxwright::ui
