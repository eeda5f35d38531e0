// SPDX-License-Identifier: GPL-3.0-or-later
// Where the parts of ThemeStyle's controls lie, how large they are and how they behave;
// theme_style.cpp draws them.
#include <QComboBox>
#include <QStyleOption>
#include <algorithm>

#include "ui/theme.h"
#include "ui/theme_style.h"

namespace boxwright::ui {

QRect ThemeStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                                 SubControl subControl, const QWidget* widget) const {
  const QRect r = option->rect;
  switch (control) {
    case CC_ScrollBar:
      if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
        const bool vertical = bar->orientation == Qt::Vertical;
        const int length = vertical ? r.height() : r.width();
        int slider = length;
        if (bar->maximum > bar->minimum) {
          const auto range = static_cast<qint64>(bar->maximum) - bar->minimum;
          slider = static_cast<int>((static_cast<qint64>(bar->pageStep) * length) /
                                    std::max<qint64>(range + bar->pageStep, 1));
          slider = std::clamp(slider, std::min(28, length), length);
        }
        const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition,
                                                  length - slider, bar->upsideDown);
        const auto part = [&](int from, int size) {
          return vertical ? QRect(r.left(), r.top() + from, r.width(), size)
                          : visualRect(bar->direction, r,
                                       QRect(r.left() + from, r.top(), size, r.height()));
        };
        switch (subControl) {
          case SC_ScrollBarAddLine:
          case SC_ScrollBarSubLine:
            return {};
          case SC_ScrollBarGroove:
            return r;
          case SC_ScrollBarSlider:
            return part(start, slider);
          case SC_ScrollBarSubPage:
            return part(0, start);
          case SC_ScrollBarAddPage:
            return part(start + slider, length - start - slider);
          default:
            return {};
        }
      }
      break;
    case CC_SpinBox:
      if (const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option)) {
        const bool buttons = spin->buttonSymbols != QAbstractSpinBox::NoButtons;
        const int width = buttons ? 20 : 0;
        switch (subControl) {
          case SC_SpinBoxUp:
            return visualRect(option->direction, r,
                              QRect(r.right() - width, r.top(), width, r.height() / 2 + 1));
          case SC_SpinBoxDown:
            return visualRect(
                option->direction, r,
                QRect(r.right() - width, r.center().y() - 1, width, r.height() / 2 + 1));
          case SC_SpinBoxEditField:
            return visualRect(option->direction, r, r.adjusted(6, 2, -width - 4, -2));
          case SC_SpinBoxFrame:
            return r;
          default:
            break;
        }
      }
      break;
    case CC_ComboBox:
      switch (subControl) {
        case SC_ComboBoxArrow:
          return visualRect(option->direction, r, QRect(r.right() - 24, r.top(), 22, r.height()));
        case SC_ComboBoxEditField:
          return visualRect(option->direction, r, r.adjusted(8, 2, -26, -2));
        default:
          break;
      }
      break;
    default:
      break;
  }
  return QProxyStyle::subControlRect(control, option, subControl, widget);
}

QRect ThemeStyle::subElementRect(SubElement element, const QStyleOption* option,
                                 const QWidget* widget) const {
  if (element == SE_LineEditContents) {
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
    if (frame && frame->lineWidth > 0) return option->rect.adjusted(6, 1, -6, -1);
  }
  return QProxyStyle::subElementRect(element, option, widget);
}

int ThemeStyle::pixelMetric(PixelMetric metric, const QStyleOption* option,
                            const QWidget* widget) const {
  switch (metric) {
    case PM_ScrollBarExtent:
      return 12;
    case PM_ScrollBarSliderMin:
      return 28;
    case PM_SplitterWidth:
      return 1;
    case PM_SliderThickness:
    case PM_SliderControlThickness:
      return 20;
    case PM_SliderLength:
      return 16;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
      return 16;
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
      return 8;
    case PM_ButtonIconSize:
    case PM_ToolBarIconSize:
      return metric::icon;
    case PM_SmallIconSize:
      return 16;
    case PM_FocusFrameHMargin:  // the room beside the words of lists and tables
      return 6;
    case PM_HeaderMargin:
      return 8;
    case PM_LayoutLeftMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutBottomMargin:
      return metric::margin;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
      return metric::gap;
    case PM_DefaultFrameWidth:
      return 1;
    case PM_MenuPanelWidth:
      return 1;
    case PM_MenuVMargin:
      return 4;
    case PM_MenuBarPanelWidth:
    case PM_MenuBarVMargin:
      return 0;
    case PM_MenuBarItemSpacing:
      return 0;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
      return 0;
    case PM_ScrollView_ScrollBarSpacing:
    case PM_ScrollView_ScrollBarOverlap:
      return 0;
    case PM_ToolTipLabelFrameWidth:
      return 6;
    default:
      return QProxyStyle::pixelMetric(metric, option, widget);
  }
}

int ThemeStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                          QStyleHintReturn* data) const {
  switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_ComboBox_Popup:
    case SH_Widget_Animate:
    case SH_Widget_Animation_Duration:
    case SH_ScrollBar_Transient:
      return 0;
    case SH_ItemView_ShowDecorationSelected:
    case SH_ScrollBar_LeftClickAbsolutePosition:
      return hint == SH_ItemView_ShowDecorationSelected;
    case SH_Slider_AbsoluteSetButtons:
      return Qt::LeftButton;
    case SH_Slider_PageSetButtons:
      return 0;
    case SH_ToolTipLabel_Opacity:
      return 255;
    case SH_DialogButtonBox_ButtonsHaveIcons:
      return 0;
    default:
      return QProxyStyle::styleHint(hint, option, widget, data);
  }
}

QSize ThemeStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                   const QWidget* widget) const {
  QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
  switch (type) {
    case CT_PushButton: {
      const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
      const bool text = button && !button->text.isEmpty();
      result = QSize(size.width() + (text ? 28 : 8), std::max(size.height() + 8, metric::control));
      if (text) result.setWidth(std::max(result.width(), 72));
      if (button && (button->features & QStyleOptionButton::HasMenu)) {
        result.rwidth() += 16;
      }
      break;
    }
    case CT_SpinBox:
      result.rwidth() += 10;  // its field is inset further than Fusion's
      [[fallthrough]];
    case CT_LineEdit:
      result.setHeight(std::max(option->fontMetrics.height() + 10, metric::control));
      break;
    case CT_ComboBox:
      result =
          QSize(size.width() + 42, std::max(option->fontMetrics.height() + 10, metric::control));
      break;
    case CT_ToolButton:
      if (widget && widget->property(disclosureProperty).toBool()) {
        const auto* words = qstyleoption_cast<const QStyleOptionToolButton*>(option);
        result = {words ? words->fontMetrics.horizontalAdvance(words->text) + 16 : size.width(),
                  option->fontMetrics.height() + 4};
        break;
      }
      result = size + QSize(8, 8);
      if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
          button && (button->features & QStyleOptionToolButton::HasMenu)) {
        result.rwidth() += 12;
      }
      break;
    case CT_MenuBarItem:
      result = QSize(size.width() + 18, std::max(size.height() + 6, 28));
      break;
    case CT_MenuItem:
      if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
          item && item->menuItemType != QStyleOptionMenuItem::Separator) {
        result.setHeight(std::max(result.height(), 26));
      }
      break;
    case CT_HeaderSection:
      result.setHeight(metric::control);
      break;
    default:
      break;
  }
  return result;
}

}  // namespace boxwright::ui
