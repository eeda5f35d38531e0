// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/train/trainer.h"
#include "ui/job.h"
#include "ui/page.h"
#include "ui/train/run_curves.h"
#include "ui/train/run_summary.h"

class QAction;
class QPushButton;
class QStackedWidget;

namespace boxwright::ui {

class PastRuns;
class RunCharts;
class RunFacts;
class RunList;
class RunLogs;
class RunMessages;
class RunTiles;
class TrainForm;
class Training;
class TreeAccuracy;

/// Settings, live charts and past runs. Training runs as a Job on a frozen copy of the dataset: the
/// page only starts it, asks it to stop and shows what it tells.
class TrainPage : public Page {
  Q_OBJECT
 public:
  explicit TrainPage(StudioState& state, QWidget* parent = nullptr);
  ~TrainPage() override;

  QString unavailableReason() const override;
  QList<QAction*> menuActions() const override;
  void activated() override;

  TrainForm* form() const { return form_; }
  RunCharts* charts() const { return charts_; }
  TreeAccuracy* tree() const { return tree_; }
  PastRuns* pastRuns() const { return runs_; }
  Training* training() const { return training_; }
  /// The run whose curves the charts show; empty: none.
  const std::filesystem::path& shownRun() const { return shown_; }

 public Q_SLOTS:
  void startTraining();
  void stopTraining();
  void resumeTraining();
  /// Asks for how many epochs and goes on with a run that is done.
  void trainMore();
  void openInDetect();
  /// Asks where the dataset of the opened run lies now, opens it and goes on with the run.
  void findDataset();
  /// Puts the shown run's settings into the form.
  void takeSettings();

 protected:
  void changeEvent(QEvent* event) override;

 private:
  struct GoingOn {
    std::filesystem::path folder;
    std::string dataset;  ///< where the run says that it lies
    TrainOptions how;
  };
  /// A run that waits for its dataset to be opened.
  struct Sought {
    GoingOn run;
    std::filesystem::path place;  ///< that the user chose
    bool opening = false;         ///< that place; what is open is no longer what was
  };
  QAction* addPageAction(const QString& text, const char* shortcut, void (TrainPage::*slot)());
  QWidget* makeContent();
  void makeActions();
  void listRuns();
  void datasetChanged();
  /// A network of the kind that the dataset is for, where another stands in the form.
  void offerFittingNetwork();
  /// Why the network in the form cannot learn from the dataset; empty where it can.
  QString unfitText() const;
  void runsScanned();
  void showRun(const std::filesystem::path& folder);
  void showCurves();
  void loadMissing();
  void followTraining();
  void refreshLive();
  void refreshNumbers();
  void refreshButtons();
  void trainingFailed(const JobError& error);
  void showSettingsFor(const JobError& error);
  /// The run that failed, with what it was told when it was resumed.
  GoingOn failedRun() const;
  void offerSmallerParts(const JobError& error);
  void trainingEnded();
  void nearCopiesFound(int count);
  GoingOn shownAsItSays() const;
  void goOn(const GoingOn& run);
  void seekDataset(const GoingOn& run);
  /// Goes on with the run that waited for its dataset, once both are there.
  void goOnWithSought();
  /// Starts the training that is to take the place of one that was stopped.
  void startAnew();
  /// Forgets what would be begun by itself.
  void dropPlans();
  const RunSummary* shownSummary() const;
  std::shared_ptr<const RunCurves> curvesOf(const std::filesystem::path& folder) const;
  bool showsTraining() const;
  std::string datasetPath() const;

  Training* training_;
  PastRuns* runs_;
  RunLogs* logs_;
  TrainForm* form_;
  RunFacts* facts_;
  QStackedWidget* inspector_;
  RunCharts* charts_;
  TreeAccuracy* tree_;
  RunList* list_;
  RunMessages* messages_;
  RunTiles* tiles_;
  QPushButton *startButton_, *stopButton_, *resumeButton_;
  QAction *startAction_, *stopAction_, *resumeAction_, *moreAction_, *detectAction_,
      *settingsAction_, *folderAction_, *zoomAction_;

  std::filesystem::path shown_;
  std::filesystem::path opened_;    ///< by the user, wherever it lies
  std::filesystem::path followed_;  ///< the training's folder as shown last
  std::filesystem::path ended_;     ///< the training's, until the folder has been looked at again
  GoingOn goneOn_;                  ///< the last
  std::optional<Sought> sought_;
  std::optional<RunSettings> anew_;  ///< to start with when the training has stopped
  QTimer paintTimer_;
  Job folderJob_;
};

}  // namespace boxwright::ui
