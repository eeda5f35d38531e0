// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/network/model.h"
#include "ui/job.h"
#include "ui/train/run_summary.h"

class QComboBox;
class QLineEdit;

namespace boxwright::ui {

/// Chooses the model: one of the detectors' runs, or Darknet's three files. The runs are looked for
/// by a Job. GUI thread only.
class ModelPicker : public QWidget {
  Q_OBJECT
 public:
  explicit ModelPicker(QWidget* parent = nullptr);

  /// Runs of classifiers are offered as well.
  void offerClassifiers() { classifiers_ = true; }

  /// Looks for runs beside `dataset` (may be empty) and in the folder that holds `run` (may be
  /// empty). The choice stays unless it is gone.
  void lookForRuns(const std::filesystem::path& dataset, const std::filesystem::path& run);
  /// Makes a run the choice as soon as it is found.
  void choose(const std::filesystem::path& run);
  /// As if the user had chosen all three.
  void setFiles(const QString& cfg, const QString& weights, const QString& names);
  /// Shows the fields of Darknet's files and puts the keyboard's focus there.
  void askForFiles();

  bool hasModel() const;
  /// Changes with whatever makes it another model.
  std::string key() const;
  /// Opens the chosen model; any thread.
  std::function<Model()> opener() const;
  /// The choice is a run of a classifier; of files nobody knows before they are opened.
  bool isClassifier() const;
  /// The chosen run; empty where it is three files.
  std::filesystem::path run() const;
  /// For people: the run's or cfg's name.
  QString title() const;

 Q_SIGNALS:
  /// key() is another than before.
  void changed();
  /// The user has made a choice; perhaps the same as before.
  void picked();
  /// What lookForRuns found is in the list.
  void looked();

 private:
  void fill(std::vector<RunSummary> runs);
  void showFiles();
  bool choosesFiles() const;
  QWidget* addFile(QLineEdit*& field, const QString& name, const QString& filter);

  QComboBox* combo_;
  QWidget* files_;
  QLineEdit *cfg_, *weights_, *names_;
  std::vector<RunSummary> runs_;
  std::filesystem::path wanted_;
  bool classifiers_ = false;
  Job looking_;
};

}  // namespace boxwright::ui
