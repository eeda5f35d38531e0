// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

namespace boxwright::ui {

/// Fusion with flat controls in the theme's colours: buttons, fields, lists, sliders, bars. Part of
/// the theme; nobody else draws controls.
class ThemeStyle : public QProxyStyle {
  Q_OBJECT
 public:
  /// Dynamic property of the page's one coloured button.
  static constexpr const char* mainProperty = "boxwrightMain";
  /// Of a caption that unfolds what stands under it.
  static constexpr const char* disclosureProperty = "boxwrightDisclosure";

  ThemeStyle();

  void polish(QWidget* widget) override;
  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
  void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                   const QWidget* widget) const override;
  void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                          QPainter* painter, const QWidget* widget) const override;
  QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                       SubControl subControl, const QWidget* widget) const override;
  QRect subElementRect(SubElement element, const QStyleOption* option,
                       const QWidget* widget) const override;
  int pixelMetric(PixelMetric metric, const QStyleOption* option,
                  const QWidget* widget) const override;
  int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                QStyleHintReturn* data) const override;
  QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                         const QWidget* widget) const override;
};

}  // namespace boxwright::ui
