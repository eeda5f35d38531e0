// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/model.h"

#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/network/network_tree.h"
#include "core/network/run_files.h"
#include "core/network/weights_file.h"
#include "core/taxonomy/class_map.h"
#include "core/taxonomy/class_tree.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

bool isFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

void requireFile(const fs::path& path, const std::string& what, const std::string& advice) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    throw Error("a folder stands where " + what + " is expected", utf8(path), advice);
  }
  if (!isFile(path)) throw Error(what + " is missing", utf8(path), advice);
}

Model openFiles(const fs::path& cfg, const fs::path& weights, const fs::path& names) {
  Model model;
  model.cfg = readCfg(cfg, model.problems);
  const Cfg& text = model.cfg;
  model.files = {cfg, weights};
  if (!names.empty()) model.files.push_back(names);
  model.network = buildNetwork(text, model.problems);
  model.inputRule = inputRuleOf(text);
  model.batchNorm = batchNormFormOf(text);
  if (const int side = detectionSizeOf(text); side > 0) resizeNetwork(model.network, side, side);
  openClassTree(model.network);
  const int classes = classCountOf(model.network);
  if (names.empty() && classTreeOf(model.network)) {
    model.names = classTreeOf(model.network)->labels();
  } else if (names.empty()) {
    for (int id = 0; id < classes; ++id)
      model.names.push_back("class " + std::to_string(id));
  } else {
    model.names = readClassNames(names);
    if (classes > 0 && model.names.size() != std::size_t(classes)) {
      throw Error("the names file has " + counted(model.names.size(), "name", "names") +
                      ", the network " + counted(std::size_t(classes), "class", "classes"),
                  utf8(names), "give the names that the network was trained with, one a line");
    }
  }
  const WeightsReport report = loadWeights(weights, model.network);
  if (report.leftoverBytes > 0) {
    model.problems.push_back({utf8(weights), 0, Severity::Warning,
                              counted(report.leftoverBytes, "byte is", "bytes are") +
                                  " left over after the last layer: the weights may be of another "
                                  "network"});
  }
  return model;
}

void setNet(Cfg& cfg, const char* key, const char* value) {
  if (cfg.sections.empty()) throw Error("the cfg is empty", cfg.file, "it begins with [net]");
  cfg.sections.front().set(key, value);
}

}  // namespace

InputRule inputRuleOf(const Cfg& cfg) {
  if (cfg.sections.empty()) return InputRule::Letterbox;
  const std::string* const value = cfg.sections.front().find("input_rule");
  if (!value || *value == "letterbox") return InputRule::Letterbox;
  if (*value == "plain") return InputRule::Plain;
  throw Error("[net]: input_rule=" + *value + " is unknown", cfg.file, "plain or letterbox");
}

BatchNormForm batchNormFormOf(const Cfg& cfg) {
  if (cfg.sections.empty()) return BatchNormForm::EpsilonInside;
  const std::string* const value = cfg.sections.front().find("batch_norm_form");
  if (!value || *value == "inside") return BatchNormForm::EpsilonInside;
  if (*value == "outside") return BatchNormForm::EpsilonOutside;
  throw Error("[net]: batch_norm_form=" + *value + " is unknown", cfg.file, "inside or outside");
}

int detectionSizeOf(const Cfg& cfg) {
  if (cfg.sections.empty() || !cfg.sections.front().find("detection_size")) return 0;
  const int side = cfg.sections.front().integer("detection_size", 0);
  if (side < 1 || side > kLargestInput) {
    throw Error("[net]: detection_size=" + std::to_string(side) + " cannot be", cfg.file,
                "give a multiple of 32 up to " + std::to_string(kLargestInput));
  }
  return side;
}

void setInputRule(Cfg& cfg, InputRule inputRule) {
  setNet(cfg, "input_rule", inputRule == InputRule::Plain ? "plain" : "letterbox");
}

void setBatchNormForm(Cfg& cfg, BatchNormForm form) {
  setNet(cfg, "batch_norm_form", form == BatchNormForm::EpsilonInside ? "inside" : "outside");
}

void setDetectionSize(Cfg& cfg, int side) {
  if (cfg.sections.empty()) throw Error("the cfg is empty", cfg.file, "it begins with [net]");
  if (side > 0) {
    cfg.sections.front().set("detection_size", std::to_string(side));
  } else {
    cfg.sections.front().remove("detection_size");
  }
}

Model openRunModel(const fs::path& run) {
  std::error_code ignored;
  const std::string advice = "give a run folder, or a cfg with its weights and names";
  if (!fs::exists(run, ignored)) throw Error("there is no such run folder", utf8(run), advice);
  if (!fs::is_directory(run, ignored)) throw Error("this is not a run folder", utf8(run), advice);
  requireFile(run / "model.cfg", "the run's cfg", "this is not a run folder, or it is damaged");
  requireFile(run / "classes.names", "the run's names file", "the run folder is damaged");
  fs::path weights = run / "weights" / "best.weights";
  if (!isFile(weights)) weights = run / "weights" / "last.weights";
  if (!isFile(weights)) {
    throw Error("the run has no weights yet", utf8(run / "weights"),
                "train it until its first validation");
  }
  Model model = openFiles(run / "model.cfg", weights, run / "classes.names");
  if (isFile(run / kRunTreeFile) && !classTreeOf(model.network))
    throw Error("the run has a class tree, but its cfg names none", utf8(run / "model.cfg"),
                std::string("write tree=") + kRunTreeFile + " into the cfg's last section");
  // That of a classifier may be there and empty.
  if (isFile(run / kRunBoxedFile) && fs::file_size(run / kRunBoxedFile, ignored) > 0) {
    try {
      model.boxedClasses =
          readClassMap(run / kRunBoxedFile, classCountOf(model.network), kRunTreeFile);
    } catch (const Error& error) {  // detects as well as ever
      model.problems.push_back(
          {kRunBoxedFile, 0, Severity::Warning,
           "which classes had boxes in training is not known: " + std::string(error.what())});
    }
  }
  for (const char* const file : kRunRecordFiles)
    model.files.push_back(run / file);
  for (const char* const file : kLearnedFiles)
    model.files.push_back(run / file);
  const fs::path whole = fs::weakly_canonical(run, ignored);
  model.title = utf8((whole.empty() ? run : whole).filename());
  return model;
}

Model openModel(const fs::path& cfg, const fs::path& weights, const fs::path& names) {
  requireFile(cfg, "the cfg file", "check the path");
  requireFile(weights, "the weights file", "check the path");
  if (!names.empty()) requireFile(names, "the names file", "check the path");
  Model model = openFiles(cfg, weights, names);
  model.title = utf8(cfg.stem());
  return model;
}

}  // namespace boxwright
