// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of TreePage that asks for files and tells what became of them.
#include <QFileDialog>
#include <QFileInfo>

#include "core/base/atomic_file.h"
#include "core/data/combined_file.h"
#include "ui/error_bar.h"
#include "ui/path_text.h"
#include "ui/save_dialog.h"
#include "ui/studio_state.h"
#include "ui/tree/tree_page.h"

namespace boxwright::ui {
namespace {

QString text(const std::filesystem::path& path) {
  return QString::fromStdString(utf8(path));
}

std::filesystem::path pathOf(const QString& file) {
  return pathFromUtf8(file.toStdString());
}

}  // namespace

void TreePage::save() {
  if (!tree_.isOpen()) return;
  if (keeper_.file().empty()) {
    saveAs();
  } else if (tree_.isModified()) {
    keeper_.save(keeper_.file());
  }
}

void TreePage::saveAs() {
  askWhereToSave(this, tr("Save the tree and its datasets as a combined dataset"),
                 text(keeper_.proposedFile()),
                 tr("Combined datasets (*%1)").arg(QLatin1String(kCombinedEnding)),
                 [this](const QString& file) { write(file); });
}

void TreePage::write(const QString& file) {
  QString whole = file;
  const QString ending = QLatin1String(kCombinedEnding);
  if (!whole.endsWith(ending)) {
    for (const char* const part : {".json", ".combined"})
      if (whole.endsWith(QLatin1String(part)))
        whole.chop(static_cast<int>(QLatin1String(part).size()));
    whole += ending;
    // Nobody was asked whether this one may be written over.
    if (QFileInfo::exists(whole)) {
      errorBar()->showError({tr("There is such a combined dataset already"), pathText(whole),
                             tr("Choose it in the dialog to write over it, or another name.")});
      return;
    }
  }
  keeper_.save(pathOf(whole));
}

void TreePage::tellSaved(const std::filesystem::path& file) {
  const DatasetDocument& document = state().document();
  if (file == document.path()) {
    errorBar()->clear();
    // The other pages show its classes.
    state().requestOpen(file);
    return;
  }
  errorBar()->showMessage(
      ErrorBar::Kind::Note,
      {tr("The tree is saved as a combined dataset"), pathText(file),
       tr("Opened in place of this one, it can be looked at, trained on and evaluated over the "
          "tree.")},
      tr("Open it"), [this, file] { state().requestOpen(file); });
}

void TreePage::tellConflict(const std::filesystem::path& wanted,
                            const std::vector<std::filesystem::path>& files) {
  QStringList names;
  for (const std::filesystem::path& file : files)
    names << text(file.filename());
  errorBar()->showError(
      {tr("Nothing was saved: another program has made or changed %1")
           .arg(names.join(QStringLiteral(", "))),
       pathText(wanted),
       tr("Look at it first, or save under another name (Ctrl+Alt+S). Written over, theirs is "
          "kept beside it as .theirs.")},
      tr("Write over it"), [this, wanted] { keeper_.save(wanted, true); });
}

void TreePage::tellRestored(bool changed) {
  const JobError message{
      tr("What was not saved of the tree the last time is here again"),
      {},
      changed ? tr("Meanwhile another program has changed the saved tree; saving will ask before "
                   "anything of theirs is written over.")
              : QString()};
  errorBar()->showMessage(changed ? ErrorBar::Kind::Warning : ErrorBar::Kind::Note, message,
                          tr("Discard it"), [this] { keeper_.discard(); });
}

void TreePage::discard() {
  errorBar()->showMessage(
      ErrorBar::Kind::Warning,
      {tr("All that is not saved of the tree would be gone, its history too"), {}, {}},
      tr("Go back to the saved tree"), [this] {
        errorBar()->clear();
        keeper_.discard();
      });
}

void TreePage::askForDataset(bool file) {
  auto* dialog = new QFileDialog(this, file ? tr("Add a dataset by the file that describes it")
                                            : tr("Add a dataset by its folder"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(file ? QFileDialog::ExistingFile : QFileDialog::Directory);
  if (file) dialog->setNameFilter(datasetFileFilter());
  dialog->setDirectory(text(keeper_.proposedFile().parent_path()));
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& chosen) {
    errorBar()->clear();
    keeper_.addDataset(pathOf(chosen));
  });
  dialog->open();
}

void TreePage::askForTree(TreeKeeper::Source source) {
  const bool folder = source == TreeKeeper::Source::Folders;
  const QString title = source == TreeKeeper::Source::IndentedText
                            ? tr("A text with a class a line, indented below its parent")
                        : folder ? tr("A folder of folders: each is a class")
                        : source == TreeKeeper::Source::Paths
                            ? tr("A text with the way to a class a line: animal > dog > pug")
                            : tr("A class tree");
  auto* dialog = new QFileDialog(this, title);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(folder ? QFileDialog::Directory : QFileDialog::ExistingFile);
  if (source == TreeKeeper::Source::TreeFile)
    dialog->setNameFilter(tr("Class trees (*.tree);;All files (*)"));
  dialog->setDirectory(text(keeper_.proposedFile().parent_path()));
  connect(dialog, &QFileDialog::fileSelected, this, [this, source](const QString& file) {
    errorBar()->clear();
    keeper_.takeTree(source, pathOf(file));
  });
  dialog->open();
}

}  // namespace boxwright::ui
