// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QDBusVariant>
#include <QDir>
#include <QFontMetricsF>
#include <QLabel>
#include <QPalette>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace boxwright::ui {
namespace {

std::string named(const QColor& colour) {
  return colour.name().toStdString();
}

TEST(Theme, ContrastKnowsTheTwoEnds) {
  EXPECT_NEAR(contrast(Qt::black, Qt::white), 21, 1e-6);
  EXPECT_NEAR(contrast(Qt::red, Qt::red), 1, 1e-9);
  // A published pair: #777777 on white is 4.48.
  EXPECT_NEAR(contrast(QColor(0x777777), Qt::white), 4.48, 0.005);
}

TEST(Theme, EveryPairOfTextAndGroundIsReadable) {
  for (const ThemeColours* c : {&darkColours(), &lightColours()}) {
    const std::vector<QColor> grounds = {c->window, c->panel, c->raised,
                                         c->canvas, c->hover, c->selection};
    for (const QColor& ground : grounds) {
      for (const QColor& text : {c->text, c->dim}) {
        EXPECT_GE(contrast(text, ground), 4.5) << named(text) << " on " << named(ground);
      }
    }
    for (const QColor& ground : {c->window, c->panel, c->raised}) {
      for (const QColor& text : {c->accent, c->good, c->warn, c->bad}) {
        EXPECT_GE(contrast(text, ground), 4.5) << named(text) << " on " << named(ground);
      }
    }
    EXPECT_GE(contrast(c->onFill, c->fill), 4.5);
    // The focus ring and the marks of state are graphics: 3 is asked of them.
    for (const QColor& ground : grounds)
      EXPECT_GE(contrast(c->accent, ground), 3.0);
  }
}

TEST(Theme, ColoursAreThoseAgreedOn) {
  EXPECT_EQ(named(darkColours().window), "#1e1f22");
  EXPECT_EQ(named(darkColours().accent), "#6ea3f8");
  EXPECT_EQ(named(darkColours().fill), "#2f6fe0");
  EXPECT_EQ(named(lightColours().window), "#f4f5f7");
  EXPECT_EQ(named(lightColours().text), "#1f2328");
  EXPECT_EQ(named(lightColours().bad), "#c93b3b");
}

void tellScheme(int scheme) {
  QMetaObject::invokeMethod(
      &Theme::instance(), "portalSettingChanged", Qt::DirectConnection,
      Q_ARG(QString, QStringLiteral("org.freedesktop.appearance")),
      Q_ARG(QString, QStringLiteral("color-scheme")),
      Q_ARG(QDBusVariant, QDBusVariant(QVariant::fromValue(QDBusVariant(scheme)))));
}

TEST(Theme, FollowsTheDesktopUnlessTheUserChose) {
  Theme& theme = Theme::instance();
  theme.setChoice(ThemeChoice::System);
  int changes = 0;
  const auto counting =
      QObject::connect(&theme, &Theme::changed, &theme, [&changes] { ++changes; });
  tellScheme(1);
  EXPECT_TRUE(theme.dark());
  EXPECT_EQ(QApplication::palette().color(QPalette::Window), darkColours().window);
  tellScheme(2);
  EXPECT_FALSE(theme.dark());
  EXPECT_EQ(changes, 2);
  theme.setChoice(ThemeChoice::Dark);
  tellScheme(1);
  tellScheme(2);
  EXPECT_TRUE(theme.dark());
  theme.setChoice(ThemeChoice::System);
  EXPECT_FALSE(theme.dark());
  tellScheme(0);
  QObject::disconnect(counting);
}

TEST(Theme, LabelsKeepTheirToneThroughAChange) {
  QLabel label;
  setTone(&label, Tone::Bad);
  Theme::instance().setChoice(ThemeChoice::Dark);
  EXPECT_EQ(label.palette().color(QPalette::WindowText), darkColours().bad);
  Theme::instance().setChoice(ThemeChoice::Light);
  EXPECT_EQ(label.palette().color(QPalette::WindowText), lightColours().bad);
}

TEST(Theme, FiguresAreOfEqualWidth) {
  const QFontMetricsF metrics(numberFont());
  for (const char* digits : {"1", "4", "7", "9"}) {
    EXPECT_NEAR(metrics.horizontalAdvance(QLatin1String(digits)),
                metrics.horizontalAdvance(QLatin1String("0")), 0.05);
  }
}

TEST(Theme, EveryIconCanBeDrawnInTheTextColour) {
  const QStringList icons = QDir(QStringLiteral(":/icons")).entryList({QStringLiteral("*.svg")});
  ASSERT_GE(icons.size(), 12);
  for (const QString& file : icons) {
    const QString name = file.chopped(4);
    if (name == QStringLiteral("boxwright")) continue;
    const QImage image = themeIcon(name).pixmap(20, 20).toImage();
    int drawn = 0;
    for (int y = 0; y < image.height(); ++y) {
      for (int x = 0; x < image.width(); ++x)
        drawn += qAlpha(image.pixel(x, y)) > 200;
    }
    EXPECT_GT(drawn, 3) << name.toStdString();
  }
}

}  // namespace
}  // namespace boxwright::ui
