// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/picture_loader.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/image/codec.h"

namespace boxwright {

std::optional<Problem> PictureLoader::Loaded::problem(const std::string& path) const {
  if (warning.empty()) return std::nullopt;
  return Problem{path, 0, image ? Severity::Warning : Severity::Error,
                 warning + (image ? "" : "; left out")};
}

PictureLoader::PictureLoader(std::function<PreparedImage(const Image&)> prepare,
                             const Dataset& dataset, std::span<const std::size_t> pictures,
                             int threads, std::size_t window)
    : prepare_(std::move(prepare)), dataset_(dataset), pictures_(pictures), slots_(window) {
  for (int i = 0; i < std::max(1, threads); ++i) {
    threads_.emplace_back([this](std::stop_token stop) { work(stop); });
  }
}

PictureLoader::~PictureLoader() {
  for (std::jthread& thread : threads_)
    thread.request_stop();
}

std::optional<PictureLoader::Loaded> PictureLoader::next(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  std::optional<Loaded>& slot = slots_[taken_ % slots_.size()];
  changed_.wait(lock, stop, [&] { return slot.has_value() || failure_; });
  if (failure_) std::rethrow_exception(failure_);
  if (!slot) return std::nullopt;
  std::optional<Loaded> loaded = std::exchange(slot, std::nullopt);
  ++taken_;
  lock.unlock();
  changed_.notify_all();
  return loaded;
}

void PictureLoader::work(const std::stop_token& stop) {
  nameThisThread("evaluate-load");
  while (true) {
    std::size_t mine = 0;
    {
      std::unique_lock lock(mutex_);
      const bool go = changed_.wait(lock, stop, [&] {
        return given_ == pictures_.size() || given_ < taken_ + slots_.size();
      });
      if (!go || stop.stop_requested() || given_ == pictures_.size()) return;
      mine = given_++;
    }
    Loaded loaded;
    std::exception_ptr failure;
    try {
      loaded = load(mine);
    } catch (...) {
      failure = std::current_exception();
    }
    {
      const std::lock_guard lock(mutex_);
      if (failure) {
        failure_ = failure;
      } else {
        slots_[mine % slots_.size()] = std::move(loaded);
      }
    }
    changed_.notify_all();
  }
}

PictureLoader::Loaded PictureLoader::load(std::size_t position) const {
  Loaded loaded;
  try {
    const DecodedImage decoded = decodeImage(dataset_.absolutePath(pictures_[position]));
    if (decoded.truncated) {
      loaded.warning = decoded.warning.empty() ? "the file is damaged; its missing part is grey"
                                               : decoded.warning;
    }
    loaded.image = prepare_(decoded.image);
  } catch (const Error& error) {
    // A picture that cannot be read is a fault in the data, not the end of the evaluation.
    loaded.warning = error.problem();
  }
  return loaded;
}

}  // namespace boxwright
