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
  connect(field, &QLineEdit::textChanged, this, &ModelPicker::changed);
  connect(browse, &QToolButton::clicked, this, [this, edit = field, name, filter] {
    auto* dialog =
        new QFileDialog(this, name, QString(), filter + QStringLiteral(";;") + tr("All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, edit, &QLineEdit::setText);
    dialog->open();
  });
  return holder;
}

void ModelPicker::lookForRuns(const std::filesystem::path& dataset,
                              const std::filesystem::path& run) {
  if (!run.empty()) wanted_ = run;
  looking_.start(
      [dataset, run](std::stop_token stop, JobProgress&) {
        std::vector<RunSummary> found;
        const std::filesystem::path own =
            dataset.empty() ? std::filesystem::path() : runsFolderFor(dataset);
        if (!own.empty()) found = findRuns(own, stop);
        if (!run.empty() && run.parent_path() != own) {
          for (RunSummary& other : findRuns(run.parent_path(), stop))
            found.push_back(std::move(other));
        }
        std::erase_if(found, [](const RunSummary& r) { return !r.hasWeights; });
        return found;
      },
      [this](std::vector<RunSummary> runs) { fill(std::move(runs)); });
}

void ModelPicker::fill(std::vector<RunSummary> runs) {
  std::filesystem::path chosen = wanted_;
  const bool files = !runs_.empty() && choosesFiles();
  if (chosen.empty() && !runs_.empty() && !files) {
    chosen = runs_[static_cast<std::size_t>(combo_->currentIndex())].folder;
  }
  runs_ = std::move(runs);
  {
    const QSignalBlocker quiet(combo_);
    combo_->clear();
    int at = -1;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const RunSummary& run = runs_[i];
      combo_->addItem(run.best >= 0 ? tr("%1  (mAP50 %2)").arg(run.name).arg(run.best, 0, 'f', 3)
                                    : run.name);
      combo_->setItemData(combo_->count() - 1, QString::fromStdString(utf8(run.folder)),
                          Qt::ToolTipRole);
      if (run.folder == chosen) at = static_cast<int>(i);
    }
    combo_->addItem(tr("Darknet files"));
    combo_->setCurrentIndex(files && wanted_.empty() ? combo_->count() - 1 : std::max(0, at));
  }
  wanted_.clear();
  showFiles();
  Q_EMIT changed();
}

bool ModelPicker::choosesFiles() const {
  return combo_->currentIndex() == combo_->count() - 1;
}

void ModelPicker::showFiles() {
  files_->setVisible(choosesFiles());
}

void ModelPicker::setFiles(const QString& cfg, const QString& weights, const QString& names) {
  combo_->setCurrentIndex(combo_->count() - 1);
  cfg_->setText(cfg);
  weights_->setText(weights);
  names_->setText(names);
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

QString ModelPicker::title() const {
  if (!choosesFiles()) return runs_[static_cast<std::size_t>(combo_->currentIndex())].name;
  return QString::fromStdString(utf8(pathFromUtf8(cfg_->text().toStdString()).filename()));
}

}  // namespace boxwright::ui
