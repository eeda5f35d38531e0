// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page.h"

#include <QHBoxLayout>
#include <QResizeEvent>
#include <QScrollArea>
#include <QSettings>
#include <QSplitter>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/error_bar.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int headerHeight = 40;

}  // namespace

Page::Page(QString id, QString title, QString icon, StudioState& state, QWidget* parent)
    : QWidget(parent),
      id_(std::move(id)),
      title_(std::move(title)),
      icon_(std::move(icon)),
      state_(state),
      errorBar_(new ErrorBar),
      column_(new QVBoxLayout(this)) {
  setObjectName(id_);
  setAccessibleName(title_);
  column_->setContentsMargins(0, 0, 0, 0);
  column_->setSpacing(0);
  column_->addWidget(errorBar_);
}

QWidget* Page::makeHeader(QHBoxLayout*& row) {
  auto* header = new QWidget;
  header->setFixedHeight(headerHeight);
  header->setAutoFillBackground(true);
  header->setBackgroundRole(QPalette::Base);
  row = new QHBoxLayout(header);
  row->setContentsMargins(metric::margin, 0, metric::gap, 0);
  row->setSpacing(4);
  return header;
}

void Page::setBody(QWidget* content, QWidget* inspector, const QString& inspectorName) {
  splitter_ = new QSplitter(Qt::Horizontal);
  splitter_->setObjectName(QStringLiteral("body"));
  splitter_->setChildrenCollapsible(false);
  splitter_->addWidget(content);
  splitter_->setStretchFactor(0, 1);
  if (inspector) {
    inspectorName_ = inspectorName.isEmpty() ? tr("Inspector") : inspectorName;
    inspector_ = new QScrollArea;
    inspector_->setFrameShape(QFrame::NoFrame);
    inspector_->setWidgetResizable(true);
    inspector_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    inspector_->setBackgroundRole(QPalette::Base);
    inspector_->setAccessibleName(inspectorName_);
    inspector->setBackgroundRole(QPalette::Base);
    inspector->setAutoFillBackground(true);
    inspector_->setWidget(inspector);
    giveInspectorItsWidth();
    inspector->installEventFilter(this);
    splitter_->addWidget(inspector_);
    splitter_->setStretchFactor(1, 0);
    splitter_->setSizes({4 * metric::inspectorWidth, metric::inspectorWidth});
  }
  column_->addWidget(splitter_, 1);
}

void Page::giveInspectorItsWidth() {
  // Never narrower than its fields ask for: nothing is cut off at the right.
  const int asked = inspector_->widget()->minimumSizeHint().width() +
                    style()->pixelMetric(QStyle::PM_ScrollBarExtent);
  const int narrowest = std::clamp(asked, 280, 400);
  inspector_->setMinimumWidth(narrowest);
  inspector_->setMaximumWidth(std::max(420, narrowest));
}

bool Page::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::LayoutRequest && inspector_ && watched == inspector_->widget()) {
    giveInspectorItsWidth();
  }
  return QWidget::eventFilter(watched, event);
}

bool Page::inspectorWanted() const {
  return allowed_ && (narrow_ ? openWhenNarrow_ : openWhenWide_);
}

void Page::setInspectorAllowed(bool allowed) {
  if (allowed == allowed_) return;
  allowed_ = allowed;
  if (inspector_) inspector_->setVisible(inspectorWanted());
  Q_EMIT inspectorChanged();
}

bool Page::isInspectorVisible() const {
  return inspector_ && inspectorWanted();
}

void Page::setInspectorVisible(bool visible) {
  if (!inspector_ || !allowed_ || visible == inspectorWanted()) return;
  (narrow_ ? openWhenNarrow_ : openWhenWide_) = visible;
  inspector_->setVisible(visible);
  Q_EMIT inspectorChanged();
}

void Page::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  if (!inspector_) return;
  // Folded as soon as content and inspector do not both have the room they ask for.
  const int asked =
      splitter_->widget(0)->minimumSizeHint().width() + inspector_->minimumWidth() + 1;
  const bool narrow = width() < std::max(metric::inspectorFoldsBelow, asked);
  if (narrow == narrow_) return;
  narrow_ = narrow;
  inspector_->setVisible(inspectorWanted());
  Q_EMIT inspectorChanged();
}

void Page::setStatusText(const QString& text) {
  if (text == statusText_) return;
  statusText_ = text;
  Q_EMIT statusTextChanged();
}

void Page::saveLayout() const {
  QSettings settings;
  settings.beginGroup(QStringLiteral("layout/") + id_);
  settings.setValue(QStringLiteral("inspector"), openWhenWide_);
  for (const QSplitter* splitter : findChildren<QSplitter*>()) {
    if (splitter == splitter_ && !isInspectorVisible()) continue;
    if (!splitter->objectName().isEmpty() && splitter->width() > 0) {
      settings.setValue(splitter->objectName(), splitter->saveState());
    }
  }
}

void Page::restoreLayout() {
  QSettings settings;
  settings.beginGroup(QStringLiteral("layout/") + id_);
  openWhenWide_ = settings.value(QStringLiteral("inspector"), true).toBool();
  if (inspector_) inspector_->setVisible(inspectorWanted());
  for (QSplitter* splitter : findChildren<QSplitter*>()) {
    const QByteArray saved = settings.value(splitter->objectName()).toByteArray();
    if (splitter->objectName().isEmpty() || saved.isEmpty()) continue;
    splitter->restoreState(saved);
    splitter->setChildrenCollapsible(false);
  }
}

}  // namespace boxwright::ui
