// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/video_import.h"

#include <QCheckBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <functional>

#include "core/base/atomic_file.h"
#include "core/base/atomic_folder.h"
#include "core/detect/frame_import.h"
#include "ui/path_text.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

class VideoImportDialog : public QDialog {
 public:
  VideoImportDialog(QString folder, QWidget* parent)
      : QDialog(parent), proposed_(std::move(folder)) {
    setWindowTitle(VideoImport::tr("Import the frames of a video"));
    setAttribute(Qt::WA_DeleteOnClose);
    video_ = new QLineEdit;
    video_->setObjectName(QStringLiteral("video"));
    video_->setAccessibleName(VideoImport::tr("Video"));
    folder_ = new QLineEdit(proposed_);
    folder_->setObjectName(QStringLiteral("folder"));
    folder_->setAccessibleName(VideoImport::tr("Folder for the pictures"));
    every_ = new QSpinBox;
    every_->setRange(1, 1000000);
    every_->setValue(VideoImport::Wish().every);
    every_->setAccessibleName(VideoImport::tr("Take one frame in"));
    changed_ =
        new QCheckBox(VideoImport::tr("Only where the picture has changed since the last one"));
    changed_->setToolTip(VideoImport::tr("Leaves out frames that look like the last one taken"));
    made_ = makeText({}, Tone::Dim);
    made_->setWordWrap(true);

    auto* form = new QFormLayout;
    form->setHorizontalSpacing(metric::margin);
    form->setVerticalSpacing(metric::gap);
    form->addRow(VideoImport::tr("Video"), withButton(video_, VideoImport::tr("Choose the video"),
                                                      [this] { chooseVideo(); }));
    form->addRow(VideoImport::tr("Take one frame in"), every_);
    form->addRow({}, changed_);
    form->addRow(VideoImport::tr("Into"), withButton(folder_, VideoImport::tr("Choose the folder"),
                                                     [this] { chooseFolder(); }));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    import_ = buttons->addButton(VideoImport::tr("Import"), QDialogButtonBox::AcceptRole);
    setMain(import_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(metric::wideMargin, metric::wideMargin, metric::wideMargin,
                               metric::wideMargin);
    column->setSpacing(metric::margin);
    column->addLayout(form);
    column->addWidget(made_);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(video_, &QLineEdit::textChanged, this, [this] { refresh(); });
    connect(folder_, &QLineEdit::textChanged, this, [this] { refresh(); });
    setMinimumWidth(560);
    refresh();
  }

  VideoImport::Wish wish() const {
    return {video_->text().trimmed(), folder_->text().trimmed(), every_->value(),
            changed_->isChecked()};
  }

 private:
  QWidget* withButton(QLineEdit* field, const QString& what, const std::function<void()>& choose) {
    auto* panel = new QWidget;
    auto* row = new QHBoxLayout(panel);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metric::gap);
    auto* button = new QPushButton(VideoImport::tr("Choose\u2026"));
    button->setAutoDefault(false);
    button->setAccessibleName(what);
    connect(button, &QPushButton::clicked, this, choose);
    row->addWidget(field, 1);
    row->addWidget(button);
    panel->setFocusProxy(field);
    return panel;
  }

  void chooseVideo() {
    auto* dialog = new QFileDialog(
        this, VideoImport::tr("A video"), QFileInfo(video_->text()).path(),
        VideoImport::tr(
            "Videos (*.mp4 *.avi *.mov *.mkv *.webm *.mpg *.mpeg *.m4v);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, video_, &QLineEdit::setText);
    dialog->open();
  }

  void chooseFolder() {
    auto* dialog = new QFileDialog(this, VideoImport::tr("Where the folder of pictures is made"),
                                   folder_->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
      chosen_ = true;
      folder_->setText(folder);
    });
    dialog->open();
  }

  void refresh() {
    const VideoImport::Wish wish = this->wish();
    if (proposed_.isEmpty() && !chosen_ && !folder_->isModified() && !wish.video.isEmpty())
      folder_->setText(QFileInfo(wish.video).path());
    const bool known = !wish.video.isEmpty() && !folder_->text().trimmed().isEmpty();
    import_->setEnabled(known);
    made_->setText(known ? VideoImport::tr("Makes the folder \u201c%1\u201d there, and opens it.")
                               .arg(QFileInfo(wish.video).completeBaseName())
                         : VideoImport::tr("Frames become JPEG pictures that are named by their "
                                           "numbers."));
  }

  QString proposed_;
  bool chosen_ = false;  ///< the folder, by its button
  QLineEdit *video_, *folder_;
  QSpinBox* every_;
  QCheckBox* changed_;
  QLabel* made_;
  QPushButton* import_;
};

}  // namespace

VideoImport::VideoImport(QObject* parent)
    : QObject(parent), job_(tr("Importing a video"), QStringLiteral("data")) {}

void VideoImport::ask(QWidget* parent, const QString& folder) {
  auto* dialog = new VideoImportDialog(folder, parent);
  connect(dialog, &QDialog::accepted, this, [this, dialog] { start(dialog->wish()); });
  dialog->open();
}

void VideoImport::start(const Wish& wish) {
  struct Made {
    std::filesystem::path folder;
    FrameImport frames;
  };
  job_.start(
      [wish](std::stop_token stop, JobProgress& progress) {
        const auto video = pathFromUtf8(wish.video.toStdString());
        Made made;
        made.folder = freeName(pathFromUtf8(wish.folder.toStdString()), utf8(video.stem()));
        const FrameImportOptions options{static_cast<std::uint64_t>(wish.every), wish.changedOnly};
        made.frames = importFrames(video, made.folder, options, stop,
                                   [&](double fraction) { progress.set(fraction); });
        return made;
      },
      [this](const Made& made) {
        Q_EMIT imported(made.folder,
                        tr("%L1 pictures of %L2 frames")
                            .arg(static_cast<qulonglong>(made.frames.written))
                            .arg(static_cast<qulonglong>(made.frames.read)),
                        QString::fromStdString(made.frames.warning));
      });
}

}  // namespace boxwright::ui
