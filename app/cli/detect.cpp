// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/detection_output.h"
#include "app/cli/fraction.h"
#include "app/cli/json_output.h"
#include "app/cli/open.h"
#include "app/cli/profile.h"
#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/compute/backend.h"
#include "core/detect/detection_crew.h"
#include "core/detect/draw_detections.h"
#include "core/detect/picture_source.h"
#include "core/geometry/conversion.h"
#include "core/image/codec.h"
#include "core/network/network_tree.h"
#include "core/taxonomy/class_tree.h"

namespace boxwright::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  ModelOptions model;
  DetectSettings detect;
  std::string device = "auto", precision = "auto";
  std::string out;
  int size = 0;
  std::uint64_t maxFrames = 0;
  Profile profile;
};

/// The way down the tree to a class, with what the network says of each step.
Json pathJson(const Detection& found, const ClassTree& tree, const ClassNames& names) {
  Json path = Json::array();
  const std::vector<int> nodes = tree.pathTo(found.classId);
  for (std::size_t i = 0; i < nodes.size() && i < found.path.size(); ++i)
    path.push_back(
        {{"class", names[static_cast<std::size_t>(nodes[i])]}, {"conditional", found.path[i]}});
  return path;
}

Json toJson(const DetectedFrame& found, const ClassNames& names, const ClassTree* tree) {
  const Frame& frame = found.frame;
  Json list = Json::array();
  for (const Detection& d : found.detections) {
    list.push_back({{"class", names[static_cast<std::size_t>(d.classId)]},
                    {"classId", d.classId},
                    {"confidence", d.confidence},
                    {"box", {d.rect.left, d.rect.top, d.rect.right, d.rect.bottom}}});
    if (tree) list.back()["path"] = pathJson(d, *tree, names);
  }
  return {{"source", frame.source},
          {"frame", frame.number},
          {"width", frame.image.width},
          {"height", frame.image.height},
          {"milliseconds", found.milliseconds},
          {"detections", list}};
}

std::string toText(const DetectedFrame& found, const ClassNames& names, bool still) {
  std::map<std::string, std::size_t> counts;
  for (const Detection& d : found.detections)
    ++counts[names[static_cast<std::size_t>(d.classId)]];
  std::string text;
  for (const auto& [name, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name);
  }
  return fmt::format("{}{}: {} ({:.1f} ms)\n", found.frame.source,
                     still ? std::string() : fmt::format(" frame {}", found.frame.number),
                     text.empty() ? "nothing" : text, found.milliseconds);
}

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

/// The command at work: its sources one after the other.
class Detecting {
 public:
  Detecting(const Options& options, Model model, Console& console)
      : options_(options),
        console_(console),
        threads_(ThreadBudget::of(console.threads).compute),
        names_(model.names),
        tree_(classTreeOf(model.network)),
        model_(std::move(model)) {
    if (!options.out.empty()) output_.emplace(pathFromUtf8(options.out), options.model.positionals);
  }

  int all() {
    const std::vector<Work> sources = workOf(options_.model.positionals);
    for (const Work& work : sources) {
      if (console_.stop.stop_requested()) break;
      try {
        one(work, &work == &sources.back());
      } catch (const Error& error) {
        // Unreadable pictures end the command only where nothing else is left.
        if (work.pictures.empty() || sources.size() == 1) throw;
        console_.message(error.what());
        fault_ = error;
      }
    }
    console_.endProgress();
    if (fault_ && frames_ == 0) throw Error(*fault_);
    if (passedOver_ > 0)
      console_.message(counted(passedOver_, "picture", "pictures") + " could not be read");
    if (output_ && !output_->summary().empty())
      console_.message(output_->summary() + " with boxes in " + options_.out);
    return console_.stop.stop_requested() ? 130 : 0;
  }

 private:
  /// One source to its end, a stop or the last frame asked for.
  void one(const Work& work, bool last) {
    const auto stop = console_.stop.get_token();
    const bool named = !work.pictures.empty();
    const std::unique_ptr<FrameSource> source =
        named ? std::make_unique<PictureSource>(work.pictures) : openFrameSource(work.name, stop);
    DetectionCrew& crew = crewFor(*source, last);
    prefix_ = named ? std::string() : work.name + ": ";
    told_.clear();
    std::uint64_t frames = 0;
    const auto start = std::chrono::steady_clock::now();
    const auto take = [&](DetectedFrame&& found) {
      tell(found.condition, source->live());
      if (named) found.frame.number = 0;  // each is a source of its own
      show(found, *source);
      ++frames;
      if (source->length() > 1)
        console_.progress("detecting", double(frames) / static_cast<double>(source->length()));
      return named || frames != options_.maxFrames;
    };
    const auto waiting = [&] {
      if (source->live()) tell(source->condition(), true);
    };
    const auto count = [&] {
      if (output_) output_->endVideo();
      frames_ += frames;
      passedOver_ += source->passedOver();
    };
    try {
      tell(crew.run(*source, options_.detect, stop, take, waiting), source->live());
    } catch (...) {
      count();
      throw;
    }
    count();
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (frames > 1 && !source->live())
      console_.message(fmt::format("{}{}, {:.1f} a second", prefix_,
                                   counted(frames, "picture", "pictures"),
                                   static_cast<double>(frames) / seconds));
  }

  /// The crew of the source before where it suits this one too, else another.
  DetectionCrew& crewFor(const FrameSource& source, bool last) {
    const DetectorOptions how{.device = options_.device,
                              .precision = options_.precision,
                              .threads = threads_,
                              .inputSize = options_.size,
                              .trace = options_.profile.trace()};
    DetectionCrew::Size size;
    if (DetectionCrew::hasMany(source)) {
      if (!onCard_) onCard_ = openBackend(how.device, how.threads, how.precision)->info().isCard;
      size = DetectionCrew::sizeFor(source, model_, threads_, *onCard_);
    }
    if (crew_ && size == size_) return *crew_;
    const bool first = !crew_;
    crew_.reset();  // its memory before the next one's
    crew_ = std::make_unique<DetectionCrew>(last ? std::move(model_) : model_, how, size);
    size_ = size;
    if (first) {
      console_.message(fmt::format("threshold {}, NMS {}, input {} x {}, {}",
                                   options_.detect.threshold, options_.detect.nms,
                                   crew_->inputWidth(), crew_->inputHeight(), crew_->deviceName()));
    }
    return *crew_;
  }

  /// What a source says of itself: once each time it changes.
  void tell(const std::string& condition, bool live) {
    // The seconds and attempts that a live source counts are no news.
    std::string kind = condition;
    if (live) std::erase_if(kind, [](char c) { return c >= '0' && c <= '9'; });
    if (kind == told_) return;
    told_ = std::move(kind);
    if (!condition.empty()) console_.message(prefix_ + condition);
  }

  void show(const DetectedFrame& found, const FrameSource& source) {
    const Trace::Span span(options_.profile.trace(), "show");
    const bool still = isImageFile(pathFromUtf8(found.frame.source));
    if (console_.json) {
      console_.printLine(textOf(toJson(found, names_, tree_.get())));
    } else {
      console_.print(toText(found, names_, still));
    }
    if (!output_) return;
    Image drawn = found.frame.image;
    drawDetections(drawn, found.detections, names_);
    if (still) {
      output_->picture(found.frame, drawn);
    } else {
      output_->videoFrame(found.frame, source, drawn);
    }
  }

  const Options& options_;
  Console& console_;
  const int threads_;
  const ClassNames names_;
  const std::shared_ptr<const ClassTree> tree_;  ///< null without one
  Model model_;                                  ///< until the last source's crew has it
  std::unique_ptr<DetectionCrew> crew_;
  DetectionCrew::Size size_;    ///< of the crew
  std::optional<bool> onCard_;  ///< known from the first source of many frames on
  std::optional<DetectionOutput> output_;
  std::string prefix_, told_;  ///< of the source at hand: before what is said of it, and said last
  std::uint64_t frames_ = 0, passedOver_ = 0;
  std::optional<Error> fault_;  ///< of the last pictures of which none could be read
};

int run(Options options, Console& console) {
  Model model = openModelForCommand(options.model, console);
  if (options.model.positionals.empty()) {
    throw Error("no source given", {},
                readsVideos()
                    ? "name pictures, folders, videos, camera:N, test-pattern: or a stream URL"
                    : "name pictures or folders");
  }
  if (options.device.starts_with("check:"))
    throw Error("two devices are compared by evaluate and train only", options.device,
                "evaluate the model with it, or name one device");
  int status = 0;
  options.profile.record(console,
                         [&] { status = Detecting(options, std::move(model), console).all(); });
  return status;
}

}  // namespace

void addDetect(CLI::App& app, Console& console, Action& action) {
  CLI::App* command = app.add_subcommand(
      "detect", readsVideos() ? "Find objects in pictures, videos and streams"
                              : "Find objects in pictures (this build has no videos)");
  auto options = std::make_shared<Options>();
  addModelOptions(*command, options->model, "MODEL_SOURCES");
  command
      ->add_option("--out", options->out,
                   readsVideos() ? "Write pictures and videos with boxes drawn here"
                                 : "Write pictures with boxes drawn here")
      ->type_name("DIR");
  command
      ->add_option("--hierarchy", options->detect.tree.threshold,
                   "Over a class tree: how sure an answer must be to go further down; with less "
                   "it is the class above")
      ->check(fraction())
      ->capture_default_str();
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
  addDeviceOptions(*command, options->device, options->precision, false);
  options->profile.addOption(*command);
  command->callback([options, &console, &action] {
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
