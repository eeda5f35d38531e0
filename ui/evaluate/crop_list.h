// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QString>
#include <optional>

#include "core/geometry/box.h"
#include "ui/theme.h"

namespace boxwright::ui {

/// What is shown of a row as a crop: at least one of the two boxes is there.
struct CropItem {
  int picture = 0;                     ///< of the dataset
  std::optional<Rect> truth, found;    ///< solid, dashed
  int truthClass = 0, foundClass = 0;  ///< for their colours
  QString headline;                    ///< a word or two, in this tone
  Tone tone = Tone::Text;
  QString detail;  ///< a number beside it
  QString text;    ///< below
  bool corrected = false;
};

/// Rows that a CropGrid shows.
class CropList : public QAbstractListModel {
  Q_OBJECT
 public:
  using QAbstractListModel::QAbstractListModel;

  virtual CropItem item(int row) const = 0;
};

}  // namespace boxwright::ui
