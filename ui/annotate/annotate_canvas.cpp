// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/annotate_canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "ui/annotate/draw_tool.h"
#include "ui/annotate/eye_levels.h"
#include "ui/annotate/select_tool.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr double smallestSeen = 8;  ///< side of a box on the screen, pixels

}  // namespace

QString labelOf(int classId, const LabelEditor& editor) {
  const QString name = editor.className(classId);
  if (classId < 0 || classId >= 10) return name;
  return QString::number((classId + 1) % 10) + QLatin1Char(' ') + name;
}

AnnotateCanvas::AnnotateCanvas(LabelEditor& editor, QWidget* parent)
    : PictureCanvas(parent), editor_(editor) {
  setAccessibleName(tr("Picture and its boxes"));
  setTool(ToolKind::Select);
  connect(&editor_, &LabelEditor::changed, this, [this] {
    cancelGesture();  // what it began with is no more
    showLabels();
  });
  connect(&editor_, &LabelEditor::selectionChanged, this, &AnnotateCanvas::markSelected);
  connect(&editor_, &LabelEditor::classChanged, this, qOverload<>(&QWidget::update));
}

AnnotateCanvas::~AnnotateCanvas() = default;

void AnnotateCanvas::setTool(ToolKind kind) {
  if (kind == kind_ && (tool_ || kind == ToolKind::Pan)) return;
  finishKeys();
  cancelGesture();
  kind_ = kind;
  tool_.reset();
  if (kind == ToolKind::Draw) tool_ = std::make_unique<DrawTool>(*this, editor_);
  if (kind == ToolKind::Select) tool_ = std::make_unique<SelectTool>(*this, editor_);
  if (pointer_) setCursorFor(pointer_->screen);
  update();
  Q_EMIT toolChanged(kind);
}

bool AnnotateCanvas::cancelGesture() {
  pressed_ = false;
  return active() && active()->cancel();
}

void AnnotateCanvas::finishKeys() {
  if (active()) active()->finishKeys();
}

void AnnotateCanvas::showLabels() {
  setClassPalette(editor_.palette());
  if (editor_.picture() < 0) return;  // the boxes stay with the picture that is still shown
  std::vector<CanvasBox> boxes;
  boxes.reserve(editor_.boxes().size());
  for (const Box& box : editor_.boxes()) {
    boxes.push_back({box.id, box.rect, box.classId, labelOf(box.classId, editor_),
                     editor_.isSelected(box.id) || box.id == hovered_});
  }
  setBoxes(std::move(boxes));
}

void AnnotateCanvas::markSelected() {
  for (CanvasBox& box : shownBoxes())
    box.strong = editor_.isSelected(box.id) || box.id == hovered_;
  update();
}

void AnnotateCanvas::setHovered(std::optional<std::uint32_t> id) {
  if (id == hovered_) return;
  hovered_ = id;
  markSelected();
}

void AnnotateCanvas::setPredictions(std::vector<CanvasBox> predictions) {
  predictions_ = std::move(predictions);
  update();
}

void AnnotateCanvas::bringIntoView(const Rect& rect) {
  const QRectF seen(toWidget({rect.left, rect.top}), toWidget({rect.right, rect.bottom}));
  const bool whole = QRectF(this->rect()).contains(seen);
  if (!whole || std::max(seen.width(), seen.height()) < smallestSeen) showRect(rect);
}

void AnnotateCanvas::preview(const LabelEditor::Places& places) {
  // Both in the order of the picture's boxes.
  auto next = places.begin();
  for (CanvasBox& box : shownBoxes()) {
    if (next == places.end()) break;
    if (box.id == next->first) box.rect = (next++)->second;
  }
  update();
}

std::vector<std::uint32_t> AnnotateCanvas::pileAt(const QPointF& widgetPoint) const {
  if (!boxesVisible()) return {};
  const QPointF p = toPicture(widgetPoint);
  const double slack = clickReach / zoom();
  std::vector<const Box*> pile;
  for (const Box& box : editor_.boxes()) {
    const Rect& r = box.rect;
    if (p.x() >= r.left - slack && p.x() <= r.right + slack && p.y() >= r.top - slack &&
        p.y() <= r.bottom + slack) {
      pile.push_back(&box);
    }
  }
  std::stable_sort(pile.begin(), pile.end(),
                   [](const Box* a, const Box* b) { return a->rect.area() < b->rect.area(); });
  std::vector<std::uint32_t> ids;
  for (const Box* box : pile)
    ids.push_back(box->id);
  return ids;
}

void AnnotateCanvas::pick(const ToolPoint& point) {
  const std::vector<std::uint32_t> pile = pileAt(point.screen);
  if (pile.empty()) {
    editor_.select({});
    return;
  }
  const bool again = sameClick(point.screen, toWidget(picked_));
  picked_ = point.picture;
  auto next = pile.begin();
  if (again && editor_.selected().size() == 1) {
    const auto now = std::find(pile.begin(), pile.end(), editor_.selected().front());
    if (now != pile.end() && now + 1 != pile.end()) next = now + 1;
  }
  editor_.select({*next});
}

void AnnotateCanvas::pickPrediction(const ToolPoint& point) {
  // The smallest of what lies there, as with labels.
  const CanvasBox* smallest = nullptr;
  const QPointF p = point.picture;
  for (const CanvasBox& box : predictions_) {
    const Rect& r = box.rect;
    const bool over = p.x() >= r.left && p.x() <= r.right && p.y() >= r.top && p.y() <= r.bottom;
    if (over && (!smallest || r.area() < smallest->rect.area())) smallest = &box;
  }
  const bool found = smallest && boxesVisible();
  Q_EMIT predictionPicked(found ? std::optional<std::uint32_t>(smallest->id) : std::nullopt);
}

void AnnotateCanvas::setBrightness(int brightness) {
  brightness_ = std::clamp(brightness, -100, 100);
  update();
}

void AnnotateCanvas::setContrast(int contrast) {
  contrast_ = std::clamp(contrast, -100, 100);
  update();
}

void AnnotateCanvas::paintPicture(QPainter& painter) {
  // Kept from paint to paint: the crosshair moves with every move of the pointer.
  const PictureView seen = view();
  const Painted wanted{pictureKey(), size(),      devicePixelRatioF(), seen.zoom,
                       seen.offset,  brightness_, contrast_,           colours().canvas};
  if (cache_.isNull() || !(wanted == painted_)) {
    painted_ = wanted;
    const QSize pixels = (QSizeF(size()) * wanted.ratio).toSize();
    if (cache_.size() != pixels) cache_ = QImage(pixels, QImage::Format_RGB32);
    cache_.setDevicePixelRatio(wanted.ratio);
    cache_.fill(colours().canvas);
    QPainter inner(&cache_);
    PictureCanvas::paintPicture(inner);
    inner.end();
    const QRectF picture =
        seen.toScreen({0, 0, double(pictureSize().width()), double(pictureSize().height())});
    applyEyeLevels(cache_, QRectF(picture.topLeft() * wanted.ratio, picture.size() * wanted.ratio),
                   brightness_, contrast_);
  }
  painter.drawImage(QPointF(0, 0), cache_);
}

void AnnotateCanvas::paintOver(QPainter& painter) {
  if (!boxesVisible()) return;
  paintBoxes(painter, view(), predictions_, classPalette());
  if (!active()) return;
  const bool own = pointer_ && !isPanning() && !isSpaceHeld();
  active()->paint(painter, view(), own ? &*pointer_ : nullptr);
}

ToolPoint AnnotateCanvas::at(const QPointF& p, Qt::KeyboardModifiers modifiers) const {
  return {p, toPicture(p), modifiers};
}

void AnnotateCanvas::setCursorFor(const QPointF& p) {
  if (isSpaceHeld() || !active() || !hasPicture()) {
    if (!active() && !isSpaceHeld()) {
      setCursor(Qt::OpenHandCursor);
    } else {
      PictureCanvas::setCursorFor(p);
    }
    return;
  }
  setCursor(active()->cursor(at(p, {})));
}

void AnnotateCanvas::mousePressEvent(QMouseEvent* event) {
  const bool forTool = event->button() == Qt::LeftButton && !isSpaceHeld() && active();
  if (!forTool) {
    PictureCanvas::mousePressEvent(event);
    return;
  }
  if (!hasPicture() || editor_.picture() < 0 || isPanning()) return;
  finishKeys();
  pressed_ = true;
  pointer_ = at(event->position(), event->modifiers());
  active()->press(*pointer_);
}

void AnnotateCanvas::mouseMoveEvent(QMouseEvent* event) {
  pointer_ = at(event->position(), event->modifiers());
  PictureCanvas::mouseMoveEvent(event);
  pointer_ = at(event->position(), event->modifiers());  // a drag of the view has moved the picture
  if (active() && !isPanning()) active()->move(*pointer_);
  if (!pressed_) hoverAt(event->position());
  if (kind_ == ToolKind::Draw) update();
}

void AnnotateCanvas::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && pressed_) {
    pressed_ = false;
    pointer_ = at(event->position(), event->modifiers());
    if (active()) active()->release(*pointer_);
    setCursorFor(event->position());
    return;
  }
  PictureCanvas::mouseReleaseEvent(event);
}

void AnnotateCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  if (active()) {
    mousePressEvent(event);  // two quick clicks are two clicks
  } else {
    PictureCanvas::mouseDoubleClickEvent(event);
  }
}

void AnnotateCanvas::wheelEvent(QWheelEvent* event) {
  PictureCanvas::wheelEvent(event);
  if (pointer_) pointer_ = at(pointer_->screen, pointer_->modifiers);
}

void AnnotateCanvas::leaveEvent(QEvent* event) {
  pointer_.reset();
  if (hovered_) {
    setHovered({});
    Q_EMIT hoverChanged();
  }
  PictureCanvas::leaveEvent(event);
  update();
}

void AnnotateCanvas::hoverAt(const QPointF& p) {
  const std::vector<std::uint32_t> pile =
      kind_ == ToolKind::Draw || isPanning() ? std::vector<std::uint32_t>() : pileAt(p);
  const auto id = pile.empty() ? std::nullopt : std::optional(pile.front());
  if (id == hovered_) return;
  setHovered(id);
  Q_EMIT hoverChanged();
}

void AnnotateCanvas::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    if (cancelGesture()) return;
    if (kind_ != ToolKind::Select) {
      setTool(ToolKind::Select);
    } else {
      editor_.select({});
    }
    return;
  }
  if (active() && active()->keyPressed(*event)) return;
  if (event->key() == Qt::Key_Space) {
    PictureCanvas::keyPressEvent(event);
  } else {
    event->ignore();  // the page's actions have all other keys
  }
}

void AnnotateCanvas::keyReleaseEvent(QKeyEvent* event) {
  if (active()) active()->keyReleased(*event);
  PictureCanvas::keyReleaseEvent(event);
}

void AnnotateCanvas::focusOutEvent(QFocusEvent* event) {
  finishKeys();
  PictureCanvas::focusOutEvent(event);
}

}  // namespace boxwright::ui
