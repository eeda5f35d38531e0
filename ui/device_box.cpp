// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device_box.h"

#include <QSignalBlocker>
#include <QStandardItemModel>

namespace boxwright::ui {
namespace {

constexpr int kDeviceRole = Qt::UserRole;
constexpr int kPrecisionRole = Qt::UserRole + 1;

int rowOf(const QComboBox& box, const DeviceChoice& choice) {
  for (int row = 0; row < box.count(); ++row)
    if (box.itemData(row, kDeviceRole).toString().toStdString() == choice.device &&
        box.itemData(row, kPrecisionRole).toString().toStdString() == choice.precision)
      return row;
  return -1;
}

}  // namespace

QString textOf(const DeviceChoice& choice) {
  const QString name = QString::fromStdString(choice.device);
  if (choice.precision == "auto") return name;
  return DeviceBox::tr("%1 in %2").arg(name, QString::fromStdString(choice.precision));
}

DeviceBox::DeviceBox(QWidget* parent) : QComboBox(parent) {
  setObjectName(QStringLiteral("device"));
  setAccessibleName(tr("Device"));
  add(tr("auto"), {}, {});
}

void DeviceBox::add(const QString& text, const QString& told, const DeviceChoice& choice) {
  addItem(text);
  const int row = count() - 1;
  setItemData(row, QString::fromStdString(choice.device), kDeviceRole);
  setItemData(row, QString::fromStdString(choice.precision), kPrecisionRole);
  if (!told.isEmpty()) setItemData(row, told, Qt::ToolTipRole);
}

void DeviceBox::setDevices(const std::vector<DeviceInfo>& devices) {
  const DeviceChoice before = choice();
  {
    const QSignalBlocker quiet(this);
    clear();
    QString first;
    for (const DeviceInfo& info : devices)
      if (info.available && first.isEmpty()) first = QString::fromStdString(info.name);
    add(first.isEmpty() ? tr("auto") : tr("auto (%1)").arg(first), {}, {});
    QStringList reasons;
    auto* items = qobject_cast<QStandardItemModel*>(model());
    for (const DeviceInfo& info : devices) {
      const QString name = QString::fromStdString(info.name);
      const QString kind = QString::fromStdString(info.kind);
      if (!info.available) {
        const QString reason = QString::fromStdString(info.reason);
        add(tr("%1 (not available)").arg(name), reason, {info.name});
        items->item(count() - 1)->setEnabled(false);
        reasons.append(tr("%1: %2").arg(name, reason));
        continue;
      }
      const bool choose = info.precisions.size() > 1;
      add(name,
          choose ? tr("%1, in %2").arg(kind, QLatin1String(nameOf(info.precisions.front()))) : kind,
          {info.name});
      if (!choose) continue;
      for (const Precision precision : info.precisions) {
        const DeviceChoice one{info.name, nameOf(precision)};
        add(textOf(one), kind, one);
      }
    }
    setChoice(before);
    reasons_ = reasons.join(QLatin1Char('\n'));
  }
}

DeviceChoice DeviceBox::choice() const {
  return {currentData(kDeviceRole).toString().toStdString(),
          currentData(kPrecisionRole).toString().toStdString()};
}

void DeviceBox::setChoice(const DeviceChoice& choice) {
  if (rowOf(*this, choice) < 0) add(textOf(choice), {}, choice);
  setCurrentIndex(rowOf(*this, choice));
}

}  // namespace boxwright::ui
