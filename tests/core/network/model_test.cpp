// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/model.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/network/weights_file.h"
#include "tests/core/network/network_fixture.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

const std::string kCfg =
    "[net]\nwidth=64\nheight=64\nchannels=3\n"
    "[conv]\nfilters=8\nsize=3\nstride=2\npad=1\nbatch_normalize=1\nactivation=leaky\n"
    "[conv]\nfilters=14\nsize=1\nactivation=linear\n"
    "[region]\nclasses=2\nnum=2\nanchors=1,1,2,2\nsoftmax=1\n";

/// A run folder with everything in it.
class ModelTest : public testing::Test {
 protected:
  ModelTest() : run_(folder_.path() / "bl\xC3\xA4tter run") {
    fs::create_directories(run_ / "weights");
    write("model.cfg", kCfg);
    write("classes.names", "leaf\nstem\n");
    save("weights/last.weights", 1);
  }
  void write(const char* name, const std::string& text) { std::ofstream(run_ / name) << text; }
  void save(const char* name, std::uint64_t seed) {
    Network network = networkOf(kCfg);
    initialiseWeights(network, seed);
    saveWeights(run_ / name, network, 77);
  }
  std::string refused() {
    return errorOf([&] { openRunModel(run_); });
  }
  TemporaryFolder folder_;
  fs::path run_;
};

TEST_F(ModelTest, OpensARun) {
  const Model model = openRunModel(run_);
  EXPECT_EQ(model.names, (ClassNames{"leaf", "stem"}));
  EXPECT_EQ(model.title, "bl\xC3\xA4tter run");
  EXPECT_EQ(model.network.region().classes, 2);
  EXPECT_EQ(model.network.seen, 77u);
  EXPECT_TRUE(model.problems.empty());
  EXPECT_EQ(model.inputRule, InputRule::Letterbox);
  EXPECT_EQ(model.batchNorm, BatchNormForm::EpsilonInside);
  EXPECT_EQ(openRunModel(run_ / "").title, model.title);  // a trailing slash
}

TEST_F(ModelTest, PrefersTheBestWeights) {
  save("weights/best.weights", 2);
  Network best = networkOf(kCfg);
  initialiseWeights(best, 2);
  EXPECT_EQ(openRunModel(run_).network.layers[0].weights.weights, best.layers[0].weights.weights);
}

TEST_F(ModelTest, ReadsHowTheNetworkIsUsed) {
  std::vector<Problem> problems;
  Cfg cfg = parseCfg(kCfg, "a.cfg", problems);
  setInputRule(cfg, InputRule::Plain);
  cfg.sections[0].set("batch_norm_form", "outside");
  write("model.cfg", writeCfg(cfg));
  const Model model = openRunModel(run_);
  EXPECT_EQ(model.inputRule, InputRule::Plain);
  EXPECT_EQ(model.batchNorm, BatchNormForm::EpsilonOutside);
  EXPECT_TRUE(model.problems.empty());
  setDetectionSize(cfg, 96);
  EXPECT_EQ(detectionSizeOf(cfg), 96);
  setDetectionSize(cfg, 0);
  EXPECT_EQ(detectionSizeOf(cfg), 0);
  setInputRule(cfg, InputRule::Letterbox);
  EXPECT_EQ(inputRuleOf(cfg), InputRule::Letterbox);
  cfg.sections[0].set("input_rule", "stretch");
  EXPECT_NE(errorOf([&] { inputRuleOf(cfg); }).find("stretch"), std::string::npos);
  cfg.sections[0].set("batch_norm_form", "none");
  EXPECT_NE(errorOf([&] { batchNormFormOf(cfg); }).find("none"), std::string::npos);
}

TEST_F(ModelTest, NamesWhatIsMissingInARun) {
  fs::remove(run_ / "weights" / "last.weights");
  EXPECT_NE(refused().find("no weights yet"), std::string::npos) << refused();
  fs::remove(run_ / "classes.names");
  EXPECT_NE(refused().find("classes.names"), std::string::npos) << refused();
  fs::remove(run_ / "model.cfg");
  EXPECT_NE(refused().find("model.cfg"), std::string::npos) << refused();
  fs::remove_all(run_);
  EXPECT_NE(refused().find("no such run folder"), std::string::npos) << refused();
  std::ofstream(run_) << "a file";
  EXPECT_NE(refused().find("not a run folder"), std::string::npos) << refused();
}

TEST_F(ModelTest, NamesMustFitTheClasses) {
  write("classes.names", "leaf\nstem\nroot\n");
  EXPECT_NE(refused().find("3 names, the network 2 classes"), std::string::npos) << refused();
  write("classes.names", "leaf\n");
  EXPECT_NE(refused().find("has 1 name, the network 2 classes"), std::string::npos) << refused();
  write("classes.names", "");
  EXPECT_NE(refused().find("0 names"), std::string::npos) << refused();
}

TEST_F(ModelTest, OpensDarknetsThreeFiles) {
  const fs::path weights = run_ / "weights" / "last.weights";
  const Model named = openModel(run_ / "model.cfg", weights, run_ / "classes.names");
  EXPECT_EQ(named.names, (ClassNames{"leaf", "stem"}));
  EXPECT_EQ(named.title, "model");
  EXPECT_EQ(openModel(run_ / "model.cfg", weights, {}).names, (ClassNames{"class 0", "class 1"}));
  const auto missing = [&](const fs::path& cfg, const fs::path& file, const fs::path& names) {
    return errorOf([&] { openModel(cfg, file, names); });
  };
  EXPECT_NE(missing(run_ / "x.cfg", weights, {}).find("cfg file is missing"), std::string::npos);
  EXPECT_NE(missing(run_ / "model.cfg", run_ / "x", {}).find("weights file is missing"),
            std::string::npos);
  EXPECT_NE(missing(run_ / "model.cfg", weights, run_ / "x").find("names file is missing"),
            std::string::npos);
  EXPECT_NE(missing(run_, weights, {}).find("folder"), std::string::npos);
}

TEST_F(ModelTest, LeftoverBytesAreAProblem) {
  std::ofstream(run_ / "weights" / "last.weights", std::ios::app) << "four";
  const Model model = openRunModel(run_);
  ASSERT_EQ(model.problems.size(), 1u);
  EXPECT_NE(model.problems[0].what.find("4 bytes"), std::string::npos);
}

TEST_F(ModelTest, PartialWeightsCannotBeRun) {
  Network network = networkOf(kCfg);
  initialiseWeights(network, 1);
  saveWeights(run_ / "weights" / "best.weights", network, 0, WeightsHeader::Version2, 1);
  EXPECT_NE(refused().find("1 of 2 convolutions"), std::string::npos) << refused();
}

TEST_F(ModelTest, ClassTreesAreRefused) {
  write("model.cfg", kCfg + "tree=9k.tree\n");
  EXPECT_NE(refused().find("class tree"), std::string::npos) << refused();
}

TEST_F(ModelTest, ClassifiersTakeAsManyNamesAsOutputs) {
  const std::string text =
      "[net]\nwidth=8\nheight=8\nchannels=3\n[conv]\nfilters=3\nsize=1\n[avgpool]\n[softmax]\n";
  write("model.cfg", text);
  Network network = networkOf(text);
  initialiseWeights(network, 1);
  saveWeights(run_ / "weights" / "last.weights", network, 0);
  EXPECT_NE(refused().find("2 names, the network 3 classes"), std::string::npos) << refused();
  EXPECT_EQ(openModel(run_ / "model.cfg", run_ / "weights" / "last.weights", {}).names.size(), 3u);
}

}  // namespace
}  // namespace boxwright
