// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "ui/predictions.h"

class QAction;

namespace boxwright {
struct Edit;
}

namespace boxwright::ui {

class AnnotateActions;
class AnnotateCanvas;
class LabelEditor;
class StudioState;

/// What a model found in the picture in view: dashed over the labels, none of them until they are
/// accepted, each acceptance one edit. One of them can be chosen. Those that a label has taken over
/// are not shown; a proposal whose label was deleted again is turned down and stays away, until an
/// undo. GUI thread only.
class PredictionOverlay : public QObject {
  Q_OBJECT
 public:
  PredictionOverlay(StudioState& state, LabelEditor& editor, AnnotateCanvas& canvas,
                    AnnotateActions& actions, QObject* parent = nullptr);

  /// Those in view that can be chosen.
  const std::vector<Prediction>& shown() const { return shown_; }
  /// By its number; nothing, or one that is not shown: none.
  void choose(std::optional<std::size_t> number);
  const Prediction* chosen() const;

 Q_SIGNALS:
  void told(const QString& text);

 private:
  /// Whether a label says already what is predicted.
  bool isCovered(const Prediction& prediction, const std::vector<Box>& labels) const;
  bool isTurnedDown(const Prediction& prediction, int picture) const;
  bool areProposals() const;
  void noteEdit(const Edit& edit);
  void refresh();
  void paint();
  void step(int by);
  void accept();
  void acceptAll(std::optional<int> classId);

  StudioState& state_;
  LabelEditor& editor_;
  AnnotateCanvas& canvas_;
  AnnotateActions& actions_;
  std::vector<Prediction> shown_;
  std::optional<std::size_t> chosen_;                ///< its number
  QString model_;                                    ///< that proposed last
  std::map<int, std::set<std::size_t>> turnedDown_;  ///< their numbers, by picture
};

}  // namespace boxwright::ui
