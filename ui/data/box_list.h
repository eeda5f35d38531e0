// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QString>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/data/bulk_edit.h"
#include "ui/data/picture_filter.h"

namespace boxwright::ui {

class ClassPalette;
class DatasetDocument;

/// In which order boxes are looked at.
enum class BoxOrder { Dataset, Smallest, Largest, Widest, Tallest, LeastSure, Doubt, Loss };

/// How doubtful a box is, or its loss; nothing where that is not known.
using BoxMeasure = std::function<std::optional<double>(std::size_t picture, const Box&)>;

/// The boxes of `pictures` for which the filter's conditions on boxes hold, in this order; of equal
/// ones as in the dataset. LeastSure leaves out boxes without a score; Doubt and Loss put what has
/// most of the measure first and leave out what has none. Any thread; what it has when it is
/// stopped.
std::vector<BoxRef> listBoxes(const Dataset& dataset, const std::vector<int>& pictures,
                              const PictureFilter& filter, BoxOrder order,
                              const BoxMeasure& measure = {}, const std::stop_token& stop = {});

/// A list of boxes as rows. GUI thread only.
class BoxList : public QAbstractListModel {
  Q_OBJECT
 public:
  explicit BoxList(DatasetDocument& document, QObject* parent = nullptr);

  void setBoxes(std::vector<BoxRef> boxes);
  const std::vector<BoxRef>& boxes() const { return boxes_; }
  const BoxRef& at(int row) const { return boxes_[static_cast<std::size_t>(row)]; }
  /// Null where it is no longer in its picture; valid until the next edit.
  const Box* box(int row) const;
  QString className(int classId) const;
  const ClassPalette& palette() const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

 private:
  DatasetDocument& document_;
  std::vector<BoxRef> boxes_;
};

}  // namespace boxwright::ui
