// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/batch_loader.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/compute/trace.h"
#include "core/detect/classifier.h"
#include "core/image/resize.h"
#include "core/train/pictures_gone.h"

namespace boxwright {

using Floats = std::pmr::vector<float>;

std::size_t PictureOrder::at(std::int64_t position) {
  const auto count = static_cast<std::int64_t>(count_);
  const auto epoch = static_cast<std::uint64_t>(position / count);
  const auto place = static_cast<std::uint64_t>(position % count);
  if (withReplacement_)
    return static_cast<std::size_t>(RandomStream(seed_, "draw", epoch, place).index(count_));
  return pass(epoch)[place];
}

const std::vector<std::uint32_t>& PictureOrder::pass(std::uint64_t epoch) {
  const auto found = passes_.find(epoch);
  if (found != passes_.end()) return found->second;
  while (passes_.size() > 1)
    passes_.erase(passes_.begin());
  std::vector<std::uint32_t> order(count_);
  std::iota(order.begin(), order.end(), 0U);
  RandomStream random(seed_, "order", epoch);
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random.index(i)]);
  return passes_.emplace(epoch, std::move(order)).first->second;
}

BatchLoader::BatchLoader(std::vector<LoaderPicture> pictures, LoaderSettings settings,
                         PictureCache& cache, std::int64_t firstStep)
    : pictures_(std::move(pictures)),
      settings_(std::move(settings)),
      cache_(cache),
      order_(std::max<std::size_t>(1, epochPictures()), settings_.seed, settings_.withReplacement),
      nextStep_(firstStep) {
  if (pictures_.empty()) throw Error("there are no pictures to train on");
  const int threads = std::max(1, settings_.threads);
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this](std::stop_token stop) {
      nameThisThread("loader");
      lowerThisThreadsPriority();
      work(std::move(stop));
    });
  }
}

BatchLoader::~BatchLoader() {
  for (std::jthread& thread : threads_)
    thread.request_stop();
  threads_.clear();  // joins
}

void BatchLoader::work(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested() && !failure_) {
    // The first batch that has a picture nobody makes yet; a new one while there is room ahead.
    Slot* slot = nullptr;
    for (const std::unique_ptr<Slot>& candidate : slots_) {
      if (candidate->claimed < settings_.batch) {
        slot = candidate.get();
        break;
      }
    }
    if (!slot && slots_.size() < static_cast<std::size_t>(std::max(1, settings_.ahead))) {
      // Moved, not assigned: its memory comes from where the loader was told.
      auto made = spare_.empty()
                      ? std::make_unique<Slot>(Slot{{0, 0, Floats(settings_.memory), {}, {}}})
                      : std::make_unique<Slot>(Slot{std::move(spare_.back())});
      if (!spare_.empty()) spare_.pop_back();
      TrainingBatch& batch = made->batch;
      batch.step = nextStep_ + static_cast<std::int64_t>(slots_.size());
      batch.side = settings_.side(batch.step);
      const auto count = static_cast<std::size_t>(settings_.batch);
      batch.truths.assign(count, {});
      batch.pictures.resize(count);
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t place =
            order_.at(batch.step * settings_.batch + static_cast<std::int64_t>(i));
        batch.pictures[i] = settings_.epoch.empty() ? place : settings_.epoch[place];
      }
      slot = made.get();
      slots_.push_back(std::move(made));
    }
    if (!slot) {
      wanted_.wait(lock, stop, [&] {
        return failure_ || slots_.size() < static_cast<std::size_t>(std::max(1, settings_.ahead)) ||
               std::any_of(slots_.begin(), slots_.end(), [&](const std::unique_ptr<Slot>& s) {
                 return s->claimed < settings_.batch;
               });
      });
      continue;
    }
    const int index = slot->claimed++;
    try {
      if (index == 0) {
        // The first to touch a batch makes its room; the others wait for that at most.
        auto& input = slot->batch.input;
        const std::size_t values =
            static_cast<std::size_t>(settings_.batch) * 3 * slot->batch.side * slot->batch.side;
        // By itself it would take twice what it had, and bring the old pictures along.
        if (input.capacity() < values) {
          input.clear();
          input.shrink_to_fit();
          input.reserve(values);
        }
        input.resize(values);
      }
      lock.unlock();
      make(slot->batch, index, slot->batch.pictures[static_cast<std::size_t>(index)]);
      lock.lock();
    } catch (...) {
      // Carried to the thread that asks for batches.
      if (!lock.owns_lock()) lock.lock();
      if (!failure_) failure_ = std::current_exception();
    }
    if (++slot->finished == settings_.batch || failure_) {
      ready_.notify_all();
      if (failure_) wanted_.notify_all();
    }
  }
}

std::shared_ptr<const Image> BatchLoader::decode(std::size_t& picture) {
  // The next picture of the list that can be read; which ones cannot does not change, so neither
  // does what takes their place.
  for (std::size_t tries = 0; tries < pictures_.size(); ++tries) {
    bool known = false;
    {
      const std::lock_guard lock(mutex_);
      known = broken_.count(picture) > 0;
    }
    if (!known) {
      try {
        const Trace::Span span(settings_.trace, "decode");
        return cache_.get(pictures_[picture].file, settings_.decodeAtLeast);
      } catch (const Error& error) {
        throwWhenPicturesAreGone(pictures_[picture].file, pictures_.size(),
                                 [this](std::size_t i) { return pictures_[i].file; });
        const std::lock_guard lock(mutex_);
        if (broken_.insert(picture).second)
          faults_.push_back("Left out " + pictures_[picture].name + ": " + error.problem() + ".");
      }
    }
    picture = (picture + 1) % pictures_.size();
  }
  throw PicturesGone(
      "none of the " + std::to_string(pictures_.size()) + " training pictures can be decoded",
      pictures_.front().name, "mend them, or check the dataset with `info`, and resume the run");
}

void BatchLoader::make(TrainingBatch& batch, int index, std::size_t picture) {
  const std::shared_ptr<const Image> image = decode(picture);
  const Trace::Span span(settings_.trace, "vary");
  const std::int64_t position = batch.step * settings_.batch + index;
  const auto count = static_cast<std::int64_t>(epochPictures());
  RandomStream random(settings_.seed, "augment", static_cast<std::uint64_t>(position / count),
                      static_cast<std::uint64_t>(position % count));
  const std::size_t one = static_cast<std::size_t>(3) * batch.side * batch.side;
  const auto place = static_cast<std::size_t>(index);
  const std::span<float> input = std::span<float>(batch.input).subspan(place * one, one);
  batch.truths[place] = std::visit(
      [&](const auto& augment) {
        return vary(augment, pictures_[picture], *image, batch, random, input);
      },
      settings_.augment);
  batch.pictures[place] = picture;
}

std::vector<Truth> BatchLoader::vary(const AugmentSettings& settings, const LoaderPicture& picture,
                                     const Image& image, const TrainingBatch& batch,
                                     RandomStream& random, std::span<float> input) const {
  const AugmentDraw draw =
      isPlain(batch)
          ? plainDraw(settings.rule, image.width, image.height, batch.side, batch.side)
          : drawAugment(settings, image.width, image.height, batch.side, batch.side, random);
  renderAugmented(image, draw, input);
  return transformTruths(picture.truths, draw, settings.smallestBox, random);
}

std::vector<Truth> BatchLoader::vary(const ClassifierAugment& settings,
                                     const LoaderPicture& picture, const Image& image,
                                     const TrainingBatch& batch, RandomStream& random,
                                     std::span<float> input) const {
  if (isPlain(batch))
    toNetworkInput(centreSquare(image), ResizeRule::Plain, batch.side, batch.side, input);
  else
    renderClassifierDraw(
        image, drawClassifierAugment(settings, image.width, image.height, batch.side, random),
        input);
  return picture.truths;
}

std::optional<TrainingBatch> BatchLoader::next(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  ready_.wait(lock, stop, [&] {
    return failure_ || (!slots_.empty() && slots_.front()->finished == settings_.batch);
  });
  if (failure_) std::rethrow_exception(failure_);
  if (stop.stop_requested()) return std::nullopt;
  TrainingBatch batch = std::move(slots_.front()->batch);
  slots_.pop_front();
  ++nextStep_;
  wanted_.notify_all();
  return batch;
}

const TrainingBatch* BatchLoader::upcoming() {
  const std::lock_guard lock(mutex_);
  const bool made = !slots_.empty() && slots_.front()->finished == settings_.batch && !failure_;
  return made ? &slots_.front()->batch : nullptr;
}

void BatchLoader::recycle(TrainingBatch&& batch) {
  const std::lock_guard lock(mutex_);
  if (spare_.size() < 2) spare_.push_back(std::move(batch));
}

std::size_t BatchLoader::leftOut() {
  const std::lock_guard lock(mutex_);
  return broken_.size();
}

std::vector<std::string> BatchLoader::takeFaults() {
  const std::lock_guard lock(mutex_);
  return std::exchange(faults_, {});
}

}  // namespace boxwright
