// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/network/network.h"
#include "core/train/run_settings.h"
#include "ui/job.h"
#include "ui/studio_state.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace boxwright::ui {

class CarriedSettings;
class DeviceBox;
class IdeasBox;
class NetworkChoice;

/// The settings of the next run, in the inspector of the Train page. GUI thread only.
class TrainForm : public QWidget {
  Q_OBJECT
 public:
  explicit TrainForm(QWidget* parent = nullptr);

  /// All but the dataset.
  RunSettings settings() const;
  /// Sets every field; what has none is kept as well and named.
  void setSettings(const RunSettings& settings);

  std::filesystem::path runsFolder() const { return runsFolder_; }
  void setRunsFolder(const std::filesystem::path& folder);
  /// The folder of the next run.
  std::filesystem::path runFolder() const;
  /// Names that are in use there; a name that the user has not typed moves on to a free one.
  void setTakenNames(std::vector<QString> names);

  /// Anchors of the Anchors page or of another run, offered and taken at once.
  void setChosenAnchors(const std::optional<ChosenAnchors>& anchors, bool ofRun = false);

  /// What the chosen network learns; nothing while its cfg is being read, or cannot be.
  std::optional<NetworkTask> task() const;
  /// Where the chosen network is of the other task: the one of this task that was chosen last, else
  /// the smallest.
  void offerNetworkFor(NetworkTask task);

  /// Why no run can be started with what stands in the form; empty when one can.
  QString fault() const;

 Q_SIGNALS:
  void changed();
  void runsFolderChanged();

 private:
  enum AnchorSource { Chosen, Clustered, FromCfg };
  enum LengthUnit { Epochs, Minutes, Updates };
  void chooseInit();
  void chooseRunsFolder();
  void proposeName();
  void showFolder();
  void networkChosen();
  void networkLooked();
  void showNetwork();
  void showSize();
  void showLength();
  void showAnchors();
  void showBackbone();
  /// Whether the ideas leave nothing to choose about anchors.
  bool ideasDecideAnchors() const;
  /// Whether the ideas want them clustered, by the plain distance.
  bool ideasCluster() const;

  NetworkChoice* network_;
  QComboBox *recipe_, *lengthUnit_, *anchorSource_, *quarantine_;
  DeviceBox* device_;
  QSpinBox *size_, *batch_, *epochs_, *updates_, *anchorCount_, *initLayers_, *seed_, *retries_;
  QDoubleSpinBox *minutes_, *rate_;
  IdeasBox* ideas_;
  QLineEdit *init_, *name_;
  QLabel *folder_, *networkNote_, *sizeNote_, *deviceReason_, *anchorNote_;
  QToolButton* initButton_;
  CarriedSettings* carried_;
  std::filesystem::path runsFolder_;
  std::vector<QString> taken_;
  NetworkTask shownTask_ = NetworkTask::Detection;
  bool sizeFollows_ = false;  ///< the network's, as soon as it has been looked at
  bool nameTyped_ = false;
  std::optional<ChosenAnchors> chosen_;
  Job finding_;
};

}  // namespace boxwright::ui
