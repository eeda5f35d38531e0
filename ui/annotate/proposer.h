// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/network/model.h"
#include "ui/job.h"
#include "ui/predictions.h"

namespace boxwright::ui {

class ProposalDesk;
class StudioState;

/// Has a model propose boxes: in pictures as they are looked at, and in all unlabelled ones. They
/// become the predictions that all pages share and are no labels until somebody accepts them. The
/// model is loaded for the first picture and stays, on a thread of its own, until another one is
/// chosen or the dataset is closed. GUI thread only; nothing here waits.
class Proposer : public QObject {
  Q_OBJECT
 public:
  explicit Proposer(StudioState& state, QObject* parent = nullptr);
  ~Proposer() override;

  /// Who proposes from now on; `key` tells models apart, an empty one: nobody.
  void setModel(std::function<Model()> open, std::string key, QString title);
  bool hasModel() const { return !wantedKey_.empty(); }

  /// In these pictures, the first of them first, before all others; what is known already is shown.
  void propose(const std::vector<int>& pictures);
  /// In all unlabelled pictures without proposals, from `from` on and round the end; false where
  /// there is none.
  bool proposeAll(int from);
  void cancelAll() { all_.cancel(); }
  void setPaused(bool paused);
  bool isPaused() const { return paused_; }
  bool isAtAll() const { return all_.isRunning(); }
  /// The model is being loaded.
  bool isLoading() const { return serving_.isRunning() && !loaded_; }
  bool knows(int picture) const;
  /// Pictures with proposals of the present model.
  std::size_t knownCount() const { return found_ ? found_->size() : 0; }

  const Job& job() const { return all_; }

 Q_SIGNALS:
  /// Any of the above.
  void changed();
  /// Of a picture that was asked for.
  void answered(int picture);
  /// Classes of the model that the dataset lacks, once for each model.
  void classesLacking(const std::vector<std::string>& names, bool all);
  /// A round over all is at its end; so many pictures could not be read.
  void allDone(int unread);
  /// A sentence about a picture that could not be read.
  void told(const QString& text);
  /// The model cannot be used.
  void failed(const boxwright::ui::JobError& error);

 private:
  using Finds = std::unordered_map<std::size_t, std::shared_ptr<const std::vector<Detection>>>;
  void load();
  void drain();
  void share();
  void stop();

  StudioState& state_;
  std::function<Model()> open_;
  std::string wantedKey_, key_;  ///< chosen; at work
  QString title_;
  std::shared_ptr<ProposalDesk> desk_;
  std::shared_ptr<Finds> found_;
  Predictions own_;
  bool loaded_ = false, paused_ = false;
  std::set<int> asked_;
  int unread_ = 0;
  QTimer timer_;
  Job serving_, all_;
};

}  // namespace boxwright::ui
