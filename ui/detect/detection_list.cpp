// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detect/detection_list.h"

#include <QHeaderView>
#include <QPixmap>
#include <algorithm>

#include "core/image/class_colours.h"
#include "ui/charts/bar_delegate.h"
#include "ui/detect/way_text.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int kClassRole = Qt::UserRole + 40;

}  // namespace

QString classText(const ClassNames& names, int classId) {
  if (classId >= 0 && static_cast<std::size_t>(classId) < names.size()) {
    return QString::fromStdString(names[static_cast<std::size_t>(classId)]);
  }
  return QStringLiteral("class %1").arg(classId);
}

DetectionList::DetectionList(QWidget* parent) : QTreeWidget(parent) {
  setObjectName(QStringLiteral("detections"));
  setAccessibleName(tr("Detections"));
  setColumnCount(2);
  setHeaderHidden(true);
  setRootIsDecorated(false);
  setUniformRowHeights(true);
  setFrameShape(QFrame::NoFrame);
  header()->setStretchLastSection(false);
  header()->setSectionResizeMode(0, QHeaderView::Stretch);
  header()->setSectionResizeMode(1, QHeaderView::Fixed);
  header()->resizeSection(1, 96);
  setItemDelegateForColumn(1, new BarDelegate(this));
  connect(this, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
    Q_EMIT picked(
        item ? std::optional<std::uint32_t>(static_cast<std::uint32_t>(indexOfTopLevelItem(item)))
             : std::nullopt);
  });
}

void DetectionList::show(const std::vector<Detection>& detections, const ClassNames& names,
                         const ClassTree* tree) {
  const int count = std::min(kMost, static_cast<int>(detections.size()));
  const QSignalBlocker quiet(this);
  if (count < topLevelItemCount()) setCurrentItem(nullptr);
  while (topLevelItemCount() > count)
    delete takeTopLevelItem(count);
  while (topLevelItemCount() < count) {
    auto* item = new QTreeWidgetItem;
    item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
    item->setFont(1, numberFont());
    item->setSizeHint(0, QSize(0, 26));
    addTopLevelItem(item);
  }
  for (int i = 0; i < count; ++i) {
    const Detection& found = detections[static_cast<std::size_t>(i)];
    QTreeWidgetItem* item = topLevelItem(i);
    const QString name = classText(names, found.classId);
    if (item->text(0) != name) item->setText(0, name);
    item->setToolTip(0, tree ? wayText(found, *tree, names) : QString());
    if (item->data(0, kClassRole) != QVariant(found.classId)) {
      const Colour rgb = classColour(found.classId);
      const QColor colour(rgb.red, rgb.green, rgb.blue);
      item->setData(0, kClassRole, found.classId);
      item->setIcon(0, swatch(colour));
      item->setData(1, BarDelegate::ColourRole, colour);
    }
    const double confidence = found.confidence;
    item->setText(1, QString::number(confidence, 'f', 2));
    item->setData(1, BarDelegate::ShareRole, confidence);
  }
}

void DetectionList::select(std::optional<std::uint32_t> id) {
  const QSignalBlocker quiet(this);
  QTreeWidgetItem* item = id ? topLevelItem(static_cast<int>(*id)) : nullptr;
  setCurrentItem(item);
  if (item) scrollToItem(item);
}

}  // namespace boxwright::ui
