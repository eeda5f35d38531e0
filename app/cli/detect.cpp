// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/fraction.h"
#include "app/cli/json_output.h"
#include "app/cli/open.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/detect/detector.h"
#include "core/detect/draw_detections.h"
#include "core/detect/frame_source.h"
#include "core/detect/picture_source.h"
#include "core/detect/recorder.h"
#include "core/geometry/conversion.h"
#include "core/image/codec.h"

namespace boxwright::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  ModelOptions model;
  DetectSettings detect;
  std::string device = "auto";
  std::string out;
  int size = 0;
  std::uint64_t maxFrames = 0;
};

/// Whether `folder` is where the pictures of one of the sources lie, or lies among them.
bool liesAmong(const fs::path& folder, const std::vector<std::string>& sources) {
  std::error_code error;
  const fs::path target = fs::weakly_canonical(folder, error);
  return std::any_of(sources.begin(), sources.end(), [&](const std::string& source) {
    std::error_code ignored;
    const fs::path path = fs::weakly_canonical(pathFromUtf8(source), ignored);
    if (!fs::is_directory(path, ignored)) {
      return fs::exists(path, ignored) && path.parent_path() == target;
    }
    if (path == target) return true;
    // Folders below one that has pictures of its own are not looked into.
    fs::directory_iterator entry(path, ignored);
    const bool own = std::any_of(entry, fs::directory_iterator(),
                                 [](const auto& file) { return isImageFile(file.path()); });
    return !own && std::mismatch(path.begin(), path.end(), target.begin(), target.end()).first ==
                       path.end();
  });
}

/// Where pictures and videos with boxes go: one name a source, never over a source or another
/// result of the same call. Results of earlier calls are replaced, but where the folder holds
/// sources nothing is.
class Output {
 public:
  Output(fs::path folder, const std::vector<std::string>& sources)
      : folder_(std::move(folder)), keepsAll_(liesAmong(folder_, sources)) {
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) {
      throw Error("cannot make the folder (" + error.message() + ")", utf8(folder_),
                  "check the permissions or choose another folder");
    }
  }

  void picture(const Frame& frame, const Image& drawn) {
    writeImage(fileFor(frame.source, ".jpg"), drawn);
    ++pictures_;
  }

  void videoFrame(const Frame& frame, const FrameSource& source, const Image& drawn) {
    if (!recorder_) {
      recorder_ = std::make_unique<Recorder>(fileFor(frame.source, ".mp4"), source.rate());
    }
    if (source.live()) {
      recorder_->write(drawn, frame.captured);
    } else {
      recorder_->write(drawn);
    }
  }

  void endVideo() {
    if (!recorder_) return;
    recorder_->close();
    recorder_.reset();
    ++videos_;
  }

  std::string summary() const {
    std::string text;
    if (pictures_ > 0) text = counted(pictures_, "picture", "pictures");
    if (videos_ > 0) text += (text.empty() ? "" : " and ") + counted(videos_, "video", "videos");
    return text;
  }

 private:
  fs::path fileFor(const std::string& source, const char* extension) {
    std::string stem = utf8(pathFromUtf8(source).stem());
    for (char& c : stem) {
      if (c == ':' || c == '?' || c == '*' || c == '/') c = '-';
    }
    while (!stem.empty() && stem.back() == '-')
      stem.pop_back();
    if (stem.empty()) stem = "detected";
    // Room for "-2" and the ending in a name of 255 bytes; whole letters only.
    constexpr std::size_t kLongest = 230;
    if (stem.size() > kLongest) {
      std::size_t end = kLongest;
      while (end > 0 && (static_cast<unsigned char>(stem[end]) & 0xC0) == 0x80)
        --end;
      stem.resize(end);
    }
    fs::path file = folder_ / pathFromUtf8(stem + extension);
    std::error_code error;
    for (int n = 2; used_.contains(file) || (keepsAll_ && fs::exists(file, error)) ||
                    fs::equivalent(file, pathFromUtf8(source), error);
         ++n) {
      file = folder_ / pathFromUtf8(fmt::format("{}-{}{}", stem, n, extension));
    }
    used_.insert(file);
    return file;
  }

  fs::path folder_;
  bool keepsAll_;
  std::set<fs::path> used_;
  std::unique_ptr<Recorder> recorder_;
  std::size_t pictures_ = 0, videos_ = 0;
};

Json toJson(const Frame& frame, const std::vector<Detection>& detections, const ClassNames& names,
            double milliseconds) {
  Json list = Json::array();
  for (const Detection& d : detections) {
    list.push_back({{"class", names[static_cast<std::size_t>(d.classId)]},
                    {"classId", d.classId},
                    {"confidence", d.confidence},
                    {"box", {d.rect.left, d.rect.top, d.rect.right, d.rect.bottom}}});
  }
  return {{"source", frame.source},       {"frame", frame.number},
          {"width", frame.image.width},   {"height", frame.image.height},
          {"milliseconds", milliseconds}, {"detections", list}};
}

std::string toText(const Frame& frame, const std::vector<Detection>& detections,
                   const ClassNames& names, double milliseconds, bool still) {
  std::map<std::string, std::size_t> counts;
  for (const Detection& d : detections)
    ++counts[names[static_cast<std::size_t>(d.classId)]];
  std::string found;
  for (const auto& [name, count] : counts) {
    found += fmt::format("{}{} {}", found.empty() ? "" : ", ", count, name);
  }
  return fmt::format("{}{}: {} ({:.1f} ms)\n", frame.source,
                     still ? std::string() : fmt::format(" frame {}", frame.number),
                     found.empty() ? "nothing" : found, milliseconds);
}

/// Gives the frames of a source and says what the source says of itself: once each time it changes,
/// and of a live source also while it is waited for, from a thread of its own: nobody else writes
/// to the console during next().
class SpokenSource {
 public:
  SpokenSource(FrameSource& source, std::string name, Console& console)
      : source_(source), name_(std::move(name)), console_(console) {
    if (!source.live()) return;
    watch_ = std::jthread([this](const std::stop_token& stop) {
      std::unique_lock lock(mutex_);
      while (!stop.stop_requested()) {
        ended_.wait_for(lock, stop, std::chrono::milliseconds(500), [] { return false; });
        if (waiting_ && !stop.stop_requested()) tell();
      }
    });
  }

  std::optional<Frame> next(const std::stop_token& stop) {
    setWaiting(true);
    std::optional<Frame> frame = source_.next(stop);
    setWaiting(false);
    tell();
    return frame;
  }

 private:
  void setWaiting(bool waiting) {
    const std::lock_guard lock(mutex_);
    waiting_ = waiting;
  }

  void tell() {
    const std::string condition = source_.condition();
    // The seconds and attempts that a live source counts are no news.
    std::string kind = condition;
    if (source_.live()) std::erase_if(kind, [](char c) { return c >= '0' && c <= '9'; });
    if (kind == told_) return;
    told_ = std::move(kind);
    if (!condition.empty()) console_.message(name_ + condition);
  }

  FrameSource& source_;
  const std::string name_;  ///< before what is said
  Console& console_;
  std::string told_;
  std::mutex mutex_;
  std::condition_variable_any ended_;
  bool waiting_ = false;
  std::jthread watch_;  ///< last: it uses the others
};

/// Sources as they are worked off: pictures named one after the other are one, so that a bad one
/// among them is passed over.
struct Work {
  std::string name;
  std::vector<fs::path> pictures;  ///< else `name` is opened
};

std::vector<Work> workOf(const std::vector<std::string>& sources) {
  std::vector<Work> all;
  for (const std::string& source : sources) {
    const fs::path path = pathFromUtf8(source);
    std::error_code ignored;
    if (!isImageFile(path) || !fs::is_regular_file(path, ignored)) {
      all.push_back({source, {}});
    } else if (!all.empty() && !all.back().pictures.empty()) {
      all.back().pictures.push_back(path);
    } else {
      all.push_back({source, {path}});
    }
  }
  return all;
}

/// What came of the sources.
struct Tally {
  std::uint64_t frames = 0, passedOver = 0;
  bool alone = false;          ///< there is one source
  std::optional<Error> fault;  ///< of the last pictures of which none could be read
};

/// One source to its end, a stop or the last frame asked for.
void detectAll(const Work& work, const Options& options, Detector& detector, Output* output,
               Console& console, Tally& tally) {
  const auto stop = console.stop.get_token();
  const bool named = !work.pictures.empty();
  const std::unique_ptr<FrameSource> source =
      named ? std::make_unique<PictureSource>(work.pictures) : openFrameSource(work.name, stop);
  SpokenSource spoken(*source, named ? std::string() : work.name + ": ", console);
  std::uint64_t frames = 0;
  while (options.maxFrames == 0 || named || frames < options.maxFrames) {
    std::optional<Frame> frame;
    try {
      frame = spoken.next(stop);
    } catch (const Error& error) {
      // Unreadable pictures end the command only where nothing else is left.
      if (!named || tally.alone) throw;
      console.message(error.what());
      tally.fault = error;
    }
    if (!frame) break;
    if (named) frame->number = 0;  // each is a source of its own
    const auto start = std::chrono::steady_clock::now();
    const std::vector<Detection> detections = detector.detect(frame->image, options.detect);
    const double milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    const bool still = isImageFile(pathFromUtf8(frame->source));
    if (console.json) {
      console.printLine(textOf(toJson(*frame, detections, detector.names(), milliseconds)));
    } else {
      console.print(toText(*frame, detections, detector.names(), milliseconds, still));
    }
    if (output != nullptr) {
      Image drawn = frame->image;
      drawDetections(drawn, detections, detector.names());
      if (still) {
        output->picture(*frame, drawn);
      } else {
        output->videoFrame(*frame, *source, drawn);
      }
    }
    ++frames;
    if (source->length() > 1) {
      console.progress("detecting", double(frames) / static_cast<double>(source->length()));
    }
  }
  if (output != nullptr) output->endVideo();
  tally.frames += frames;
  tally.passedOver += source->passedOver();
}

int run(Options options, Console& console) {
  Model model = openModelForCommand(options.model, console);
  if (options.model.positionals.empty()) {
    throw Error("no source given", {},
                "name pictures, folders, videos, camera:N, test-pattern: or a stream URL");
  }
  std::optional<Output> output;
  if (!options.out.empty()) {
    output.emplace(pathFromUtf8(options.out), options.model.positionals);
  }
  Detector detector(std::move(model), {.device = options.device,
                                       .threads = ThreadBudget::of(console.threads).compute,
                                       .batch = 1,
                                       .inputSize = options.size});
  console.message(fmt::format("threshold {}, NMS {}, input {} x {}, {}", options.detect.threshold,
                              options.detect.nms, detector.inputWidth(), detector.inputHeight(),
                              detector.deviceName()));
  const std::vector<Work> sources = workOf(options.model.positionals);
  Tally tally;
  tally.alone = sources.size() == 1;
  for (const Work& work : sources) {
    if (console.stop.stop_requested()) break;
    detectAll(work, options, detector, output ? &*output : nullptr, console, tally);
  }
  console.endProgress();
  if (tally.fault && tally.frames == 0) throw Error(*tally.fault);
  if (tally.passedOver > 0) {
    console.message(counted(tally.passedOver, "picture", "pictures") + " could not be read");
  }
  if (output && !output->summary().empty()) {
    console.message(output->summary() + " with boxes in " + options.out);
  }
  return console.stop.stop_requested() ? 130 : 0;
}

}  // namespace

void addDetect(CLI::App& app, Console& console, Action& action) {
  CLI::App* command = app.add_subcommand("detect", "Find objects in pictures, videos and streams");
  auto options = std::make_shared<Options>();
  addModelOptions(*command, options->model, "MODEL_SOURCES");
  command->add_option("--out", options->out, "Write pictures and videos with boxes drawn here")
      ->type_name("DIR");
  command->add_option("--threshold", options->detect.threshold, "Least confidence shown")
      ->check(fraction())
      ->type_name("T")
      ->capture_default_str();
  command
      ->add_option("--nms", options->detect.nms,
                   "IOU over which the weaker of two boxes is dropped")
      ->check(fraction())
      ->type_name("T")
      ->capture_default_str();
  command->add_option("--max-frames", options->maxFrames, "Stop a source after so many frames")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  command->add_option("--size", options->size, "Input size instead of the network's own")
      ->check(CLI::Range(kHeadStride, kLargestInput))
      ->type_name("S");
  command->add_option("--device", options->device, "auto, cpu or reference")
      ->type_name("D")
      ->capture_default_str();
  command->callback([options, &console, &action] {
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
