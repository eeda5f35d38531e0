// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/data/dataset.h"
#include "core/geometry/box.h"
#include "core/taxonomy/class_names.h"
#include "ui/drain_queue.h"
#include "ui/job.h"

namespace boxwright {
class Detector;
}

namespace boxwright::ui {

/// What a model says of one picture.
struct Proposal {
  std::size_t picture = 0;
  std::optional<std::vector<Detection>> found;  ///< nothing where it could not be read
  QString problem;                              ///< why not
};

/// Where pictures are left for a model and its answers are fetched: between the GUI, the thread
/// that has the model, and the job that follows a round of many pictures. Pictures that are asked
/// for come before those of the round. The GUI is never held up longer than a move takes.
class ProposalDesk {
 public:
  struct Asked {
    std::size_t picture = 0;
    std::filesystem::path path;
  };
  struct Round {
    std::shared_ptr<const Dataset> dataset;
    std::vector<std::size_t> pictures;
  };

  /// GUI. Those asked for before and not begun give way to these.
  void ask(std::vector<Asked> pictures);
  /// GUI. In place of the round under way.
  void begin(std::shared_ptr<const Round> round);
  void setPaused(bool paused);
  /// GUI. Names of the model's classes, once it is loaded.
  std::optional<ClassNames> takeNames();
  std::vector<Proposal> take() { return answers_.take(); }

  /// The thread with the model: answers until it is stopped. Pictures of a round are decoded ahead
  /// on so many threads.
  void serve(Detector& detector, int loaderThreads, const std::stop_token& stop);
  /// The same thread, when it ends: nothing will be answered any more.
  void close();

  /// The job's thread: returns when the round has ended, or ends it when it is stopped.
  void follow(const std::shared_ptr<const Round>& round, const std::stop_token& stop,
              JobProgress& progress);

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Asked> asked_;
  std::shared_ptr<const Round> round_;
  std::size_t done_ = 0;  ///< of the round
  bool paused_ = false, closed_ = false, loaded_ = false;
  std::optional<ClassNames> names_;
  DrainQueue<Proposal> answers_;
};

}  // namespace boxwright::ui
