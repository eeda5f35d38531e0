// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/studio_state.h"

#include <QGuiApplication>

#include "core/base/atomic_file.h"
#include "core/base/user_folders.h"

namespace boxwright::ui {

StudioState::StudioState(QObject* parent)
    : QObject(parent), labels_(document_, userDataFolder()), doubts_(document_, predictions_) {
  document_.setBeforeReading(labels_.wait());
  connect(&document_, &DatasetDocument::reset, this, [this] {
    select(-1);
    setFilter({});
    setAnchors({});
    setPredictions({});
    place_.reset();
    if (document_.path() != dataset_ && !keepRun_) setRun({});
    dataset_ = document_.path();
  });
  // Whoever comes back from another program may have written labels there.
  connect(qGuiApp, &QGuiApplication::applicationStateChanged, this,
          [this](Qt::ApplicationState now) {
            if (now == Qt::ApplicationActive) labels_.look(picture_);
          });
  connect(&document_, &DatasetDocument::opened, this, [this] { labels_.look(picture_); });
  connect(&document_, &DatasetDocument::classesMoved, this, &StudioState::moveClasses);
  connect(&document_, &DatasetDocument::classesChanged, this, [this] {
    if (predictions_) setPredictions(predictions_);
  });
}

void StudioState::select(int picture, std::optional<std::uint32_t> box) {
  if (picture >= document_.pictureCount()) picture = -1;
  if (picture >= 0 && document_.isTrashed(picture)) return;
  if (picture == picture_ && box == box_) return;
  if (picture != picture_) labels_.look(picture);
  picture_ = picture;
  box_ = box;
  Q_EMIT selectionChanged();
}

void StudioState::setFilter(const QString& filter) {
  if (filter == filter_) return;
  filter_ = filter;
  Q_EMIT filterChanged();
}

void StudioState::setAnchors(std::optional<ChosenAnchors> anchors) {
  if (!anchors && !anchors_) return;
  anchors_ = std::move(anchors);
  Q_EMIT anchorsChanged();
}

void StudioState::moveClasses(const std::vector<int>& to) {
  if (!predictions_) return;
  for (int& own : predictions_->datasetClasses) {
    if (own >= 0)
      own = static_cast<std::size_t>(own) < to.size() ? to[static_cast<std::size_t>(own)] : -1;
  }
}

void StudioState::setPredictions(std::optional<Predictions> predictions) {
  if (!predictions && !predictions_) return;
  predictions_ = std::move(predictions);
  if (predictions_) predictions_->meet(document_.dataset().classes);
  doubts_.forgetAll();
  Q_EMIT predictionsChanged();
}

void StudioState::setPredictionConfidence(double confidence) {
  if (!predictions_ || predictions_->confidence == confidence) return;
  predictions_->confidence = confidence;
  doubts_.forgetAll();
  Q_EMIT predictionsChanged();
}

void StudioState::tellPredicted(const std::vector<int>& pictures) {
  doubts_.forget(pictures);
  Q_EMIT predicted(pictures);
}

void StudioState::lookAt(const PlaceInPicture& place) {
  place_ = place;
  select(place.picture, place.box);
  Q_EMIT placeChosen();
  showPage(QStringLiteral("annotate"));
}

void StudioState::requestOpen(const std::filesystem::path& path) {
  Q_EMIT openRequested(QString::fromStdString(utf8(path)));
}

void StudioState::openRun(const std::filesystem::path& folder) {
  setRun(folder);
  Q_EMIT runOpened();
}

void StudioState::detectWith(const std::filesystem::path& folder) {
  setRun(folder);
  Q_EMIT modelPicked();
  showPage(QStringLiteral("detect"));
}

void StudioState::setRun(const std::filesystem::path& folder) {
  if (folder == run_) return;
  run_ = folder;
  keepRun_ = false;
  Q_EMIT runChanged();
}

}  // namespace boxwright::ui
