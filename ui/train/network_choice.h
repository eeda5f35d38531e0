// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/network/network.h"
#include "ui/job.h"

class QComboBox;

namespace boxwright::ui {

/// Chooses the network to train: a shipped one, or a cfg file of the user's. What it learns and at
/// which size stands in its cfg, which a Job reads; what was chosen last is remembered for each
/// task. GUI thread only.
class NetworkChoice : public QWidget {
  Q_OBJECT
 public:
  struct Network {
    std::string name;  ///< of a shipped one, or the path of the user's cfg
    NetworkTask task = NetworkTask::Detection;
    int size = 0;  ///< the input's side where nobody says another
  };

  explicit NetworkChoice(QWidget* parent = nullptr);

  /// Name or path of the chosen one.
  QString model() const;
  void choose(const QString& model);
  /// The model's name without folder and ending.
  QString shortName() const;
  /// The chosen one; null while its cfg has not been read, or cannot be.
  const Network* network() const;
  /// Why it cannot be; empty while it has yet to be read.
  const QString& fault() const { return fault_; }

  /// Where one of the other task is chosen: the one of this task that was chosen last, else the
  /// smallest.
  void offerFor(NetworkTask task);
  /// The input side of the chosen one to begin with: that of the last choice of its task (of a
  /// classifier, of the network itself), else its own.
  int usualSize() const;
  /// It is to be used at this size.
  void rememberSize(int size);

 Q_SIGNALS:
  /// Another one, or the same anew.
  void chosen();
  /// There is a network() now, or a fault().
  void looked();

 private:
  struct LastChosen {
    QString model;
    int size = 0;
  };
  void takeShipped(std::vector<Network> shipped);
  void look();
  void known();
  void takeCfg(const QString& file);
  void chooseCfg();

  QComboBox* list_;
  std::vector<Network> networks_;  ///< that have been looked at
  QString fault_;
  std::optional<NetworkTask> wanted_;  ///< asked for while the cfg was being read
  std::map<NetworkTask, LastChosen> last_;
  Job finding_, reading_;
};

}  // namespace boxwright::ui
