// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/proposal_desk.h"

#include <QObject>
#include <algorithm>
#include <set>
#include <utility>

#include "core/base/error.h"
#include "core/detect/detector.h"
#include "core/evaluate/picture_loader.h"
#include "core/image/codec.h"

namespace boxwright::ui {
namespace {

/// Low, so that the threshold beside the proposals can go down.
constexpr DetectSettings lenient{.threshold = 0.01, .nms = 0.45, .perClass = 100};
constexpr std::size_t decodedAhead = 4;

}  // namespace

void ProposalDesk::ask(std::vector<Asked> pictures) {
  {
    const std::lock_guard lock(mutex_);
    asked_.assign(std::make_move_iterator(pictures.begin()),
                  std::make_move_iterator(pictures.end()));
  }
  changed_.notify_all();
}

void ProposalDesk::begin(std::shared_ptr<const Round> round) {
  {
    const std::lock_guard lock(mutex_);
    round_ = std::move(round);
    done_ = 0;
    paused_ = false;
  }
  changed_.notify_all();
}

void ProposalDesk::setPaused(bool paused) {
  {
    const std::lock_guard lock(mutex_);
    paused_ = paused;
  }
  changed_.notify_all();
}

std::optional<ClassNames> ProposalDesk::takeNames() {
  const std::lock_guard lock(mutex_);
  return std::exchange(names_, std::nullopt);
}

void ProposalDesk::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

void ProposalDesk::serve(Detector& detector, int loaderThreads, const std::stop_token& stop) {
  {
    const std::lock_guard lock(mutex_);
    names_ = detector.names();
    loaded_ = true;
  }
  changed_.notify_all();
  std::shared_ptr<const Round> round;
  std::optional<boxwright::PictureLoader> loader;  // of the round, which must outlive it
  std::size_t at = 0;
  std::set<std::size_t> answered;  // since the round began
  while (!stop.stop_requested()) {
    std::optional<Asked> asked;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop,
                    [&] { return !asked_.empty() || round_ != round || (round_ && !paused_); });
      if (stop.stop_requested()) break;
      if (!asked_.empty()) {
        asked = std::move(asked_.front());
        asked_.pop_front();
      } else if (round_ != round) {
        loader.reset();
        round = round_;
        at = 0;
        answered.clear();
        continue;
      }
    }
    if (asked) {
      Proposal answer{asked->picture, {}, {}};
      try {
        answer.found = detector.detect(decodeImage(asked->path).image, lenient);
      } catch (const Error& error) {
        answer.problem = QString::fromStdString(error.problem());
      }
      answers_.push(std::move(answer));
      answered.insert(asked->picture);
      continue;
    }
    if (!loader) {
      loader.emplace([&detector](const Image& image) { return detector.prepare(image); },
                     *round->dataset, round->pictures, loaderThreads, decodedAhead);
    }
    const auto loaded = loader->next(stop);
    if (!loaded) break;
    const std::size_t picture = round->pictures[at++];
    if (!answered.contains(picture)) {
      Proposal answer{picture, {}, {}};
      if (loaded->image) {
        const PreparedImage* const prepared = &*loaded->image;
        answer.found = detector.detect(std::span(&prepared, 1), lenient).front();
      } else {
        answer.problem = QString::fromStdString(loaded->warning);
      }
      answers_.push(std::move(answer));
    }
    {
      const std::lock_guard lock(mutex_);
      if (round_ == round) {
        done_ = at;
        if (at == round->pictures.size()) round_.reset();
      }
    }
    changed_.notify_all();
  }
}

void ProposalDesk::follow(const std::shared_ptr<const Round>& round, const std::stop_token& stop,
                          JobProgress& progress) {
  const std::size_t all = round->pictures.size();
  std::unique_lock lock(mutex_);
  while (round_ == round && !closed_) {
    if (loaded_) {
      progress.set(static_cast<double>(done_) / static_cast<double>(all),
                   QObject::tr("%L1 of %L2")
                       .arg(static_cast<qulonglong>(done_))
                       .arg(static_cast<qulonglong>(all)));
    }
    const std::size_t told = done_;
    const bool wasLoaded = loaded_;
    changed_.wait(lock, stop, [&] {
      return round_ != round || closed_ || done_ != told || loaded_ != wasLoaded;
    });
    if (!stop.stop_requested()) continue;
    if (round_ == round) round_.reset();
    lock.unlock();
    changed_.notify_all();
    return;
  }
}

}  // namespace boxwright::ui
