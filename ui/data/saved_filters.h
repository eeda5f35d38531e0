// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>
#include <QStringList>

namespace boxwright::ui {

class StudioState;

/// The menu of filters kept by name in the settings, for all datasets: choose one, keep the one in
/// force, take one out. GUI thread only.
class SavedFilters : public QMenu {
  Q_OBJECT
 public:
  explicit SavedFilters(StudioState& state, QWidget* parent = nullptr);

  QStringList names() const;
  QString textOf(const QString& name) const;
  /// Keeps the filter under the name, in place of what was there.
  void keep(const QString& name, const QString& text);
  void remove(const QString& name);

 private:
  void fill();
  void askForName();

  StudioState& state_;
};

}  // namespace boxwright::ui
