// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCache>
#include <QImage>
#include <QObject>
#include <deque>
#include <memory>
#include <vector>

#include "core/geometry/box.h"
#include "ui/job.h"

namespace boxwright::ui {

class DatasetDocument;

/// A box cut out of its picture, with a little of what is around it.
struct Crop {
  QImage image;
  Rect around;  ///< what is in the image, in pixels of the picture
  Rect box;     ///< that it was made for
};

/// Crops of boxes, made on demand on worker threads and kept, the least used thrown out first. All
/// boxes wanted of a picture are cut from one decoding; what was asked for last comes first. GUI
/// thread only.
class CropStore : public QObject {
  Q_OBJECT
 public:
  explicit CropStore(DatasetDocument& document, QObject* parent = nullptr);
  ~CropStore() override;

  /// Null while it is being made, which this call asks for, and for ever where the picture cannot
  /// be decoded (isBroken). Valid until the next call.
  const Crop* crop(int picture, const Box& box);
  bool isBroken(int picture) const;

 Q_SIGNALS:
  /// Crops of this picture are there, or never will be.
  void ready(int picture);

 private:
  using Key = std::pair<int, std::uint32_t>;  ///< picture and id of the box
  struct Wanted {
    int picture = -1;
    Box box;
  };
  struct Worker;
  void serve();
  void clear();

  DatasetDocument& document_;
  QCache<Key, Crop> crops_;
  std::vector<bool> broken_;
  std::deque<Wanted> wanted_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace boxwright::ui
