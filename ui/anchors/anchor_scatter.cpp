// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/anchors/anchor_scatter.h"

#include <fmt/format.h>

#include <QMouseEvent>
#include <algorithm>
#include <cmath>

#include "core/base/atomic_file.h"
#include "core/image/class_colours.h"
#include "ui/charts/save_plot.h"
#include "ui/save_dialog.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr double pickDistance = 12;
constexpr double dotRadius = 2.2;

/// A disc as coverage in 255ths, row by row.
struct Dot {
  explicit Dot(double radius) : side(2 * static_cast<int>(std::ceil(radius - 0.5)) + 1) {
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        const double distance = std::hypot(x - side / 2, y - side / 2);
        mask.push_back(static_cast<int>(255 * std::clamp(radius + 0.5 - distance, 0.0, 1.0)));
      }
    }
  }
  int side;
  std::vector<int> mask;
};

void blend(QRgb& pixel, QRgb colour, int alpha) {
  const int keep = 255 - alpha;
  const auto mix = [&](int below, int above) { return (below * keep + above * alpha + 127) / 255; };
  pixel = qRgba(mix(qRed(pixel), qRed(colour)), mix(qGreen(pixel), qGreen(colour)),
                mix(qBlue(pixel), qBlue(colour)), mix(qAlpha(pixel), 255));
}

}  // namespace

QColor clusterColour(int cluster) {
  const Colour rgb = classColour(cluster);
  return QColor(rgb.red, rgb.green, rgb.blue);
}

/// All points in one pass over an image: twenty thousand of them take a few milliseconds.
class AnchorScatter::Cloud : public QCPLayerable {
 public:
  Cloud(AnchorScatter* plot) : QCPLayerable(plot), plot_(plot) {}

 protected:
  void applyDefaultAntialiasingHint(QCPPainter*) const override {}
  QRect clipRect() const override { return plot_->axisRect()->rect(); }
  void draw(QCPPainter* painter) override {
    if (!plot_->boxes_) return;
    const QRect area = plot_->axisRect()->rect();
    if (area.isEmpty()) return;
    // In the pixels of the screen or of the picture that is saved.
    const double scale = painter->worldTransform().m11() * painter->device()->devicePixelRatioF();
    const Dot dot(dotRadius * scale);
    QImage image((QSizeF(area.size()) * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    image.fill(Qt::transparent);
    const std::vector<int>* assignment = plot_->assignment_.get();
    const auto count = static_cast<int>(plot_->anchors_.size());
    std::vector<QRgb> palette;
    for (int i = 0; i < count; ++i)
      palette.push_back(clusterColour(i).rgb());
    const QRgb plain = colours().dim.rgb();
    const int strength = plot_->boxes_->sample.size() > 4000 ? 120 : 190;
    for (const std::uint32_t index : plot_->boxes_->sample) {
      const QPointF p = (plot_->positionOf(index) - area.topLeft()) * scale;
      const int left = static_cast<int>(std::lround(p.x())) - dot.side / 2;
      const int top = static_cast<int>(std::lround(p.y())) - dot.side / 2;
      if (left < -dot.side || top < -dot.side || left >= image.width() || top >= image.height())
        continue;
      const int cluster = assignment && index < assignment->size() ? (*assignment)[index] : -1;
      const bool faded = plot_->highlighted_ >= 0 && cluster != plot_->highlighted_;
      const QRgb colour =
          cluster >= 0 && cluster < count ? palette[static_cast<std::size_t>(cluster)] : plain;
      for (int y = std::max(0, -top); y < dot.side && top + y < image.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(top + y));
        for (int x = std::max(0, -left); x < dot.side && left + x < image.width(); ++x) {
          const int mask = dot.mask[static_cast<std::size_t>(y * dot.side + x)];
          blend(line[left + x], colour, mask * (faded ? strength / 5 : strength) / 255);
        }
      }
    }
    painter->drawImage(area.topLeft(), image);
  }

 private:
  AnchorScatter* plot_;
};

class AnchorScatter::Centroids : public QCPLayerable {
 public:
  Centroids(AnchorScatter* plot) : QCPLayerable(plot), plot_(plot) {}

 protected:
  void applyDefaultAntialiasingHint(QCPPainter*) const override {}
  QRect clipRect() const override { return plot_->axisRect()->rect(); }
  void draw(QCPPainter* painter) override {
    const std::vector<Size>& anchors = plot_->anchors_;
    if (anchors.empty()) return;
    double largest = 1e-9;
    for (const Size& anchor : anchors)
      largest = std::max({largest, anchor.width, anchor.height});
    const double area = std::min(plot_->axisRect()->width(), plot_->axisRect()->height());
    const double scale = std::clamp(area / 7, 32.0, 72.0) / largest;
    painter->setFont(textFont(TextSize::Small, true));
    // Large ones first, so that small ones stay visible.
    for (std::size_t i = anchors.size(); i-- > 0;) {
      const Size& anchor = anchors[i];
      const QPointF centre(plot_->xAxis->coordToPixel(anchor.width),
                           plot_->yAxis->coordToPixel(anchor.height));
      const double w = std::max(6.0, anchor.width * scale),
                   h = std::max(6.0, anchor.height * scale);
      const QRectF box(std::floor(centre.x() - w / 2) + 0.5, std::floor(centre.y() - h / 2) + 0.5,
                       std::round(w), std::round(h));
      const QColor colour = clusterColour(static_cast<int>(i));
      const bool strong = plot_->highlighted_ == static_cast<int>(i);
      QColor inside = colours().window;
      inside.setAlphaF(0.55F);
      painter->setBrush(inside);
      painter->setPen(QPen(colours().window, strong ? 5 : 4));
      painter->drawRect(box);
      painter->setBrush(Qt::NoBrush);
      painter->setPen(QPen(colour, strong ? 3 : 2));
      painter->drawRect(box);
      const QString number = QString::number(i + 1);
      const double width = painter->fontMetrics().horizontalAdvance(number) + 8;
      const QRectF plate(box.right() + 2, box.top() - 1, width, 16);
      painter->setPen(Qt::NoPen);
      painter->setBrush(colour);
      painter->drawRoundedRect(plate, 3, 3);
      painter->setPen(contrast(colour, Qt::black) >= contrast(colour, Qt::white) ? Qt::black
                                                                                 : Qt::white);
      painter->drawText(plate, Qt::AlignCenter, number);
    }
  }

 private:
  AnchorScatter* plot_;
};

AnchorScatter::AnchorScatter(QWidget* parent)
    : QCustomPlot(parent), saving_(tr("Saving the box sizes"), QStringLiteral("anchors")) {
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Scatter of box widths and heights"));
  setMinimumSize(200, 160);
  setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
  axisRect()->setRangeZoomFactor(0.8);
  // Drawn bottom to top: the grid, the cloud, the anchors.
  addLayer(QStringLiteral("cloud"), layer(QStringLiteral("grid")), limAbove);
  addLayer(QStringLiteral("centroids"), layer(QStringLiteral("axes")), limAbove);
  auto* cloud = new Cloud(this);
  cloud->setLayer(QStringLiteral("cloud"));
  auto* centroids = new Centroids(this);
  centroids->setLayer(QStringLiteral("centroids"));
  centroids->setAntialiased(true);
  xAxis->setLabel(tr("width, pixels of the network\u2019s input"));
  yAxis->setLabel(tr("height, pixels"));
  const auto moved = [this] { zoomed_ = true; };
  connect(this, &QCustomPlot::mouseWheel, this, moved);
  connect(&saving_, &Job::failed, this, &AnchorScatter::failed);
  connect(&Theme::instance(), &Theme::changed, this, [this] {
    dress();
    replot(rpQueuedReplot);
  });
  dress();
  resetView();
}

void AnchorScatter::dress() {
  const ThemeColours& c = colours();
  setBackground(QBrush(c.canvas));
  const QFont font = numberFont(TextSize::Small);
  for (QCPAxis* axis : {xAxis, yAxis}) {
    axis->setBasePen(QPen(c.line));
    axis->setTickPen(QPen(c.line));
    axis->setSubTickPen(Qt::NoPen);
    axis->setTickLabelColor(c.dim);
    axis->setLabelColor(c.dim);
    axis->setTickLabelFont(font);
    axis->setLabelFont(textFont(TextSize::Small));
    QColor thin = c.line;
    thin.setAlphaF(0.7F);
    axis->grid()->setPen(QPen(thin, 1));
    axis->grid()->setZeroLinePen(QPen(thin, 1));
    axis->grid()->setSubGridVisible(false);
  }
}

QPointF AnchorScatter::positionOf(std::size_t index) const {
  const Size& size = boxes_->fractions[index];
  return {xAxis->coordToPixel(size.width * inputSize_),
          yAxis->coordToPixel(size.height * inputSize_)};
}

std::size_t AnchorScatter::drawnPoints() const {
  return boxes_ ? boxes_->sample.size() : 0;
}

void AnchorScatter::setBoxes(std::shared_ptr<const BoxSizes> boxes, int inputSize) {
  boxes_ = std::move(boxes);
  inputSize_ = inputSize;
  assignment_.reset();
  anchors_.clear();
  highlighted_ = -1;
  smallest_ = inputSize;
  if (boxes_) {
    for (const std::uint32_t index : boxes_->sample) {
      const Size& size = boxes_->fractions[index];
      smallest_ = std::min({smallest_, size.width * inputSize, size.height * inputSize});
    }
  }
  smallest_ = std::max(0.5, smallest_);
  resetView();
}

void AnchorScatter::setClusters(std::shared_ptr<const std::vector<int>> assignment,
                                std::vector<Size> anchors) {
  assignment_ = std::move(assignment);
  anchors_ = std::move(anchors);
  highlighted_ = -1;
  replot(rpQueuedReplot);
}

void AnchorScatter::setHighlightedCluster(int cluster) {
  if (cluster == highlighted_) return;
  highlighted_ = cluster;
  replot(rpQueuedReplot);
}

void AnchorScatter::setLogarithmic(bool on) {
  if (on == logarithmic_) return;
  logarithmic_ = on;
  for (QCPAxis* axis : {xAxis, yAxis}) {
    axis->setScaleType(on ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (on) {
      axis->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
      axis->setNumberFormat(QStringLiteral("gb"));
      axis->setNumberPrecision(4);
    } else {
      axis->setTicker(QSharedPointer<QCPAxisTicker>::create());
    }
  }
  resetView();
}

void AnchorScatter::resetView() {
  zoomed_ = false;
  double right = 1;
  if (boxes_) {
    for (const std::uint32_t index : boxes_->sample) {
      const Size& size = boxes_->fractions[index];
      right = std::max({right, size.width * inputSize_, size.height * inputSize_});
    }
  } else {
    right = inputSize_;
  }
  if (right <= 1) right = inputSize_;
  const double low = logarithmic_ ? smallest_ * 0.8 : 0;
  double high = logarithmic_ ? right * 1.25 : right * 1.06;
  // The same pixels for the same length on both axes, so that a square box lies on the diagonal.
  const double width = std::max(1, axisRect()->width()), height = std::max(1, axisRect()->height());
  if (logarithmic_) {
    xAxis->setRange(low, high);
    yAxis->setRange(low, high);
  } else if (width >= height) {
    yAxis->setRange(low, high);
    xAxis->setRange(low, high * width / height);
  } else {
    xAxis->setRange(low, high);
    yAxis->setRange(low, high * height / width);
  }
  replot(rpQueuedReplot);
}

std::optional<std::size_t> AnchorScatter::boxAt(const QPointF& point) const {
  if (!boxes_ || boxes_->fractions.empty() || !axisRect()->rect().contains(point.toPoint()))
    return {};
  const double rx = pickDistance, ry = pickDistance;
  // The neighbourhood in data units first: most boxes fall out by two comparisons.
  const auto bounds = [&](const QCPAxis* axis, double centre, double radius) {
    const double a = axis->pixelToCoord(centre - radius), b = axis->pixelToCoord(centre + radius);
    return std::pair(std::min(a, b) / inputSize_, std::max(a, b) / inputSize_);
  };
  const auto [x0, x1] = bounds(xAxis, point.x(), rx);
  const auto [y0, y1] = bounds(yAxis, point.y(), ry);
  std::optional<std::size_t> best;
  double nearest = pickDistance * pickDistance;
  for (std::size_t i = 0; i < boxes_->fractions.size(); ++i) {
    const Size& size = boxes_->fractions[i];
    if (size.width < x0 || size.width > x1 || size.height < y0 || size.height > y1) continue;
    const QPointF d = positionOf(i) - point;
    const double distance = d.x() * d.x() + d.y() * d.y();
    if (distance < nearest) {
      nearest = distance;
      best = i;
    }
  }
  return best;
}

void AnchorScatter::mousePressEvent(QMouseEvent* event) {
  pressed_ = event->pos();
  QCustomPlot::mousePressEvent(event);
}

void AnchorScatter::mouseMoveEvent(QMouseEvent* event) {
  QCustomPlot::mouseMoveEvent(event);
  if (event->buttons() & Qt::LeftButton) {
    if ((event->pos() - pressed_).manhattanLength() > 4) zoomed_ = true;
    return;
  }
  const auto near = boxAt(event->position());
  setCursor(near ? Qt::PointingHandCursor : Qt::ArrowCursor);
  if (near) {
    const Size& size = boxes_->fractions[*near];
    Q_EMIT pointedAt(tr("%1 \u00d7 %2 px: click to see this box")
                         .arg(size.width * inputSize_, 0, 'f', 1)
                         .arg(size.height * inputSize_, 0, 'f', 1));
  } else if (axisRect()->rect().contains(event->pos())) {
    Q_EMIT pointedAt(tr("%1 \u00d7 %2 px")
                         .arg(xAxis->pixelToCoord(event->position().x()), 0, 'f', 0)
                         .arg(yAxis->pixelToCoord(event->position().y()), 0, 'f', 0));
  } else {
    Q_EMIT pointedAt({});
  }
}

void AnchorScatter::mouseReleaseEvent(QMouseEvent* event) {
  QCustomPlot::mouseReleaseEvent(event);
  if (event->button() != Qt::LeftButton) return;
  if ((event->pos() - pressed_).manhattanLength() > 4) return;
  if (const auto near = boxAt(event->position())) Q_EMIT boxClicked(*near);
}

void AnchorScatter::mouseDoubleClickEvent(QMouseEvent*) {
  resetView();
}

void AnchorScatter::leaveEvent(QEvent* event) {
  QCustomPlot::leaveEvent(event);
  Q_EMIT pointedAt({});
}

void AnchorScatter::keyPressEvent(QKeyEvent* event) {
  const auto zoom = [this](double factor) {
    zoomed_ = true;
    xAxis->scaleRange(factor);
    yAxis->scaleRange(factor);
    replot(rpQueuedReplot);
  };
  switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      zoom(0.8);
      break;
    case Qt::Key_Minus:
      zoom(1.25);
      break;
    case Qt::Key_F:
      resetView();
      break;
    default:
      QCustomPlot::keyPressEvent(event);
  }
}

void AnchorScatter::resizeEvent(QResizeEvent* event) {
  QCustomPlot::resizeEvent(event);
  if (!zoomed_) resetView();
}

void AnchorScatter::saveImageAs() {
  askWhereToSave(this, tr("Save the picture of the box sizes"), QStringLiteral("box-sizes.png"),
                 tr("PNG picture (*.png)"), [this](const QString& file) { saveImage(file); });
}

void AnchorScatter::saveCsvAs() {
  askWhereToSave(this, tr("Save the box sizes"), QStringLiteral("box-sizes.csv"),
                 tr("Table (*.csv)"), [this](const QString& file) { saveCsv(file); });
}

void AnchorScatter::saveImage(const QString& file) {
  savePlotImage(*this, file, saving_);
}

void AnchorScatter::saveCsv(const QString& file) {
  if (!boxes_) return;
  saving_.start(
      [boxes = boxes_, assignment = assignment_, size = inputSize_, file](std::stop_token,
                                                                          JobProgress&) {
        std::string text = assignment ? "width,height,anchor\n" : "width,height\n";
        for (std::size_t i = 0; i < boxes->fractions.size(); ++i) {
          const Size& f = boxes->fractions[i];
          text += fmt::format("{:.2f},{:.2f}", f.width * size, f.height * size);
          if (assignment) text += fmt::format(",{}", (*assignment)[i] + 1);
          text += '\n';
        }
        writeFileAtomically(pathFromUtf8(file.toStdString()), text);
      },
      [] {});
}

}  // namespace boxwright::ui
