// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/elided_label.h"

#include <gtest/gtest.h>

#include <QHelpEvent>
#include <QToolTip>

#include "tests/ui/gui_application.h"

namespace boxwright::ui {
namespace {

std::string tipOf(ElidedLabel& label) {
  const QPoint at = label.rect().center();
  QHelpEvent event(QEvent::ToolTip, at, label.mapToGlobal(at));
  QApplication::sendEvent(&label, &event);
  return QToolTip::text().toStdString();
}

TEST(ElidedLabel, TheTooltipIsTheWholeOfTheTextOfNow) {
  guiApplication();
  ElidedLabel label;
  label.resize(120, 24);
  label.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&label));
  const QString first(80, QLatin1Char('a')), second(80, QLatin1Char('b'));
  label.setText(first);
  label.grab();
  EXPECT_EQ(tipOf(label), first.toStdString());
  label.setText(second);
  label.grab();
  EXPECT_EQ(tipOf(label), second.toStdString());
  label.setToolTip(QStringLiteral("its own"));
  EXPECT_EQ(tipOf(label), "its own");
  QToolTip::hideText();
}

}  // namespace
}  // namespace boxwright::ui
