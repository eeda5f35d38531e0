// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <string>
#include <vector>

#include "core/compute/backend.h"

namespace boxwright::ui {

/// Chooses the device to compute on: "auto" until the devices are known. What is not available
/// stands there with its reason and cannot be chosen.
class DeviceBox : public QComboBox {
  Q_OBJECT
 public:
  explicit DeviceBox(QWidget* parent = nullptr);

  /// Lists `devices` (in order of preference: the first available one is "auto") and keeps the
  /// choice; no signal unless the choice is gone.
  void setDevices(const std::vector<DeviceInfo>& devices);
  /// As openBackend takes it.
  std::string device() const;
  void setDevice(const std::string& device);
  /// Why devices are not available, a line each; empty when all are.
  const QString& reasons() const { return reasons_; }

 private:
  QString reasons_;
};

}  // namespace boxwright::ui
