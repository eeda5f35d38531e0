// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "core/anchors/cluster_anchors.h"
#include "ui/dataset_document.h"
#include "ui/label_keeper.h"
#include "ui/picture_doubts.h"
#include "ui/predictions.h"

namespace boxwright::ui {

/// Anchors picked on the Anchors page for the next run.
struct ChosenAnchors {
  AnchorSet set;  ///< in cells of stride 32 at `inputSize`
  int inputSize = 416;
};

/// What the pages share: the open dataset, the picture and box in view, the filter, the anchors
/// chosen for training, what a model found. GUI thread only. Pages talk through it and never to
/// each other.
class StudioState : public QObject {
  Q_OBJECT
 public:
  explicit StudioState(QObject* parent = nullptr);

  DatasetDocument& document() { return document_; }
  const DatasetDocument& document() const { return document_; }

  /// What keeps the edits of document() safe.
  LabelKeeper& labels() { return labels_; }

  /// Index into the dataset, -1 for none.
  int picture() const { return picture_; }
  /// Id of the highlighted box of the picture, if any.
  std::optional<std::uint32_t> box() const { return box_; }
  /// Nothing happens for a picture in the trash.
  void select(int picture, std::optional<std::uint32_t> box = {});

  const QString& filter() const { return filter_; }
  void setFilter(const QString& filter);

  const std::optional<ChosenAnchors>& anchors() const { return anchors_; }
  void setAnchors(std::optional<ChosenAnchors> anchors);

  /// What the model that was evaluated or asked for proposals last found, shown over the labels;
  /// nothing: none. The dataset's ids of its classes are looked up here, whenever they change.
  const std::optional<Predictions>& predictions() const { return predictions_; }
  void setPredictions(std::optional<Predictions> predictions);
  /// Those above it are shown and can be accepted.
  void setPredictionConfidence(double confidence);
  /// predictions() has more in these pictures than before.
  void tellPredicted(const std::vector<int>& pictures);
  /// What predictions() says of the pictures.
  PictureDoubts& doubts() { return doubts_; }
  /// Selects the picture and box, and shows the place on the Annotate page.
  void lookAt(const PlaceInPicture& place);
  /// The place that is still to be brought into view; once.
  std::optional<PlaceInPicture> takePlace() { return std::exchange(place_, std::nullopt); }

  /// The Tree page says whether it has changes that are not saved: a run would learn the tree of the
  /// file.
  void setTreeUnsaved(bool unsaved) { treeUnsaved_ = unsaved; }
  bool isTreeUnsaved() const { return treeUnsaved_; }

  /// Asks the window for a page by id ("data", "annotate", …).
  void showPage(const QString& id) { Q_EMIT pageRequested(id); }
  /// Asks the window to open a dataset or run, with recents and all.
  void requestOpen(const std::filesystem::path& path);
  /// The Train page says which run is the newest, for the Detect page to offer. Canonical paths.
  void setRun(const std::filesystem::path& folder);
  /// The user opened this run: it is the one to show and to detect with, wherever it lies.
  void openRun(const std::filesystem::path& folder);
  /// The user wants to detect with this run: the model of the Detect page, which comes to the
  /// front.
  void detectWith(const std::filesystem::path& folder);
  const std::filesystem::path& run() const { return run_; }
  /// Whether opening a dataset leaves run() as it is: the run's own has gone, and what is opened
  /// may be it, moved. Another run is not kept.
  void keepRun(bool keep) { keepRun_ = keep; }
  /// The user wants to say where the dataset of run() lies now; the Train page asks.
  void seekDataset() { Q_EMIT datasetSought(); }

 Q_SIGNALS:
  void selectionChanged();
  void filterChanged();
  void anchorsChanged();
  void predictionsChanged();
  /// More was found, in these pictures.
  void predicted(const std::vector<int>& pictures);
  /// lookAt was called.
  void placeChosen();
  void runChanged();
  void runOpened();
  void modelPicked();
  void datasetSought();
  void pageRequested(const QString& id);
  void openRequested(const QString& path);

 private:
  void moveClasses(const std::vector<int>& to);

  DatasetDocument document_;
  LabelKeeper labels_;
  int picture_ = -1;
  std::optional<std::uint32_t> box_;
  QString filter_;
  std::optional<ChosenAnchors> anchors_;
  std::optional<Predictions> predictions_;
  PictureDoubts doubts_;
  std::optional<PlaceInPicture> place_;
  std::filesystem::path run_;
  bool keepRun_ = false;
  bool treeUnsaved_ = false;
  std::filesystem::path dataset_;  ///< that run_ belongs to
};

}  // namespace boxwright::ui
