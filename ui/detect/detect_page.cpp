// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detect/detect_page.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/thread_budget.h"
#include "core/compute/backend.h"
#include "core/detect/draw_detections.h"
#include "core/image/codec.h"
#include "ui/detect/detect_hint.h"
#include "ui/detect/detection_list.h"
#include "ui/detect/model_picker.h"
#include "ui/detect/source_picker.h"
#include "ui/detect/way_text.h"
#include "ui/device_box.h"
#include "ui/elided_label.h"
#include "ui/error_bar.h"
#include "ui/number_text.h"
#include "ui/save_dialog.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int kSavedSeconds = 10;

QString countText(std::uint64_t value) {
  return QLocale(QLocale::English).toString(static_cast<qulonglong>(value));
}

}  // namespace

DetectPage::DetectPage(StudioState& state, QWidget* parent)
    : Page(QStringLiteral("detect"), tr("Detect"), QStringLiteral("detect"), state, parent),
      view_(new LiveView(this)),
      model_(new ModelPicker),
      source_(new SourcePicker),
      canvas_(new PictureCanvas),
      hint_(new DetectHint),
      list_(new DetectionList),
      device_(new DeviceBox),
      saving_(tr("Saving the picture"), QStringLiteral("detect")),
      devices_(tr("Looking for devices"), QStringLiteral("detect")) {
  devices_.setQuiet(true);
  makeActions();
  auto* over = new QVBoxLayout(canvas_);
  over->setContentsMargins(0, 0, 0, 0);
  over->addWidget(hint_);
  auto* content = new QWidget;
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(canvas_, 1);
  column->addWidget(makeEdge());
  setBody(content, makeInspector(), tr("Settings"));

  connect(view_, &LiveView::frameShown, this, &DetectPage::take);
  connect(view_, &LiveView::statusChanged, this, &DetectPage::refresh);
  connect(model_, &ModelPicker::changed, this, &DetectPage::refresh);
  connect(model_, &ModelPicker::picked, this, [this] {
    modelPicked();
    startIfWanted();
  });
  connect(model_, &ModelPicker::looked, this, [this] {
    // A run that is trained later is not what --source waited for.
    const bool somewhere = this->state().document().isOpen() || !this->state().run().empty();
    if (somewhere && !model_->hasModel()) startWhenReady_ = false;
    startIfWanted();
    if (std::exchange(runPicked_, false)) modelPicked();
  });
  connect(device_, &QComboBox::currentIndexChanged, this, &DetectPage::modelPicked);
  connect(source_, &SourcePicker::changed, this, [this] {
    startIfWanted();
    refresh();
  });
  connect(source_, &SourcePicker::picked, this, &DetectPage::sourcePicked);
  canvas_->installEventFilter(this);
  connect(list_, &DetectionList::picked, canvas_, &PictureCanvas::setHighlighted);
  connect(canvas_, &PictureCanvas::boxClicked, this, [this](quint32 id) {
    list_->select(id);
    canvas_->setHighlighted(id);
  });
  connect(canvas_, &PictureCanvas::emptyClicked, this, [this] {
    list_->select({});
    canvas_->setHighlighted({});
  });
  connect(&saving_, &Job::failed, this,
          [this](const JobError& error) { errorBar()->showError(error); });
  connect(&state, &StudioState::selectionChanged, this, &DetectPage::selectionMoved);
  connect(&state, &StudioState::runChanged, this, [this] {
    // A training that ends offers its run, but not in place of the model that is at work.
    if (!view_->isActive()) model_->choose(this->state().run());
    lookForRuns();
  });
  const auto pickRun = [this] {
    model_->choose(this->state().run());
    runPicked_ = true;
    lookForRuns();
  };
  connect(&state, &StudioState::runOpened, this, pickRun);
  connect(&state, &StudioState::modelPicked, this, pickRun);
  connect(&state.document(), &DatasetDocument::reset, this, [this] {
    lookForRuns();
    selectionMoved();
  });
  savedTimer_.setSingleShot(true);
  savedTimer_.setInterval(kSavedSeconds * 1000);
  connect(&savedTimer_, &QTimer::timeout, this, [this] {
    saved_.clear();
    refresh();
  });
  view_->setSettings(settings());
  selectionMoved();
  refresh();
}

DetectPage::~DetectPage() = default;

void DetectPage::makeActions() {
  const auto add = [this](const QString& text, const char* key, auto slot) {
    auto* action = new QAction(text, this);
    action->setShortcut(QKeySequence(QString::fromLatin1(key)));
    connect(action, &QAction::triggered, this, slot);
    return action;
  };
  startAction_ = add(tr("&Start detecting"), "F6", [this] {
    if (view_->isActive()) {
      stopDetecting();
    } else {
      startDetecting();
    }
  });
  pauseAction_ = add(tr("&Pause"), "F7",
                     [this] { view_->setPaused(view_->status().state != LiveState::Paused); });
  forwardAction_ = add(tr("One frame &forward"), "F8", [this] { view_->step(1); });
  backAction_ = add(tr("One frame &back"), "Shift+F8", [this] { view_->step(-1); });
  saveAction_ = add(tr("&Save the picture…"), "Ctrl+Shift+S", [this] { savePicture(); });
  recordAction_ = add(tr("&Record a video…"), "Ctrl+Shift+R", [this] { toggleRecording(); });
  fitAction_ = add(tr("F&it the picture"), "Ctrl+Shift+F", [this] { canvas_->fit(); });
  pauseAction_->setIcon(themeIcon(QStringLiteral("pause")));
  forwardAction_->setIcon(themeIcon(QStringLiteral("next")));
  backAction_->setIcon(themeIcon(QStringLiteral("previous")));
}

QList<QAction*> DetectPage::menuActions() const {
  return {startAction_, pauseAction_,  forwardAction_, backAction_,
          saveAction_,  recordAction_, fitAction_};
}

QWidget* DetectPage::makeEdge() {
  auto* edge = new QWidget;
  edge->setBackgroundRole(QPalette::Base);
  edge->setAutoFillBackground(true);
  auto* row = new QHBoxLayout(edge);
  row->setContentsMargins(metric::margin, metric::gap, metric::margin, metric::gap);
  row->setSpacing(metric::gap);
  startButton_ = new QPushButton(tr("Detect"));
  startButton_->setObjectName(QStringLiteral("detectStart"));
  startButton_->setMinimumWidth(88);
  setMain(startButton_);
  connect(startButton_, &QPushButton::clicked, startAction_, &QAction::trigger);
  row->addWidget(startButton_);
  const auto tool = [&](QAction* action, const QString& name) {
    auto* button = new QToolButton;
    button->setObjectName(name);
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setAutoRaise(true);
    row->addWidget(button);
    return button;
  };
  back_ = tool(backAction_, QStringLiteral("stepBack"));
  pause_ = tool(pauseAction_, QStringLiteral("pause"));
  forward_ = tool(forwardAction_, QStringLiteral("stepForward"));
  place_ = new QLabel;
  place_->setFont(numberFont());
  setTone(place_, Tone::Dim);
  row->addWidget(place_);
  condition_ = new ElidedLabel(nullptr, Qt::ElideRight);
  condition_->setObjectName(QStringLiteral("condition"));
  setTone(condition_, Tone::Warn);
  row->addWidget(condition_, 1);
  const auto figure = [&](const QString& name, const QString& widest, const QString& tip) {
    auto* label = new QLabel;
    label->setObjectName(name);
    label->setFont(numberFont());
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    label->setMinimumWidth(QFontMetrics(label->font()).horizontalAdvance(widest));
    label->setToolTip(tip);
    row->addWidget(label);
    return label;
  };
  rate_ =
      figure(QStringLiteral("rate"), QStringLiteral("000.0 fps"), tr("Frames detected a second"));
  latency_ = figure(QStringLiteral("latency"), QStringLiteral("0000 ms"),
                    tr("Time the network takes for a frame"));
  age_ = figure(QStringLiteral("age"), QStringLiteral("age 0000 ms"),
                tr("Age of a frame when its boxes are there"));
  dropped_ = figure(QStringLiteral("dropped"), QStringLiteral("00000 dropped"),
                    tr("Frames that came while the network was busy and were passed over"));
  for (QLabel* label : {latency_, age_, dropped_})
    setTone(label, Tone::Dim);
  return edge;
}

QSlider* DetectPage::makeSlider(const QString& name, const QString& object, int value,
                                QLabel*& label) {
  auto* slider = new QSlider(Qt::Horizontal);
  slider->setObjectName(object);
  slider->setAccessibleName(name);
  slider->setRange(1, 99);
  slider->setPageStep(5);
  slider->setValue(value);
  label = new QLabel;
  label->setFont(numberFont());
  label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  label->setMinimumWidth(QFontMetrics(label->font()).horizontalAdvance(QStringLiteral("0.00")));
  connect(slider, &QSlider::valueChanged, this, &DetectPage::settingsMoved);
  return slider;
}

QWidget* DetectPage::makeInspector() {
  auto* inspector = new QWidget;
  auto* column = new QVBoxLayout(inspector);
  column->setContentsMargins(metric::wideMargin, metric::margin, metric::wideMargin,
                             metric::margin);
  column->setSpacing(metric::gap);
  column->addWidget(makeCaption(tr("Model")));
  column->addWidget(model_);
  deviceRow_ = new QWidget;
  auto* deviceLine = new QHBoxLayout(deviceRow_);
  deviceLine->setContentsMargins(0, 0, 0, 0);
  deviceLine->setSpacing(metric::gap);
  auto* deviceWords = new QLabel(tr("Device"));
  deviceWords->setBuddy(device_);
  deviceWords->setMinimumWidth(68);
  device_->setToolTip(tr("What the network runs on"));
  deviceLine->addWidget(deviceWords);
  deviceLine->addWidget(device_, 1);
  deviceRow_->hide();  // until there is a choice
  column->addWidget(deviceRow_);
  column->addSpacing(metric::gap);
  column->addWidget(makeCaption(tr("Source")));
  column->addWidget(source_);
  column->addSpacing(metric::gap);
  const auto addSlider = [&](const QString& name, QSlider* slider, QLabel* value,
                             const QString& tip) {
    auto* holder = new QWidget;
    auto* row = new QHBoxLayout(holder);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metric::gap);
    auto* words = new QLabel(name);
    words->setBuddy(slider);
    words->setMinimumWidth(68);
    row->addWidget(words);
    row->addWidget(slider, 1);
    row->addWidget(value);
    slider->setToolTip(tip);
    column->addWidget(holder);
    return holder;
  };
  threshold_ = makeSlider(tr("Threshold"), QStringLiteral("threshold"), 25, thresholdValue_);
  addSlider(tr("Threshold"), threshold_, thresholdValue_,
            tr("Boxes with less confidence are not shown"));
  nms_ = makeSlider(tr("NMS"), QStringLiteral("nms"), 45, nmsValue_);
  addSlider(tr("NMS"), nms_, nmsValue_,
            tr("Of two boxes of a class that overlap more than this the better one is shown"));
  hierarchy_ = makeSlider(tr("Hierarchy"), QStringLiteral("hierarchy"), 50, hierarchyValue_);
  hierarchyRow_ = addSlider(tr("Hierarchy"), hierarchy_, hierarchyValue_,
                            tr("How sure the network must be to go further down its class tree; "
                               "with less the answer is the class above"));
  hierarchyRow_->hide();
  column->addSpacing(metric::gap);
  count_ = makeCaption(tr("Detections"));
  column->addWidget(count_);
  list_->setMinimumHeight(120);
  column->addWidget(list_, 1);
  auto* row = new QHBoxLayout;
  row->setSpacing(metric::gap);
  saveButton_ = new QPushButton(tr("Save picture…"));
  saveButton_->setObjectName(QStringLiteral("savePicture"));
  recordButton_ = new QPushButton(tr("Record…"));
  recordButton_->setObjectName(QStringLiteral("record"));
  connect(saveButton_, &QPushButton::clicked, saveAction_, &QAction::trigger);
  connect(recordButton_, &QPushButton::clicked, recordAction_, &QAction::trigger);
  row->addWidget(saveButton_, 1);
  row->addWidget(recordButton_, 1);
  column->addLayout(row);
  thresholdValue_->setText(QStringLiteral("0.25"));
  nmsValue_->setText(QStringLiteral("0.45"));
  hierarchyValue_->setText(QStringLiteral("0.50"));
  return inspector;
}

DetectSettings DetectPage::settings() const {
  DetectSettings out;
  out.threshold = threshold_->value() / 100.0;
  out.nms = nms_->value() / 100.0;
  out.tree.threshold = hierarchy_->value() / 100.0;
  return out;
}

void DetectPage::settingsMoved() {
  const DetectSettings now = settings();
  thresholdValue_->setText(numberText(now.threshold, 2));
  nmsValue_->setText(numberText(now.nms, 2));
  hierarchyValue_->setText(numberText(now.tree.threshold, 2));
  view_->setSettings(now);
}

void DetectPage::activated() {
  lookForRuns();
  lookForDevices();
  selectionMoved();
  startIfWanted();
}

void DetectPage::lookForRuns() {
  const DatasetDocument& document = state().document();
  model_->lookForRuns(document.isOpen() ? document.path() : std::filesystem::path(), state().run());
}

void DetectPage::lookForDevices() {
  if (std::exchange(devicesKnown_, true)) return;
  devices_.start([](std::stop_token, JobProgress&) { return listDevices(); },
                 [this](std::vector<DeviceInfo> devices) {
                   device_->setDevices(devices);
                   deviceRow_->setVisible(devices.size() > 1);
                 });
}

void DetectPage::selectionMoved() {
  const DatasetDocument& document = state().document();
  const int picture = state().picture();
  std::string path;
  if (picture >= 0 && picture < document.pictureCount()) {
    path = utf8(document.dataset().absolutePath(static_cast<std::size_t>(picture)));
  }
  source_->setSelectedPicture(path);
  // Against what was started: the selection also moves while another page is in front.
  if (isVisible() && path != startedSource_ && source_->kind() == SourcePicker::SelectedPicture) {
    sourcePicked();
  }
}

void DetectPage::sourcePicked() {
  if (begun_ && !isRecording()) startDetecting();
}

void DetectPage::modelPicked() {
  if (!begun_ || isRecording() || modelKey() == startedModel_) return;
  // A still picture is shown with the other model at once; a video that has ended is not played
  // again.
  if (view_->isActive() || view_->status().length == 1) startDetecting();
}

std::string DetectPage::modelKey() const {
  const DeviceChoice device = device_->choice();
  return model_->key() + '\n' + device.device + '\n' + device.precision;
}

bool DetectPage::isRecording() const {
  return recordingWanted_ || !view_->status().recording.empty();
}

void DetectPage::setSource(const QString& source) {
  startWhenReady_ = false;  // not with the source before this one
  source_->setSource(source);
  startWhenReady_ = true;
  startIfWanted();
}

void DetectPage::startIfWanted() {
  if (startWhenReady_ && isVisible()) begin({});
}

void DetectPage::startDetecting() {
  begin({});
}

bool DetectPage::begin(const std::filesystem::path& recording) {
  const std::string source = source_->source();
  if (source.empty() || !model_->hasModel()) return false;
  begun_ = true;
  startWhenReady_ = false;
  startedModel_ = modelKey();
  startedSource_ = source;
  recordingWanted_ = !recording.empty();
  toldError_.clear();
  errorBar()->clear();
  if (source_->kind() == SourcePicker::CameraKind || source_->kind() == SourcePicker::Stream) {
    shown_.reset();
    canvas_->clear();
    list_->show({}, {});
    count_->setText(tr("Detections"));
  }
  DetectorOptions options;
  options.threads = ThreadBudget::of().compute;
  const DeviceChoice device = device_->choice();
  options.device = device.device;
  options.precision = device.precision;
  view_->setModel(startedModel_, detectStepsFor(model_->opener(), options));
  view_->setSettings(settings());
  LiveOptions live;
  live.record = recording;
  live.picturesPerSecond = recording.empty() ? 2 : 0;
  view_->start(source, live);
  return true;
}

void DetectPage::stopDetecting() {
  begun_ = false;
  startWhenReady_ = false;
  view_->requestStop();
}

void DetectPage::take(const ShownFrame& shown) {
  PicturePyramid picture = shown.picture;
  const bool other = !shown_ || shown_->frame != shown.frame;
  shown_ = shown;
  shown_->picture = {};
  std::vector<CanvasBox> boxes;
  boxes.reserve(shown.detections.size());
  for (std::size_t i = 0; i < shown.detections.size(); ++i) {
    const Detection& found = shown.detections[i];
    CanvasBox box;
    box.id = static_cast<std::uint32_t>(i);
    box.rect = found.rect;
    box.classId = found.classId;
    box.label = classText(*shown.names, found.classId) + QLatin1Char(' ') +
                QString::number(static_cast<double>(found.confidence), 'f', 2);
    boxes.push_back(std::move(box));
  }
  if (other) canvas_->setHighlighted({});
  if (!picture.empty()) canvas_->setPicture(std::move(picture));
  canvas_->setBoxes(std::move(boxes));
  if (other) list_->select({});
  list_->show(shown.detections, *shown.names, shown.classTree.get());
  hierarchyRow_->setVisible(shown.classTree != nullptr);
  const auto count = static_cast<int>(shown.detections.size());
  count_->setText(count == 0 ? tr("No detections") : tr("Detections: %1").arg(count));
}

bool DetectPage::eventFilter(QObject* watched, QEvent* event) {
  if (watched != canvas_ || event->type() != QEvent::ToolTip)
    return Page::eventFilter(watched, event);
  auto* const help = static_cast<QHelpEvent*>(event);
  const auto id = canvas_->boxAt(help->pos());
  if (id && shown_ && shown_->classTree && *id < shown_->detections.size())
    QToolTip::showText(help->globalPos(),
                       wayText(shown_->detections[*id], *shown_->classTree, *shown_->names),
                       canvas_);
  else
    QToolTip::hideText();
  return true;
}

void DetectPage::refresh() {
  const LiveStatus& now = view_->status();
  const bool active = view_->isActive();
  const bool paused = now.state == LiveState::Paused;
  const bool finite = active && !now.live && now.state != LiveState::Loading &&
                      now.state != LiveState::Opening && now.length != 1;
  const QString missing = !model_->hasModel()
                              ? tr("There is no network yet. Train one, or choose Darknet\u2019s "
                                   "files.")
                              : source_->fault();

  startAction_->setText(active ? tr("&Stop detecting") : tr("&Start detecting"));
  startAction_->setEnabled(active || missing.isEmpty());
  startButton_->setText(active ? tr("Stop") : tr("Detect"));
  setMain(startButton_, !active);
  startButton_->setEnabled(startAction_->isEnabled());
  startButton_->setToolTip(active ? QString() : missing);
  canvas_->setMessage(now.state == LiveState::Loading   ? tr("Loading the model…")
                      : now.state == LiveState::Opening ? tr("Opening the source…")
                      : !active && missing.isEmpty()    ? tr("Press Detect.")
                                                        : QString());
  const bool hint = !active && !missing.isEmpty() && !canvas_->hasPicture();
  if (hint) refreshHint(missing);
  hint_->setVisible(hint);

  const bool canPause =
      active && (finite || now.live) && (now.state == LiveState::Running || paused);
  pauseAction_->setEnabled(canPause);
  const QString pauseText = paused ? tr("&Play") : tr("&Pause");
  if (pauseAction_->text() != pauseText) {  // drawing an icon costs more than the rest together
    pauseAction_->setText(pauseText);
    pauseAction_->setIcon(themeIcon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
  }
  forwardAction_->setEnabled(canPause && paused && finite);
  backAction_->setEnabled(canPause && paused && finite && source_->kind() == SourcePicker::Folder);

  if (shown_ && now.length > 1) {
    place_->setText(tr("%1 of %2").arg(countText(now.number + 1), countText(now.length)));
  } else if (shown_ && active && now.live) {
    place_->setText(countText(now.detected));
  } else {
    place_->clear();
  }
  condition_->setText(QString::fromStdString(now.condition));
  const bool numbers = now.detected > 0;
  rate_->setText(numbers && (finite || now.live)
                     ? tr("%1 fps").arg(numberText(now.framesPerSecond, 1))
                     : QString());
  latency_->setText(
      numbers ? tr("%1 ms").arg(numberText(now.milliseconds, now.milliseconds < 100 ? 1 : 0))
              : QString());
  age_->setText(numbers && now.live ? tr("age %1 ms").arg(numberText(now.ageMilliseconds, 0))
                                    : QString());
  dropped_->setText(numbers && (now.live || now.dropped > 0)
                        ? tr("%1 dropped").arg(countText(now.dropped))
                        : QString());

  // What has nothing to say leaves its place to the others.
  for (QLabel* label : {rate_, latency_, age_, dropped_})
    label->setVisible(!label->text().isEmpty());

  const bool recording = !now.recording.empty();
  if (recording || now.error || !active) recordingWanted_ = false;
  // Another model or source would end the file.
  for (QWidget* choice :
       {static_cast<QWidget*>(model_), static_cast<QWidget*>(source_), deviceRow_})
    choice->setEnabled(!isRecording());
  saveAction_->setEnabled(shown_.has_value());
  saveButton_->setEnabled(shown_.has_value());
  recordAction_->setText(recording ? tr("Stop &recording") : tr("&Record a video…"));
  recordAction_->setEnabled(recording || startAction_->isEnabled());
  recordButton_->setText(recording ? tr("Stop (%1)").arg(countText(now.recorded)) : tr("Record…"));
  recordButton_->setToolTip(recording ? QString::fromStdString(utf8(now.recording)) : QString());
  recordButton_->setEnabled(recordAction_->isEnabled());

  if (now.error) tellError(*now.error, now.state == LiveState::Failed);
  QString text;
  if (shown_) {
    text = tr("%1 × %2 px").arg(shown_->frame->image.width).arg(shown_->frame->image.height);
    if (!now.deviceName.empty()) {
      text += QStringLiteral("  ·  ") + QString::fromStdString(now.deviceName);
    }
  }
  if (!saved_.isEmpty()) text = tr("saved %1").arg(saved_);
  if (recording) {
    text = tr("recording %1").arg(QString::fromStdString(utf8(now.recording)));
  }
  setStatusText(text);
}

void DetectPage::refreshHint(const QString& missing) {
  const DetectHint::Offer file{tr("Open a picture or video…"),
                               [this] { source_->browse(SourcePicker::File); }};
  const bool open = state().document().isOpen();
  if (!model_->hasModel()) {
    const DetectHint::Offer files{tr("Choose Darknet\u2019s files"), [this] {
                                    setInspectorVisible(true);
                                    model_->askForFiles();
                                  }};
    if (open || !state().run().empty()) {
      hint_->say(missing,
                 {tr("Train a network"), [this] { state().showPage(QStringLiteral("train")); }},
                 files);
    } else {
      hint_->say(missing,
                 {tr("Open a dataset"), [this] { state().showPage(QStringLiteral("data")); }},
                 files);
    }
    return;
  }
  switch (source_->kind()) {
    case SourcePicker::SelectedPicture:
      hint_->say(missing,
                 {open ? tr("Select a picture") : QString(),
                  [this] { state().showPage(QStringLiteral("data")); }},
                 file);
      break;
    case SourcePicker::Folder:
      hint_->say(missing, {tr("Open a folder of pictures…"),
                           [this] { source_->browse(SourcePicker::Folder); }});
      break;
    case SourcePicker::CameraKind:
      hint_->say(missing, {tr("Look for cameras"), [this] { source_->refreshCameras(); }});
      break;
    case SourcePicker::Stream:
      hint_->say(missing, {tr("Type the address"), [this] {
                             setInspectorVisible(true);
                             source_->focusDetails();
                           }});
      break;
    default:
      hint_->say(missing, file);
  }
}

void DetectPage::tellError(const Error& error, bool failed) {
  const QString key = QString::fromUtf8(error.what());
  if (key == toldError_) return;
  toldError_ = key;
  const JobError told = jobErrorFrom(error);
  if (!failed) {
    errorBar()->showMessage(ErrorBar::Kind::Warning, told);
  } else if (source_->kind() == SourcePicker::CameraKind) {
    errorBar()->showError(told, tr("Look for cameras"), [this] {
      setInspectorVisible(true);
      source_->refreshCameras();
    });
  } else {
    errorBar()->showError(told, tr("Try again"), [this] { startDetecting(); });
  }
}

void DetectPage::savePicture() {
  if (!shown_) return;
  const std::filesystem::path name = pathFromUtf8(shown_->frame->source).stem();
  QString proposal = QString::fromStdString(utf8(name));
  if (proposal.isEmpty() || proposal.contains(QLatin1Char(':'))) proposal = QStringLiteral("frame");
  // The frame that was in view when the dialog was asked for, not one of a video that runs on.
  askWhereToSave(this, tr("Save the picture with its boxes"),
                 proposal + QStringLiteral("-detected.png"),
                 tr("Pictures (*.png *.jpg *.webp *.bmp)"),
                 [this, shown = *shown_](const QString& file) { savePictureTo(file, shown); });
}

void DetectPage::savePictureTo(const QString& file, const ShownFrame& shown) {
  saving_.start(
      [frame = shown.frame, detections = shown.detections, names = shown.names,
       path = pathFromUtf8(file.toStdString())](std::stop_token, JobProgress&) {
        Image drawn = frame->image;
        drawDetections(drawn, detections, *names);
        writeImage(path, drawn);
      },
      [this, file] {
        saved_ = file;
        savedTimer_.start();
        refresh();
      });
}

void DetectPage::toggleRecording() {
  if (!view_->status().recording.empty()) {
    view_->stopRecording();
    return;
  }
  askWhereToSave(this, tr("Record a video with the boxes drawn in"),
                 QStringLiteral("detections.mp4"), tr("Videos (*.mp4 *.mkv *.mov *.avi)"),
                 [this](const QString& file) {
                   const std::filesystem::path path = pathFromUtf8(file.toStdString());
                   errorBar()->clear();
                   toldError_.clear();
                   if (view_->isActive()) {
                     recordingWanted_ = true;
                     view_->startRecording(path);
                     refresh();
                   } else {
                     begin(path);
                   }
                 });
}

}  // namespace boxwright::ui
