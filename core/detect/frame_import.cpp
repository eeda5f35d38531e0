// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/frame_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/atomic_folder.h"
#include "core/base/error.h"
#include "core/detect/video_sources.h"
#include "core/image/codec.h"
#include "core/image/perceptual_hash.h"

namespace boxwright {
namespace {

/// Of 64 bits; 6 are a copy that was encoded again (kNearCopyDistance).
constexpr int kChangedDistance = 10;

/// The frame, or nothing at the end; a fault after the first frames is an end with a warning.
std::optional<Frame> nextOf(FrameSource& source, std::stop_token stop, FrameImport& import) {
  try {
    return source.next(std::move(stop));
  } catch (const Error& error) {
    if (import.read == 0) throw;
    import.warning = error.what();
    return std::nullopt;
  }
}

}  // namespace

FrameImport importFrames(const std::filesystem::path& video, const std::filesystem::path& folder,
                         const FrameImportOptions& options, std::stop_token stop,
                         const std::function<void(double)>& progress) {
  if (options.every < 1) throw Error("every how many frames one is taken must be 1 or more");
  AtomicFolder out(folder);
  const std::unique_ptr<FrameSource> opened = openVideo(video, stop);
  FrameSource& source = *opened;
  const std::string stem = utf8(video.stem());
  FrameImport import;
  std::optional<std::uint64_t> last;  // what the last one taken looks like
  while (const std::optional<Frame> frame = nextOf(source, stop, import)) {
    ++import.read;
    if (progress && source.length() > 0)
      progress(std::min(1.0, static_cast<double>(import.read) / double(source.length())));
    if (frame->number % options.every != 0) continue;
    if (options.changedOnly) {
      const std::uint64_t look = perceptualHash(frame->image);
      if (last && hashDistance(*last, look) < kChangedDistance) continue;
      last = look;
    }
    out.write(pathFromUtf8(fmt::format("{}_{:06}.jpg", stem, frame->number)),
              encodeImage(frame->image, ".jpg"));
    ++import.written;
  }
  if (stop.stop_requested()) return import;
  if (import.written == 0) throw Error("the video has no frame that can be read", utf8(video));
  out.keep();
  return import;
}

}  // namespace boxwright
