// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/compute/backend.h"
#include "core/train/run.h"
#include "ui/job.h"
#include "ui/studio_state.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace boxwright::ui {

class DeviceBox;
class IdeasBox;

/// What the form offers: found on a job's thread.
struct TrainChoices {
  struct Network {
    std::string name;
    NetworkTask task = NetworkTask::Detection;
    int size = 0;  ///< the input's side where nobody says another
  };
  std::vector<Network> networks;  ///< shipped ones, detectors first
  std::vector<DeviceInfo> devices;
  std::vector<std::string> recipes;
};
TrainChoices findTrainChoices();

/// The settings of the next run, in the inspector of the Train page. GUI thread only.
class TrainForm : public QWidget {
  Q_OBJECT
 public:
  explicit TrainForm(QWidget* parent = nullptr);

  /// All but the dataset.
  RunSettings settings() const;
  /// Sets every field that has a place in the form.
  void setSettings(const RunSettings& settings);

  std::filesystem::path runsFolder() const { return runsFolder_; }
  void setRunsFolder(const std::filesystem::path& folder);
  /// The folder of the next run.
  std::filesystem::path runFolder() const;
  /// Names that are in use there; a name that the user has not typed moves on to a free one.
  void setTakenNames(std::vector<QString> names);

  /// Anchors of the Anchors page or of another run, offered and taken at once.
  void setChosenAnchors(const std::optional<ChosenAnchors>& anchors, bool ofRun = false);

  /// What the chosen network learns; a cfg file of the user's is taken for a detector's.
  NetworkTask task() const;
  /// Takes the smallest network of the task where the chosen one is of the other.
  void offerNetworkFor(NetworkTask task);

  /// Why no run can be started with what stands in the form; empty when one can.
  QString fault() const;
  void setLearningRate(double rate);

 Q_SIGNALS:
  void changed();
  void runsFolderChanged();

 private:
  enum AnchorSource { Chosen, Clustered, FromCfg };
  void take(const TrainChoices& choices);
  void selectNetwork(const QString& model);
  void chooseCfg();
  void chooseInit();
  void chooseRunsFolder();
  void proposeName();
  void showFolder();
  void networkChanged();
  void showLength();
  void showAnchors();
  /// Whether the ideas leave nothing to choose about anchors.
  bool ideasDecideAnchors() const;
  QString networkName() const;

  QComboBox *network_, *recipe_, *lengthUnit_, *anchorSource_, *quarantine_;
  DeviceBox* device_;
  QSpinBox *size_, *batch_, *epochs_, *anchorCount_, *seed_, *retries_;
  QDoubleSpinBox *minutes_, *rate_;
  IdeasBox* ideas_;
  QLineEdit *init_, *name_;
  QLabel *folder_, *deviceReason_, *anchorNote_;
  QToolButton* initButton_;
  std::filesystem::path runsFolder_;
  std::vector<QString> taken_;
  std::vector<TrainChoices::Network> networks_;
  NetworkTask shownTask_ = NetworkTask::Detection;
  std::optional<NetworkTask> wanted_;  ///< asked for before the networks were known
  bool nameTyped_ = false;
  std::optional<ChosenAnchors> chosen_;
  Job choices_;
};

}  // namespace boxwright::ui
