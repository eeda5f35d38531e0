// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "core/train/augment.h"
#include "core/train/classifier_augment.h"
#include "core/train/picture_cache.h"
#include "core/yolo/region_head.h"

namespace boxwright {

class Trace;

/// A picture to learn from.
struct LoaderPicture {
  std::filesystem::path file;
  std::string name;  ///< for messages
  /// In fractions of the picture; for a classifier one, of the whole picture.
  std::vector<Truth> truths;

  /// Its class alone is known, not where.
  bool classOnly() const { return !truths.empty() && truths.front().classOnly; }
};

struct LoaderSettings {
  std::uint64_t seed = 1;
  int batch = 8;
  int threads = 1;
  int ahead = 2;                 ///< batches made before they are asked for
  bool withReplacement = false;  ///< pictures are drawn; else an epoch is a shuffled pass
  /// The pictures that make an epoch, by their places in the list, some more than once; empty: each
  /// once.
  std::vector<std::uint32_t> epoch;
  std::variant<AugmentSettings, ClassifierAugment> augment;
  std::int64_t plainFrom = -1;  ///< from this step on pictures are not varied; -1: never
  int decodeAtLeast = 0;        ///< see PictureCache::get
  std::function<int(std::int64_t step)> side;  ///< input side of a step; pure
  Trace* trace = nullptr;
  /// Where batches lie; must outlive them.
  std::pmr::memory_resource* memory = std::pmr::new_delete_resource();
};

/// One update's pictures.
struct TrainingBatch {
  std::int64_t step = 0;
  int side = 0;
  std::pmr::vector<float> input;  ///< batch x 3 x side x side
  BatchTruths truths;
  std::vector<std::size_t> pictures;  ///< indices into the loader's list
};

/// Which place of an epoch stands at `position` of the endless sequence: shuffled passes over
/// `count` places, or draws with replacement. Pure (it remembers the last two passes it shuffled);
/// any one thread.
class PictureOrder {
 public:
  PictureOrder(std::size_t count, std::uint64_t seed, bool withReplacement)
      : count_(count), seed_(seed), withReplacement_(withReplacement) {}
  std::size_t at(std::int64_t position);

 private:
  const std::vector<std::uint32_t>& pass(std::uint64_t epoch);

  std::size_t count_;
  std::uint64_t seed_;
  bool withReplacement_;
  std::map<std::uint64_t, std::vector<std::uint32_t>> passes_;
};

/// Decodes and varies pictures ahead on threads of its own and hands batches out strictly in order.
/// What a batch holds depends on (seed, step) alone, never on the number of threads or on where it
/// began. Batch of step s holds positions s*batch .. s*batch+batch-1 of the PictureOrder. A picture
/// that cannot be decoded is left out for good: the next one of the list takes its place; when the
/// place where they all lie is gone, next() throws PicturesGone. next()
/// and the destructor are for one thread; destruction waits for at most the pictures being decoded.
class BatchLoader {
 public:
  BatchLoader(std::vector<LoaderPicture> pictures, LoaderSettings settings, PictureCache& cache,
              std::int64_t firstStep);
  ~BatchLoader();
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  /// The next batch; nothing when `stop` is requested. Throws PicturesGone when none can be
  /// decoded.
  std::optional<TrainingBatch> next(std::stop_token stop);
  /// The batch that next() gives, where it is made already; null otherwise. Its numbers stay where
  /// they are.
  const TrainingBatch* upcoming();
  /// Gives a batch's memory back for the next ones.
  void recycle(TrainingBatch&& batch);
  /// What was left out since the last call, in sentences that name the picture.
  std::vector<std::string> takeFaults();
  /// How many pictures have been left out so far.
  std::size_t leftOut();
  /// How many pictures make an epoch.
  std::size_t epochPictures() const {
    return settings_.epoch.empty() ? pictures_.size() : settings_.epoch.size();
  }
  const std::vector<LoaderPicture>& pictures() const { return pictures_; }

 private:
  /// A batch in the making.
  struct Slot {
    TrainingBatch batch;
    int claimed = 0, finished = 0;
  };
  void work(std::stop_token stop);
  /// Makes picture `index` of a batch; called without the lock.
  void make(TrainingBatch& batch, int index, std::size_t picture);
  std::vector<Truth> vary(const AugmentSettings& settings, const LoaderPicture& picture,
                          const Image& image, const TrainingBatch& batch, RandomStream& random,
                          std::span<float> input) const;
  std::vector<Truth> vary(const ClassifierAugment& settings, const LoaderPicture& picture,
                          const Image& image, const TrainingBatch& batch, RandomStream& random,
                          std::span<float> input) const;
  bool isPlain(const TrainingBatch& batch) const {
    return settings_.plainFrom >= 0 && batch.step >= settings_.plainFrom;
  }
  std::shared_ptr<const Image> decode(std::size_t& picture);

  const std::vector<LoaderPicture> pictures_;
  const LoaderSettings settings_;
  PictureCache& cache_;

  std::mutex mutex_;
  std::condition_variable_any wanted_, ready_;
  PictureOrder order_;
  std::int64_t nextStep_;                    ///< the step next() hands out
  std::deque<std::unique_ptr<Slot>> slots_;  ///< steps nextStep_, nextStep_ + 1, ...
  std::vector<TrainingBatch> spare_;
  std::set<std::size_t> broken_;
  std::vector<std::string> faults_;
  std::exception_ptr failure_;
  std::vector<std::jthread> threads_;
};

}  // namespace boxwright
