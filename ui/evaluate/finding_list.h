// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "ui/evaluate/crop_list.h"
#include "ui/evaluate/evaluation.h"
#include "ui/evaluate/finding_filter.h"

namespace boxwright::ui {

/// The judged boxes behind what is chosen, of one of the models that were evaluated, in one order.
/// A row costs four bytes. GUI thread only.
class FindingList : public CropList {
  Q_OBJECT
 public:
  explicit FindingList(QObject* parent = nullptr);

  /// Keeps scope, kind and order.
  void setEvaluations(std::vector<ScoredEvaluation> models);
  void setScope(const FindingScope& scope);
  void setKind(FindingKind kind);
  void setOrder(FindingOrder order);
  void setSide(FindingSide side);
  /// Of the dataset's pictures: whether their labels are others than those the models were
  /// evaluated by. What is not named stays as it was told before.
  void noteCorrected(const std::vector<std::pair<int, bool>>& pictures);
  void forgetCorrected();
  int correctedPictures() const { return static_cast<int>(corrected_.size()); }

  const FindingScope& scope() const { return scope_; }
  FindingKind kind() const { return kind_; }
  FindingOrder order() const { return order_; }
  /// Whose boxes are listed.
  std::size_t model() const {
    return side_ == FindingSide::Second || side_ == FindingSide::OnlySecond ? 1 : 0;
  }
  /// How many boxes of the scope are of a kind.
  std::size_t countOf(FindingKind kind) const { return counts_[static_cast<std::size_t>(kind)]; }

  int rowCount(const QModelIndex& parent = {}) const override;
  /// DisplayRole and AccessibleTextRole: all that is known, as a sentence.
  QVariant data(const QModelIndex& index, int role) const override;
  CropItem item(int row) const override;

  /// Of all rows; there are rows.
  const ScoredEvaluation& listed() const { return models_[model()]; }
  const JudgedBox& boxOf(int row) const;
  /// The dataset's picture of a row.
  int pictureOf(int row) const;
  bool isCorrected(int row) const { return corrected_.contains(pictureOf(row)); }

 Q_SIGNALS:
  void countsChanged();

 private:
  void list();
  bool isOfSide(std::size_t box) const;

  std::vector<ScoredEvaluation> models_;
  FindingScope scope_;
  FindingKind kind_ = FindingKind::Faults;
  FindingOrder order_ = FindingOrder::SurestFirst;
  FindingSide side_ = FindingSide::First;
  QSet<int> corrected_;
  std::vector<std::uint32_t> rows_;  ///< places in the model's boxes
  std::array<std::size_t, kFindingKinds> counts_{};
};

/// "RBC taken for WBC, 0.87", "RBC missed" and so on: what stands under a crop.
QString findingText(const Evaluation& evaluation, const JudgedBox& box);

}  // namespace boxwright::ui
