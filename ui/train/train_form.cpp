// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/train_form.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <climits>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/geometry/conversion.h"
#include "core/network/network.h"
#include "core/train/recipe.h"
#include "ui/device_box.h"
#include "ui/path_text.h"
#include "ui/theme.h"
#include "ui/train/carried_settings.h"
#include "ui/train/form_parts.h"
#include "ui/train/ideas_box.h"
#include "ui/train/network_choice.h"
#include "ui/train/run_summary.h"

namespace boxwright::ui {

TrainForm::TrainForm(QWidget* parent)
    : QWidget(parent), finding_(tr("Looking for devices"), QStringLiteral("train")) {
  finding_.setQuiet(true);
  const RunSettings defaults;
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::wideMargin, metric::margin, metric::wideMargin,
                             metric::margin);
  column->setSpacing(metric::gap);

  network_ = new NetworkChoice;
  networkNote_ = makeNote(QStringLiteral("networkNote"));
  device_ = new DeviceBox;
  deviceReason_ = makeNote(QStringLiteral("deviceReason"));
  size_ = makeSpin(kHeadStride, kLargestInput, kDetectorSize, tr("Input size"), 32);
  size_->setObjectName(QStringLiteral("size"));
  size_->setSuffix(tr(" px"));
  size_->setToolTip(
      tr("Side of the network's input, a multiple of 32. Larger sees smaller "
         "objects and takes longer."));
  QFormLayout* form = addGroup(column, tr("Network"));
  sizeNote_ = makeNote(QStringLiteral("sizeNote"));
  addRow(form, tr("Network"), network_);
  form->addRow(QString(), networkNote_);
  addRow(form, tr("Input size"), size_);
  form->addRow(QString(), sizeNote_);
  addRow(form, tr("Device"), device_);
  form->addRow(QString(), deviceReason_);

  recipe_ = new QComboBox;
  recipe_->setObjectName(QStringLiteral("recipe"));
  recipe_->setAccessibleName(tr("Recipe"));
  for (const std::string& name : recipeNames())
    recipe_->addItem(QString::fromStdString(name));
  recipe_->setCurrentText(QString::fromStdString(defaults.recipe));
  recipe_->setToolTip(
      tr("small: for some hundreds of pictures, from nothing. paper: the paper's "
         "schedule. cfg: what the cfg file says."));
  lengthUnit_ = new QComboBox;
  lengthUnit_->setObjectName(QStringLiteral("lengthUnit"));
  lengthUnit_->setAccessibleName(tr("Length in"));
  lengthUnit_->addItems({tr("epochs"), tr("minutes"), tr("updates")});
  lengthUnit_->setMaximumWidth(100);  // beside it "recipe's" must be legible
  epochs_ = makeSpin(0, 100000, 0, tr("Epochs"));
  epochs_->setObjectName(QStringLiteral("epochs"));
  epochs_->setSpecialValueText(tr("recipe's"));
  minutes_ = new QDoubleSpinBox;
  minutes_->setObjectName(QStringLiteral("minutes"));
  minutes_->setAccessibleName(tr("Minutes"));
  minutes_->setRange(0.1, 100000);
  minutes_->setDecimals(1);
  minutes_->setValue(20);
  minutes_->setAlignment(Qt::AlignRight);
  updates_ = makeSpin(1, 2147483647, 1000, tr("Updates"), 100);
  updates_->setObjectName(QStringLiteral("updates"));
  batch_ = makeSpin(0, 1024, 0, tr("Batch"));
  batch_->setObjectName(QStringLiteral("batch"));
  batch_->setSpecialValueText(tr("recipe's"));
  rate_ = new QDoubleSpinBox;
  rate_->setObjectName(QStringLiteral("rate"));
  rate_->setAccessibleName(tr("Learning rate"));
  rate_->setRange(0, 10);
  rate_->setDecimals(6);
  rate_->setSingleStep(0.0005);
  rate_->setSpecialValueText(tr("recipe's"));
  rate_->setAlignment(Qt::AlignRight);
  form = addGroup(column, tr("Learning"));
  addRow(form, tr("Recipe"), recipe_);
  addRow(form, tr("Length"), inRow({epochs_, minutes_, updates_, lengthUnit_}));
  addRow(form, tr("Batch"), batch_);
  addRow(form, tr("Rate"), rate_);
  carried_ = new CarriedSettings;
  form->addRow(carried_);

  anchorSource_ = new QComboBox;
  anchorSource_->setObjectName(QStringLiteral("anchors"));
  anchorSource_->setAccessibleName(tr("Anchors"));
  anchorSource_->addItem(tr("From the Anchors page"));
  anchorSource_->addItem(tr("Cluster"));
  anchorSource_->addItem(tr("Those of the cfg"));
  anchorSource_->setCurrentIndex(Clustered);
  anchorCount_ = makeSpin(1, 64, defaults.anchors, tr("Number of anchors"));
  anchorCount_->setPrefix(QStringLiteral("k = "));
  anchorNote_ = makeNote(QStringLiteral("anchorNote"));
  form = addGroup(column, tr("Anchors"));
  addRow(form, tr("Anchors"), anchorSource_);
  addRow(form, QString(), anchorCount_);
  form->addRow(QString(), anchorNote_);

  ideas_ = new IdeasBox;
  column->addWidget(ideas_);

  init_ = new QLineEdit;
  init_->setObjectName(QStringLiteral("init"));
  init_->setPlaceholderText(tr("nothing (random)"));
  init_->setClearButtonEnabled(true);
  init_->setAccessibleName(tr("Weights to start from"));
  initButton_ = makeBrowse(tr("Choose a weights file"));
  initLayers_ = makeSpin(0, 999, 0, tr("Layers to take from the weights"));
  initLayers_->setObjectName(QStringLiteral("initLayers"));
  initLayers_->setSpecialValueText(tr("as many as fit"));
  initLayers_->setToolTip(
      tr("With weights that lie outside of a run: how many layers both networks begin with. Of "
         "darknet19's in yolov2 23, of darknet-nano's in yolov2-nano 11."));
  seed_ = makeSpin(0, 2147483647, static_cast<int>(defaults.seed), tr("Seed"));
  seed_->setObjectName(QStringLiteral("seed"));
  form = addGroup(column, tr("Start"));
  addRow(form, tr("From"), inRow({init_, initButton_}));
  addRow(form, tr("Layers"), initLayers_);
  addRow(form, tr("Seed"), seed_);

  quarantine_ = new QComboBox;
  quarantine_->setObjectName(QStringLiteral("quarantine"));
  quarantine_->setAccessibleName(tr("Quarantine"));
  quarantine_->addItem(tr("damaged"), QStringLiteral("damaged"));
  quarantine_->addItem(tr("damaged and near-copies"), QStringLiteral("damaged,duplicates"));
  quarantine_->addItem(tr("near-copies"), QStringLiteral("duplicates"));
  quarantine_->addItem(tr("nothing"), QStringLiteral("none"));
  quarantine_->setToolTip(
      tr("Training pictures that the run does not learn from: damaged ones, and those that look "
         "like a validation or test picture, which would flatter the scores. The messages say what "
         "the check before the first step found."));
  retries_ = makeSpin(0, 100, defaults.retries, tr("Retries"));
  retries_->setObjectName(QStringLiteral("retries"));
  retries_->setSpecialValueText(tr("none: stop"));
  retries_->setToolTip(
      tr("When the loss explodes the run goes back to its last good state and on with half the "
         "learning rate, so often at most."));
  form = addGroup(column, tr("When something is wrong"));
  addRow(form, tr("Leave out"), quarantine_);
  addRow(form, tr("Retries"), retries_);

  name_ = new QLineEdit;
  name_->setObjectName(QStringLiteral("runName"));
  name_->setAccessibleName(tr("Name of the run"));
  auto* folderButton = makeBrowse(tr("Keep the runs in another folder"));
  folder_ = makeText({}, Tone::Dim);
  setTextSize(folder_, TextSize::Small);
  folder_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  folder_->setMinimumWidth(1);  // a long word in it does not widen the form
  form = addGroup(column, tr("Run folder"));
  addRow(form, tr("Name"), inRow({name_, folderButton}));
  form->addRow(folder_);
  column->addStretch(1);
  for (QComboBox* box : std::initializer_list<QComboBox*>{device_, recipe_, lengthUnit_,
                                                          anchorSource_, quarantine_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(7);
  }

  connect(initButton_, &QToolButton::clicked, this, &TrainForm::chooseInit);
  connect(folderButton, &QToolButton::clicked, this, &TrainForm::chooseRunsFolder);
  connect(network_, &NetworkChoice::chosen, this, &TrainForm::networkChosen);
  connect(network_, &NetworkChoice::looked, this, &TrainForm::networkLooked);
  connect(device_, &QComboBox::currentIndexChanged, this, &TrainForm::changed);
  connect(lengthUnit_, &QComboBox::currentIndexChanged, this, &TrainForm::showLength);
  connect(anchorSource_, &QComboBox::currentIndexChanged, this, &TrainForm::showAnchors);
  connect(ideas_, &IdeasBox::changed, this, [this] {
    showSize();
    showAnchors();
    Q_EMIT changed();
  });
  connect(ideas_, &IdeasBox::backboneWanted, this, &TrainForm::chooseInit);
  connect(init_, &QLineEdit::textChanged, this, &TrainForm::showBackbone);
  connect(initLayers_, &QSpinBox::valueChanged, this, &TrainForm::showBackbone);
  connect(carried_, &CarriedSettings::dropped, this, &TrainForm::changed);
  connect(size_, &QSpinBox::editingFinished, this,
          [this] { size_->setValue(std::max(32, (size_->value() + 16) / 32 * 32)); });
  connect(size_, &QSpinBox::valueChanged, this, [this] {
    sizeFollows_ = false;
    network_->rememberSize(size_->value());
    showSize();
    showAnchors();
    Q_EMIT changed();
  });
  connect(name_, &QLineEdit::textEdited, this, [this](const QString& text) {
    nameTyped_ = !text.isEmpty();
    showFolder();
    Q_EMIT changed();
  });
  network_->rememberSize(size_->value());
  deviceReason_->hide();
  showNetwork();
  showSize();
  showLength();
  showAnchors();
  showBackbone();
  proposeName();
  finding_.start([](std::stop_token, JobProgress&) { return listDevices(); },
                 [this](const std::vector<DeviceInfo>& devices) {
                   device_->setDevices(devices);
                   setNote(deviceReason_, device_->reasons());
                   Q_EMIT changed();
                 });
}

std::optional<NetworkTask> TrainForm::task() const {
  const NetworkChoice::Network* network = network_->network();
  return network ? std::optional(network->task) : std::nullopt;
}

void TrainForm::offerNetworkFor(NetworkTask task) {
  network_->offerFor(task);
}

void TrainForm::networkChosen() {
  sizeFollows_ = true;
  proposeName();
  showNetwork();
  Q_EMIT changed();
}

void TrainForm::networkLooked() {
  if (const std::optional<NetworkTask> now = task()) {
    const bool other = std::exchange(shownTask_, *now) != *now;
    ideas_->showFor(shownTask_);
    // A detector's size is the user's to keep; a classifier's is what it was drawn for.
    const int size = network_->usualSize();
    if (std::exchange(sizeFollows_, false) && size > 0 &&
        (other || shownTask_ == NetworkTask::Classification))
      size_->setValue(size);
    network_->rememberSize(size_->value());
    showSize();
    showAnchors();
  }
  showNetwork();
  Q_EMIT changed();
}

void TrainForm::showNetwork() {
  const bool known = network_->network() != nullptr;
  const QString& fault = network_->fault();
  setNote(networkNote_, known ? QString() : fault.isEmpty() ? tr("reading the cfg") : fault);
  setTone(networkNote_, fault.isEmpty() ? Tone::Dim : Tone::Warn);
}

void TrainForm::showSize() {
  const int trained = inputSizeFor(ideas_->ideas(), size_->value());
  setNote(sizeNote_, trained != size_->value() && shownTask_ == NetworkTask::Detection
                         ? tr("%1 px: YOLO's grid").arg(trained)
                         : QString());
}

void TrainForm::showBackbone() {
  const QString weights = init_->text().trimmed();
  initLayers_->setEnabled(!weights.isEmpty());
  ideas_->setBackbone(weights, initLayers_->value());
}

RunSettings TrainForm::settings() const {
  RunSettings out = carried_->settings();
  out.model = network_->model().toStdString();
  out.recipe = recipe_->currentText().toStdString();
  const DeviceChoice device = device_->choice();
  out.device = device.device;
  out.precision = device.precision;
  out.init = init_->text().trimmed().toStdString();
  out.initLayers = !out.init.empty() && initLayers_->value() > 0 ? initLayers_->value() : -1;
  out.seed = static_cast<std::uint64_t>(seed_->value());
  out.size = size_->value();
  out.batch = batch_->value();
  const int unit = lengthUnit_->currentIndex();
  out.epochs = unit == Epochs ? epochs_->value() : 0;
  out.minutes = unit == Minutes ? minutes_->value() : 0;
  out.updates = unit == Updates ? updates_->value() : 0;
  out.ideas = ideas_->ideas();
  out.learningRate = rate_->value();
  out.quarantine = quarantine_->currentData().toString().toStdString();
  out.retries = retries_->value();
  if (ideasDecideAnchors()) return out;
  switch (anchorSource_->currentIndex()) {
    case Chosen:
      if (chosen_) {
        // Anchors are fractions of the picture; their cells follow the input size.
        const double scale = static_cast<double>(size_->value()) / chosen_->inputSize;
        for (const Size& anchor : chosen_->set.anchors)
          out.anchorSet.push_back({anchor.width * scale, anchor.height * scale});
        out.anchors = static_cast<int>(out.anchorSet.size());
      }
      break;
    case FromCfg:
      out.anchors = 0;
      break;
    default:
      out.anchors = anchorCount_->value();
  }
  return out;
}

void TrainForm::setSettings(const RunSettings& settings) {
  network_->choose(QString::fromStdString(settings.model));
  sizeFollows_ = false;
  recipe_->setCurrentText(QString::fromStdString(settings.recipe));
  device_->setChoice({settings.device, settings.precision});
  init_->setText(QString::fromStdString(settings.init));
  initLayers_->setValue(std::max(0, settings.initLayers));
  seed_->setValue(static_cast<int>(settings.seed));
  size_->setValue(settings.size);
  batch_->setValue(settings.batch);
  lengthUnit_->setCurrentIndex(settings.updates > 0   ? Updates
                               : settings.minutes > 0 ? Minutes
                                                      : Epochs);
  epochs_->setValue(settings.epochs);
  if (settings.minutes > 0) minutes_->setValue(settings.minutes);
  if (settings.updates > 0)
    updates_->setValue(static_cast<int>(std::min<std::int64_t>(settings.updates, INT_MAX)));
  Ideas ideas = settings.ideas;
  // A run that has been made says off where nobody has; only a cfg may have asked for more.
  if (ideas.multiScale == MultiScale::Off && settings.recipe != "cfg")
    ideas.multiScale = MultiScale::AsRecipe;
  ideas_->setIdeas(ideas);
  rate_->setValue(settings.learningRate);
  // The other order means the same.
  const std::string quarantine =
      settings.quarantine == "duplicates,damaged" ? "damaged,duplicates" : settings.quarantine;
  quarantine_->setCurrentIndex(
      std::max(0, quarantine_->findData(QString::fromStdString(quarantine))));
  retries_->setValue(settings.retries);
  if (!settings.anchorSet.empty()) {
    ChosenAnchors chosen;
    chosen.set.anchors = settings.anchorSet;
    chosen.inputSize = settings.size;
    setChosenAnchors(chosen, true);
  } else {
    anchorSource_->setCurrentIndex(settings.anchors == 0 ? FromCfg : Clustered);
    if (settings.anchors > 0) anchorCount_->setValue(settings.anchors);
  }
  carried_->take(settings);
  Q_EMIT changed();
}

void TrainForm::setChosenAnchors(const std::optional<ChosenAnchors>& anchors, bool ofRun) {
  chosen_ = anchors;
  anchorSource_->setItemText(Chosen, ofRun ? tr("Those of the run") : tr("From the Anchors page"));
  if (chosen_) {
    anchorSource_->setCurrentIndex(Chosen);
  } else if (anchorSource_->currentIndex() == Chosen) {
    anchorSource_->setCurrentIndex(Clustered);
  }
  showAnchors();
  Q_EMIT changed();
}

bool TrainForm::ideasDecideAnchors() const {
  const Ideas ideas = ideas_->ideas();
  return !ideas.anchors || ideas.priors == Priors::HandPicked;
}

bool TrainForm::ideasCluster() const {
  const Ideas ideas = ideas_->ideas();
  return ideas.anchors && ideas.priors == Priors::Euclidean;
}

void TrainForm::showAnchors() {
  const Ideas ideas = ideas_->ideas();
  if (ideasCluster()) {
    const QSignalBlocker quiet(anchorSource_);
    anchorSource_->setCurrentIndex(Clustered);
  }
  auto* model = qobject_cast<QStandardItemModel*>(anchorSource_->model());
  model->item(Chosen)->setEnabled(chosen_.has_value());
  model->item(Chosen)->setToolTip(
      chosen_ ? QString() : tr("Cluster on the Anchors page and press Use for training."));
  const int source = anchorSource_->currentIndex();
  const bool detects = shownTask_ == NetworkTask::Detection;
  anchorSource_->setEnabled(detects && !ideasDecideAnchors() && !ideasCluster());
  anchorCount_->setEnabled(detects && source == Clustered && !ideasDecideAnchors());
  if (source == Chosen && chosen_)
    anchorCount_->setValue(static_cast<int>(chosen_->set.anchors.size()));
  const bool measured = source == Chosen && chosen_ && chosen_->set.meanIou > 0;
  setNote(anchorNote_, !detects               ? tr("a classifier has no anchors")
                       : !ideas.anchors       ? tr("YOLO's head has none (Ideas)")
                       : ideasDecideAnchors() ? tr("nine, picked by hand (Ideas)")
                       : ideasCluster()
                           ? tr("by plain distance (Ideas), from the boxes of the training split")
                       : source == Clustered ? tr("from the boxes of the training split")
                       : measured ? tr("mean IOU %1 %").arg(100 * chosen_->set.meanIou, 0, 'f', 1)
                                  : QString());
}

void TrainForm::showLength() {
  const int unit = lengthUnit_->currentIndex();
  epochs_->setVisible(unit == Epochs);
  minutes_->setVisible(unit == Minutes);
  updates_->setVisible(unit == Updates);
  Q_EMIT changed();
}

void TrainForm::setRunsFolder(const std::filesystem::path& folder) {
  if (folder == runsFolder_) return;
  runsFolder_ = folder;
  taken_.clear();
  proposeName();
  showFolder();
  Q_EMIT runsFolderChanged();
  Q_EMIT changed();
}

std::filesystem::path TrainForm::runFolder() const {
  return runsFolder_ / pathFromUtf8(name_->text().trimmed().toStdString());
}

void TrainForm::setTakenNames(std::vector<QString> names) {
  taken_ = std::move(names);
  proposeName();
  Q_EMIT changed();
}

void TrainForm::proposeName() {
  if (!nameTyped_ || std::find(taken_.begin(), taken_.end(), name_->text()) != taken_.end()) {
    nameTyped_ = false;
    name_->setText(freeRunName(network_->shortName(), taken_));
  }
  showFolder();
}

void TrainForm::showFolder() {
  folder_->setText(wrappingPathText(runFolder()));
  folder_->setToolTip(pathText(runFolder()));
}

QString TrainForm::fault() const {
  const QString name = name_->text().trimmed();
  if (name.isEmpty()) return tr("The run needs a name.");
  if (name.contains(QLatin1Char('/')) || name == QLatin1String(".") ||
      name == QLatin1String("..")) {
    return tr("The name of a run cannot contain a slash.");
  }
  if (std::find(taken_.begin(), taken_.end(), name) != taken_.end()) {
    return tr("There is a run of this name already.");
  }
  if (network_->network()) return {};
  return network_->fault().isEmpty() ? tr("The cfg is being read.") : network_->fault();
}

void TrainForm::chooseInit() {
  auto* dialog = new QFileDialog(this, tr("Start from these weights"), QString(),
                                 tr("Darknet weights (*.weights *.conv.*);;All files (*)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, init_, &QLineEdit::setText);
  dialog->open();
}

void TrainForm::chooseRunsFolder() {
  auto* dialog = new QFileDialog(this, tr("Keep the runs in this folder"),
                                 QString::fromStdString(utf8(runsFolder_.parent_path())));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  connect(dialog, &QFileDialog::fileSelected, this,
          [this](const QString& folder) { setRunsFolder(pathFromUtf8(folder.toStdString())); });
  dialog->open();
}

}  // namespace boxwright::ui
