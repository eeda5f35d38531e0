// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/detector.h"
#include "core/compute/device_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <utility>

#include "core/base/out_of_memory.h"
#include "core/base/parallel.h"
#include "core/compute/session.h"
#include "core/detect/open_session.h"
#include "core/geometry/conversion.h"
#include "core/image/resize.h"
#include "core/yolo/decode.h"

namespace boxwright {
namespace {

ResizeRule resizeRuleOf(InputRule rule) {
  return rule == InputRule::Letterbox ? ResizeRule::Letterbox : ResizeRule::Plain;
}

void checkModel(const Model& model) {
  if (taskOf(model.network) == NetworkTask::Classification) {
    throw Error("the model is a classifier: it tells what a whole picture shows and finds no boxes",
                model.title.empty() ? model.network.file : model.title,
                "give a detector, such as a run of yolov2-nano");
  }
  const RegionLayer& region = model.network.region();
  if (model.network.net.channels != 3) {
    throw Error(
        fmt::format("the network takes pictures of {} channels", model.network.net.channels),
        model.network.file, "pictures are RGB: choose a network with channels=3");
  }
  if (region.coords != 4) {
    throw Error(fmt::format("[region] has coords={}; only boxes of 4 are known", region.coords),
                model.network.file, "use a cfg with coords=4");
  }
  if (int(model.names.size()) != region.classes) {
    throw Error(fmt::format("{} class names for a network of {} classes", model.names.size(),
                            region.classes),
                model.title.empty() ? model.network.file : model.title,
                "give the names file that the network was trained with");
  }
}

}  // namespace

struct Detector::State {
  Model model;
  RegionLayer region;
  std::unique_ptr<Backend> ownBackend;
  Backend* backend = nullptr;
  std::unique_ptr<Session> session;
  std::optional<std::pmr::vector<float>> input;  ///< in memory that the device takes it from
  std::string deviceName;
  int threads;
  Trace* trace;

  std::vector<std::pair<int, int>> lastSizes;  ///< of the last pictures: redecode works on them

  State(Model&& m, const DetectorOptions& options, Backend* shared)
      : model(std::move(m)), threads(options.threads), trace(options.trace) {
    checkModel(model);
    if (options.batch < 0) {
      throw Error(fmt::format("a batch of {} pictures", options.batch), {},
                  "give 1 or more, or 0 for as many as the device likes");
    }
    const int stride = strideOf(model.network);
    if (options.inputSize != 0 && (options.inputSize < stride || options.inputSize % stride != 0)) {
      throw Error(fmt::format("input size {} does not fit the network's stride", options.inputSize),
                  model.network.file,
                  fmt::format("give a multiple of {}, such as {}", stride, 416 / stride * stride));
    }
    region = model.network.region();
    if (shared) {
      backend = shared;
    } else {
      ownBackend = openBackend(options.device, options.threads, options.precision);
      backend = ownBackend.get();
    }
    deviceName = nameWithPrecision(*backend);
    if (options.inputSize != 0) {
      resizeNetwork(model.network, options.inputSize, options.inputSize);
    }
    Network graph = withoutWeights(model.network);
    Network folded = fold(std::move(model.network), model.batchNorm);
    model.network = std::move(graph);
    SessionOptions sessionOptions;
    sessionOptions.batch = options.batch > 0 ? options.batch : backend->batchForMany();
    sessionOptions.threads = options.threads;
    sessionOptions.trace = options.trace;
    sessionOptions.lender = options.lender;
    session = openSession(*backend, std::move(folded), sessionOptions,
                          options.mayBeFewer || options.batch == 0);
    const Shape head = session->headShape();
    if (head.c != headChannels(region)) {
      throw Error(fmt::format("the layer before [region] has {} channels where {} boxes and {} "
                              "classes need {}",
                              head.c, region.num, region.classes, headChannels(region)),
                  model.network.file, "set its filters to that");
    }
    input.emplace(std::size_t(session->batch()) * 3 * session->height() * session->width(),
                  backend->hostMemory());
  }

  std::span<float> slot(std::size_t index) {
    const std::size_t one = std::size_t(3) * session->height() * session->width();
    return std::span<float>(*input).subspan(index * one, one);
  }

  Placement placement(int width, int height) const {
    return placementFor(width, height, session->width(), session->height(),
                        resizeRuleOf(model.inputRule));
  }

  HeadView<float> headView() const {
    const Shape shape = session->headShape();
    return boxwright::headView(region, session->head().data(), shape.n, shape.h, shape.w);
  }

  std::vector<Detection> decode(int slotIndex, int width, int height,
                                const DetectSettings& settings) const {
    const Trace::Span span(trace, "boxes");
    const HeadView<float> head = headView();
    const Rivals rivals =
        region.classTree && settings.tree.oneAnswer() ? Rivals::All : Rivals::OfOneClass;
    std::vector<Candidate> candidates =
        suppress(decodeRegion(head, region, slotIndex, settings.threshold, settings.tree),
                 settings.nms, settings.perClass, rivals);
    const Placement place = placement(width, height);
    std::vector<Detection> detections;
    detections.reserve(candidates.size());
    for (Candidate& candidate : candidates) {
      Rect rect = toImagePixels(candidate.rect, place, width, height);
      rect.left = std::clamp(rect.left, 0.0, double(width));
      rect.right = std::clamp(rect.right, 0.0, double(width));
      rect.top = std::clamp(rect.top, 0.0, double(height));
      rect.bottom = std::clamp(rect.bottom, 0.0, double(height));
      // A box that lies beside the picture (in the letterbox's border) is no detection.
      if (!(rect.width() > 0) || !(rect.height() > 0)) continue;
      detections.push_back(
          {rect, candidate.classId, candidate.confidence, std::move(candidate.path)});
    }
    return detections;
  }

  void checkCount(std::size_t count) const {
    if (count == 0 || count > std::size_t(session->batch())) {
      throw Error(
          fmt::format("{} pictures given to a detector made for {}", count, session->batch()));
    }
  }

  /// work(i) of every picture of a batch, several at a time; throws what one of them has thrown.
  template <typename Work>
  void forEach(std::size_t count, const Work& work) const {
    if (count == 1) {
      work(std::size_t(0));
      return;
    }
    std::exception_ptr fault;
    std::mutex mutex;
    const ComputeScope scope(threads);
    parallelFor(count, [&](std::size_t i) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        fault = std::current_exception();
      }
    });
    if (fault) std::rethrow_exception(fault);
  }

  template <typename Picture>
  std::vector<std::vector<Detection>> run(std::span<const Picture* const> pictures,
                                          const DetectSettings& settings) {
    // What a short batch leaves over keeps older pictures: nobody looks at their boxes.
    lastSizes.clear();
    session->forward(*input);
    std::vector<std::vector<Detection>> found(pictures.size());
    forEach(pictures.size(), [&](std::size_t i) {
      found[i] = decode(int(i), pictures[i]->width, pictures[i]->height, settings);
    });
    for (const Picture* const picture : pictures)
      lastSizes.emplace_back(picture->width, picture->height);
    return found;
  }
};

Detector::Detector(Model model, const DetectorOptions& options)
    : state_(std::make_unique<State>(std::move(model), options, nullptr)) {}

Detector::Detector(Backend& backend, Model model, const DetectorOptions& options)
    : state_(std::make_unique<State>(std::move(model), options, &backend)) {}

Detector::~Detector() = default;

const ClassNames& Detector::names() const {
  return state_->model.names;
}
const Model& Detector::model() const {
  return state_->model;
}
int Detector::inputWidth() const {
  return state_->session->width();
}
int Detector::inputHeight() const {
  return state_->session->height();
}
int Detector::batch() const {
  return state_->session->batch();
}
std::string Detector::deviceName() const {
  return state_->deviceName;
}
std::vector<std::string> Detector::deviceReport() const {
  return state_->backend->report();
}

std::vector<Detection> Detector::detect(const Image& image, const DetectSettings& settings) {
  const Image* const one = &image;
  return std::move(detect(std::span<const Image* const>(&one, 1), settings).front());
}

std::vector<std::vector<Detection>> Detector::detect(std::span<const Image* const> images,
                                                     const DetectSettings& settings) {
  state_->checkCount(images.size());
  for (const Image* const image : images)
    if (image->empty()) throw Error("an empty picture was given to the detector");
  state_->forEach(images.size(), [&](std::size_t i) {
    const Trace::Span span(state_->trace, "resize");
    toNetworkInput(*images[i], resizeRuleOf(state_->model.inputRule), inputWidth(), inputHeight(),
                   state_->slot(i));
  });
  return state_->run(images, settings);
}

PreparedImage Detector::prepare(const Image& image) const {
  if (image.empty()) throw Error("an empty picture was given to the detector");
  PreparedImage prepared;
  prepared.width = image.width;
  prepared.height = image.height;
  prepared.values.resize(std::size_t(3) * inputHeight() * inputWidth());
  toNetworkInput(image, resizeRuleOf(state_->model.inputRule), inputWidth(), inputHeight(),
                 prepared.values);
  return prepared;
}

std::vector<std::vector<Detection>> Detector::detect(std::span<const PreparedImage* const> images,
                                                     const DetectSettings& settings) {
  state_->checkCount(images.size());
  state_->forEach(images.size(), [&](std::size_t i) {
    const std::span<float> slot = state_->slot(i);
    if (images[i]->values.size() != slot.size()) {
      throw Error("a picture was prepared for a detector of another input size");
    }
    std::copy(images[i]->values.begin(), images[i]->values.end(), slot.begin());
  });
  return state_->run(images, settings);
}

std::vector<Detection> Detector::redecode(const DetectSettings& settings) {
  if (state_->lastSizes.empty()) return {};
  return redecode(state_->lastSizes.size() - 1, settings);
}

std::vector<Detection> Detector::redecode(std::size_t index, const DetectSettings& settings) {
  const auto [width, height] = state_->lastSizes.at(index);
  return state_->decode(int(index), width, height, settings);
}

std::vector<float> Detector::wholePicture(std::size_t index) const {
  return boxwright::wholePicture(state_->headView(), state_->region, static_cast<int>(index));
}

HeadView<float> Detector::head() const {
  return state_->headView();
}

}  // namespace boxwright
