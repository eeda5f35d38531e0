// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/classifier.h"
#include "core/compute/device_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/base/error.h"
#include "core/compute/session.h"
#include "core/detect/open_session.h"
#include "core/image/resize.h"
#include "core/network/network_tree.h"
#include "core/taxonomy/tree_reading.h"

namespace boxwright {
namespace {

void checkModel(const Model& model) {
  const Network& network = model.network;
  if (taskOf(network) != NetworkTask::Classification)
    throw Error("the network finds boxes, it is no classifier", network.file,
                "choose a classifier, such as darknet-nano");
  for (const Layer& layer : network.layers) {
    const auto* softmax = std::get_if<SoftmaxLayer>(&layer.kind);
    if (softmax && softmax->groups != 1)
      throw Error("classifiers with several groups cannot be run", network.file,
                  "choose a network whose [softmax] has no groups=");
  }
  if (network.net.channels != 3)
    throw Error(fmt::format("the network takes pictures of {} channels", network.net.channels),
                network.file, "pictures are RGB: choose a network with channels=3");
  if (int(model.names.size()) != classCountOf(network))
    throw Error(fmt::format("{} class names for a network of {} classes", model.names.size(),
                            classCountOf(network)),
                model.title.empty() ? network.file : model.title,
                "give the names file that the network was trained with");
}

float temperatureOf(const Network& network) {
  for (const Layer& layer : network.layers) {
    if (const auto* softmax = std::get_if<SoftmaxLayer>(&layer.kind))
      return static_cast<float>(softmax->temperature);
  }
  return 1;
}

/// Of many pictures: for fewer the threads have too little to do.
constexpr int kManyAtLeast = 8;

}  // namespace

Image centreSquare(const Image& image) {
  const int side = std::min(image.width, image.height);
  if (image.width == image.height) return image;
  const int left = (image.width - side) / 2, top = (image.height - side) / 2;
  Image square(side, side);
  for (int y = 0; y < side; ++y)
    std::copy_n(image.at(left, top + y), std::size_t(3) * side, square.at(0, y));
  return square;
}

struct Classifier::State {
  Model model;
  std::unique_ptr<Backend> ownBackend;
  Backend* backend = nullptr;
  std::unique_ptr<Session> session;
  std::optional<std::pmr::vector<float>> input;  ///< where the device reads it from soonest
  std::shared_ptr<const ClassTree> classTree;    ///< null without one
  float temperature = 1;
  std::string deviceName;

  State(Model&& m, const ClassifierOptions& options, Backend* shared) : model(std::move(m)) {
    checkModel(model);
    if (options.batch < 0)
      throw Error(fmt::format("a batch of {} pictures", options.batch), {},
                  "give 1 or more, or 0 for as many as suit the device");
    if (!shared) ownBackend = openBackend(options.device, options.threads, options.precision);
    backend = shared ? shared : ownBackend.get();
    deviceName = nameWithPrecision(*backend);
    if (options.inputSize != 0) resizeNetwork(model.network, options.inputSize, options.inputSize);
    Network graph = withoutWeights(model.network);
    Network folded = fold(std::move(model.network), model.batchNorm);
    model.network = std::move(graph);
    classTree = classTreeOf(model.network);
    if (classTree) {
      temperature = temperatureOf(folded);
      cutToHead(folded);  // the groups of a tree are no layer of any device
    }
    SessionOptions sessionOptions;
    sessionOptions.batch =
        options.batch > 0 ? options.batch : std::max(kManyAtLeast, backend->batchForMany());
    sessionOptions.threads = options.threads;
    sessionOptions.lender = options.lender;
    session = openSession(*backend, std::move(folded), sessionOptions,
                          options.mayBeFewer || options.batch == 0);
    input.emplace(std::size_t(session->batch()) * 3 * session->height() * session->width(),
                  backend->hostMemory());
  }
};

Classifier::Classifier(Model model, const ClassifierOptions& options)
    : state_(std::make_unique<State>(std::move(model), options, nullptr)) {}

Classifier::Classifier(Backend& backend, Model model, const ClassifierOptions& options)
    : state_(std::make_unique<State>(std::move(model), options, &backend)) {}

Classifier::~Classifier() = default;

const ClassNames& Classifier::names() const {
  return state_->model.names;
}
const Model& Classifier::model() const {
  return state_->model;
}
int Classifier::inputWidth() const {
  return state_->session->width();
}
int Classifier::batch() const {
  return state_->session->batch();
}

std::string Classifier::deviceName() const {
  return state_->deviceName;
}

std::vector<std::string> Classifier::deviceReport() const {
  return state_->backend->report();
}

PreparedImage Classifier::prepare(const Image& image) const {
  if (image.empty()) throw Error("an empty picture was given to the classifier");
  const Session& session = *state_->session;
  PreparedImage prepared;
  prepared.width = image.width;
  prepared.height = image.height;
  prepared.values.resize(std::size_t(3) * session.height() * session.width());
  toNetworkInput(centreSquare(image), ResizeRule::Plain, session.width(), session.height(),
                 prepared.values);
  return prepared;
}

std::vector<std::vector<float>> Classifier::classify(std::span<const PreparedImage* const> images) {
  Session& session = *state_->session;
  if (images.empty() || images.size() > std::size_t(session.batch()))
    throw Error(
        fmt::format("{} pictures given to a classifier made for {}", images.size(), batch()));
  const std::size_t one = std::size_t(3) * session.height() * session.width();
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (images[i]->values.size() != one)
      throw Error("a picture was prepared for a classifier of another input size");
    std::copy(images[i]->values.begin(), images[i]->values.end(),
              state_->input->begin() + static_cast<std::ptrdiff_t>(i * one));
  }
  // What a short batch leaves over keeps older pictures: nobody looks at their classes.
  session.forward(*state_->input);
  const std::span<const float> head = session.head();
  const std::size_t classes = names().size();
  std::vector<std::vector<float>> probabilities;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::span<const float> own = head.subspan(i * classes, classes);
    std::vector<float>& said = probabilities.emplace_back(own.begin(), own.end());
    if (!state_->classTree) continue;
    for (float& value : said)
      value /= state_->temperature;
    conditionalProbabilities<float>(*state_->classTree, {said.data(), 1}, said);
    makeAbsolute<float>(*state_->classTree, said);
  }
  return probabilities;
}

}  // namespace boxwright
