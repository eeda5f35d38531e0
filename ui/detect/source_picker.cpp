// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detect/source_picker.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "ui/elided_label.h"
#include "ui/theme.h"

namespace boxwright::ui {

SourcePicker::SourcePicker(QWidget* parent, ListCameras list)
    : QWidget(parent),
      listCameras_(std::move(list)),
      listing_(tr("Looking for cameras"), QStringLiteral("detect")),
      looking_(tr("Looking at the source"), QStringLiteral("detect")) {
  listing_.setQuiet(true);
  looking_.setQuiet(true);
  kind_ = new QComboBox;
  kind_->setObjectName(QStringLiteral("source"));
  kind_->setAccessibleName(tr("Source"));
  kind_->addItems({tr("Selected picture"), tr("Picture or video file"), tr("Folder of pictures"),
                   tr("Camera"), tr("Stream"), tr("Test pattern")});
  details_ = new QStackedWidget;

  auto* selected = new ElidedLabel;
  selected->setObjectName(QStringLiteral("selectedPicture"));
  setTone(selected, Tone::Dim);
  details_->addWidget(selected);
  details_->addWidget(pathRow(file_, tr("Picture or video file"), File));
  file_->setObjectName(QStringLiteral("sourceFile"));
  details_->addWidget(pathRow(folder_, tr("Folder of pictures"), Folder));
  folder_->setObjectName(QStringLiteral("sourceFolder"));

  auto* cameras = new QWidget;
  auto* row = new QHBoxLayout(cameras);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  camera_ = new QComboBox;
  camera_->setObjectName(QStringLiteral("camera"));
  camera_->setAccessibleName(tr("Camera"));
  camera_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  camera_->setMinimumContentsLength(10);
  auto* refresh = new QToolButton;
  refresh->setObjectName(QStringLiteral("refreshCameras"));
  refresh->setIcon(themeIcon(QStringLiteral("refresh")));
  refresh->setToolTip(tr("Look for cameras again"));
  refresh->setAccessibleName(tr("Look for cameras again"));
  row->addWidget(camera_, 1);
  row->addWidget(refresh);
  details_->addWidget(cameras);

  stream_ = new QLineEdit;
  stream_->setObjectName(QStringLiteral("stream"));
  stream_->setPlaceholderText(QStringLiteral("rtsp://…"));
  stream_->setAccessibleName(tr("Address of the stream"));
  details_->addWidget(stream_);
  auto* pattern = new QLabel(tr("Moving shapes, 30 frames a second"));
  setTone(pattern, Tone::Dim);
  details_->addWidget(pattern);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(metric::gap);
  column->addWidget(kind_);
  column->addWidget(details_);
  details_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);

  connect(kind_, &QComboBox::currentIndexChanged, this, [this](int index) {
    details_->setCurrentIndex(index);
    if (index == CameraKind) refreshCameras();
    Q_EMIT changed();
    Q_EMIT picked();
  });
  connect(refresh, &QToolButton::clicked, this, &SourcePicker::refreshCameras);
  connect(camera_, &QComboBox::activated, this, [this] {
    wantedCamera_ = -1;
    Q_EMIT changed();
    Q_EMIT picked();
  });
  for (QLineEdit* field : {file_, folder_, stream_}) {
    connect(field, &QLineEdit::textChanged, this, &SourcePicker::changed);
    connect(field, &QLineEdit::returnPressed, this, &SourcePicker::picked);
  }
  setSelectedPicture({});
}

QWidget* SourcePicker::pathRow(QLineEdit*& field, const QString& name, Kind kind) {
  auto* holder = new QWidget;
  auto* row = new QHBoxLayout(holder);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  field = new QLineEdit;
  field->setAccessibleName(name);
  auto* browse = new QToolButton;
  browse->setText(QStringLiteral("…"));
  browse->setToolTip(tr("Choose"));
  browse->setAccessibleName(tr("Choose: %1").arg(name));
  row->addWidget(field, 1);
  row->addWidget(browse);
  connect(browse, &QToolButton::clicked, this, [this, kind] { this->browse(kind); });
  return holder;
}

void SourcePicker::browse(Kind kind) {
  const bool folder = kind == Folder;
  auto* dialog = new QFileDialog(this, kind_->itemText(kind));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(folder ? QFileDialog::Directory : QFileDialog::ExistingFile);
  if (!folder) {
    dialog->setNameFilters(
        {tr("Pictures and videos (*.jpg *.jpeg *.png *.bmp *.webp *.mp4 *.avi *.mkv *.mov *.webm "
            "*.JPG *.JPEG *.PNG *.MP4 *.AVI *.MOV)"),
         tr("All files (*)")});
  }
  connect(dialog, &QFileDialog::fileSelected, this, [this, kind](const QString& path) {
    {
      const QSignalBlocker quiet(this);
      (kind == Folder ? folder_ : file_)->setText(path);
      setKind(kind);
    }
    Q_EMIT changed();
    Q_EMIT picked();
  });
  dialog->open();
}

void SourcePicker::focusDetails() {
  QWidget* const fields[] = {kind_, file_, folder_, camera_, stream_, kind_};
  fields[kind()]->setFocus();
}

SourcePicker::Kind SourcePicker::kind() const {
  return static_cast<Kind>(kind_->currentIndex());
}

void SourcePicker::setKind(Kind kind) {
  kind_->setCurrentIndex(kind);
}

void SourcePicker::setSelectedPicture(const std::string& path) {
  selected_ = path;
  auto* label = details_->findChild<QLabel*>(QStringLiteral("selectedPicture"));
  label->setText(path.empty() ? tr("None: select one on the Data page")
                              : QString::fromStdString(utf8(pathFromUtf8(path).filename())));
  Q_EMIT changed();
}

void SourcePicker::setSource(const QString& source) {
  // One signal when all is set: in between, source() is a mixture of old and new.
  QSignalBlocker quiet(this);
  if (source.startsWith(QStringLiteral("test-pattern:"))) {
    setKind(TestPattern);
  } else if (source.startsWith(QStringLiteral("camera:")) ||
             source.startsWith(QStringLiteral("/dev/video"))) {
    bool good = false;
    const int number = source.mid(source.startsWith(QLatin1Char('c')) ? 7 : 10).toInt(&good);
    wantedCamera_ = good ? number : -1;
    takeCameras(cameras_);  // opening it need not wait for the list
    setKind(CameraKind);
    refreshCameras();
  } else if (source.contains(QStringLiteral("://"))) {
    stream_->setText(source);
    setKind(Stream);
  } else {
    // Either opens; only the word for it waits for the disk.
    file_->setText(source);
    setKind(File);
    looking_.start(
        [path = pathFromUtf8(source.toStdString())](std::stop_token, JobProgress&) {
          std::error_code code;
          return std::filesystem::is_directory(path, code);
        },
        [this, source](bool folder) {
          if (!folder || kind() != File || file_->text() != source) return;
          {
            const QSignalBlocker blocker(this);
            folder_->setText(source);
            file_->clear();
            setKind(Folder);
          }
          Q_EMIT changed();
        });
  }
  quiet.unblock();
  Q_EMIT changed();
}

void SourcePicker::refreshCameras() {
  listing_.start([list = listCameras_](std::stop_token, JobProgress&) { return list(); },
                 [this](std::vector<Camera> found) {
                   takeCameras(std::move(found));
                   Q_EMIT changed();
                 });
}

void SourcePicker::takeCameras(std::vector<Camera> found) {
  const int before = camera_->currentIndex();
  int wanted = wantedCamera_;
  if (wanted < 0 && before >= 0 && static_cast<std::size_t>(before) < cameras_.size()) {
    wanted = cameras_[static_cast<std::size_t>(before)].index;
  }
  cameras_ = std::move(found);
  // One that is asked for is offered though it is not there: opening it says why.
  const bool known = std::any_of(cameras_.begin(), cameras_.end(),
                                 [&](const Camera& c) { return c.index == wanted; });
  if (wantedCamera_ >= 0 && !known) {
    cameras_.push_back({wantedCamera_, "camera " + std::to_string(wantedCamera_)});
  }
  const QSignalBlocker quiet(camera_);
  camera_->clear();
  for (const Camera& camera : cameras_) {
    camera_->addItem(QString::fromStdString(camera.name));
    camera_->setItemData(camera_->count() - 1, QStringLiteral("/dev/video%1").arg(camera.index),
                         Qt::ToolTipRole);
    if (camera.index == wanted) camera_->setCurrentIndex(camera_->count() - 1);
  }
  if (cameras_.empty()) camera_->addItem(tr("No camera found"));
  camera_->setEnabled(!cameras_.empty());
}

std::string SourcePicker::source() const {
  switch (kind()) {
    case SelectedPicture:
      return selected_;
    case File:
      return file_->text().trimmed().toStdString();
    case Folder:
      return folder_->text().trimmed().toStdString();
    case CameraKind: {
      const int at = camera_->currentIndex();
      if (at < 0 || static_cast<std::size_t>(at) >= cameras_.size()) return {};
      return "camera:" + std::to_string(cameras_[static_cast<std::size_t>(at)].index);
    }
    case Stream:
      return stream_->text().trimmed().toStdString();
    case TestPattern:
      return "test-pattern:";
  }
  return {};
}

QString SourcePicker::fault() const {
  if (!source().empty()) return {};
  switch (kind()) {
    case SelectedPicture:
      return tr("Select a picture on the Data page, or choose another source.");
    case File:
      return tr("Choose a picture or a video file.");
    case Folder:
      return tr("Choose a folder of pictures.");
    case CameraKind:
      return tr("No camera was found. Plug one in and press Refresh.");
    case Stream:
      return tr("Type the address of the stream.");
    case TestPattern:
      break;
  }
  return {};
}

}  // namespace boxwright::ui
