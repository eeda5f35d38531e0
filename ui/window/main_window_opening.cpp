// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of MainWindow that opens datasets and runs, and has them made, imported and exported.
#include <QAction>
#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
#include <QStandardPaths>
#include <QUrl>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/atomic_folder.h"
#include "core/data/open_dataset.h"
#include "core/train/run.h"
#include "ui/error_bar.h"
#include "ui/menu_text.h"
#include "ui/page.h"
#include "ui/path_text.h"
#include "ui/window/export_dialog.h"
#include "ui/window/main_window.h"

namespace boxwright::ui {
namespace {

QString localPath(const QMimeData* data) {
  if (!data->hasUrls()) return {};
  for (const QUrl& url : data->urls()) {
    if (url.isLocalFile()) return url.toLocalFile();
  }
  return {};
}

std::filesystem::path absolutePath(const QString& path) {
  return pathFromUtf8(QDir(path).absolutePath().toStdString());
}

}  // namespace

MainWindow::Target MainWindow::lookAt(const std::filesystem::path& path) {
  std::error_code ignored;
  Target target;
  target.folder = path;
  target.there = std::filesystem::exists(path, ignored);
  target.isFile = std::filesystem::is_regular_file(path, ignored) && !isDatasetFile(path);
  target.isRun = std::filesystem::exists(path / "run.json", ignored);
  if (!target.isRun) return target;
  target.folder = std::filesystem::canonical(path, ignored);
  target.dataset = pathFromUtf8(Run::open(target.folder).settings().dataset);
  target.datasetThere = !target.dataset.empty() && std::filesystem::exists(target.dataset, ignored);
  return target;
}

void MainWindow::look(const QString& path, std::function<void(const Target&)> then) {
  ++openings_;
  looking_.start(
      [path = absolutePath(path)](std::stop_token, JobProgress&) { return lookAt(path); },
      [this, path, then = std::move(then)](const Target& target) {
        if (!target.there) recents_.remove(path);
        then(target);
      });
}

void MainWindow::openPath(const QString& path, const QString& page) {
  look(path, [this, page](const Target& target) { open(target, page); });
}

void MainWindow::openAsked(const QString& path) {
  const DatasetDocument& document = state_.document();
  if (!document.isOpen() || document.isOpening() || absolutePath(path) != document.path()) {
    openPath(path);
    return;
  }
  // Reading again what is open leads nowhere else.
  Place place{document.path(), {}, state_.filter()};
  if (state_.picture() >= 0)
    place.picture = document.dataset().pictures[static_cast<std::size_t>(state_.picture())].path;
  const QString page = currentPage()->id();
  look(path, [this, page, place = std::move(place)](const Target& target) {
    open(target, page);
    place_ = place;
  });
}

void MainWindow::restorePlace() {
  const std::optional<Place> place = std::exchange(place_, std::nullopt);
  if (!place || place->dataset != state_.document().path()) return;
  if (state_.filter().isEmpty()) state_.setFilter(place->filter);
  if (const int picture = state_.document().indexOf(place->picture); picture >= 0)
    state_.select(picture);
}

void MainWindow::open(const Target& target, const QString& page) {
  if (target.isRun) {
    openRun(target, page.isEmpty() ? QStringLiteral("train") : page);
  } else {
    openDataset(target.folder, page.isEmpty() ? QStringLiteral("data") : page);
  }
}

void MainWindow::openDataset(const std::filesystem::path& path, const QString& page) {
  ++openings_;
  runOfOpening_.clear();
  finishTyping();
  state_.document().open(path);
  showPage(page);
}

void MainWindow::openRun(const Target& run, const QString& page) {
  if (run.datasetThere) {
    openDataset(run.dataset, page);
    runOfOpening_ = run.folder;
  }
  state_.openRun(run.folder);
  state_.keepRun(!run.datasetThere);
  showPage(page);
  if (run.datasetThere) return;
  currentPage()->errorBar()->showError(
      {tr("The dataset of this run is not there"), pathText(run.dataset),
       tr("The run can be looked at and used to detect. To go on with it, say where the dataset "
          "lies now.")},
      tr("Open the dataset…"), [this] { state_.seekDataset(); });
}

void MainWindow::askForFolder() {
  const QStringList recent = recents_.paths();
  const QString start = recent.isEmpty() ? QDir::homePath() : QFileInfo(recent.front()).path();
  const QString folder =
      QFileDialog::getExistingDirectory(this, tr("Open a folder of pictures"), start);
  if (!folder.isEmpty()) openPath(folder);
}

void MainWindow::askForFile() {
  auto* dialog = new QFileDialog(this, tr("Open a dataset by the file that describes it"), {},
                                 datasetFileFilter());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  const QStringList recent = recents_.paths();
  dialog->setDirectory(recent.isEmpty() ? QDir::homePath() : recent.front());
  connect(dialog, &QFileDialog::fileSelected, this,
          [this](const QString& file) { openPath(file); });
  dialog->open();
}

void MainWindow::askForSample() {
  const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
  const QString parent = QFileDialog::getExistingDirectory(
      this, tr("Where shall the folder \u201cboxwright-sample\u201d be made?"),
      QFileInfo(documents).isDir() ? documents : QDir::homePath());
  if (parent.isEmpty()) return;
  makeSample(parent);
}

void MainWindow::makeSample(const QString& parent, const SampleOptions& options) {
  sampleJob_.start(
      [parent = absolutePath(parent), options](std::stop_token stop, JobProgress& progress) {
        const std::filesystem::path folder = freeName(parent, "boxwright-sample");
        makeSampleDataset(folder, options, stop, [&](double fraction) { progress.set(fraction); });
        return folder;
      },
      [this, before = openings_](const std::filesystem::path& folder) {
        const auto show = [this, folder] { openDataset(folder, QStringLiteral("data")); };
        if (openings_ == before) {
          show();
          return;
        }
        recents_.add(QString::fromStdString(utf8(folder)));
        currentPage()->errorBar()->showMessage(
            ErrorBar::Kind::Note, {tr("The sample dataset is made"), pathText(folder), {}},
            tr("Open it"), show);
      });
}

void MainWindow::showImported(const std::filesystem::path& folder, const QString& text,
                              const QString& warning) {
  // Frames in the dataset that is open are of it; others are one of their own.
  const DatasetDocument& document = state_.document();
  const std::string inside = utf8(folder.lexically_relative(document.dataset().root));
  const bool ours = document.isOpen() && !inside.empty() && !inside.starts_with("..");
  const std::filesystem::path shown = ours ? document.path() : folder;
  const auto kind = warning.isEmpty() ? ErrorBar::Kind::Note : ErrorBar::Kind::Warning;
  const JobError message{text, pathText(folder), warning};
  // Nobody's work is taken out of their hands, nor its undo.
  if (openings_ != openingsAtImport_ || document.history().size() > 0) {
    currentPage()->errorBar()->showMessage(kind, message, tr("Open it"), [this, shown] {
      openDataset(shown, QStringLiteral("data"));
    });
    return;
  }
  openDataset(shown, QStringLiteral("data"));
  page(QStringLiteral("data"))->errorBar()->showMessage(kind, message);
}

void MainWindow::askForExport() {
  finishTyping();
  auto* dialog = new ExportDialog(state_.document().snapshot(), this);
  connect(dialog, &ExportDialog::exportWanted, this, &MainWindow::exportDataset);
  dialog->open();
}

void MainWindow::exportDataset(const ConvertOptions& options) {
  exportJob_.start(
      [dataset = state_.document().snapshot(), options](std::stop_token stop,
                                                        JobProgress& progress) {
        convertDataset(*dataset, options, stop, [&](double fraction) { progress.set(fraction); });
      },
      [this, folder = options.folder] {
        currentPage()->errorBar()->showMessage(
            ErrorBar::Kind::Note, {tr("The dataset is exported"), pathText(folder), {}},
            tr("Open it"), [this, folder] { openDataset(folder, QStringLiteral("data")); });
      });
}

void MainWindow::fillRecents(QMenu* menu) {
  menu->clear();
  for (const QString& path : recents_.paths()) {
    QAction* action = menu->addAction(menuText(pathText(path)));
    connect(action, &QAction::triggered, this, [this, path] { openPath(path); });
  }
  if (recents_.paths().isEmpty()) menu->addAction(tr("Nothing yet"))->setEnabled(false);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (!localPath(event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  const QString path = localPath(event->mimeData());
  if (path.isEmpty()) return;
  event->acceptProposedAction();
  // A picture or video dropped on the Detect page is its source; everything else is a dataset.
  const bool toDetect = currentPage()->id() == QStringLiteral("detect");
  look(path, [this, path, toDetect](const Target& target) {
    if (target.isFile && toDetect) {
      setDetectSource(path);
    } else if (target.isFile) {
      openDataset(target.folder.parent_path(), QStringLiteral("data"));
    } else {
      open(target, {});
    }
  });
}

}  // namespace boxwright::ui
