// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/train/box_losses.h"
#include "ui/evaluate/crop_list.h"

namespace boxwright::ui {

class DatasetDocument;

/// The labels that a training found hardest to learn, the hardest first: likely label faults. GUI
/// thread only.
class SuspectList : public CropList {
  Q_OBJECT
 public:
  explicit SuspectList(const DatasetDocument& document, QObject* parent = nullptr);

  /// Of `dataset`, the open one as it was then. Of many the top twentieth is listed.
  void setSuspects(const std::vector<SuspectLabel>& suspects,
                   std::shared_ptr<const Dataset> dataset);

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  CropItem item(int row) const override;
  const SuspectLabel& suspect(int row) const { return suspects_[static_cast<std::size_t>(row)]; }

 private:
  /// As it was; null where there is no such box.
  const boxwright::Box* boxOf(const SuspectLabel& suspect, const Dataset& dataset) const;

  const DatasetDocument& document_;
  std::vector<SuspectLabel> suspects_;
  std::shared_ptr<const Dataset> dataset_;
};

}  // namespace boxwright::ui
