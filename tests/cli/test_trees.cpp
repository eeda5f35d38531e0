// SPDX-License-Identifier: GPL-3.0-or-later
// Class trees and what is trained over them, by the built program.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/taxonomy/class_tree.h"
#include "tests/cli/cli_test.h"
#include "tests/source_folder.h"

namespace {

using namespace boxwright::cli_test;

TEST_F(Cli, TreesAreMadeCheckedAndTrainedOver) {
  const fs::path text = folder_ / "animals.txt", tree = folder_ / "animals.tree";
  std::ofstream(text) << "animal\n  dog\n    pug\n  cat\n";
  ASSERT_EQ(run({"tree", text.string(), "--write", tree.string()}).status, 0);
  EXPECT_EQ(contents(tree), "animal -1\ndog 0\ncat 0\npug 1\n");
  EXPECT_EQ(contents(folder_ / "animals.names"), "animal\ndog\ncat\npug\n");
  std::ofstream(folder_ / "set.map") << "3\n2\n";
  const Result checked =
      run({"tree", tree.string(), "--map", (folder_ / "set.map").string(), "--json"});
  ASSERT_EQ(checked.status, 0) << checked.error;
  const Json facts = Json::parse(checked.out);
  EXPECT_EQ(facts["classes"], 4);
  EXPECT_EQ(facts["depth"], 3);
  EXPECT_EQ(facts["maps"][0]["leaves"], 2);
  std::ofstream(folder_ / "set.map") << "3\n4\n";
  const Result wrong = run({"tree", tree.string(), "--map", (folder_ / "set.map").string()});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_NE(wrong.error.find("set.map:2"), std::string::npos) << wrong.error;

  const std::string world = (folder_ / "world").string(), runFolder = (folder_ / "run").string();
  const std::string combined = world + "/shapes.combined.json";
  ASSERT_EQ(run({"sample", world, "--kind", "taxonomy", "--images", "16"}).status, 0);
  const Result info = run({"info", combined, "--json"});
  const Json told = Json::parse(info.out)["classes"];
  EXPECT_EQ(told.size(), 16U) << "those in labels, without families";
  const std::vector<std::string> names = linesIn(world + "/shapes.names");
  for (const Json& one : told)
    EXPECT_EQ(one["name"], names.at(one["classId"].get<std::size_t>()));
  EXPECT_NE(run({"info", combined}).out.find("a tree of 20 classes, 16 of them in labels"),
            std::string::npos);
  const Result trained = run({"train", combined, "--out", runFolder, "--model",
                              boxwright::testData() + "/networks/tiny.cfg", "--size", "96",
                              "--epochs", "1", "--batch", "8", "--set", "mix=1", "--json"});
  ASSERT_EQ(trained.status, 0) << trained.error;
  bool both = false;
  for (const Json& event : linesOf(trained.out)) {
    if (event["event"] == "batch") {
      EXPECT_TRUE(event["lossParts"].contains("tree"));
    }
    both = both ||
           (event["event"] == "validation" && event.contains("map50") && event.contains("top1"));
  }
  EXPECT_TRUE(both);
  const Result evaluated = run({"evaluate", runFolder, combined, "--split", "all", "--json"});
  ASSERT_EQ(evaluated.status, 0) << evaluated.error;
  const Json scores = Json::parse(evaluated.out);
  EXPECT_EQ(scores["tree"]["depths"].size(), 2U);
  ASSERT_GT(scores["tree"]["nodes"].size(), 5U);
  const Json byTruths = Json::parse(
      run({"evaluate", runFolder, combined, "--split", "all", "--sort", "truths", "--json"}).out);
  ASSERT_EQ(byTruths["tree"]["nodes"].size(), scores["tree"]["nodes"].size());
  for (std::size_t i = 1; i < byTruths["tree"]["nodes"].size(); ++i)
    EXPECT_LE(byTruths["tree"]["nodes"][i]["truths"], byTruths["tree"]["nodes"][i - 1]["truths"]);
  const std::string byName =
      run({"evaluate", runFolder, combined, "--split", "all", "--sort", "name"}).out;
  std::vector<std::string> listed;
  std::istringstream table(byName.substr(byName.find("  class ", byName.find("Over the tree"))));
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line) && line.size() > 2)
    listed.push_back(line.substr(2, line.find("  ", 2) - 2));
  EXPECT_EQ(listed.size(), scores["tree"]["nodes"].size()) << byName;
  EXPECT_TRUE(std::is_sorted(listed.begin(), listed.end())) << byName;
  EXPECT_EQ(run({"evaluate", runFolder, combined, "--sort", "colour"}).status, 2);
  EXPECT_GT(scores["classes"].size(), 5U);
  for (const Json& one : scores["classes"]) {
    std::size_t boxes = 0;  // of its row in the matrix, which has all classes
    for (const Json& count : scores["confusion"].at(one["classId"].get<std::size_t>()))
      boxes += count.get<std::size_t>();
    EXPECT_EQ(boxes, one["truths"]) << one["name"];
  }
  const Result found = run({"detect", runFolder, world + "/boxed/JPEGImages", "--threshold", "0",
                            "--hierarchy", "0", "--max-frames", "1", "--json"});
  ASSERT_EQ(found.status, 0) << found.error;
  const Json detections = linesOf(found.out).at(0)["detections"];
  ASSERT_FALSE(detections.empty());
  EXPECT_EQ(detections[0]["path"].size(), 2U);
}

TEST_F(Cli, ATreeClassifierIsEvaluatedOverItsTree) {
  const std::string world = (folder_ / "world").string(), runFolder = (folder_ / "run").string();
  ASSERT_EQ(run({"sample", world, "--kind", "taxonomy", "--images", "16"}).status, 0);
  const fs::path combined = fs::path(world) / "pictures.combined.json";
  std::ofstream(combined) << R"({"tree": "shapes.tree", "names": "shapes.names",
                                 "datasets": [{"path": "whole"}]})";
  const Result trained = run({"train", combined.string(), "--model", "darknet-nano", "--size", "32",
                              "--epochs", "1", "--out", runFolder, "--json"});
  ASSERT_EQ(trained.status, 0) << trained.error;
  Json validation;
  for (const Json& event : linesOf(trained.out))
    if (event["event"] == "validation") validation = event;
  EXPECT_TRUE(validation.contains("top1") && validation.contains("nodes")) << validation;

  const auto scores = [&](const std::string& dataset, const Arguments& more = {}) {
    Arguments all = {"evaluate", runFolder, dataset, "--split", "all", "--json"};
    all.insert(all.end(), more.begin(), more.end());
    const Result result = run(all);
    EXPECT_EQ(result.status, 0) << result.error;
    return Json::parse(result.out);
  };
  const Json score = scores(combined.string());
  ASSERT_EQ(score["tree"]["depths"].size(), 2U);
  EXPECT_GE(score["tree"]["depths"][0]["accuracy"], score["tree"]["depths"][1]["accuracy"]);
  EXPECT_NEAR(score["tree"]["depths"][1]["accuracy"].get<double>(), score["top1"].get<double>(),
              1e-9)
      << "all pictures are labelled with leaves";
  EXPECT_LE(score["top1"], score["top5"]);
  std::size_t pictures = 0;
  for (const Json& node : score["tree"]["nodes"])
    if (node["leaf"]) pictures += node["pictures"].get<std::size_t>();
  EXPECT_EQ(pictures, score["images"]);
  for (const Json& one : score["classes"]) {
    const std::size_t id = one["classId"];
    EXPECT_EQ(score["confusion"][id][id], one["found"]) << one["name"];
  }
  // Called by their family, what is right is right still, and no mistake.
  const fs::path families = folder_ / "families";
  const Json first = *std::find_if(score["classes"].begin(), score["classes"].end(),
                                   [](const Json& one) { return one["predicted"] > 0; });
  const boxwright::ClassTree tree = boxwright::readClassTree(fs::path(world) / "shapes.tree");
  int family = first["classId"];
  while (tree.parentOf(family) >= 0)
    family = tree.parentOf(family);
  const std::string known = tree.labels()[static_cast<std::size_t>(family)];
  for (const std::string& name : {known, std::string("unheard of")})
    fs::create_directories(families / name);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(world + "/whole")) {
    if (entry.path().extension() != ".jpg" && entry.path().extension() != ".png") continue;
    for (const std::string& name : {known, std::string("unheard of")})
      fs::copy_file(entry.path(), families / name / entry.path().filename(),
                    fs::copy_options::skip_existing);
  }
  const Json called = scores(families.string());
  for (const Json& one : called["classes"]) {
    if (one["truths"] > 0) continue;
    const bool within = tree.isWithin(one["classId"], family);
    EXPECT_EQ(one["precision"], within ? 1 : 0) << one["name"];
  }
  // The folders alone meet the tree by their names.
  EXPECT_EQ(scores(world + "/whole")["tree"]["depths"], score["tree"]["depths"]);
  const Json best = scores(combined.string(), {"--sort", "ap"})["tree"]["nodes"];
  for (std::size_t i = 1; i < best.size(); ++i)
    EXPECT_LE(best[i]["accuracy"], best[i - 1]["accuracy"]);

  const Result text = run({"evaluate", runFolder, combined.string(), "--split", "all"});
  EXPECT_NE(text.out.find("Over the tree"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("depth 1"), std::string::npos) << text.out;

  // Flat models have no such order.
  const std::string shapes = (folder_ / "shapes").string(), flat = (folder_ / "flat").string();
  ASSERT_EQ(run({"-q", "sample", "--kind", "classes", shapes, "--images", "64"}).status, 0);
  ASSERT_EQ(run({"-q", "train", shapes, "--model", "darknet-nano", "--size", "32", "--epochs", "1",
                 "--out", flat})
                .status,
            0);
  expectOneClearLine(run({"-q", "evaluate", flat, shapes, "--split", "all", "--sort", "name"}),
                     "class tree");
}

/// A small world, its combined dataset with these parts, and a run on it.
class CliTree : public Cli {
 protected:
  CliTree() {
    EXPECT_EQ(run({"-q", "sample", world_, "--kind", "taxonomy", "--images", "16"}).status, 0);
  }

  void write(const std::string& parts) const {
    std::ofstream(combined_) << R"({"tree": "shapes.tree", "names": "shapes.names", "datasets": [)"
                             << parts << "]}";
  }
  void train() const {
    const Result trained = run({"-q", "train", combined_, "--out", run_, "--model",
                                boxwright::testData() + "/networks/tiny.cfg", "--size", "96",
                                "--epochs", "1", "--batch", "8", "--set", "mix=1"});
    ASSERT_EQ(trained.status, 0) << trained.error;
  }
  /// In a text file, once.
  static void replaceIn(const fs::path& file, const std::string& what, const std::string& by) {
    std::string text = contents(file);
    const std::size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << file << ": " << text;
    std::ofstream(file) << text.replace(at, what.size(), by);
  }

  const std::string world_ = (folder_ / "world").string(), run_ = (folder_ / "run").string();
  const std::string combined_ = world_ + "/shapes.combined.json";
};

TEST_F(CliTree, WritingATreeReplacesNothing) {
  const std::string text = (folder_ / "a.txt").string();
  std::ofstream(text) << "animal\n dog\n";
  const auto write = [&](const std::string& name) {
    return run({"-q", "tree", text, "--write", (folder_ / name).string()});
  };
  expectOneClearLine(write("a.txt"), "already");
  EXPECT_EQ(contents(text), "animal\n dog\n");
  expectOneClearLine(write("a.names"), "names file");
  std::ofstream(folder_ / "b.names") << "mine\n";
  expectOneClearLine(write("b.tree"), "b.names");
  EXPECT_EQ(contents(folder_ / "b.names"), "mine\n");
  EXPECT_FALSE(fs::exists(folder_ / "b.tree"));
  EXPECT_EQ(write("c.tree").status, 0);
}

TEST_F(CliTree, TheTreeOfACombinedDatasetIsChecked) {
  const Result facts = run({"tree", combined_, "--json"});
  ASSERT_EQ(facts.status, 0) << facts.error;
  EXPECT_EQ(Json::parse(facts.out)["classes"], 20);
  std::ofstream(folder_ / "twice.tree") << "a -1\nb -1\na 0\n";
  EXPECT_NE(run({"tree", (folder_ / "twice.tree").string()}).error.find("several classes"),
            std::string::npos);
}

TEST_F(CliTree, PartsThatDoNotFitAreSaid) {
  const auto problems = [&] { return run({"info", combined_}).error; };
  write(R"({"path": "boxed", "map": {"discs": "disc"}}, {"path": "whole"})");
  EXPECT_NE(problems().find("names the class discs"), std::string::npos) << problems();
  write(R"({"path": "boxed", "map": {"star": null}}, {"path": "whole"})");
  EXPECT_NE(problems().find("star has no node, as its map says"), std::string::npos) << problems();
  EXPECT_EQ(problems().find("error:"), std::string::npos) << problems();
  write(R"({"path": "boxed"}, {"path": "boxed/"})");
  expectOneClearLine(run({"info", combined_}), "named twice");
  fs::create_directory_symlink(world_ + "/boxed", world_ + "/link");
  write(R"({"path": "boxed"}, {"path": "link"})");
  expectOneClearLine(run({"info", combined_}), "first as boxed");
  write(R"({"path": "boxed"}, {"path": "gone"})");
  expectOneClearLine(run({"info", combined_}), "put it where it was");
  fs::create_directory(world_ + "/empty");
  write(R"({"path": "boxed"}, {"path": "empty"})");
  const Result empty = run({"info", combined_});
  EXPECT_EQ(empty.error.find("put it where it was"), std::string::npos) << empty.error;
}

TEST_F(CliTree, ARunKnowsItsTree) {
  train();
  const std::string map = (folder_ / "s.map").string();
  std::ofstream(map) << "1\n";
  expectOneClearLine(run({"-q", "evaluate", run_, combined_, "--split", "all", "--map", map}),
                     "no map");
  // Which classes had boxes is a note to people: detecting does without.
  const fs::path boxed = fs::path(run_) / "classes.boxed", cfg = fs::path(run_) / "model.cfg";
  std::ofstream(boxed) << "99\n";
  const Result detected = run({"detect", run_, world_ + "/boxed/JPEGImages", "--max-frames", "1"});
  EXPECT_EQ(detected.status, 0) << detected.error;
  EXPECT_NE(detected.error.find("classes.boxed"), std::string::npos) << detected.error;
  // Another parent of a class, the names as they were.
  const fs::path tree = fs::path(world_) / "shapes.tree";
  const std::string before = contents(tree);
  replaceIn(tree, "square 1", "square 0");
  expectOneClearLine(run({"-q", "train", "--resume", run_, "--more-epochs", "1"}), "tree");
  std::ofstream(tree) << before;
  replaceIn(cfg, "tree=", "# tree=");
  for (const char* const what : {"evaluate", "detect"})
    expectOneClearLine(
        run({"-q", what, run_,
             what == std::string("detect") ? world_ + "/boxed/JPEGImages" : combined_}),
        "cfg names none");
  expectOneClearLine(run({"-q", "train", "--resume", run_, "--more-epochs", "1"}),
                     "cfg names none");
}

}  // namespace
