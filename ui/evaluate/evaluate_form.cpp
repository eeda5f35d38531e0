// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/evaluate_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>
#include <utility>

#include "core/compute/backend.h"
#include "ui/dataset_document.h"
#include "ui/detect/model_picker.h"
#include "ui/device_box.h"
#include "ui/number_text.h"
#include "ui/theme.h"
#include "ui/train/form_parts.h"

namespace boxwright::ui {

EvaluateForm::EvaluateForm(const DatasetDocument& document, QWidget* parent)
    : QWidget(parent),
      document_(document),
      model_(new ModelPicker),
      other_(new ModelPicker),
      compare_(new QCheckBox(tr("Compare with a second model"))),
      split_(new QComboBox),
      protocol_(new QComboBox),
      size_(makeSpin(0, kLargestInput, 0, tr("Input size"), 32)),
      device_(new DeviceBox),
      button_(new QPushButton(tr("Evaluate"))),
      devices_(tr("Looking for devices"), QStringLiteral("evaluate")) {
  devices_.setQuiet(true);
  other_->setObjectName(QStringLiteral("otherModel"));
  compare_->setObjectName(QStringLiteral("compare"));
  compare_->setToolTip(tr("Both are run over the same pictures, their numbers stand side by side"));
  split_->setObjectName(QStringLiteral("split"));
  split_->setAccessibleName(tr("Split"));
  split_->setToolTip(
      tr("Which pictures. A run is evaluated on the split that it was trained with"));
  protocol_->setObjectName(QStringLiteral("protocol"));
  protocol_->setAccessibleName(tr("Protocol"));
  protocol_->addItem(tr("VOC"), static_cast<int>(Protocol::Voc));
  protocol_->addItem(tr("VOC 2007"), static_cast<int>(Protocol::Voc07));
  protocol_->addItem(tr("COCO"), static_cast<int>(Protocol::Coco));
  for (int i = 0; i < protocol_->count(); ++i) {
    protocol_->setItemData(i, protocolText(static_cast<Protocol>(protocol_->itemData(i).toInt())),
                           Qt::ToolTipRole);
  }
  size_->setObjectName(QStringLiteral("size"));
  size_->setSpecialValueText(tr("the network\u2019s own"));
  size_->setSuffix(tr(" px"));
  size_->setToolTip(tr("The network\u2019s input, a multiple of 32"));
  connect(size_, &QSpinBox::editingFinished, this,
          [this] { size_->setValue((size_->value() + 16) / 32 * 32); });
  device_->setToolTip(tr("What the network runs on"));
  button_->setObjectName(QStringLiteral("evaluate"));
  setMain(button_);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::wideMargin, metric::margin, metric::wideMargin,
                             metric::margin);
  column->setSpacing(metric::gap);
  column->addWidget(makeCaption(tr("Model")));
  column->addWidget(model_);
  column->addWidget(compare_);
  column->addWidget(other_);
  other_->hide();
  column->addSpacing(metric::gap);
  QFormLayout* form = addGroup(column, tr("On"));
  ui::addRow(form, tr("Split"), split_);
  ui::addRow(form, tr("Protocol"), protocol_);
  ui::addRow(form, tr("Input size"), size_);
  ui::addRow(form, tr("Device"), device_);
  nms_ = addSlider(form, tr("NMS"), QStringLiteral("nms"), 45,
                   tr("Of two finds of a class that overlap more than this the surer one stays"));
  column->addSpacing(4);
  column->addWidget(button_);
  column->addSpacing(metric::wideMargin);
  form = addGroup(column, tr("Operating point"));
  confidence_ =
      addSlider(form, tr("Confidence"), QStringLiteral("confidence"), 25,
                tr("Precision, recall, the matrix and the boxes are of finds above it. It acts at "
                   "once: nothing is run again"));
  column->addStretch();

  for (ModelPicker* picker : {model_, other_}) {
    picker->offerClassifiers();
    connect(picker, &ModelPicker::changed, this, &EvaluateForm::enableForModel);
    connect(picker, &ModelPicker::changed, this, &EvaluateForm::changed);
  }
  connect(compare_, &QCheckBox::toggled, this, [this](bool on) {
    other_->setVisible(on);
    Q_EMIT changed();
  });
  connect(split_, &QComboBox::currentIndexChanged, this, &EvaluateForm::changed);
  connect(confidence_, &QSlider::valueChanged, this, &EvaluateForm::confidenceChanged);
  listSplits();
}

void EvaluateForm::enableForModel() {
  for (QWidget* field : {static_cast<QWidget*>(protocol_), static_cast<QWidget*>(nms_),
                         static_cast<QWidget*>(confidence_)})
    field->setEnabled(!model_->isClassifier());
}

QSlider* EvaluateForm::addSlider(QFormLayout* form, const QString& name, const QString& object,
                                 int value, const QString& tip) {
  auto* slider = new QSlider(Qt::Horizontal);
  slider->setObjectName(object);
  slider->setAccessibleName(name);
  slider->setToolTip(tip);
  slider->setRange(1, 99);
  slider->setPageStep(5);
  slider->setValue(value);
  auto* label = new QLabel(numberText(value / 100.0, 2));
  label->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
  label->setFont(numberFont());
  connect(slider, &QSlider::valueChanged, label,
          [label](int now) { label->setText(numberText(now / 100.0, 2)); });
  ui::addRow(form, name, inRow({slider, label}));
  return slider;
}

void EvaluateForm::lookForRuns(const std::filesystem::path& run) {
  const std::filesystem::path dataset =
      document_.isOpen() ? document_.path() : std::filesystem::path();
  for (ModelPicker* picker : {model_, other_})
    picker->lookForRuns(dataset, run);
}

void EvaluateForm::lookForDevices() {
  if (std::exchange(devicesKnown_, true)) return;
  devices_.start([](std::stop_token, JobProgress&) { return listDevices(); },
                 [this](const std::vector<DeviceInfo>& devices) { device_->setDevices(devices); });
}

void EvaluateForm::listSplits() {
  // With nothing to choose from, nothing was chosen.
  const QString before = split_->count() > 1 ? split_->currentData().toString() : QString();
  {
    const QSignalBlocker quiet(split_);
    split_->clear();
    for (const auto& entry : document_.splits()) {
      const QString name = QString::fromStdString(entry.first);
      split_->addItem(name, name);
    }
    split_->addItem(tr("all pictures"), QStringLiteral("all"));
    int at = before.isEmpty() ? -1 : split_->findData(before);
    for (const char* name : {"test", "val"}) {
      if (at < 0) at = split_->findData(QString::fromLatin1(name));
    }
    split_->setCurrentIndex(std::max(0, at));
  }
  Q_EMIT changed();
}

bool EvaluateForm::compares() const {
  return compare_->isChecked();
}

bool EvaluateForm::isComplete() const {
  return document_.isOpen() && model_->hasModel() && (!compares() || other_->hasModel()) &&
         fault().isEmpty();
}

QString EvaluateForm::fault() const {
  const auto isRun = [](const ModelPicker* picker) {
    return picker->hasModel() && !picker->run().empty();
  };
  // Of three files nobody knows before they are opened.
  if (!compares() || !isRun(model_) || !isRun(other_)) return {};
  if (model_->isClassifier() == other_->isClassifier()) return {};
  return tr("One of the two models is a classifier and the other finds boxes");
}

QString EvaluateForm::chosenSplit() const {
  return ui::splitText(split_->currentData().toString().toStdString());
}

double EvaluateForm::confidence() const {
  return confidence_->value() / 100.0;
}

std::vector<EvaluationRequest> EvaluateForm::requests() const {
  std::vector<EvaluationRequest> out;
  const std::shared_ptr<const Dataset> snapshot = document_.snapshot();
  const DeviceChoice device = device_->choice();
  for (const ModelPicker* picker : {model_, other_}) {
    if (picker == other_ && !compares()) continue;
    EvaluationRequest request;
    request.open = picker->opener();
    request.run = picker->run();
    request.model = picker->title();
    request.dataset = snapshot;
    request.classes = document_.classList();
    request.splits = document_.splits();
    request.split = split_->currentData().toString().toStdString();
    request.protocol = static_cast<Protocol>(protocol_->currentData().toInt());
    request.device = device.device;
    request.precision = device.precision;
    request.inputSize = size_->value();
    request.detect.nms = nms_->value() / 100.0;
    out.push_back(std::move(request));
  }
  return out;
}

}  // namespace boxwright::ui
