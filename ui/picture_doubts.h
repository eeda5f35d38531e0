// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <optional>
#include <vector>

#include "ui/predictions.h"

namespace boxwright::ui {

class DatasetDocument;

/// How doubtful a model is about each picture, and how far it is at odds with the labels
/// (core/evaluate/doubt.h): worked out when it is asked for, and kept. GUI thread only.
class PictureDoubts : public QObject {
  Q_OBJECT
 public:
  /// Both must outlive it; whoever changes `predictions` says so.
  PictureDoubts(const DatasetDocument& document, const std::optional<Predictions>& predictions,
                QObject* parent = nullptr);

  /// A model has been asked.
  bool areKnown() const { return predictions_.has_value(); }
  /// 0 to 1; nothing where the model has not seen the picture.
  std::optional<float> doubt(int picture) const;
  /// Nothing, too, where nobody has labelled the picture.
  std::optional<int> disagreement(int picture) const;

  void forgetAll();
  void forget(const std::vector<int>& pictures);

 Q_SIGNALS:
  /// The model's part in it: not for an edit of labels.
  void changed();

 private:
  static constexpr float unasked = -1, unknown = -2;
  struct Known {
    float doubt = unasked, disagreement = unasked;
  };
  Known& at(int picture) const;
  /// Of the dataset's classes.
  std::optional<std::vector<Detection>> foundIn(int picture) const;

  const DatasetDocument& document_;
  const std::optional<Predictions>& predictions_;
  mutable std::vector<Known> known_;  ///< of each picture, as far as it was asked for
};

}  // namespace boxwright::ui
