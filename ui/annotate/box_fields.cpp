// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/box_fields.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <algorithm>
#include <cmath>
#include <optional>

#include "ui/annotate/box_geometry.h"
#include "ui/annotate/label_editor.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int decimals = 1;

/// What a field shows of a number.
double shown(double value) {
  return std::round(value * 10) / 10;
}

std::optional<double> numberIn(const QString& text, const QLocale& locale) {
  bool good = false;
  double number = locale.toDouble(text.trimmed(), &good);
  if (!good) number = QLocale::c().toDouble(text.trimmed(), &good);
  return good && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

}  // namespace

/// Takes any number that is typed, and what it can of it when that is done. Enter and Esc leave it.
class BoxFields::Field : public QDoubleSpinBox {
 public:
  explicit Field(BoxFields& fields) : fields_(fields) {}

 protected:
  QValidator::State validate(QString& text, int& position) const override {
    if (numberIn(text, locale())) return QValidator::Acceptable;
    static const QRegularExpression begun(QStringLiteral("^\\s*[-+]?[0-9.,]*\\s*$"));
    if (begun.match(text).hasMatch()) return QValidator::Intermediate;
    return QDoubleSpinBox::validate(text, position);
  }
  double valueFromText(const QString& text) const override {
    const std::optional<double> number = numberIn(text, locale());
    return number ? std::clamp(*number, minimum(), maximum()) : value();
  }
  bool event(QEvent* event) override {
    // Else it is what Esc does in the page.
    if (event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
      event->accept();
      return true;
    }
    return QDoubleSpinBox::event(event);
  }
  void keyPressEvent(QKeyEvent* event) override {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (event->key() == Qt::Key_Escape)
      fields_.show();  // as it was
    else
      QDoubleSpinBox::keyPressEvent(event);
    if (!enter && event->key() != Qt::Key_Escape) return;
    event->accept();
    Q_EMIT fields_.left();
  }

 private:
  BoxFields& fields_;
};

BoxFields::BoxFields(LabelEditor& editor, QWidget* parent)
    : QWidget(parent),
      editor_(editor),
      x_(new Field(*this)),
      y_(new Field(*this)),
      width_(new Field(*this)),
      height_(new Field(*this)) {
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(metric::gap);
  grid->setVerticalSpacing(4);
  grid->setColumnStretch(1, 1);
  grid->setColumnStretch(3, 1);
  const auto add = [&](QDoubleSpinBox* field, const QString& word, const QString& name, int row,
                       int column) {
    auto* label = new QLabel(word);
    setTone(label, Tone::Dim);
    label->setBuddy(field);
    field->setDecimals(decimals);
    field->setKeyboardTracking(false);
    field->setAlignment(Qt::AlignRight);
    field->setFont(numberFont());
    field->setAccessibleName(name);
    field->setMinimumWidth(72);
    grid->addWidget(label, row, 2 * column);
    grid->addWidget(field, row, 2 * column + 1);
    connect(field, &QDoubleSpinBox::editingFinished, this, &BoxFields::take);
  };
  add(x_, tr("x"), tr("Left edge of the box, pixels"), 0, 0);
  add(y_, tr("y"), tr("Top edge of the box, pixels"), 0, 1);
  add(width_, tr("width"), tr("Width of the box, pixels"), 1, 0);
  add(height_, tr("height"), tr("Height of the box, pixels"), 1, 1);
  connect(&editor_, &LabelEditor::changed, this, &BoxFields::show);
  connect(&editor_, &LabelEditor::selectionChanged, this, &BoxFields::show);
  show();
}

void BoxFields::show() {
  const Box* box =
      editor_.selected().size() == 1 ? editor_.box(editor_.selected().front()) : nullptr;
  id_ = box ? std::optional(box->id) : std::nullopt;
  setEnabled(box != nullptr);
  const double w = editor_.size().width(), h = editor_.size().height();
  const auto put = [box](QDoubleSpinBox* field, double value, double least, double most) {
    const QSignalBlocker quiet(field);
    field->setSpecialValueText(box ? QString() : QStringLiteral(" "));
    if (!box) {
      field->setRange(0, 0);
      return;
    }
    field->setRange(std::min(least, shown(value)), std::max(most, shown(value)));
    field->setValue(shown(value));
  };
  const Rect r = box ? box->rect : Rect();
  put(x_, r.left, 0, w - r.width());
  put(y_, r.top, 0, h - r.height());
  put(width_, r.width(), smallestSide, w - r.left);
  put(height_, r.height(), smallestSide, h - r.top);
}

void BoxFields::take() {
  const Box* box = id_ ? editor_.box(*id_) : nullptr;
  if (!box) return;
  // A field that was not touched changes nothing: the box may have more digits than it shows.
  const auto differs = [](const QDoubleSpinBox* field, double value) {
    return std::abs(field->value() - shown(value)) > 0.01;
  };
  Rect r = box->rect;
  const double width = r.width(), height = r.height();
  const bool moves = differs(x_, r.left) || differs(y_, r.top);
  const bool sizes = differs(width_, width) || differs(height_, height);
  if (differs(x_, r.left)) r = moved(r, {x_->value() - r.left, 0});
  if (differs(y_, r.top)) r = moved(r, {0, y_->value() - r.top});
  if (differs(width_, width)) r.right = r.left + width_->value();
  if (differs(height_, height)) r.bottom = r.top + height_->value();
  if (sizes) {
    editor_.resize(*id_, r);
  } else if (moves) {
    editor_.move({{*id_, r}});
  }
}

}  // namespace boxwright::ui
