// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme_style.h"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>
#include <QSlider>
#include <QStyleFactory>
#include <QStyleOption>
#include <QToolButton>
#include <algorithm>

#include "ui/theme.h"

namespace boxwright::ui {
namespace {

bool has(const QStyleOption* option, QStyle::StateFlag flag) {
  return option->state & flag;
}

QColor mixed(const QColor& a, const QColor& b, double part) {
  const auto mix = [part](int x, int y) { return static_cast<int>(x + (y - x) * part + 0.5); };
  return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

/// A rounded panel with a hairline that lies on whole pixels; the frame takes the accent, two
/// pixels wide, while it has the focus.
void drawPanel(QPainter* painter, const QRect& rect, const QColor& ground, const QColor& frame,
               bool focused) {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  const double pen = focused ? 2 : 1;
  const QRectF inner = QRectF(rect).adjusted(pen / 2, pen / 2, -pen / 2, -pen / 2);
  painter->setPen(QPen(focused ? colours().accent : frame, pen));
  painter->setBrush(ground);
  painter->drawRoundedRect(inner, metric::radius, metric::radius);
  painter->restore();
}

void drawFocusRing(QPainter* painter, const QRectF& rect, double radius = metric::radius) {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setBrush(Qt::NoBrush);
  painter->setPen(QPen(colours().accent, 2));
  painter->drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius);
  painter->restore();
}

enum class Points { Up, Down, Left, Right };

void drawChevron(QPainter* painter, const QRectF& rect, Points points, const QColor& colour,
                 double size = 3.5) {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter->setBrush(Qt::NoBrush);
  painter->translate(rect.center());
  switch (points) {
    case Points::Up:
      painter->rotate(180);
      break;
    case Points::Down:
      break;
    case Points::Left:
      painter->rotate(90);
      break;
    case Points::Right:
      painter->rotate(-90);
      break;
  }
  QPainterPath path;
  path.moveTo(-size, -size / 2);
  path.lineTo(0, size / 2);
  path.lineTo(size, -size / 2);
  painter->drawPath(path);
  painter->restore();
}

QColor textColour(const QStyleOption* option) {
  QColor colour = colours().text;
  if (!has(option, QStyle::State_Enabled)) {
    colour = colours().dim;
    colour.setAlphaF(0.6F);
  }
  return colour;
}

QColor buttonGround(const QStyleOption* option) {
  const ThemeColours& c = colours();
  if (!has(option, QStyle::State_Enabled)) return c.panel;
  if (has(option, QStyle::State_Sunken)) return mixed(c.raised, c.text, 0.14);
  if (has(option, QStyle::State_On)) return c.selection;
  if (has(option, QStyle::State_MouseOver)) return mixed(c.raised, c.text, 0.06);
  return c.raised;
}

QColor fieldGround(const QStyleOption* option) {
  return has(option, QStyle::State_Enabled) ? colours().raised : colours().panel;
}

/// A caption with a chevron behind it. Its words begin where other captions' do, so the focus is a
/// line under them in place of a ring around.
void drawDisclosure(QPainter* painter, const QStyleOptionToolButton& button) {
  const ThemeColours& c = colours();
  const QColor colour = has(&button, QStyle::State_MouseOver) ? c.text : c.dim;
  const int words = button.fontMetrics.horizontalAdvance(button.text);
  painter->save();
  painter->setFont(button.font);
  painter->setPen(colour);
  painter->drawText(button.rect, Qt::AlignLeft | Qt::AlignVCenter, button.text);
  painter->restore();
  drawChevron(painter,
              QRectF(button.rect.left() + words + 6, button.rect.top(), 10, button.rect.height()),
              has(&button, QStyle::State_On) ? Points::Down : Points::Right, colour, 3);
  if (has(&button, QStyle::State_HasFocus))
    painter->fillRect(QRect(button.rect.left(), button.rect.bottom() - 1, button.rect.width(), 2),
                      c.accent);
}

bool isMain(const QWidget* widget) {
  return widget && widget->property(ThemeStyle::mainProperty).toBool();
}

}  // namespace

ThemeStyle::ThemeStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

void ThemeStyle::polish(QWidget* widget) {
  QProxyStyle::polish(widget);
  if (qobject_cast<QScrollBar*>(widget) || qobject_cast<QSlider*>(widget) ||
      qobject_cast<QComboBox*>(widget) || qobject_cast<QAbstractSpinBox*>(widget)) {
    widget->setAttribute(Qt::WA_Hover);
  }
}

void ThemeStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option,
                               QPainter* painter, const QWidget* widget) const {
  const ThemeColours& c = colours();
  const bool focused = has(option, State_HasFocus) && has(option, State_Enabled);
  switch (element) {
    case PE_PanelButtonCommand: {
      if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
          button && (button->features & QStyleOptionButton::Flat) &&
          !has(option, State_MouseOver) && !has(option, State_Sunken)) {
        if (focused) drawFocusRing(painter, option->rect);
        return;
      }
      if (isMain(widget) && has(option, State_Enabled)) {
        QColor ground = c.fill;
        if (has(option, State_Sunken)) {
          ground = ground.darker(118);
        } else if (has(option, State_MouseOver)) {
          ground = ground.darker(108);
        }
        drawPanel(painter, option->rect, ground, ground, false);
        if (focused) {
          painter->save();
          painter->setRenderHint(QPainter::Antialiasing);
          painter->setBrush(Qt::NoBrush);
          painter->setPen(QPen(c.accent, 2));
          painter->drawRoundedRect(QRectF(option->rect).adjusted(1, 1, -1, -1), 4, 4);
          painter->setPen(QPen(c.onFill, 1));
          painter->drawRoundedRect(QRectF(option->rect).adjusted(2.5, 2.5, -2.5, -2.5), 3, 3);
          painter->restore();
        }
        return;
      }
      drawPanel(painter, option->rect, buttonGround(option), c.line, focused);
      return;
    }
    case PE_PanelButtonTool: {
      const bool on = has(option, State_On);
      const bool hot = has(option, State_MouseOver) && has(option, State_Enabled);
      if (on || hot || has(option, State_Sunken)) {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(on ? c.selection
                             : mixed(c.raised, c.text, has(option, State_Sunken) ? 0.14 : 0.06));
        painter->drawRoundedRect(option->rect, metric::radius, metric::radius);
        painter->restore();
      }
      if (focused) drawFocusRing(painter, option->rect);
      return;
    }
    case PE_FrameFocusRect:
      // Buttons, fields and items draw their focus themselves.
      if (qobject_cast<const QAbstractItemView*>(widget)) {
        drawFocusRing(painter, option->rect, 2);
      } else if (widget && (widget->inherits("QCheckBox") || widget->inherits("QRadioButton"))) {
        return;
      } else if (widget && (widget->inherits("QAbstractButton") || widget->inherits("QComboBox") ||
                            widget->inherits("QSlider"))) {
        return;
      } else {
        drawFocusRing(painter, option->rect);
      }
      return;
    case PE_PanelLineEdit:
      if (widget && (qobject_cast<const QAbstractSpinBox*>(widget->parentWidget()) ||
                     qobject_cast<const QComboBox*>(widget->parentWidget()))) {
        return;
      }
      if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
          frame && frame->lineWidth == 0) {
        return;
      }
      drawPanel(painter, option->rect, fieldGround(option), c.line, focused);
      return;
    case PE_FrameLineEdit:
      return;
    case PE_Frame: {
      painter->setPen(c.line);
      painter->setBrush(Qt::NoBrush);
      painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
      return;
    }
    case PE_FrameMenu:
      painter->setPen(c.line);
      painter->setBrush(Qt::NoBrush);
      painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
      return;
    case PE_PanelMenu:
      painter->fillRect(option->rect, c.raised);
      return;
    case PE_PanelTipLabel:
      painter->fillRect(option->rect, c.raised);
      painter->setPen(c.line);
      painter->setBrush(Qt::NoBrush);
      painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
      return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck: {
      const bool on = has(option, State_On) || has(option, State_NoChange);
      const bool enabled = has(option, State_Enabled);
      QRect box(0, 0, 16, 16);
      box.moveCenter(option->rect.center());
      QColor ground = on && enabled ? c.fill : fieldGround(option);
      if (has(option, State_MouseOver) && enabled && !on) ground = mixed(c.raised, c.text, 0.06);
      drawPanel(painter, box, ground, on && enabled ? c.fill : mixed(c.line, c.dim, 0.5), focused);
      if (on) {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(
            QPen(enabled ? c.onFill : c.dim, 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const QPointF o = box.topLeft();
        if (has(option, State_NoChange)) {
          painter->drawLine(o + QPointF(4.5, 8), o + QPointF(11.5, 8));
        } else {
          painter->drawPolyline(
              QPolygonF({o + QPointF(4, 8.3), o + QPointF(6.9, 11.2), o + QPointF(12, 5.2)}));
        }
        painter->restore();
      }
      return;
    }
    case PE_IndicatorRadioButton: {
      const bool on = has(option, State_On);
      const bool enabled = has(option, State_Enabled);
      QRectF circle(0, 0, 15, 15);
      circle.moveCenter(QRectF(option->rect).center());
      painter->save();
      painter->setRenderHint(QPainter::Antialiasing);
      painter->setPen(QPen(focused         ? c.accent
                           : on && enabled ? c.fill
                                           : mixed(c.line, c.dim, 0.5),
                           focused ? 2 : 1));
      painter->setBrush(on && enabled ? c.fill : fieldGround(option));
      painter->drawEllipse(circle);
      if (on) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(enabled ? c.onFill : c.dim);
        painter->drawEllipse(circle.center(), 3, 3);
      }
      painter->restore();
      return;
    }
    case PE_IndicatorArrowDown:
      drawChevron(painter, option->rect, Points::Down, textColour(option));
      return;
    case PE_IndicatorArrowUp:
      drawChevron(painter, option->rect, Points::Up, textColour(option));
      return;
    case PE_IndicatorArrowLeft:
      drawChevron(painter, option->rect, Points::Left, textColour(option));
      return;
    case PE_IndicatorArrowRight:
      drawChevron(painter, option->rect, Points::Right, textColour(option));
      return;
    case PE_IndicatorHeaderArrow:
      if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
        const bool up = header->sortIndicator & QStyleOptionHeader::SortUp;
        drawChevron(painter, option->rect, up ? Points::Up : Points::Down, c.dim, 3);
      }
      return;
    case PE_IndicatorToolBarSeparator:
      painter->fillRect(
          QRect(option->rect.center().x(), option->rect.top() + 4, 1, option->rect.height() - 8),
          c.line);
      return;
    case PE_PanelItemViewRow:
      if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
          item && (item->features & QStyleOptionViewItem::Alternate)) {
        painter->fillRect(option->rect, c.panel);
      }
      return;
    case PE_IndicatorItemViewItemDrop: {
      // Between two items or onto one; a rectangle that is none is nowhere.
      if (option->rect.isNull()) return;
      painter->save();
      if (option->rect.height() <= 2) {
        painter->fillRect(
            QRect(option->rect.left(), option->rect.top() - 1, option->rect.width(), 2), c.accent);
      } else {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(c.accent, 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(option->rect).adjusted(1, 1, -1, -1), metric::radius,
                                 metric::radius);
      }
      painter->restore();
      return;
    }
    case PE_PanelItemViewItem: {
      if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option)) {
        if (item->backgroundBrush.style() != Qt::NoBrush) {
          painter->fillRect(option->rect, item->backgroundBrush);
        }
      }
      if (has(option, State_Selected)) {
        painter->fillRect(option->rect, c.selection);
      } else if (has(option, State_MouseOver) && has(option, State_Enabled)) {
        painter->fillRect(option->rect, c.hover);
      }
      return;
    }
    default:
      QProxyStyle::drawPrimitive(element, option, painter, widget);
  }
}

void ThemeStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                             const QWidget* widget) const {
  const ThemeColours& c = colours();
  switch (element) {
    case CE_PushButtonBevel:
      if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
        drawPrimitive(PE_PanelButtonCommand, option, painter, widget);
        if (button->features & QStyleOptionButton::HasMenu) {
          const QRect r = option->rect;
          drawChevron(painter, QRect(r.right() - 20, r.top(), 16, r.height()), Points::Down,
                      textColour(option));
        }
      }
      return;
    case CE_PushButtonLabel:
      if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
        QStyleOptionButton copy = *button;
        if (isMain(widget) && has(option, State_Enabled)) {
          copy.palette.setColor(QPalette::ButtonText, c.onFill);
        }
        copy.state &= ~State_HasFocus;
        if (copy.features & QStyleOptionButton::HasMenu) {
          copy.features &= ~QStyleOptionButton::ButtonFeatures(QStyleOptionButton::HasMenu);
          copy.rect.adjust(0, 0, -16, 0);
        }
        QProxyStyle::drawControl(element, &copy, painter, widget);
      }
      return;
    case CE_HeaderSection: {
      painter->fillRect(option->rect, c.panel);
      painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
                        c.line);
      return;
    }
    case CE_HeaderEmptyArea:
      painter->fillRect(option->rect, c.panel);
      painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
                        c.line);
      return;
    case CE_HeaderLabel:
      if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
        QStyleOptionHeaderV2 copy;
        if (const auto* v2 = qstyleoption_cast<const QStyleOptionHeaderV2*>(option)) {
          copy = *v2;
        } else {
          copy.QStyleOptionHeader::operator=(*header);
        }
        copy.palette.setColor(QPalette::ButtonText, c.dim);
        copy.state &= ~State_On;
        painter->save();
        painter->setFont(textFont(TextSize::Small));
        QProxyStyle::drawControl(element, &copy, painter, widget);
        painter->restore();
      }
      return;
    case CE_Splitter:
      painter->fillRect(option->rect, c.line);
      return;
    case CE_ProgressBarGroove:
      painter->save();
      painter->setRenderHint(QPainter::Antialiasing);
      painter->setPen(Qt::NoPen);
      painter->setBrush(c.line);
      painter->drawRoundedRect(option->rect, option->rect.height() / 2.0,
                               option->rect.height() / 2.0);
      painter->restore();
      return;
    case CE_ProgressBarContents:
      if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option)) {
        QRectF r = option->rect;
        const double radius = r.height() / 2;
        if (bar->maximum > bar->minimum) {
          const double part = static_cast<double>(bar->progress - bar->minimum) /
                              (static_cast<double>(bar->maximum) - bar->minimum);
          r.setWidth(std::clamp(part, 0.0, 1.0) * r.width());
        } else {
          r.setWidth(r.width() * 0.3);
        }
        if (r.width() < 1) return;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(c.accent);
        painter->drawRoundedRect(r, radius, radius);
        painter->restore();
      }
      return;
    case CE_ProgressBarLabel:
      return;
    case CE_MenuBarEmptyArea:
      painter->fillRect(option->rect, c.panel);
      return;
    case CE_MenuBarItem:
      if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
        painter->fillRect(option->rect, c.panel);
        if (has(option, State_Selected) || has(option, State_Sunken)) {
          painter->save();
          painter->setRenderHint(QPainter::Antialiasing);
          painter->setPen(Qt::NoPen);
          painter->setBrush(c.hover);
          painter->drawRoundedRect(option->rect.adjusted(0, 2, 0, -2), 4, 4);
          painter->restore();
        }
        drawItemText(painter, option->rect,
                     Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextSingleLine, item->palette,
                     has(option, State_Enabled), item->text, QPalette::WindowText);
      }
      return;
    case CE_TabBarTabShape:
      painter->fillRect(option->rect, c.panel);
      painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
                        c.line);
      if (has(option, State_Selected)) {
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom() - 1, option->rect.width(), 2),
            c.accent);
      }
      if (has(option, State_HasFocus)) drawFocusRing(painter, option->rect);
      return;
    case CE_CheckBox:
    case CE_RadioButton:
      QProxyStyle::drawControl(element, option, painter, widget);
      return;
    case CE_ShapedFrame:
      if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
          frame && (frame->frameShape == QFrame::HLine || frame->frameShape == QFrame::VLine)) {
        const QRect r = option->rect;
        if (frame->frameShape == QFrame::HLine) {
          painter->fillRect(QRect(r.left(), r.center().y(), r.width(), 1), c.line);
        } else {
          painter->fillRect(QRect(r.center().x(), r.top(), 1, r.height()), c.line);
        }
        return;
      }
      QProxyStyle::drawControl(element, option, painter, widget);
      return;
    default:
      QProxyStyle::drawControl(element, option, painter, widget);
  }
}

void ThemeStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                    QPainter* painter, const QWidget* widget) const {
  const ThemeColours& c = colours();
  const bool enabled = has(option, State_Enabled);
  const bool focused = has(option, State_HasFocus) && enabled;
  switch (control) {
    case CC_ComboBox:
      if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
        drawPanel(painter, option->rect,
                  combo->editable ? fieldGround(option) : buttonGround(option), c.line, focused);
        const QRect arrow = subControlRect(control, option, SC_ComboBoxArrow, widget);
        drawChevron(painter, arrow, Points::Down, textColour(option));
      }
      return;
    case CC_SpinBox:
      if (const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option)) {
        if (spin->frame) drawPanel(painter, option->rect, fieldGround(option), c.line, focused);
        const QRect up = subControlRect(control, option, SC_SpinBoxUp, widget);
        const QRect down = subControlRect(control, option, SC_SpinBoxDown, widget);
        const auto arrow = [&](const QRect& rect, Points points, SubControl sub,
                               QAbstractSpinBox::StepEnabledFlag flag) {
          const bool can = enabled && (spin->stepEnabled & flag);
          QColor colour = can ? c.text : c.dim;
          if (!can) colour.setAlphaF(0.6F);
          if (can && (option->activeSubControls & sub)) {
            painter->fillRect(rect.adjusted(0, 1, -1, -1), mixed(c.raised, c.text, 0.08));
          }
          drawChevron(painter, rect, points, colour, 3);
        };
        if (spin->buttonSymbols != QAbstractSpinBox::NoButtons) {
          arrow(up, Points::Up, SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled);
          arrow(down, Points::Down, SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled);
        }
      }
      return;
    case CC_ScrollBar:
      if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
        if (bar->maximum <= bar->minimum) return;
        QRectF handle = subControlRect(control, option, SC_ScrollBarSlider, widget);
        const bool hot = option->activeSubControls & SC_ScrollBarSlider;
        if (bar->orientation == Qt::Vertical) {
          handle.adjust(3, 2, -3, -2);
        } else {
          handle.adjust(2, 3, -2, -3);
        }
        QColor colour = c.dim;
        colour.setAlphaF(hot ? (has(option, State_Sunken) ? 0.85F : 0.7F) : 0.4F);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(colour);
        const double radius = std::min(handle.width(), handle.height()) / 2;
        painter->drawRoundedRect(handle, radius, radius);
        painter->restore();
      }
      return;
    case CC_Slider:
      if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
        const bool horizontal = slider->orientation == Qt::Horizontal;
        const QRectF handle = subControlRect(control, option, SC_SliderHandle, widget);
        const QRectF whole = option->rect;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        QRectF groove, filled;
        if (horizontal) {
          groove = QRectF(whole.left() + 2, whole.center().y() - 2, whole.width() - 4, 4);
          filled = groove;
          if (slider->upsideDown) {
            filled.setLeft(handle.center().x());
          } else {
            filled.setRight(handle.center().x());
          }
        } else {
          groove = QRectF(whole.center().x() - 2, whole.top() + 2, 4, whole.height() - 4);
          filled = groove;
          filled.setTop(handle.center().y());
        }
        painter->setBrush(c.line);
        painter->drawRoundedRect(groove, 2, 2);
        painter->setBrush(enabled ? c.accent : c.dim);
        painter->drawRoundedRect(filled, 2, 2);
        const bool hot = option->activeSubControls & SC_SliderHandle;
        QRectF knob(0, 0, hot && enabled ? 16 : 14, hot && enabled ? 16 : 14);
        knob.moveCenter(handle.center());
        painter->setBrush(c.dark ? c.text : c.panel);
        painter->setPen(QPen(focused ? c.accent : mixed(c.line, c.dim, 0.6), focused ? 2 : 1));
        painter->drawEllipse(knob);
        painter->restore();
      }
      return;
    case CC_ToolButton:
      if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
        if (widget && widget->property(disclosureProperty).toBool()) {
          drawDisclosure(painter, *button);
          return;
        }
        drawPrimitive(PE_PanelButtonTool, option, painter, widget);
        QStyleOptionToolButton label = *button;
        label.state &= ~State_HasFocus;
        label.rect = option->rect.adjusted(2, 2, -2, -2);
        if (button->subControls & SC_ToolButtonMenu ||
            button->features & QStyleOptionToolButton::HasMenu) {
          const QRect r = option->rect;
          drawChevron(painter, QRect(r.right() - 16, r.top(), 14, r.height()), Points::Down,
                      textColour(option), 3);
          label.rect.adjust(0, 0, -12, 0);
        }
        drawControl(CE_ToolButtonLabel, &label, painter, widget);
      }
      return;
    default:
      QProxyStyle::drawComplexControl(control, option, painter, widget);
  }
}

}  // namespace boxwright::ui
