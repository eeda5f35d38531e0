// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QFile>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QHash>
#include <QIconEngine>
#include <QLabel>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QPushButton>
#include <QSettings>
#include <QStyleFactory>
#include <QSvgRenderer>
#include <QToolButton>
#include <QToolTip>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/theme_style.h"

// Outside every namespace, as Qt asks: resources of a static library are switched on by hand.
static void switchOnResources() {
  Q_INIT_RESOURCE(studio);
}

namespace boxwright::ui {
namespace {

constexpr auto settingKey = "view/theme";
constexpr auto portalService = "org.freedesktop.portal.Desktop";
constexpr auto portalPath = "/org/freedesktop/portal/desktop";
constexpr auto portalInterface = "org.freedesktop.portal.Settings";
constexpr auto portalGroup = "org.freedesktop.appearance";
constexpr auto portalKey = "color-scheme";

QPalette paletteOf(const ThemeColours& c) {
  QPalette p;
  const auto set = [&p](QPalette::ColorRole role, const QColor& normal, const QColor& disabled) {
    p.setColor(QPalette::Active, role, normal);
    p.setColor(QPalette::Inactive, role, normal);
    p.setColor(QPalette::Disabled, role, disabled);
  };
  QColor faint = c.dim;
  faint.setAlphaF(0.6F);
  set(QPalette::Window, c.window, c.window);
  set(QPalette::WindowText, c.text, faint);
  set(QPalette::Base, c.panel, c.panel);
  set(QPalette::AlternateBase, c.window, c.window);
  set(QPalette::Text, c.text, faint);
  set(QPalette::Button, c.raised, c.panel);
  set(QPalette::ButtonText, c.text, faint);
  set(QPalette::BrightText, c.bad, c.bad);
  set(QPalette::PlaceholderText, c.dim, faint);
  set(QPalette::Highlight, c.selection, c.selection);
  set(QPalette::HighlightedText, c.text, faint);
  set(QPalette::Link, c.accent, faint);
  set(QPalette::LinkVisited, c.accent, faint);
  set(QPalette::ToolTipBase, c.raised, c.raised);
  set(QPalette::ToolTipText, c.text, c.text);
  set(QPalette::Light, c.hover, c.hover);
  set(QPalette::Midlight, c.raised, c.raised);
  set(QPalette::Mid, c.line, c.line);
  set(QPalette::Dark, c.line, c.line);
  set(QPalette::Shadow, QColor(0, 0, 0, 90), QColor(0, 0, 0, 90));
  return p;
}

/// Recolours one widget's text whenever the theme changes.
void paintTone(QWidget* widget, Tone tone) {
  QPalette palette = widget->palette();
  const QColor colour = toneColour(tone);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    palette.setColor(QPalette::Active, role, colour);
    palette.setColor(QPalette::Inactive, role, colour);
  }
  widget->setPalette(palette);
}

#if QT_VERSION < QT_VERSION_CHECK(6, 7, 0)  // later ones ask the font for such digits
bool digitsAreTabular(const QFont& font) {
  const QFontMetricsF metrics(font);
  const double first = metrics.horizontalAdvance(QLatin1Char('0'));
  for (char digit = '1'; digit <= '9'; ++digit) {
    if (std::abs(metrics.horizontalAdvance(QLatin1Char(digit)) - first) > 0.01) return false;
  }
  return true;
}
#endif

/// The desktop's font; where the desktop names none (a bare X server), a good one that is there.
QFont baseFont() {
  static const QFont font = [] {
    QFont f = QApplication::font();
    const QString resolved = QFontInfo(f).family();
    if (resolved.startsWith(QStringLiteral("DejaVu")) || f.family() == QStringLiteral("Sans")) {
      const QStringList families = QFontDatabase::families();
      for (const char* name : {"Inter", "Noto Sans", "Cantarell", "Open Sans"}) {
        if (families.contains(QLatin1String(name))) {
          f.setFamily(QLatin1String(name));
          break;
        }
      }
    }
    if (f.pointSizeF() < 9.75) f.setPointSizeF(9.75);
    f.setHintingPreference(QFont::PreferNoHinting);
    return f;
  }();
  return font;
}

/// Draws an SVG of the resource file in the colour of the moment.
class ThemeIconEngine : public QIconEngine {
 public:
  explicit ThemeIconEngine(QString name) : name_(std::move(name)) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
    const double scale = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
    painter->drawPixmap(rect, scaledPixmap(rect.size() * scale, mode, state, scale));
  }
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    return scaledPixmap(size, mode, state, 1.0);
  }
  QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state,
                       double scale) override {
    const ThemeColours& c = colours();
    QColor colour = state == QIcon::On ? c.accent : c.text;
    if (mode == QIcon::Disabled) colour = c.dim;
    const QString key = QStringLiteral("boxwright:%1:%2:%3x%4:%5:%6")
                            .arg(name_, colour.name())
                            .arg(size.width())
                            .arg(size.height())
                            .arg(scale)
                            .arg(mode == QIcon::Disabled);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name_));
    if (!file.open(QIODevice::ReadOnly)) return {};
    QByteArray svg = file.readAll();
    svg.replace("currentColor", colour.name().toLatin1());
    QSvgRenderer renderer(svg);
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    if (mode == QIcon::Disabled) painter.setOpacity(0.6);
    renderer.render(&painter, QRectF(QPointF(0, 0), QSizeF(size)));
    painter.end();
    pixmap = QPixmap::fromImage(image);
    pixmap.setDevicePixelRatio(scale);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
  }
  QIconEngine* clone() const override { return new ThemeIconEngine(name_); }
  bool isNull() override { return false; }

 private:
  QString name_;
};

}  // namespace

QColor toneColour(Tone tone) {
  const ThemeColours& c = colours();
  switch (tone) {
    case Tone::Text:
      return c.text;
    case Tone::Dim:
      return c.dim;
    case Tone::Accent:
      return c.accent;
    case Tone::Good:
      return c.good;
    case Tone::Warn:
      return c.warn;
    case Tone::Bad:
      return c.bad;
  }
  return c.text;
}

const ThemeColours& darkColours() {
  static const ThemeColours colours = [] {
    ThemeColours c;
    c.dark = true;
    c.window = QColor(0x1e1f22);
    c.panel = QColor(0x26282b);
    c.raised = QColor(0x2f3236);
    c.canvas = QColor(0x18191b);
    c.line = QColor(0x3b3e44);
    c.hover = QColor(0x303439);
    c.text = QColor(0xdcdfe4);
    c.dim = QColor(0x989da6);
    c.accent = QColor(0x6ea3f8);
    c.fill = QColor(0x2f6fe0);
    c.onFill = QColor(0xffffff);
    c.selection = QColor(0x233450);
    c.good = QColor(0x5fb865);
    c.warn = QColor(0xe0a33e);
    c.bad = QColor(0xee7b7b);
    return c;
  }();
  return colours;
}

const ThemeColours& lightColours() {
  static const ThemeColours colours = [] {
    ThemeColours c;
    c.dark = false;
    c.window = QColor(0xf4f5f7);
    c.panel = QColor(0xffffff);
    c.raised = QColor(0xffffff);
    c.canvas = QColor(0xe9ebee);
    c.line = QColor(0xd5d9df);
    c.hover = QColor(0xeef0f3);
    c.text = QColor(0x1f2328);
    c.dim = QColor(0x646b75);
    c.accent = QColor(0x2a66d4);
    c.fill = QColor(0x2a66d4);
    c.onFill = QColor(0xffffff);
    c.selection = QColor(0xe3edfd);
    c.good = QColor(0x237a2f);
    c.warn = QColor(0x8f5a0c);
    c.bad = QColor(0xc93b3b);
    return c;
  }();
  return colours;
}

double contrast(const QColor& a, const QColor& b) {
  const auto luminance = [](const QColor& colour) {
    const auto linear = [](double v) {
      return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
  };
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

Theme& Theme::instance() {
  static Theme* const theme = new Theme;
  return *theme;
}

const ThemeColours& Theme::colours() const {
  return dark_ ? darkColours() : lightColours();
}

void Theme::install(QApplication& application) {
  switchOnResources();
  application_ = &application;
  const QPalette palette = QApplication::palette();
  paletteWasDark_ =
      palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
  const QString saved = QSettings().value(QLatin1String(settingKey)).toString();
  choice_ = saved == QStringLiteral("light")  ? ThemeChoice::Light
            : saved == QStringLiteral("dark") ? ThemeChoice::Dark
                                              : ThemeChoice::System;
  QApplication::setFont(textFont());
  QApplication::setStyle(new ThemeStyle);
  apply();
  followPortal();
}

void Theme::setChoice(ThemeChoice choice) {
  choice_ = choice;
  QSettings().setValue(QLatin1String(settingKey), choice == ThemeChoice::Light  ? "light"
                                                  : choice == ThemeChoice::Dark ? "dark"
                                                                                : "system");
  apply();
}

void Theme::apply() {
  switch (choice_) {
    case ThemeChoice::Dark:
      dark_ = true;
      break;
    case ThemeChoice::Light:
      dark_ = false;
      break;
    case ThemeChoice::System:
      dark_ = portalScheme_ == 1 || (portalScheme_ != 2 && paletteWasDark_);
      break;
  }
  const QPalette palette = paletteOf(colours());
  QApplication::setPalette(palette);
  QToolTip::setPalette(palette);
  Q_EMIT changed();
}

void Theme::followPortal() {
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return;
  bus.connect(QLatin1String(portalService), QLatin1String(portalPath),
              QLatin1String(portalInterface), QStringLiteral("SettingChanged"), this,
              SLOT(portalSettingChanged(QString, QString, QDBusVariant)));
  QDBusMessage call =
      QDBusMessage::createMethodCall(QLatin1String(portalService), QLatin1String(portalPath),
                                     QLatin1String(portalInterface), QStringLiteral("Read"));
  call << QString::fromLatin1(portalGroup) << QString::fromLatin1(portalKey);
  auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call, 3000), this);
  connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* w) {
    const QDBusPendingReply<QDBusVariant> reply = *w;
    if (reply.isValid()) {
      portalSettingChanged(QLatin1String(portalGroup), QLatin1String(portalKey), reply.value());
    }
    w->deleteLater();
  });
}

void Theme::portalSettingChanged(const QString& group, const QString& key,
                                 const QDBusVariant& value) {
  if (group != QLatin1String(portalGroup) || key != QLatin1String(portalKey)) return;
  QVariant inner = value.variant();  // Read wraps the value in one variant more
  while (inner.userType() == qMetaTypeId<QDBusVariant>()) {
    inner = inner.value<QDBusVariant>().variant();
  }
  const int scheme = inner.toInt();
  if (scheme == portalScheme_) return;
  portalScheme_ = scheme;
  apply();
}

QFont textFont(TextSize size, bool bold) {
  QFont font = baseFont();
  switch (size) {
    case TextSize::Small:
      font.setPointSizeF(font.pointSizeF() * 0.87);
      break;
    case TextSize::Body:
      break;
    case TextSize::Large:
      font.setPointSizeF(font.pointSizeF() * 1.75);
      break;
  }
  if (bold) font.setWeight(QFont::DemiBold);
  return font;
}

QFont numberFont(TextSize size, bool bold) {
  QFont font = textFont(size, bold);
  if (size == TextSize::Large) return font;  // single figures, in no column
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0)
  font.setFeature("tnum", 1);
#else
  static const QString family = [] {
    const QFont base = textFont();
    if (digitsAreTabular(base)) return base.family();
    for (const char* name : {"Noto Sans", "Cantarell", "Open Sans", "DejaVu Sans"}) {
      if (!QFontDatabase::hasFamily(QLatin1String(name))) continue;
      QFont candidate = base;
      candidate.setFamily(QLatin1String(name));
      if (digitsAreTabular(candidate)) return candidate.family();
    }
    return base.family();
  }();
  if (family != font.family()) {
    // Another face for figures: matched by the height of its digits.
    const double wanted = QFontMetricsF(font).capHeight();
    font.setFamily(family);
    const double has = QFontMetricsF(font).capHeight();
    if (wanted > 0 && has > 0) font.setPointSizeF(font.pointSizeF() * wanted / has);
  }
#endif
  return font;
}

QIcon themeIcon(const QString& name) {
  return QIcon(new ThemeIconEngine(name));
}

QIcon swatch(const QColor& colour) {
  QPixmap pixmap(12, 12);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  painter.drawRoundedRect(QRectF(1, 1, 10, 10), 2, 2);
  return QIcon(pixmap);
}

void setTone(QWidget* widget, Tone tone) {
  const bool known = widget->property("tone").isValid();
  widget->setProperty("tone", static_cast<int>(tone));
  paintTone(widget, tone);
  if (known) return;
  QObject::connect(&Theme::instance(), &Theme::changed, widget, [widget] {
    paintTone(widget, static_cast<Tone>(widget->property("tone").toInt()));
  });
}

void setTextSize(QWidget* widget, TextSize size, bool bold) {
  widget->setFont(textFont(size, bold));
}

void setMain(QPushButton* button, bool main) {
  button->setProperty(ThemeStyle::mainProperty, main);
  button->update();
}

QLabel* makeCaption(const QString& text, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  setTextSize(label, TextSize::Small, true);
  setTone(label, Tone::Dim);
  return label;
}

QToolButton* makeDisclosure(const QString& text, QWidget* parent) {
  auto* button = new QToolButton(parent);
  button->setProperty(ThemeStyle::disclosureProperty, true);
  button->setText(text);
  button->setCheckable(true);
  button->setFocusPolicy(Qt::StrongFocus);
  setTextSize(button, TextSize::Small, true);
  return button;
}

QLabel* makeText(const QString& text, Tone tone, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setWordWrap(true);
  setTone(label, tone);
  return label;
}

}  // namespace boxwright::ui
