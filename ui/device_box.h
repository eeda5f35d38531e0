// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <optional>
#include <string>
#include <vector>

#include "core/compute/backend.h"

namespace boxwright::ui {

/// Chooses the device to compute on and, of one that has several, the precision: "auto" until the
/// devices are known. What is not available stands there with its reason and cannot be chosen.
class DeviceBox : public QComboBox {
  Q_OBJECT
 public:
  explicit DeviceBox(QWidget* parent = nullptr);

  /// Lists `devices` (in order of preference: the first available one is "auto") and keeps the
  /// choice; no signal unless that changes it.
  void setDevices(const std::vector<DeviceInfo>& devices);
  DeviceChoice choice() const;
  /// Takes a choice, once the devices are known where they are not yet; one that is not to be had
  /// changes nothing.
  void setChoice(const DeviceChoice& choice);
  /// Why devices are not available, a line each; empty when all are.
  const QString& reasons() const { return reasons_; }

 private:
  void add(const QString& text, const QString& told, const DeviceChoice& choice);

  bool known_ = false;
  std::optional<DeviceChoice> wanted_;  ///< before the devices were known
  QString reasons_;
};

}  // namespace boxwright::ui
