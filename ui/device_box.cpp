// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device_box.h"

#include <QSignalBlocker>
#include <QStandardItemModel>
#include <algorithm>

namespace boxwright::ui {

DeviceBox::DeviceBox(QWidget* parent) : QComboBox(parent) {
  setObjectName(QStringLiteral("device"));
  setAccessibleName(tr("Device"));
  addItem(tr("auto"), QStringLiteral("auto"));
}

void DeviceBox::setDevices(const std::vector<DeviceInfo>& devices) {
  const QString before = currentData().toString();
  {
    const QSignalBlocker quiet(this);
    clear();
    QString first;
    QStringList reasons;
    auto* items = qobject_cast<QStandardItemModel*>(model());
    for (const DeviceInfo& info : devices) {
      const QString name = QString::fromStdString(info.name);
      if (info.available && first.isEmpty()) first = name;
      addItem(info.available ? name : tr("%1 (not available)").arg(name), name);
      const int row = count() - 1;
      setItemData(row, QString::fromStdString(info.available ? info.kind : info.reason),
                  Qt::ToolTipRole);
      if (!info.available) {
        items->item(row)->setEnabled(false);
        reasons.append(tr("%1: %2").arg(name, QString::fromStdString(info.reason)));
      }
    }
    insertItem(0, first.isEmpty() ? tr("auto") : tr("auto (%1)").arg(first),
               QStringLiteral("auto"));
    setCurrentIndex(std::max(0, findData(before)));
    reasons_ = reasons.join(QLatin1Char('\n'));
  }
  if (currentData().toString() != before) Q_EMIT currentIndexChanged(currentIndex());
}

std::string DeviceBox::device() const {
  return currentData().toString().toStdString();
}

void DeviceBox::setDevice(const std::string& device) {
  const int at = findData(QString::fromStdString(device));
  if (at >= 0) setCurrentIndex(at);
}

}  // namespace boxwright::ui
