// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/picture_check.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/base/thread_budget.h"
#include "core/image/codec.h"
#include "core/image/near_copy_finder.h"
#include "core/image/perceptual_hash.h"

namespace boxwright {
namespace {

using Progress = std::function<void(std::size_t done)>;

/// Calls `work(i)` for 0 to count-1 on threads of its own and `progress` on this one. False when it
/// was stopped before the end.
bool forEach(std::size_t count, int threads, const std::stop_token& stop, const Progress& progress,
             const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0}, done{0};
  std::mutex mutex;
  std::condition_variable ended;
  int running = std::max(1, threads);
  std::exception_ptr failure;
  {
    std::vector<std::jthread> workers;
    for (int t = running; t > 0; --t) {
      workers.emplace_back([&] {
        nameThisThread("check");
        lowerThisThreadsPriority();
        std::exception_ptr own;
        try {
          for (std::size_t i = next++; i < count && !stop.stop_requested(); i = next++) {
            work(i);
            ++done;
          }
        } catch (...) {
          own = std::current_exception();  // carried to the thread that asked
          next = count;
        }
        const std::lock_guard lock(mutex);
        if (own && !failure) failure = own;
        --running;
        ended.notify_one();
      });
    }
    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, std::chrono::milliseconds(200), [&] { return running == 0; })) {
      lock.unlock();
      progress(done);
      lock.lock();
    }
  }
  if (failure) std::rethrow_exception(failure);
  return done == count;
}

/// What is known of one picture.
struct Look {
  double pixels = 0;
  bool chosen = false, decoded = false;
  std::uint64_t hash = 0;
  std::string fault;
  bool readable = false;
};

void readHeader(const CheckedPicture& picture, Look& look) {
  try {
    const ImageInfo info = readImageInfo(picture.file);
    look.pixels = static_cast<double>(info.width) * info.height;
    look.fault = info.damage;
    look.readable = true;
  } catch (const Error& error) {
    look.fault = error.problem();
  }
}

void decode(const CheckedPicture& picture, int atLeast, PictureCache& cache, Look& look) {
  PictureCache none(0);  // what training does not look at again need not be kept
  std::shared_ptr<const Image> image;
  look.fault.clear();
  try {
    if (picture.split == "train") {
      try {
        image = cache.get(picture.file, atLeast);
      } catch (const Error&) {
        // Refused there; how much of it can be read is asked below.
      }
    }
    if (!image)
      image = (picture.split == "val" ? cache : none).getReadable(picture.file, look.fault);
    look.readable = true;
  } catch (const Error& error) {
    look.fault = error.problem();
    look.readable = false;
  }
  look.decoded = true;
  if (image && look.fault.empty()) look.hash = perceptualHash(*image);
}

/// Marks what is to be decoded: all, or where that is too much a share of them.
void choose(std::vector<Look>& looks, const PictureCheckSettings& settings) {
  double all = 0;
  for (const Look& look : looks)
    all += look.pixels;
  const double share = all > settings.pixels ? settings.pixels / all : 1;
  for (std::size_t i = 0; i < looks.size(); ++i)
    looks[i].chosen = looks[i].readable &&
                      (share >= 1 || RandomStream(settings.seed, "check", 0, i).uniform() < share);
}

/// The later a split stands here, the more it matters that nothing has been learned from it.
int rankOf(const std::string& split) {
  return split == "train" ? 0 : (split == "val" ? 1 : 2);
}

std::vector<PictureCheck::NearCopy> nearCopiesOf(std::span<const CheckedPicture> pictures,
                                                 const std::vector<Look>& looks,
                                                 const std::stop_token& stop) {
  struct Hashed {
    std::uint64_t hash;
    std::size_t picture;
  };
  std::vector<Hashed> ranks[3];
  for (std::size_t i = 0; i < pictures.size(); ++i)
    if (looks[i].decoded && looks[i].fault.empty())
      ranks[rankOf(pictures[i].split)].push_back({looks[i].hash, i});
  std::vector<PictureCheck::NearCopy> found;
  for (int rank = 0; rank < 2 && !stop.stop_requested(); ++rank) {
    const auto finder = std::make_unique<NearCopyFinder>();
    std::vector<std::size_t> others;
    for (int later = rank + 1; later < 3; ++later) {
      for (const Hashed& other : ranks[later]) {
        finder->add(other.hash);
        others.push_back(other.picture);
      }
    }
    for (const Hashed& one : ranks[rank]) {
      if (const auto near = finder->nearest(one.hash))
        found.push_back({one.picture, others[near->index], near->distance});
    }
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.picture < b.picture; });
  return found;
}

}  // namespace

std::optional<PictureCheck> checkPictures(
    std::span<const CheckedPicture> pictures, const PictureCheckSettings& settings,
    PictureCache& cache, const std::stop_token& stop,
    const std::function<void(std::size_t, std::size_t)>& progress) {
  std::vector<Look> looks(pictures.size());
  const auto tell = [&](std::size_t done) {
    if (progress) progress(done, pictures.size());
  };
  if (!forEach(
          pictures.size(), settings.threads, stop, [](std::size_t) {},
          [&](std::size_t i) { readHeader(pictures[i], looks[i]); }))
    return std::nullopt;
  choose(looks, settings);
  if (!forEach(pictures.size(), settings.threads, stop, tell, [&](std::size_t i) {
        if (looks[i].chosen) decode(pictures[i], settings.decodeAtLeast, cache, looks[i]);
      }))
    return std::nullopt;
  tell(pictures.size());
  PictureCheck check;
  check.pictures = pictures.size();
  check.nearCopies = nearCopiesOf(pictures, looks, stop);
  if (stop.stop_requested()) return std::nullopt;
  for (std::size_t i = 0; i < looks.size(); ++i) {
    // What cannot be opened at all has been looked at to its end.
    check.decoded += looks[i].decoded || !looks[i].readable ? 1 : 0;
    if (!looks[i].fault.empty())
      check.faults.push_back({i, std::move(looks[i].fault), looks[i].readable});
  }
  return check;
}

}  // namespace boxwright
