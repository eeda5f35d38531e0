// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <string>
#include <vector>

#include "core/compute/backend.h"

namespace boxwright::ui {

/// For people: "cuda in bf16"; "cuda" where the precision is left to it.
QString textOf(const DeviceChoice& choice);

/// Chooses the device to compute on and, of one that has several, the precision: "auto" until the
/// devices are known. What is not available stands there with its reason and cannot be chosen by
/// hand.
class DeviceBox : public QComboBox {
  Q_OBJECT
 public:
  explicit DeviceBox(QWidget* parent = nullptr);

  /// Lists `devices` (in order of preference: the first available one is "auto") and keeps the
  /// choice: no signal.
  void setDevices(const std::vector<DeviceInfo>& devices);
  DeviceChoice choice() const;
  /// Takes a choice as it is, also one that is not listed ("check:cuda,reference", a run's of
  /// another machine): what opens it says why it cannot be had.
  void setChoice(const DeviceChoice& choice);
  /// Why devices are not available, a line each; empty when all are.
  const QString& reasons() const { return reasons_; }

 private:
  void add(const QString& text, const QString& told, const DeviceChoice& choice);

  QString reasons_;
};

}  // namespace boxwright::ui
