// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detect/model_picker.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "core/base/atomic_file.h"
#include "ui/theme.h"

namespace boxwright::ui {

ModelPicker::ModelPicker(QWidget* parent)
    : QWidget(parent), looking_(tr("Looking for runs"), QStringLiteral("detect")) {
  looking_.setQuiet(true);
  combo_ = new QComboBox;
  combo_->setObjectName(QStringLiteral("model"));
  combo_->setAccessibleName(tr("Model"));
  combo_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  combo_->setMinimumContentsLength(12);
  files_ = new QWidget;
  auto* form = new QFormLayout(files_);
  form->setContentsMargins(0, 0, 0, 0);
  form->setHorizontalSpacing(metric::margin);
  form->setVerticalSpacing(metric::gap);
  form->addRow(tr("cfg"), addFile(cfg_, tr("Network"), tr("Darknet networks (*.cfg)")));
  form->addRow(tr("weights"), addFile(weights_, tr("Weights"), tr("Darknet weights (*.weights)")));
  form->addRow(tr("names"), addFile(names_, tr("Class names"), tr("Class names (*.names *.txt)")));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(metric::gap);
  column->addWidget(combo_);
  column->addWidget(files_);
  fill({});
  connect(combo_, &QComboBox::currentIndexChanged, this, [this] {
    showFiles();
    Q_EMIT changed();
  });
  connect(combo_, &QComboBox::activated, this, [this] {
    wanted_.clear();
    Q_EMIT picked();
  });
}

QWidget* ModelPicker::addFile(QLineEdit*& field, const QString& name, const QString& filter) {
  auto* holder = new QWidget;
  auto* row = new QHBoxLayout(holder);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  field = new QLineEdit;
  field->setAccessibleName(name);
  auto* browse = new QToolButton;
  browse->setText(QStringLiteral("…"));
  browse->setAccessibleName(tr("Choose: %1").arg(name));
  browse->setToolTip(tr("Choose a file"));
  row->addWidget(field, 1);
  row->addWidget(browse);
  holder->setFocusProxy(field);
  connect(field, &QLineEdit::textChanged, this, [this] {
    wanted_.clear();
    Q_EMIT changed();
  });
  connect(field, &QLineEdit::editingFinished, this, &ModelPicker::picked);
  connect(browse, &QToolButton::clicked, this, [this, edit = field, name, filter] {
    auto* dialog =
        new QFileDialog(this, name, QString(), filter + QStringLiteral(";;") + tr("All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this, edit](const QString& path) {
      edit->setText(path);
      Q_EMIT picked();
    });
    dialog->open();
  });
  return holder;
}

void ModelPicker::lookForRuns(const std::filesystem::path& dataset,
                              const std::filesystem::path& run) {
  looking_.start(
      [dataset, run, classifiers = classifiers_](std::stop_token stop, JobProgress&) {
        std::vector<RunSummary> found;
        const std::filesystem::path own =
            dataset.empty() ? std::filesystem::path() : runsFolderFor(dataset);
        if (!own.empty()) found = findRuns(own, stop);
        if (!run.empty() && run.parent_path() != own) {
          for (RunSummary& other : findRuns(run.parent_path(), stop))
            found.push_back(std::move(other));
        }
        std::erase_if(found, [classifiers](const RunSummary& r) {
          return !r.hasWeights || (r.task != NetworkTask::Detection && !classifiers);
        });
        return found;
      },
      [this](std::vector<RunSummary> runs) {
        const std::string before = key();
        fill(std::move(runs));
        if (key() != before) Q_EMIT changed();
        Q_EMIT looked();
      });
}

void ModelPicker::choose(const std::filesystem::path& run) {
  wanted_ = run;
}

void ModelPicker::fill(std::vector<RunSummary> runs) {
  const bool files = combo_->count() > 0 && choosesFiles();
  // Before the first run is there the files are no choice until they are named.
  const bool keepFiles = files && (!runs_.empty() || !cfg_->text().isEmpty() ||
                                   !weights_->text().isEmpty() || !names_->text().isEmpty());
  const std::filesystem::path before =
      runs_.empty() || files ? std::filesystem::path()
                             : runs_[static_cast<std::size_t>(combo_->currentIndex())].folder;
  runs_ = std::move(runs);
  const bool found = std::any_of(runs_.begin(), runs_.end(),
                                 [this](const RunSummary& run) { return run.folder == wanted_; });
  const std::filesystem::path chosen = found ? std::exchange(wanted_, {}) : before;
  {
    const QSignalBlocker quiet(combo_);
    combo_->clear();
    int at = -1;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const RunSummary& run = runs_[i];
      const QString score =
          run.task == NetworkTask::Classification ? tr("%1  (top-1 %2)") : tr("%1  (mAP50 %2)");
      combo_->addItem(run.best >= 0 ? score.arg(run.name).arg(run.best, 0, 'f', 3) : run.name);
      combo_->setItemData(combo_->count() - 1, QString::fromStdString(utf8(run.folder)),
                          Qt::ToolTipRole);
      if (run.folder == chosen) at = static_cast<int>(i);
    }
    combo_->addItem(tr("Darknet files"));
    combo_->setCurrentIndex(keepFiles && !found ? combo_->count() - 1 : std::max(0, at));
  }
  showFiles();
}

bool ModelPicker::choosesFiles() const {
  return combo_->currentIndex() == combo_->count() - 1;
}

void ModelPicker::showFiles() {
  files_->setVisible(choosesFiles());
}

void ModelPicker::setFiles(const QString& cfg, const QString& weights, const QString& names) {
  {
    const QSignalBlocker quiet(this);  // one signal when all three are there
    combo_->setCurrentIndex(combo_->count() - 1);
    cfg_->setText(cfg);
    weights_->setText(weights);
    names_->setText(names);
  }
  Q_EMIT changed();
  Q_EMIT picked();
}

void ModelPicker::askForFiles() {
  combo_->setCurrentIndex(combo_->count() - 1);
  cfg_->setFocus();
}

bool ModelPicker::hasModel() const {
  return !choosesFiles() || (!cfg_->text().isEmpty() && !weights_->text().isEmpty());
}

std::string ModelPicker::key() const {
  if (choosesFiles()) {
    return (cfg_->text() + QLatin1Char('\n') + weights_->text() + QLatin1Char('\n') +
            names_->text())
        .toStdString();
  }
  const RunSummary& run = runs_[static_cast<std::size_t>(combo_->currentIndex())];
  return utf8(run.folder) + "\n" +
         run.changed.toString(Qt::ISODateWithMs).toStdString();  // trained on: other weights
}

std::function<Model()> ModelPicker::opener() const {
  if (choosesFiles()) {
    return [cfg = pathFromUtf8(cfg_->text().trimmed().toStdString()),
            weights = pathFromUtf8(weights_->text().trimmed().toStdString()),
            names = pathFromUtf8(names_->text().trimmed().toStdString())] {
      return openModel(cfg, weights, names);
    };
  }
  return [folder = runs_[static_cast<std::size_t>(combo_->currentIndex())].folder] {
    return openRunModel(folder);
  };
}

std::filesystem::path ModelPicker::run() const {
  return choosesFiles() ? std::filesystem::path()
                        : runs_[static_cast<std::size_t>(combo_->currentIndex())].folder;
}

bool ModelPicker::isClassifier() const {
  return !choosesFiles() && runs_[static_cast<std::size_t>(combo_->currentIndex())].task ==
                                NetworkTask::Classification;
}

QString ModelPicker::title() const {
  if (!choosesFiles()) return runs_[static_cast<std::size_t>(combo_->currentIndex())].name;
  return QString::fromStdString(utf8(pathFromUtf8(cfg_->text().toStdString()).filename()));
}

}  // namespace boxwright::ui
