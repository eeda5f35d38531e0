// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/proposer.h"

#include <utility>

#include "core/base/thread_budget.h"
#include "core/detect/detector.h"
#include "ui/annotate/proposal_desk.h"
#include "ui/studio_state.h"

namespace boxwright::ui {

Proposer::Proposer(StudioState& state, QObject* parent)
    : QObject(parent),
      state_(state),
      serving_(tr("Model"), QStringLiteral("annotate")),
      all_(tr("Proposing boxes"), QStringLiteral("annotate")) {
  own_.purpose = Predictions::Purpose::Labelling;
  serving_.setQuiet(true);
  timer_.setInterval(drainInterval);
  connect(&timer_, &QTimer::timeout, this, &Proposer::drain);
  connect(&serving_, &Job::failed, this, [this](const JobError& error) {
    stop();
    Q_EMIT failed(error);
  });
  // A round that was cancelled still has answers on their way.
  connect(&all_, &Job::finished, this, [this] {
    drain();
    paused_ = false;
    Q_EMIT changed();
  });
  connect(&state_.document(), &DatasetDocument::reset, this, &Proposer::stop);
  // It would wait for pictures while the window waits for it.
  connect(&Jobs::instance(), &Jobs::stopAsked, this, &Proposer::stop);
  connect(&state_, &StudioState::predictionsChanged, this, [this] {
    const auto& now = state_.predictions();
    if (!now || now->purpose != Predictions::Purpose::Labelling) return;
    own_.confidence = now->confidence;
    own_.datasetClasses = now->datasetClasses;
  });
}

Proposer::~Proposer() = default;

void Proposer::setModel(std::function<Model()> open, std::string key, QString title) {
  if (key != key_ && desk_) stop();
  open_ = std::move(open);
  wantedKey_ = std::move(key);
  title_ = std::move(title);
  Q_EMIT changed();
}

bool Proposer::knows(int picture) const {
  return found_ && key_ == wantedKey_ && picture >= 0 &&
         found_->contains(static_cast<std::size_t>(picture));
}

void Proposer::stop() {
  serving_.cancel();
  all_.cancel();
  timer_.stop();
  desk_.reset();
  found_.reset();
  key_.clear();
  loaded_ = paused_ = false;
  asked_.clear();
  Q_EMIT changed();
}

void Proposer::load() {
  if (desk_ && key_ == wantedKey_) return;
  stop();
  key_ = wantedKey_;
  auto desk = desk_ = std::make_shared<ProposalDesk>();
  found_ = std::make_shared<Finds>();
  serving_.start(
      [open = open_, desk](std::stop_token stop, JobProgress&) {
        struct Closer {
          ProposalDesk& desk;
          ~Closer() { desk.close(); }
        } const closer{*desk};
        const ThreadBudget budget = ThreadBudget::of();
        Detector detector(open(), {.threads = budget.compute});
        desk->serve(detector, budget.loader, stop);
      },
      [] {});
}

void Proposer::propose(const std::vector<int>& pictures) {
  if (!hasModel() || pictures.empty()) return;
  load();
  share();
  std::vector<ProposalDesk::Asked> wishes;
  asked_.clear();
  for (const int picture : pictures) {
    if (knows(picture)) continue;
    const auto index = static_cast<std::size_t>(picture);
    wishes.push_back({index, state_.document().dataset().absolutePath(index)});
    asked_.insert(picture);
  }
  desk_->ask(std::move(wishes));
  timer_.start();
  if (!asked_.contains(pictures.front())) Q_EMIT answered(pictures.front());
  Q_EMIT changed();
}

bool Proposer::proposeAll(int from) {
  if (!hasModel()) return false;
  load();
  share();
  auto round = std::make_shared<ProposalDesk::Round>();
  const int count = state_.document().pictureCount();
  for (int i = 0; i < count; ++i) {
    const int picture = (std::max(0, from) + i) % count;
    if (state_.document().isUnlabelled(picture) && !knows(picture))
      round->pictures.push_back(static_cast<std::size_t>(picture));
  }
  if (round->pictures.empty()) return false;
  round->dataset = state_.document().snapshot();
  unread_ = 0;
  paused_ = false;
  desk_->begin(round);
  timer_.start();
  all_.start([desk = desk_, round](std::stop_token stop,
                                   JobProgress& progress) { desk->follow(round, stop, progress); },
             [this] {
               drain();
               if (serving_.isRunning()) Q_EMIT allDone(unread_);
             });
  Q_EMIT changed();
  return true;
}

void Proposer::setPaused(bool paused) {
  if (!desk_ || !isAtAll() || paused == paused_) return;
  paused_ = paused;
  desk_->setPaused(paused);
  Q_EMIT changed();
}

void Proposer::share() {
  if (!loaded_) return;
  const auto& now = state_.predictions();
  if (now && now->purpose == Predictions::Purpose::Labelling) return;
  state_.setPredictions(own_);
}

void Proposer::drain() {
  if (!desk_) return;
  if (auto names = desk_->takeNames()) {
    loaded_ = true;
    own_.model = title_;
    own_.names = std::move(*names);
    own_.datasetClasses.clear();
    own_.found = [found = found_](std::size_t picture) {
      const auto at = found->find(picture);
      return at == found->end() ? nullptr : at->second;
    };
    state_.setPredictions(own_);
    const ClassNames lacking = state_.predictions()->unknownClasses();
    if (!lacking.empty()) Q_EMIT classesLacking(lacking, lacking.size() == own_.names.size());
  }
  std::vector<int> pictures, asked;
  for (Proposal& answer : desk_->take()) {
    const auto picture = static_cast<int>(answer.picture);
    const bool wanted = asked_.erase(picture) > 0;
    if (answer.found) {
      found_->insert_or_assign(
          answer.picture, std::make_shared<const std::vector<Detection>>(std::move(*answer.found)));
      pictures.push_back(picture);
    } else {
      ++unread_;
    }
    if (!wanted) continue;
    asked.push_back(picture);
    if (!answer.problem.isEmpty()) Q_EMIT told(answer.problem);
  }
  const auto& now = state_.predictions();
  if (!pictures.empty() && now && now->purpose == Predictions::Purpose::Labelling)
    state_.tellPredicted(pictures);
  for (const int picture : asked)
    Q_EMIT answered(picture);
  if (asked_.empty() && !isAtAll()) timer_.stop();
  Q_EMIT changed();
}

}  // namespace boxwright::ui
