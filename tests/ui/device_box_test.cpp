// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device_box.h"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QStandardItemModel>

namespace boxwright::ui {
namespace {

const DeviceInfo kCpu{"cpu", "a processor", true, {}, 0, {Precision::Float32}};
const DeviceInfo kCard{"cuda", "a card",
                       true,   {},
                       0,      {Precision::BFloat16, Precision::Float32, Precision::TensorFloat32}};
const DeviceInfo kNoCard{"cuda", {}, false, "there is no driver"};

QStringList textsOf(const DeviceBox& box) {
  QStringList texts;
  for (int row = 0; row < box.count(); ++row)
    texts.append(box.itemText(row));
  return texts;
}

TEST(DeviceBox, IsAutoUntilTheDevicesAreKnown) {
  const DeviceBox box;
  EXPECT_EQ(textsOf(box), QStringList{"auto"});
  EXPECT_EQ(box.choice(), DeviceChoice{});
}

TEST(DeviceBox, OffersThePrecisionsOfADeviceThatHasSeveral) {
  DeviceBox box;
  box.setDevices({kCpu, kCard});
  EXPECT_EQ(textsOf(box), (QStringList{"auto (cpu)", "cpu", "cuda", "cuda in bf16",
                                       "cuda in float32", "cuda in tf32"}));
  EXPECT_EQ(box.itemData(2, Qt::ToolTipRole).toString(), "a card, in bf16");
  box.setCurrentIndex(2);
  EXPECT_EQ(box.choice(), (DeviceChoice{"cuda", "auto"}));
  box.setCurrentIndex(4);
  EXPECT_EQ(box.choice(), (DeviceChoice{"cuda", "float32"}));
  box.setChoice({"cuda", "tf32"});
  EXPECT_EQ(box.currentText(), "cuda in tf32");
  box.setChoice({"cpu", "auto"});
  EXPECT_EQ(box.currentText(), "cpu");
}

TEST(DeviceBox, KeepsAChoiceMadeBeforeTheDevicesWereKnown) {
  DeviceBox box;
  box.setChoice({"cuda", "float32"});
  EXPECT_EQ(box.choice(), (DeviceChoice{"cuda", "float32"}));
  const QSignalSpy changes(&box, &QComboBox::currentIndexChanged);
  box.setDevices({kCpu, kCard});
  EXPECT_EQ(box.choice(), (DeviceChoice{"cuda", "float32"}));
  EXPECT_EQ(box.count(), 6) << "it is one of those listed";
  EXPECT_EQ(changes.count(), 0);
}

/// A run's settings are taken as they are: with another device it would be another run.
TEST(DeviceBox, KeepsAChoiceThatIsNotListed) {
  DeviceBox box;
  box.setDevices({kCpu, kNoCard});
  for (const DeviceChoice& choice :
       {DeviceChoice{"cuda", "tf32"}, DeviceChoice{"cpu", "float32"},
        DeviceChoice{"check:cpu,reference", "auto"}, DeviceChoice{"cuda", "auto"}}) {
    box.setChoice(choice);
    EXPECT_EQ(box.choice(), choice);
    box.setDevices({kCpu, kNoCard});
    EXPECT_EQ(box.choice(), choice);
  }
  EXPECT_EQ(box.currentText(), "cuda (not available)");
  EXPECT_FALSE(qobject_cast<QStandardItemModel*>(box.model())->item(2)->isEnabled());
  EXPECT_EQ(box.reasons(), "cuda: there is no driver");
}

}  // namespace
}  // namespace boxwright::ui
