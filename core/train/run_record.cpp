// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run_record.h"

#include <array>
#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/problem.h"
#include "core/network/run_files.h"
#include "core/taxonomy/class_map.h"
#include "core/train/obeyed_recipe.h"
#include "core/train/own_json.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;

std::string nowText() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text.data();
}

std::string compilerText() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

std::string dumped(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

constexpr const char* kStartAnew = "the run is damaged; start a new one";

Json anchorsJson(const std::vector<Size>& anchors) {
  Json list = Json::array();
  for (const Size& a : anchors)
    list.push_back({a.width, a.height});
  return list;
}

Json settingsJson(const RunSettings& s) {
  return {{"dataset", s.dataset},
          {"model", s.model},
          {"recipe", s.recipe},
          {"adjustments", s.adjustments},
          {"device", s.device},
          {"precision", s.precision},
          {"init", s.init},
          {"initLayers", s.initLayers},
          {"freeze", s.freeze},
          {"seed", s.seed},
          {"size", s.size},
          {"batch", s.batch},
          {"subdivisions", s.subdivisions},
          {"epochs", s.epochs},
          {"minutes", s.minutes},
          {"updates", s.updates},
          {"ideas", ideaValues(s.ideas)},
          {"anchors", s.anchors},
          {"anchorSet", anchorsJson(s.anchorSet)},
          {"learningRate", s.learningRate},
          {"patience", s.patience},
          {"threads", s.threads},
          {"loaderThreads", s.loaderThreads},
          {"quarantine", s.quarantine},
          {"retries", s.retries}};
}

RunSettings settingsFrom(const Json& j) {
  RunSettings s;
  s.dataset = j.value("dataset", s.dataset);
  s.model = j.value("model", s.model);
  s.recipe = j.value("recipe", s.recipe);
  s.adjustments = j.value("adjustments", s.adjustments);
  s.device = j.value("device", s.device);
  s.precision = j.value("precision", s.precision);
  s.init = j.value("init", s.init);
  s.initLayers = j.value("initLayers", s.initLayers);
  s.freeze = j.value("freeze", s.freeze);
  s.seed = j.value("seed", s.seed);
  s.size = j.value("size", s.size);
  s.batch = j.value("batch", s.batch);
  s.subdivisions = j.value("subdivisions", s.subdivisions);
  s.epochs = j.value("epochs", s.epochs);
  s.minutes = j.value("minutes", s.minutes);
  s.updates = j.value("updates", s.updates);
  // Where runs kept it before there were ideas.
  s.ideas.multiScale = j.value("multiScale", false) ? MultiScale::On : MultiScale::Off;
  setIdeaValues(s.ideas, j.value("ideas", std::map<std::string, std::string>{}));
  s.anchors = j.value("anchors", s.anchors);
  for (const Json& a : j.value("anchorSet", Json::array()))
    s.anchorSet.push_back({a.at(0).get<double>(), a.at(1).get<double>()});
  s.learningRate = j.value("learningRate", s.learningRate);
  s.patience = j.value("patience", s.patience);
  s.threads = j.value("threads", s.threads);
  s.loaderThreads = j.value("loaderThreads", s.loaderThreads);
  s.quarantine = j.value("quarantine", s.quarantine);
  s.retries = j.value("retries", s.retries);
  return s;
}

const char* taskName(NetworkTask task) {
  return task == NetworkTask::Classification ? "classification" : "detection";
}

Json runJson(const RunRecord& record, const RunFigures& figures) {
  const RunSettings& settings = record.settings;
  return {{"format", kFormat},
          {"created", nowText()},
          {"versions", {{"boxwright", BOXWRIGHT_VERSION}, {"compiler", compilerText()}}},
          {"task", taskName(record.task)},
          {"device", settings.device},
          {"seed", settings.seed},
          {"settings", settingsJson(settings)},
          {"recipe", {{"name", record.recipe.name}, {"values", recipeValues(record.recipe)}}},
          {"dataset",
           {{"path", settings.dataset},
            {"format", record.datasetFormat},
            {"fingerprint", record.fingerprint},
            {"pictures", figures.pictures},
            {"trainingPictures", figures.trainingPictures},
            {"trainingBoxes", figures.trainingBoxes}}},
          {"anchors", {{"cells", anchorsJson(figures.anchors)}, {"meanIou", figures.meanIou}}},
          {"notes", record.notes},
          {"computeThreads", record.computeThreads},
          {"iterations", 0}};
}

/// All but classes and split, which have files of their own.
RunRecord recordFrom(const Json& json, const fs::path& file) {
  if (json.value("format", 0) > kFormat)
    throw Error("the run was made by a newer version of this program", utf8(file),
                "update the program");
  RunRecord record;
  record.settings = settingsFrom(json.at("settings"));
  const Json& recipe = json.at("recipe");
  record.recipe.name = recipe.at("name").get<std::string>();
  try {
    setRecipeValues(record.recipe, recipe.at("values").get<std::map<std::string, double>>());
  } catch (const Error& error) {
    throw Error(error.problem(), utf8(file), kStartAnew);
  }
  checkBatch(record.recipe, utf8(file));
  record.fingerprint = json.at("dataset").value("fingerprint", "");
  record.datasetFormat = json.at("dataset").value("format", "");
  record.notes = json.value("notes", std::vector<std::string>{});
  record.computeThreads = json.value("computeThreads", 0);
  // It is only told: whatever else stands there, the run goes on.
  if (const auto on = json.find("computedOn"); on != json.end() && on->is_string())
    record.computedOn = on->get<std::string>();
  // Runs from before there were classifiers do not say.
  if (json.value("task", "") == taskName(NetworkTask::Classification))
    record.task = NetworkTask::Classification;
  return record;
}

Json splitJson(const std::map<std::string, std::vector<std::string>>& split) {
  Json json = Json::object();
  for (const auto& [name, paths] : split)
    json[name] = paths;
  return json;
}

}  // namespace

void writeRunRecord(const fs::path& folder, const RunRecord& record, const RunFigures& figures,
                    const Cfg& cfg) {
  writeFileAtomically(folder / "run.json", dumped(runJson(record, figures)));
  writeFileAtomically(folder / "model.cfg", writeCfg(cfg));
  writeClassNames(folder / "classes.names", record.classes);
  if (record.classTree) {
    writeClassTree(folder / kRunTreeFile, *record.classTree);
    // A classifier's has none.
    if (!record.boxedClasses.empty()) writeClassMap(folder / kRunBoxedFile, record.boxedClasses);
  }
  writeFileAtomically(folder / "split.json", dumped(splitJson(record.split)));
}

RunRecord readRunRecord(const fs::path& folder) {
  const fs::path file = folder / "run.json";
  RunRecord record;
  readOwnJson(file, kStartAnew, [&](const Json& json) { record = recordFrom(json, file); });
  record.classes = readClassNames(folder / "classes.names");
  std::error_code none;
  if (fs::exists(folder / kRunTreeFile, none))
    record.classTree = std::make_shared<const ClassTree>(readClassTree(folder / kRunTreeFile));
  readOwnJson(folder / "split.json", kStartAnew, [&](const Json& split) {
    record.split = split.get<std::map<std::string, std::vector<std::string>>>();
  });
  return record;
}

bool isRunRecord(const fs::path& folder) {
  try {
    readOwnJson(folder / "run.json", kStartAnew,
                [](const Json& json) { settingsFrom(json.at("settings")); });
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::int64_t readPlannedIterations(const fs::path& folder) {
  std::int64_t iterations = 0;
  readOwnJson(folder / "run.json", kStartAnew,
              [&](const Json& json) { iterations = json.value("iterations", std::int64_t{0}); });
  return iterations;
}

double readAnchorIou(const fs::path& folder) {
  double iou = 0;
  readOwnJson(folder / "run.json", kStartAnew,
              [&](const Json& json) { iou = json.at("anchors").value("meanIou", 0.0); });
  return iou;
}

void writePlannedIterations(const fs::path& folder, std::int64_t iterations) {
  const fs::path file = folder / "run.json";
  readOwnJson(file, kStartAnew, [&](Json& json) {
    json["iterations"] = iterations;
    writeFileAtomically(file, dumped(json));
  });
}

void writeDatasetPlace(const fs::path& folder, const std::string& path) {
  const fs::path file = folder / "run.json";
  readOwnJson(file, kStartAnew, [&](Json& json) {
    json.at("settings")["dataset"] = path;
    json.at("dataset")["path"] = path;
    writeFileAtomically(file, dumped(json));
  });
}

void writeDevice(const fs::path& folder, const DeviceChoice& device,
                 const std::string& computedOn) {
  const fs::path file = folder / "run.json";
  readOwnJson(file, kStartAnew, [&](Json& json) {
    json["device"] = json.at("settings")["device"] = device.device;
    json.at("settings")["precision"] = device.precision;
    json["computedOn"] = computedOn;
    writeFileAtomically(file, dumped(json));
  });
}

void writeParts(const fs::path& folder, int parts) {
  std::vector<Problem> problems;
  Cfg cfg = readCfg(folder / "model.cfg", problems);
  cfg.sections.front().set("subdivisions", std::to_string(parts));
  writeFileAtomically(folder / "model.cfg", writeCfg(cfg));
  const fs::path file = folder / "run.json";
  readOwnJson(file, kStartAnew, [&](Json& json) {
    json.at("settings")["subdivisions"] = parts;
    json.at("recipe").at("values")["subdivisions"] = parts;
    writeFileAtomically(file, dumped(json));
  });
}

}  // namespace boxwright
