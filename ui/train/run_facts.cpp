// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_facts.h"

#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <string>

#include "core/base/atomic_file.h"
#include "core/image/class_colours.h"
#include "core/train/ideas.h"
#include "ui/charts/bar_delegate.h"
#include "ui/device_box.h"
#include "ui/path_text.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr std::size_t kMostClasses = 300;  ///< in the list

}  // namespace

RunFacts::RunFacts(QWidget* parent)
    : QWidget(parent),
      rows_(new QFormLayout),
      title_(makeText({})),
      folder_(makeText({}, Tone::Dim)),
      classesCaption_(makeCaption(tr("AP50 of each class"))),
      classes_(new QTreeWidget) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::wideMargin, metric::margin, metric::wideMargin,
                             metric::margin);
  column->setSpacing(metric::gap);
  column->addWidget(makeCaption(tr("This run")));
  title_->setFont(textFont(TextSize::Body, true));
  column->addWidget(title_);
  rows_->setContentsMargins(0, 0, 0, metric::gap);
  rows_->setHorizontalSpacing(metric::margin);
  rows_->setVerticalSpacing(4);
  column->addLayout(rows_);
  setTextSize(folder_, TextSize::Small);
  folder_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  folder_->setMinimumWidth(1);  // a long word in it does not widen the panel
  column->addWidget(folder_);
  column->addWidget(classesCaption_);
  classes_->setColumnCount(2);
  classes_->setHeaderHidden(true);
  classes_->setRootIsDecorated(false);
  classes_->setFrameShape(QFrame::NoFrame);
  classes_->setSelectionMode(QAbstractItemView::NoSelection);
  classes_->setFocusPolicy(Qt::NoFocus);
  classes_->setAccessibleName(tr("AP50 of each class"));
  classes_->header()->setStretchLastSection(false);
  classes_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  classes_->header()->setSectionResizeMode(1, QHeaderView::Fixed);
  classes_->header()->resizeSection(1, 96);
  classes_->setItemDelegateForColumn(1, new BarDelegate(classes_));
  column->addWidget(classes_, 1);
  column->addStretch();  // where there are no classes yet
  showValidation(nullptr);
}

void RunFacts::showRun(const std::filesystem::path& folder, const RunSettings& settings,
                       bool classifier) {
  title_->setText(QString::fromStdString(utf8(folder.filename())));
  folder_->setText(wrappingPathText(folder));
  while (rows_->rowCount() > 0)
    rows_->removeRow(0);
  const auto add = [&](const QString& name, const QString& value) {
    auto* words = new QLabel(name);
    setTone(words, Tone::Dim);
    auto* label = new QLabel(value);
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    label->setFont(numberFont());
    rows_->addRow(words, label);
  };
  const auto own = [](int value) { return value > 0 ? QString::number(value) : tr("recipe's"); };
  add(tr("network"), QString::fromStdString(utf8(pathFromUtf8(settings.model).stem())));
  add(tr("input size"), tr("%1 px").arg(settings.size));
  add(tr("device"), textOf({settings.device, settings.precision}));
  add(tr("recipe"), QString::fromStdString(settings.recipe));
  add(tr("length"), settings.updates > 0   ? tr("%1 updates").arg(settings.updates)
                    : settings.minutes > 0 ? tr("%1 min").arg(settings.minutes)
                    : settings.epochs > 0  ? tr("%1 epochs").arg(settings.epochs)
                                           : tr("recipe's"));
  add(tr("batch"), own(settings.batch));
  add(tr("learning rate"),
      settings.learningRate > 0 ? QString::number(settings.learningRate) : tr("recipe's"));
  if (!classifier) {
    QStringList departed;
    for (const std::string& line : departures(settings.ideas))
      departed << QString::fromStdString(line);
    add(tr("ideas"), departed.isEmpty() ? tr("YOLOv2's") : departed.join(QLatin1Char('\n')));
    add(tr("anchors"), !settings.ideas.anchors                       ? tr("none")
                       : settings.ideas.priors == Priors::HandPicked ? tr("9, picked by hand")
                       : !settings.anchorSet.empty()
                           ? tr("%1, chosen").arg(settings.anchorSet.size())
                       : settings.anchors > 0 ? tr("%1, clustered").arg(settings.anchors)
                                              : tr("the cfg's"));
  }
  add(tr("seed"), QString::number(settings.seed));
}

void RunFacts::showValidation(const ValidationEvent* validation) {
  classesCaption_->setVisible(validation);
  classes_->setVisible(validation);
  if (!validation) {
    classes_->clear();
    return;
  }
  const QString caption = validation->top1 ? tr("Top-1 of each class") : tr("AP50 of each class");
  classesCaption_->setText(caption);
  classes_->setAccessibleName(caption);
  // Of a tree there may be thousands: the page shows them as a picture.
  const auto count =
      static_cast<int>(std::min<std::size_t>(kMostClasses, validation->classes.size()));
  while (classes_->topLevelItemCount() > count)
    delete classes_->takeTopLevelItem(count);
  while (classes_->topLevelItemCount() < count)
    classes_->addTopLevelItem(new QTreeWidgetItem);
  for (int i = 0; i < count; ++i) {
    const ValidationEvent::ClassAp& entry = validation->classes[static_cast<std::size_t>(i)];
    QTreeWidgetItem* item = classes_->topLevelItem(i);
    item->setText(0, QString::fromStdString(entry.name));
    item->setText(1, entry.ap ? QString::number(*entry.ap, 'f', 3) : QStringLiteral("–"));
    item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
    item->setFont(1, numberFont());
    const Colour rgb = classColour(i);
    item->setData(1, BarDelegate::ShareRole, entry.ap ? QVariant(*entry.ap) : QVariant());
    item->setData(1, BarDelegate::ColourRole, QColor(rgb.red, rgb.green, rgb.blue));
    item->setSizeHint(0, QSize(0, 26));
  }
}

}  // namespace boxwright::ui
