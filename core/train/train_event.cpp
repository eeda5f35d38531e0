// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/train_event.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace boxwright {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has no NaN: it is null.
Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json json(const BatchEvent& e) {
  Json parts = {{"box", number(e.lossBox)},
                {"objectness", number(e.lossObjectness)},
                {"noObject", number(e.lossNoObject)},
                {"class", number(e.lossClass)}};
  if (e.lossClassOnly) parts["tree"] = number(*e.lossClassOnly);
  return {{"event", "batch"},
          {"iteration", e.iteration},
          {"epoch", number(e.epoch)},
          {"images", e.images},
          {"loss", number(e.loss)},
          {"lossParts", parts},
          {"learningRate", number(e.learningRate)},
          {"size", e.size},
          {"imagesPerSecond", number(e.imagesPerSecond)},
          {"iterations", e.iterations},
          {"secondsLeft", number(e.secondsLeft)}};
}

Json json(const ValidationEvent& e) {
  const bool classifier = e.top1.has_value();
  Json classes = Json::array();
  for (const ValidationEvent::ClassAp& c : e.classes)
    classes.push_back(
        {{"name", c.name}, {classifier ? "top1" : "ap", c.ap ? number(*c.ap) : Json(nullptr)}});
  Json object = {{"event", "validation"}, {"iteration", e.iteration}, {"epoch", number(e.epoch)}};
  if (classifier) {
    object["top1"] = number(*e.top1);
    object["top5"] = number(e.top5.value_or(0));
  } else {
    object["map50"] = number(e.map50);
    object["precision"] = number(e.precision);
    object["recall"] = number(e.recall);
    if (e.wholeTop1) {
      object["top1"] = number(*e.wholeTop1);
      object["top5"] = number(e.wholeTop5.value_or(0));
    }
  }
  object["lossValidation"] = number(e.lossValidation);
  object["classes"] = classes;
  if (e.nodes.empty()) return object;
  Json nodes = Json::array();
  for (const ValidationEvent::NodeResult& n : e.nodes) {
    Json entry = {{"node", n.node}, {"name", n.name}};
    if (n.ap) {
      entry["ap"] = number(*n.ap);
      entry["truths"] = n.truths;
    }
    if (n.top1) {
      entry["top1"] = number(*n.top1);
      entry["pictures"] = n.pictures;
    }
    nodes.push_back(std::move(entry));
  }
  object["nodes"] = std::move(nodes);
  return object;
}

Json json(const CheckpointEvent& e) {
  return {{"event", "checkpoint"}, {"file", e.file}};
}

Json json(const MessageEvent& e) {
  return {{"event", "message"}, {"text", e.text}};
}

Json json(const CheckEvent& e) {
  return {
      {"event", "check"}, {"pictures", e.pictures}, {"of", e.all}, {"nearCopies", e.nearCopies}};
}

Json json(const EndEvent& e) {
  Json object = {{"event", e.stopped ? "stopped" : "done"}, {"iteration", e.iteration}};
  if (e.bestTop1)
    object["bestTop1"] = number(*e.bestTop1);
  else
    object["bestMap50"] = number(e.bestMap50);
  return object;
}

double real(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number())
    return found != object.end() && found->is_null() ? std::numeric_limits<double>::quiet_NaN() : 0;
  return found->get<double>();
}

std::int64_t integer(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  if (found->is_number_integer()) return found->get<std::int64_t>();
  return 0;
}

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

BatchEvent batchFrom(const Json& object) {
  BatchEvent e;
  e.iteration = integer(object, "iteration");
  e.epoch = real(object, "epoch");
  e.images = integer(object, "images");
  e.loss = real(object, "loss");
  const auto parts = object.find("lossParts");
  if (parts != object.end() && parts->is_object()) {
    e.lossBox = real(*parts, "box");
    e.lossObjectness = real(*parts, "objectness");
    e.lossNoObject = real(*parts, "noObject");
    e.lossClass = real(*parts, "class");
    if (parts->contains("tree")) e.lossClassOnly = real(*parts, "tree");
  }
  e.learningRate = real(object, "learningRate");
  e.size = static_cast<int>(integer(object, "size"));
  e.imagesPerSecond = real(object, "imagesPerSecond");
  e.iterations = integer(object, "iterations");
  e.secondsLeft = real(object, "secondsLeft");
  return e;
}

ValidationEvent validationFrom(const Json& object) {
  ValidationEvent e;
  e.iteration = integer(object, "iteration");
  e.epoch = real(object, "epoch");
  if (object.contains("top1")) {
    const bool joint = object.contains("map50");
    (joint ? e.wholeTop1 : e.top1) = real(object, "top1");
    (joint ? e.wholeTop5 : e.top5) = real(object, "top5");
  }
  e.map50 = real(object, "map50");
  e.precision = real(object, "precision");
  e.recall = real(object, "recall");
  e.lossValidation = real(object, "lossValidation");
  const auto classes = object.find("classes");
  if (classes != object.end() && classes->is_array()) {
    for (const Json& entry : *classes) {
      if (!entry.is_object()) continue;
      ValidationEvent::ClassAp c;
      c.name = text(entry, "name");
      const auto ap = entry.find(e.top1 ? "top1" : "ap");
      if (ap != entry.end() && ap->is_number()) c.ap = ap->get<double>();
      e.classes.push_back(std::move(c));
    }
  }
  const auto nodes = object.find("nodes");
  if (nodes == object.end() || !nodes->is_array()) return e;
  for (const Json& entry : *nodes) {
    if (!entry.is_object() || !entry.contains("node")) continue;
    ValidationEvent::NodeResult& n = e.nodes.emplace_back();
    n.node = static_cast<int>(integer(entry, "node"));
    n.name = text(entry, "name");
    if (entry.contains("ap")) n.ap = real(entry, "ap");
    if (entry.contains("top1")) n.top1 = real(entry, "top1");
    n.truths = static_cast<std::size_t>(std::max<std::int64_t>(0, integer(entry, "truths")));
    n.pictures = static_cast<std::size_t>(std::max<std::int64_t>(0, integer(entry, "pictures")));
  }
  return e;
}

}  // namespace

std::string toJson(const TrainEvent& event) {
  const Json object = std::visit([](const auto& e) { return json(e); }, event);
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<TrainEvent> trainEventFromJson(const std::string& line) {
  const Json object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const std::string kind = text(object, "event");
  if (kind == "batch") return batchFrom(object);
  if (kind == "validation") return validationFrom(object);
  if (kind == "checkpoint") return CheckpointEvent{text(object, "file")};
  if (kind == "message") return MessageEvent{text(object, "text")};
  if (kind == "check")
    return CheckEvent{integer(object, "pictures"), integer(object, "of"),
                      integer(object, "nearCopies")};
  if (kind == "done" || kind == "stopped") {
    EndEvent end{kind == "stopped", integer(object, "iteration"), real(object, "bestMap50")};
    if (object.contains("bestTop1")) end.bestTop1 = real(object, "bestTop1");
    return end;
  }
  return std::nullopt;
}

}  // namespace boxwright
