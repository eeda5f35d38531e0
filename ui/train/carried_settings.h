// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "core/train/run_settings.h"

class QLabel;

namespace boxwright::ui {

/// The settings that have no field in the form: carried along from a run, named, and dropped on
/// request. Not to be seen while there are none.
class CarriedSettings : public QWidget {
  Q_OBJECT
 public:
  explicit CarriedSettings(QWidget* parent = nullptr);

  /// Takes of a run's settings what has no field.
  void take(const RunSettings& settings);
  /// The defaults, but for what is carried.
  const RunSettings& settings() const { return settings_; }

 Q_SIGNALS:
  void dropped();

 private:
  void refresh();

  QLabel* note_;
  RunSettings settings_;
};

}  // namespace boxwright::ui
