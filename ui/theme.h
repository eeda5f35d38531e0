// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QString>

class QApplication;
class QDBusVariant;
class QLabel;
class QPushButton;
class QToolButton;
class QWidget;

namespace boxwright::ui {

/// What View > Theme says; System follows the desktop.
enum class ThemeChoice { System, Light, Dark };

/// Every colour of the program but the class colours. Text colours (text to bad) reach a contrast
/// of 4.5 on window, panel and raised; onFill on fill.
struct ThemeColours {
  bool dark = true;
  QColor window;     ///< behind everything
  QColor panel;      ///< lists, inspectors, bars
  QColor raised;     ///< buttons, fields, menus
  QColor canvas;     ///< behind pictures and charts
  QColor line;       ///< hairlines between panels, frames of fields
  QColor hover;      ///< under the pointer
  QColor text, dim;  ///< words, and words that matter less
  QColor accent;     ///< links, selection marks, focus ring, progress
  QColor fill;       ///< the main button
  QColor onFill;     ///< words on the main button
  QColor selection;  ///< ground of the selected item; text stays `text`
  QColor good, warn, bad;
};

/// The two sets.
const ThemeColours& darkColours();
const ThemeColours& lightColours();

/// WCAG's contrast of two opaque colours, 1 to 21.
double contrast(const QColor& a, const QColor& b);

/// Sizes in device-independent pixels; everything else is a multiple of 4.
namespace metric {
inline constexpr int railWidth = 72;
inline constexpr int contextBarHeight = 44;
inline constexpr int statusBarHeight = 26;
inline constexpr int inspectorWidth = 304;
inline constexpr int inspectorFoldsBelow = 1000;  ///< width of a page
inline constexpr int control = 28;                ///< height of buttons and fields
inline constexpr int icon = 20;
inline constexpr int gap = 8, margin = 12, wideMargin = 16;
inline constexpr int radius = 4;
}  // namespace metric

/// The three sizes of text: captions, everything, the few big numbers and headings.
enum class TextSize { Small, Body, Large };

/// The look of the whole program: Fusion with our palette, following the desktop portal's
/// color-scheme (and its changes), else the palette's lightness, unless the user chose. One for the
/// application; GUI thread only.
class Theme : public QObject {
  Q_OBJECT
 public:
  /// The one of this process; made on first use, after QApplication.
  static Theme& instance();

  /// Installs style, palette and fonts into the application and starts following the desktop.
  void install(QApplication& application);

  const ThemeColours& colours() const;
  bool dark() const { return colours().dark; }
  ThemeChoice choice() const { return choice_; }
  void setChoice(ThemeChoice choice);

 Q_SIGNALS:
  /// Colours changed: repaint what caches them (icons made by icon() follow on their own).
  void changed();

 private Q_SLOTS:
  void portalSettingChanged(const QString& group, const QString& key, const QDBusVariant& value);

 private:
  Theme() = default;
  void followPortal();
  void apply();

  QApplication* application_ = nullptr;
  ThemeChoice choice_ = ThemeChoice::System;
  bool paletteWasDark_ = false;
  int portalScheme_ = 0;  ///< 0 no preference, 1 dark, 2 light
  bool dark_ = false;
};

/// The current colours.
inline const ThemeColours& colours() {
  return Theme::instance().colours();
}

/// The program's font in one of its three sizes.
QFont textFont(TextSize size = TextSize::Body, bool bold = false);
/// The same for figures: digits of equal width (another face of the same height where the program's
/// font has none); the large size, which stands alone, keeps the program's font.
QFont numberFont(TextSize size = TextSize::Body, bool bold = false);

/// An icon of resources/icons (":/icons/NAME.svg"), drawn in the text colour of the moment, dimmed
/// when disabled, in the accent colour when checked.
QIcon themeIcon(const QString& name);

/// A small square of a colour, for rows that stand for it.
QIcon swatch(const QColor& colour);

/// Which colour a label speaks in; kept through theme changes.
enum class Tone { Text, Dim, Accent, Good, Warn, Bad };
QColor toneColour(Tone tone);
void setTone(QWidget* widget, Tone tone);
void setTextSize(QWidget* widget, TextSize size, bool bold = false);

/// Makes `button` the page's one coloured button.
void setMain(QPushButton* button, bool main = true);

/// A caption above a group of an inspector: small, bold, dim.
QLabel* makeCaption(const QString& text, QWidget* parent = nullptr);

/// A caption that unfolds what stands under it while it is checked: the caption's look, and a
/// chevron behind the word.
QToolButton* makeDisclosure(const QString& text, QWidget* parent = nullptr);

/// A label of body text that wraps.
QLabel* makeText(const QString& text, Tone tone = Tone::Text, QWidget* parent = nullptr);

}  // namespace boxwright::ui
