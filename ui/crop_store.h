// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCache>
#include <QImage>
#include <QObject>
#include <QSet>
#include <deque>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/geometry/box.h"
#include "ui/job.h"

namespace boxwright::ui {

class DatasetDocument;

/// A cut-out of a picture with a margin around a box.
struct Crop {
  QImage image;
  Rect area;  ///< what of the picture it shows, pixels
};

/// Cut-outs around boxes of the dataset's pictures, made on demand on worker threads and kept, the
/// least used thrown out first. What was asked for last comes first, with all else that is wanted
/// of the same picture; asks that scrolled away are forgotten. GUI thread only.
class CropStore : public QObject {
  Q_OBJECT
 public:
  explicit CropStore(DatasetDocument& document, QObject* parent = nullptr);
  ~CropStore() override;

  /// Null while it is being made, which this call asks for, and where the picture cannot be read
  /// (isBroken). Valid until the next call.
  const Crop* crop(int picture, const Rect& box);
  bool isBroken(int picture) const { return broken_.contains(picture); }

 Q_SIGNALS:
  /// Cut-outs of this picture are there, or it cannot be read.
  void ready(int picture);

 private:
  struct Key {
    int picture = 0;
    Rect box;
    bool operator==(const Key&) const = default;
    friend size_t qHash(const Key& key, size_t seed) {
      return qHashMulti(seed, key.picture, key.box.left, key.box.top, key.box.right,
                        key.box.bottom);
    }
  };
  struct Worker;
  void serve();
  void clear();

  DatasetDocument& document_;
  QCache<Key, Crop> crops_;
  QSet<int> broken_;
  std::deque<Key> wanted_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

/// What is shown of a picture around a box: the box and about a third around it, at least 32
/// pixels, as 4 to 3, inside the picture.
Rect cropArea(const Rect& box, int width, int height);

}  // namespace boxwright::ui
