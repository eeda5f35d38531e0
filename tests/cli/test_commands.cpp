// SPDX-License-Identifier: GPL-3.0-or-later
// The command line as its users and their scripts meet it: the built program is started, its two
// outputs and its exit status are looked at.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/cli/cli_test.h"
#include "tests/ffmpeg_sender.h"
#include "tests/source_folder.h"

namespace {

using namespace boxwright::cli_test;
using boxwright::ffmpegIsThere;
using boxwright::FfmpegSender;

TEST_F(Cli, HelpAndVersion) {
  const Result version = run({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_TRUE(version.out.starts_with("boxwright ")) << version.out;
  const Result help = run({"--help"});
  EXPECT_EQ(help.status, 0);
  for (const char* command : {"info", "sample", "frames", "convert", "anchors", "train", "evaluate",
                              "detect", "export", "ablate", "devices"}) {
    EXPECT_NE(help.out.find(command), std::string::npos) << command;
    EXPECT_EQ(run({command, "--help"}).status, 0) << command;
  }
}

TEST_F(Cli, WrongUsageIsTwo) {
  for (const Arguments& arguments :
       std::vector<Arguments>{{},
                              {"nonsense"},
                              {"info"},
                              {"anchors", "x", "-k", "0"},
                              {"train", "x"},
                              {"train", "x", "--out", "y", "--epochs", "1", "--minutes", "2"},
                              {"detect", "x", "y", "--threshold", "nan"},
                              {"train", "x", "--out", "y", "--seed", "-1"},
                              {"train", "x", "--out", "y", "--quarantine", "all"},
                              {"train", "x", "--out", "y", "--retry", "-1"},
                              {"train", "x", "--out", "y", "--anchors", "x"},
                              {"train", "x", "--out", "y", "--anchors", "0"},
                              {"ablate", "x", "--out", "y", "--seed", "-1"},
                              {"anchors", "x", "--seed", "1.5"},
                              {"sample", "x", "--seed", "99999999999999999999"},
                              {"sample", "x", "--images", "many"}}) {
    const Result result = run(arguments);
    EXPECT_EQ(result.status, 2) << result.error;
    EXPECT_FALSE(result.error.empty());
  }
}

TEST_F(Cli, AWrongValueIsSaidBeforeTheDatasetIsOpened) {
  const auto expectSaid = [&](const Arguments& options, const std::string& part) {
    Arguments words{"train", "nowhere", "--out", "y"};
    words.insert(words.end(), options.begin(), options.end());
    const Result result = run(words);
    EXPECT_EQ(result.status, 2) << result.error;
    EXPECT_NE(result.error.find(part), std::string::npos) << result.error;
    EXPECT_EQ(result.error.find("nowhere"), std::string::npos) << result.error;
  };
  expectSaid({"--idea", "dropout=on"}, "--idea: no idea is named \"dropout\"");
  expectSaid({"--idea", "batch-norm=perhaps"}, "batch-norm takes on, off");
  expectSaid({"--anchors", "x"}, "--anchors: a number from 1 to 100 or cfg is wanted, not x");
  expectSaid({"--anchors", "5", "--idea", "dimension-clusters=hand-picked"},
             "dimension-clusters=hand-picked has nine anchors of its own");
  expectSaid({"--set", "verticalflip=1"}, "there are epochs, batch");
  expectSaid({"--set", "jitter=7"}, "from 0 to 0.45");  // of a detector
  expectSaid({"--set", "angle=200"}, "from 0 to 180");  // of a classifier
  expectSaid({"--set", "policy=perhaps"}, "perhaps");
}

TEST_F(Cli, WhatIsMissingIsSaidInOneLine) {
  const std::string nowhere = (folder_ / "nowhere").string();
  expectOneClearLine(run({"info", nowhere}), "nowhere");
  expectOneClearLine(run({"train", nowhere, "--out", (folder_ / "run").string()}), "nowhere");
  expectOneClearLine(run({"evaluate", nowhere, nowhere}), "nowhere");
  expectOneClearLine(run({"detect", nowhere, "test-pattern:"}), "nowhere");
  expectOneClearLine(run({"train", "--resume", nowhere}), "nowhere");
  fs::create_directories(folder_ / "empty");
  expectOneClearLine(run({"info", (folder_ / "empty").string()}), "empty");
}

TEST_F(Cli, AFullDiskUnderItsOutputIsSaid) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  const pid_t child = start({"devices"}, "/dev/full", folder_ / "err");
  EXPECT_EQ(statusOf(child), 1);
  EXPECT_NE(contents(folder_ / "err").find("cannot write to standard output"), std::string::npos);
}

TEST_F(Cli, SampleInfoAndAnchors) {
  const std::string sample = makeSample(24);
  expectOneClearLine(run({"sample", sample}), "sample");  // never over what is there

  const Result info = run({"--json", "info", sample});
  ASSERT_EQ(info.status, 0) << info.error;
  const Json document = Json::parse(info.out);
  EXPECT_EQ(document["images"], 24);
  EXPECT_EQ(document["format"], "voc");
  EXPECT_GE(document["classes"].size(), 6U);
  EXPECT_TRUE(document["problems"].empty()) << document["problems"];
  std::size_t boxes = 0;
  for (const Json& c : document["classes"])
    boxes += c["boxes"].get<std::size_t>();
  EXPECT_EQ(document["boxes"], boxes);

  const Result anchors = run({"anchors", sample, "-k", "3", "--curve", "--json", "--plot",
                              (folder_ / "anchors.svg").string()});
  ASSERT_EQ(anchors.status, 0) << anchors.error;
  const Json set = Json::parse(anchors.out);
  EXPECT_EQ(set["k"], 3);
  ASSERT_EQ(set["anchors"].size(), 3U);
  // Of the boxes that training learns from: those marked difficult are none of them.
  std::size_t learned = 0;
  for (const auto& label : fs::directory_iterator(fs::path(sample) / "Annotations")) {
    const std::string xml = contents(label.path());
    for (std::size_t at = 0; (at = xml.find("<difficult>0", at)) != std::string::npos; ++at)
      ++learned;
  }
  EXPECT_EQ(set["boxes"], learned);
  EXPECT_LE(learned, boxes);
  EXPECT_NEAR(set["pixels"][1][0].get<double>(), 32 * set["anchors"][1][0].get<double>(), 1e-9);
  EXPECT_GT(set["meanIou"].get<double>(), 0.3);
  EXPECT_GE(set["curve"].size(), 10U);
  EXPECT_TRUE(contents(folder_ / "anchors.svg").starts_with("<svg "));
}

TEST_F(Cli, ConvertSaysWhatIsLostAndWritesTheRest) {
  const std::string sample = makeSample(12);
  const std::string coco = (folder_ / "coco").string();
  const Result result = run({"--json", "convert", sample, "--to", "coco", coco});
  ASSERT_EQ(result.status, 0) << result.error;
  const Json document = Json::parse(result.out);
  EXPECT_EQ(document["images"], 12);
  EXPECT_TRUE(document["losses"].is_array());
  const Json before = Json::parse(run({"--json", "info", sample}).out);
  const Json after = Json::parse(run({"--json", "info", coco}).out);
  EXPECT_EQ(after["format"], "coco");
  EXPECT_EQ(after["classes"], before["classes"]);
  EXPECT_EQ(after["states"], before["states"]);
  EXPECT_TRUE(after["problems"].empty()) << after["problems"];
  expectOneClearLine(run({"convert", sample, "--to", "coco", coco}), "coco");  // never over it
  const std::string darknet = (folder_ / "darknet").string();
  ASSERT_EQ(run({"convert", coco, "--to", "darknet", "--split", "train", "--link", darknet}).status,
            0);
  const Json train = Json::parse(run({"--json", "info", darknet}).out);
  EXPECT_EQ(train["labelRule"], "hank-ai");
  EXPECT_EQ(train["images"], before["splits"]["train"]);
  EXPECT_EQ(run({"convert", sample, "--to", "nonsense", darknet}).status, 2);
  EXPECT_EQ(run({"convert", sample, "--to", "coco", "--copy", "--link", "x"}).status, 2);
}

TEST_F(Cli, AnchorsAreWrittenIntoACfgWithoutTouchingTheRest) {
  const std::string sample = makeSample(12);
  const fs::path cfg = folder_ / "tiny.cfg";
  fs::copy_file(fs::path(boxwright::testData()) / "networks" / "tiny.cfg", cfg);
  ASSERT_EQ(run({"anchors", sample, "-k", "3", "--write", cfg.string()}).status, 0);
  const std::string text = contents(cfg);
  EXPECT_TRUE(text.starts_with("# A network that learns a little in seconds")) << text;
  EXPECT_NE(text.find("\nnum=3\n"), std::string::npos);
  EXPECT_NE(text.find("\nfilters=21\n"), std::string::npos);  // 3 * (2 + 5)
  EXPECT_EQ(text.find("filters=35"), std::string::npos);

  // Cells are those of the cfg's own input, unless another is asked for.
  const auto anchorsAt = [&](const Arguments& more) {
    Arguments words = {"anchors", sample, "-k", "3", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const Result result = run(words);
    EXPECT_EQ(result.status, 0) << result.error;
    return Json::parse(result.out);
  };
  std::ofstream(cfg) << std::string(text).replace(text.find("width="), 8, "width=608");
  const Json wide = anchorsAt({"--write", cfg.string()});
  EXPECT_EQ(wide["inputSize"], 608);
  EXPECT_EQ(wide["anchors"], anchorsAt({"--input-size", "608"})["anchors"]);
  EXPECT_EQ(anchorsAt({"--write", cfg.string(), "--input-size", "320"})["inputSize"], 320);
}

TEST_F(Cli, ClassifierFromSampleToDetector) {
  const std::string shapes = (folder_ / "shapes").string();
  ASSERT_EQ(run({"-q", "sample", "--kind", "classes", shapes, "--images", "160"}).status, 0);
  const Json info = Json::parse(run({"info", shapes, "--json"}).out);
  EXPECT_EQ(info["format"], "class-folders");
  EXPECT_EQ(info["classesOnly"], 160);
  EXPECT_EQ(info["classes"].size(), 16U);

  const std::string classifier = (folder_ / "classifier").string();
  const Result train = run({"train", shapes, "--model", "darknet-nano", "--size", "32", "--epochs",
                            "1", "--out", classifier, "--json"});
  ASSERT_EQ(train.status, 0) << train.error;
  Json validation;
  for (const Json& event : linesOf(train.out))
    if (event["event"] == "validation") validation = event;
  EXPECT_TRUE(validation.contains("top1") && validation.contains("top5")) << validation;
  EXPECT_EQ(validation["classes"].size(), 16U);
  EXPECT_TRUE(linesOf(train.out).back().contains("bestTop1"));

  const Result evaluated = run({"evaluate", classifier, shapes, "--json"});
  ASSERT_EQ(evaluated.status, 0) << evaluated.error;
  const Json score = Json::parse(evaluated.out);
  EXPECT_EQ(score["split"], "test");
  EXPECT_EQ(score["confusion"].size(), 16U);
  std::size_t diagonal = 0, all = 0;
  for (std::size_t t = 0; t < 16; ++t) {
    for (std::size_t p = 0; p < 16; ++p)
      all += score["confusion"][t][p].get<std::size_t>();
    diagonal += score["confusion"][t][t].get<std::size_t>();
  }
  EXPECT_EQ(all, score["images"]);
  EXPECT_NEAR(score["top1"].get<double>(), double(diagonal) / double(all), 1e-12);
  const Result text = run({"evaluate", classifier, shapes});
  EXPECT_NE(text.out.find("top-1"), std::string::npos) << text.out;

  // What does not go together is refused in one line.
  const std::string sample = makeSample(16);
  const std::string none = (folder_ / "none").string();
  expectOneClearLine(run({"-q", "train", shapes, "--out", none}), "is a detector");
  expectOneClearLine(run({"-q", "train", sample, "--model", "darknet-nano", "--out", none}),
                     "is a classifier");
  expectOneClearLine(run({"-q", "detect", classifier, sample + "/JPEGImages"}), "is a classifier");
  expectOneClearLine(run({"-q", "evaluate", classifier, sample}), "class as a whole");
  expectOneClearLine(run({"-q", "evaluate", classifier, shapes, "--protocol", "coco"}),
                     "protocol is for detectors");

  const Result detector =
      run({"train", sample, "--init", classifier + "/weights/best.weights", "--size", "32",
           "--epochs", "1", "--anchors", "cfg", "--out", (folder_ / "detector").string()});
  ASSERT_EQ(detector.status, 0) << detector.error;
  EXPECT_NE(detector.error.find("(layers 0 to 10, trained on"), std::string::npos)
      << detector.error;
}

TEST_F(Cli, TrainEvaluateDetect) {
  const std::string sample = makeSample(40);
  const std::string runFolder = (folder_ / "run").string();
  const Result train =
      run({"train", sample, "--out", runFolder, "--model",
           boxwright::testData() + "/networks/tiny.cfg", "--size", "96", "--epochs", "2", "--batch",
           "4", "--json", "--profile", (folder_ / "train.trace").string()});
  ASSERT_EQ(train.status, 0) << train.error;
  for (const char* const work : {"wait for pictures", "forward", "layer 0 [convolutional]", "loss",
                                 "backward", "update", "validation", "decode", "vary"})
    EXPECT_NE(train.error.find(work), std::string::npos) << work;
  const Json timeline = Json::parse(contents(folder_ / "train.trace"));
  EXPECT_GT(timeline["traceEvents"].size(), 100U);
  for (const char* const key : {"name", "ph", "ts", "dur", "pid", "tid"})
    EXPECT_TRUE(timeline["traceEvents"][0].contains(key)) << key;
  std::size_t batches = 0, validations = 0;
  for (const Json& event : linesOf(train.out)) {
    if (event["event"] == "batch") {
      ++batches;
      for (const char* key :
           {"iteration", "epoch", "images", "loss", "learningRate", "size", "imagesPerSecond"}) {
        EXPECT_TRUE(event.contains(key)) << key;
      }
      for (const char* key : {"box", "objectness", "noObject", "class"}) {
        EXPECT_TRUE(event["lossParts"].contains(key)) << key;
      }
    }
    if (event["event"] == "validation") ++validations;
  }
  EXPECT_GE(batches, 10U);
  EXPECT_GE(validations, 1U);
  EXPECT_EQ(linesOf(train.out).back()["event"], "done");
  for (const char* file :
       {"run.json", "model.cfg", "classes.names", "split.json", "metrics.jsonl", "metrics.csv",
        "checkpoints/last.ckpt", "weights/best.weights", "weights/last.weights", "log.txt"}) {
    EXPECT_TRUE(fs::exists(fs::path(runFolder) / file)) << file;
  }
  // A run is never written over.
  expectOneClearLine(run({"train", sample, "--out", runFolder, "-q"}), "run");

  const Result evaluate = run({"evaluate", runFolder, sample, "--split", "test", "--json",
                               "--write-detections", "voc", (folder_ / "voc").string()});
  ASSERT_EQ(evaluate.status, 0) << evaluate.error;
  const Json scores = Json::parse(evaluate.out);
  for (const char* key : {"protocol", "map", "map50", "classes", "confusion", "images", "split"}) {
    EXPECT_TRUE(scores.contains(key)) << key;
  }
  EXPECT_EQ(scores["confusion"].size(), scores["classes"].size() + 1);
  expectOneClearLine(run({"evaluate", runFolder, sample, "--split", "none", "-q"}), "none");

  // Darknet's files of the run score as the run does.
  const std::string darknet = (folder_ / "other").string();
  const Result exported = run({"export", runFolder, "--to", "darknet", darknet, "--json"});
  ASSERT_EQ(exported.status, 0) << exported.error;
  EXPECT_EQ(Json::parse(exported.out)["files"],
            Json({darknet + ".weights", darknet + ".cfg", darknet + ".names"}));
  const Result again =
      run({"evaluate", "--cfg", darknet + ".cfg", "--weights", darknet + ".weights", "--names",
           darknet + ".names", sample, "--split", "all", "--json"});
  const Result whole = run({"evaluate", runFolder, sample, "--split", "all", "--json"});
  ASSERT_EQ(again.status, 0) << again.error;
  EXPECT_EQ(Json::parse(again.out), Json::parse(whole.out));
  expectOneClearLine(run({"export", runFolder, "--to", "darknet", darknet + "/none/x", "-q"}),
                     "none");
  EXPECT_EQ(run({"export", runFolder, "--to", "caffe", darknet}).status, 2);
  EXPECT_EQ(run({"export", runFolder, "--to", "darknet", darknet, "--nms"}).status, 2);

  const Result detect =
      run({"detect", runFolder, sample + "/JPEGImages", "test-pattern:", "--json", "--max-frames",
           "3", "--threshold", "0.01", "--out", (folder_ / "boxes").string(), "--profile",
           (folder_ / "detect.trace").string()});
  ASSERT_EQ(detect.status, 0) << detect.error;
  EXPECT_NE(detect.error.find("resize"), std::string::npos);
  EXPECT_FALSE(Json::parse(contents(folder_ / "detect.trace"))["traceEvents"].empty());
  expectOneClearLine(run({"detect", runFolder, "test-pattern:", "--profile", "/nowhere/t", "-q"}),
                     "/nowhere");
  const std::vector<Json> frames = linesOf(detect.out);
  ASSERT_EQ(frames.size(), 6U);
  for (const Json& frame : frames) {
    for (const Json& d : frame["detections"]) {
      EXPECT_GE(d["box"][0].get<double>(), 0);
      EXPECT_LE(d["box"][2].get<double>(), frame["width"].get<double>());
    }
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "boxes"), {}), 4);

  // Results among the originals: "a.png" gives "a.jpg", which is somebody's picture already.
  const fs::path mine = folder_ / "mine";
  fs::create_directories(mine);
  fs::copy_file(fs::path(sample) / "JPEGImages" / "sample_00007.png", mine / "a.png");
  fs::copy_file(fs::path(sample) / "JPEGImages" / "sample_00008.jpg", mine / "a.jpg");
  const std::string original = contents(mine / "a.jpg");
  ASSERT_EQ(run({"detect", runFolder, mine.string(), "--out", mine.string()}).status, 0);
  EXPECT_EQ(contents(mine / "a.jpg"), original);
  EXPECT_EQ(std::distance(fs::directory_iterator(mine), {}), 4);

  // A bad picture among several is passed over and counted; alone it is the command's failure.
  const std::string first = (mine / "a.png").string(), second = (mine / "a.jpg").string();
  const std::string bad = (mine / "bad.jpg").string();
  std::ofstream(bad) << "no picture";
  const Result several = run({"detect", runFolder, first, bad, second, "--json"});
  EXPECT_EQ(several.status, 0) << several.error;
  ASSERT_EQ(linesOf(several.out).size(), 2U);
  EXPECT_EQ(linesOf(several.out)[1]["source"], second);
  EXPECT_EQ(linesOf(several.out)[1]["frame"], 0);
  EXPECT_NE(several.error.find("passed over bad.jpg"), std::string::npos) << several.error;
  EXPECT_NE(several.error.find("1 picture could not be read"), std::string::npos) << several.error;
  const Result last = run({"detect", runFolder, first, bad});
  EXPECT_EQ(last.status, 0) << last.error;
  EXPECT_NE(last.error.find("passed over bad.jpg"), std::string::npos) << last.error;
  const Result apart =
      run({"detect", runFolder, bad, "test-pattern:", "--max-frames", "2", "--json"});
  EXPECT_EQ(apart.status, 0) << apart.error;
  EXPECT_EQ(linesOf(apart.out).size(), 2U);
  EXPECT_NE(apart.error.find("bad.jpg"), std::string::npos) << apart.error;
  expectOneClearLine(run({"detect", runFolder, bad, "-q"}), "bad.jpg");

  // A profile tells of work that fails too.
  const fs::path failed = folder_ / "failed.trace";
  expectOneClearLine(run({"detect", runFolder, bad, "-q", "--profile", failed.string()}),
                     "bad.jpg");
  EXPECT_EQ(Json::parse(contents(failed))["traceEvents"][0]["name"], "read");
  const fs::path label = folder_ / "label.xml";
  std::ofstream(label) << "<annotation/>";
  expectOneClearLine(run({"detect", runFolder, bad, "-q", "--profile", label.string()}),
                     "another file in the timeline's place");
  EXPECT_EQ(contents(label), "<annotation/>");
  const fs::path own = fs::path(runFolder) / "weights" / "last.weights";
  const std::string before = contents(own);
  expectOneClearLine(run({"export", runFolder, "--to", "darknet", own.string(), "-q"}),
                     "a file of the model or its run");
  EXPECT_EQ(contents(own), before);
  const Result told = run({"detect", runFolder, bad, "--profile", failed.string()});
  EXPECT_EQ(told.status, 1);
  EXPECT_NE(told.error.find("ms in all"), std::string::npos) << told.error;

  // Each source gets the detectors that suit it: one for a picture, two for a folder.
  const auto detectorsOf = [&](const Arguments& sources) {
    Arguments words{"--threads", "2", "detect", runFolder, "-q", "--profile", failed.string()};
    words.insert(words.end(), sources.begin(), sources.end());
    EXPECT_EQ(run(words).status, 0);
    const Json events = Json::parse(contents(failed))["traceEvents"];
    std::set<int> threads;
    for (const Json& event : events)
      if (event["name"] == "read") threads.insert(event["tid"].get<int>());
    return threads.size();
  };
  const std::string pictures = sample + "/JPEGImages";
  EXPECT_EQ(detectorsOf({first}), 1U);
  EXPECT_EQ(detectorsOf({pictures}), 2U);
  // Threads may carry the numbers of those that ended.
  EXPECT_GE(detectorsOf({first, pictures}), 2U);
  EXPECT_GE(detectorsOf({pictures, first}), 2U);
  expectOneClearLine(run({"detect", runFolder, bad, bad, "-q"}), "none of the 2 pictures");

  // Weights to start from, the first layers only.
  const std::string weights = runFolder + "/weights/last.weights";
  const Result begun = run({"train", sample, "--out", (folder_ / "second").string(), "--model",
                            boxwright::testData() + "/networks/tiny.cfg", "--size", "96",
                            "--epochs", "1", "--init", weights, "--init-layers", "1"});
  EXPECT_EQ(begun.status, 0) << begun.error;
  EXPECT_NE(begun.error.find("(layers 0 to 0, trained on"), std::string::npos) << begun.error;
  EXPECT_EQ(
      run({"train", sample, "--out", (folder_ / "third").string(), "--init-layers", "1"}).status,
      2);

  // Detections stand under the names of the pictures they were found in, though some that were
  // asked for are not evaluated.
  fs::remove(fs::path(sample) / "Annotations" / "sample_00000.xml");
  const Result all = run({"evaluate", runFolder, sample, "--split", "all", "--json", "--threshold",
                          "0", "--write-detections", "coco", (folder_ / "coco").string()});
  ASSERT_EQ(all.status, 0) << all.error;
  EXPECT_EQ(Json::parse(all.out)["images"], 39);
  std::set<int> ids;
  for (const Json& found : Json::parse(contents(folder_ / "coco" / "detections.json")))
    ids.insert(found["image_id"].get<int>());
  EXPECT_FALSE(ids.contains(0));
  EXPECT_TRUE(ids.contains(39));
}

/// Waits up to a minute.
bool comesTrue(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return condition();
}

TEST_F(Cli, AStreamThatStallsIsSaidWhileItStalls) {
  if (!ffmpegIsThere()) GTEST_SKIP() << "ffmpeg is not installed";
  const std::string networks = boxwright::testData() + "/networks/";
  const std::string runFolder = (folder_ / "run").string();
  ASSERT_EQ(run({"train", makeSample(12), "--out", runFolder, "--model", networks + "tiny.cfg",
                 "--size", "96", "--epochs", "1"})
                .status,
            0);
  const std::string url = "udp://127.0.0.1:" + std::to_string(20000 + getpid() % 10000);
  const FfmpegSender sender(url);
  // On a busy machine the stream may not open in time: once more then.
  pid_t child = 0;
  const bool detecting = comesTrue([&] {
    if (child == 0 || waitpid(child, nullptr, WNOHANG) == child)
      child =
          start({"detect", runFolder, url, "--json"}, folder_ / "live out", folder_ / "live err");
    return !contents(folder_ / "live out").empty();
  });
  const auto said = [&](const std::string& words) {
    return contents(folder_ / "live err").find(words) != std::string::npos;
  };
  EXPECT_TRUE(detecting) << contents(folder_ / "live err");
  sender.signal(SIGSTOP);
  EXPECT_TRUE(comesTrue([&] { return said(url + ": stalled"); })) << contents(folder_ / "live err");
  std::this_thread::sleep_for(std::chrono::milliseconds(1600));
  const std::string error = contents(folder_ / "live err");
  EXPECT_EQ(error.find("stalled"), error.rfind("stalled")) << "said again and again: " << error;
  kill(child, SIGINT);
  EXPECT_EQ(statusOf(child), 130);
}

TEST_F(Cli, RecipeIsChangedByName) {
  const std::string sample = makeSample(12);
  const std::string runFolder = (folder_ / "run").string();
  const Arguments train = {"train",    sample,    "--out",
                           runFolder,  "--size",  "96",
                           "--epochs", "1",       "--batch",
                           "4",        "--model", boxwright::testData() + "/networks/tiny.cfg"};
  const auto with = [&](Arguments arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  // A number of classifiers: what the network is for shows in the cfg only.
  expectOneClearLine(with(train, {"-q", "--set", "angle=20"}), "is for classifiers");
  EXPECT_FALSE(fs::exists(runFolder));
  const Result good = with(train, {"--set", "vertical_flip=1", "--set", "jitter=0.05"});
  ASSERT_EQ(good.status, 0) << good.error;
  const Json values = Json::parse(contents(fs::path(runFolder) / "run.json"))["recipe"]["values"];
  EXPECT_EQ(values["vertical_flip"], 1);
  EXPECT_EQ(values["jitter"], 0.05);
  EXPECT_NE(run({"train", "--help"}).out.find("class_balance"), std::string::npos);

  // A run goes on as it was told: what it would not hear is refused.
  for (const Arguments& more : std::vector<Arguments>{
           {"--batch", "8"}, {"--set", "jitter=0"}, {"--seed", "1"}, {"--quarantine", "none"}}) {
    const Result refused = with({"train", "--resume", runFolder}, more);
    EXPECT_EQ(refused.status, 2) << refused.error;
  }
  expectOneClearLine(
      run({"train", "--resume", runFolder, "--precision", "bf16", "--device", "cpu", "-q"}),
      "not in bf16");
  const Result more = run({"--threads", "100000", "train", "--resume", runFolder, "--device",
                           "auto", "--loader-threads", "2", "--more-epochs", "1"});
  EXPECT_EQ(more.status, 0) << more.error;
  EXPECT_NE(more.error.find("2 loader threads"), std::string::npos) << more.error;
  EXPECT_NE(more.error.find("more than is of use"), std::string::npos) << more.error;
  const Result parts =
      run({"train", "--resume", runFolder, "--subdivisions", "auto", "--more-epochs", "1"});
  EXPECT_EQ(parts.status, 0) << parts.error;
  EXPECT_EQ(parts.error.find("worked off in"), std::string::npos) << "it was whole before";

  const Result own = run({"evaluate", runFolder, sample, "--split", "val"});
  EXPECT_NE(own.error.find("as the run was trained with"), std::string::npos) << own.error;
  const std::string other = (folder_ / "other").string();
  ASSERT_EQ(run({"-q", "sample", other, "--images", "40"}).status, 0);
  const Result foreign = run({"evaluate", runFolder, other, "--split", "val"});
  EXPECT_EQ(foreign.status, 0) << foreign.error;
}

TEST_F(Cli, AnchorsAreComparedWithHandPickedAndEuclideanOnes) {
  const std::string sample = makeSample(12);
  const auto meanIou = [&](const Arguments& more) {
    Arguments arguments{"--json", "anchors", sample};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Result result = run(arguments);
    EXPECT_EQ(result.status, 0) << result.error;
    return Json::parse(result.out)["meanIou"].get<double>();
  };
  EXPECT_GE(meanIou({}), meanIou({"--method", "euclidean"}));
  const Result picked = run({"--json", "anchors", sample, "--method", "hand-picked"});
  EXPECT_EQ(Json::parse(picked.out)["anchors"].size(), 9U);
  EXPECT_EQ(run({"anchors", sample, "--method", "hand-picked", "-k", "5"}).status, 2);
}

TEST_F(Cli, IdeasAreSwitchedByName) {
  const std::string sample = makeSample(12);
  const std::string networks = boxwright::testData() + "/networks/";
  const Arguments common{"--size", "64",     "--batch",     "4",      "--epochs",
                         "1",      "--idea", "anchors=off", "--idea", "batch-norm=off"};
  Arguments train{
      "-q", "train", sample, "--out", (folder_ / "run").string(), "--model", networks + "tiny.cfg"};
  train.insert(train.end(), common.begin(), common.end());
  const Result trained = run(train);
  ASSERT_EQ(trained.status, 0) << trained.error;
  const Json kept = Json::parse(contents(folder_ / "run" / "run.json"))["settings"]["ideas"];
  EXPECT_EQ(kept["anchors"], "off");
  EXPECT_EQ(kept["batch-norm"], "off");
  EXPECT_EQ(kept["passthrough"], "on");
  EXPECT_NE(contents(folder_ / "run" / "model.cfg").find("box_form=yolo"), std::string::npos);
  EXPECT_EQ(run({"-q", "evaluate", (folder_ / "run").string(), sample}).status, 0);
}

TEST_F(Cli, AblationWritesItsTableAndGoesOn) {
  const std::string sample = makeSample(12), out = (folder_ / "ablation").string();
  const std::string networks = boxwright::testData() + "/networks/";
  const Arguments ablate{
      "--json", "ablate", sample,    "--out", out,         "--model", networks + "tiny.cfg",
      "--size", "64",     "--batch", "4",     "--updates", "2",       "--seeds",
      "2"};
  const Result done = run(ablate);
  ASSERT_EQ(done.status, 0) << done.error;
  const Json table = Json::parse(done.out);
  EXPECT_EQ(table["rows"].size(), 9U);
  EXPECT_EQ(table["rows"][0]["trials"].size(), 2U);
  for (const char* const name : {"table.md", "table.csv", "table.json", "chart.svg"})
    EXPECT_FALSE(contents(fs::path(out) / name).empty()) << name;
  EXPECT_EQ(Json::parse(contents(fs::path(out) / "table.json")), table);
  EXPECT_TRUE(contents(fs::path(out) / "chart.svg").ends_with("</svg>\n"));
  // All is done: the same table, and nothing was trained.
  const Result again = run(ablate);
  EXPECT_EQ(again.out, done.out);
  EXPECT_EQ(again.error.find("seed"), std::string::npos) << again.error;
  expectOneClearLine(run({"ablate", sample, "-q", "--out", out, "--updates", "3"}), "another");
}

TEST_F(Cli, NamesThatAreNoUtf8AreShownAllTheSame) {
  const std::string sample = makeSample(3);
  const fs::path pictures = fs::path(sample) / "JPEGImages";
  fs::copy_file(pictures / "sample_00000.jpg", pictures / "h\xe4user.jpg");
  std::ofstream(fs::path(sample) / "ImageSets" / "Main" / "train.txt", std::ios::app)
      << "b\xe4ume\n";
  const Result info = run({"info", sample, "--json"});
  ASSERT_EQ(info.status, 0) << info.error;
  const Json document = Json::parse(info.out);
  EXPECT_EQ(document["images"], 4);
  ASSERT_EQ(document["problems"].size(), 1U) << document["problems"];
  EXPECT_NE(document["problems"][0]["what"].get<std::string>().find("ume"), std::string::npos);
}

TEST_F(Cli, CtrlCLeavesAResumableCheckpoint) {
  const std::string sample = makeSample(40);
  const fs::path runFolder = folder_ / "run";
  const pid_t child = start({"train", sample, "--out", runFolder.string(), "--model",
                             boxwright::testData() + "/networks/tiny.cfg", "--size", "96",
                             "--epochs", "2000", "--batch", "4", "--json"},
                            folder_ / "out", folder_ / "err");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (contents(folder_ / "out").find("\"batch\"") == std::string::npos &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  kill(child, SIGINT);
  EXPECT_EQ(statusOf(child), 130) << contents(folder_ / "err");
  EXPECT_TRUE(fs::exists(runFolder / "checkpoints" / "last.ckpt"));
  const std::vector<Json> before = linesOf(contents(runFolder / "metrics.jsonl"));
  EXPECT_EQ(before.back()["event"], "stopped");

  const pid_t again = start({"train", "--resume", runFolder.string(), "--json"}, folder_ / "out2",
                            folder_ / "err2");
  while (contents(folder_ / "out2").find("\"batch\"") == std::string::npos &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  kill(again, SIGTERM);
  EXPECT_EQ(statusOf(again), 130) << contents(folder_ / "err2");
  const std::vector<Json> lines = linesOf(contents(folder_ / "out2"));
  const auto first = std::find_if(lines.begin(), lines.end(),
                                  [](const Json& line) { return line["event"] == "batch"; });
  ASSERT_NE(first, lines.end());
  EXPECT_EQ((*first)["iteration"], before.back()["iteration"].get<int>() + 1);
}

TEST_F(Cli, ATerminalThatGoesAwayLeavesAResumableCheckpoint) {
  const std::string sample = makeSample(40);
  const fs::path runFolder = folder_ / "run";
  const Arguments train = {"train",    sample,
                           "--out",    runFolder.string(),
                           "--model",  boxwright::testData() + "/networks/tiny.cfg",
                           "--size",   "96",
                           "--epochs", "2000",
                           "--batch",  "4",
                           "--json"};
  const auto hangUpAtWork = [&](const Arguments& arguments, const fs::path& out) {
    const pid_t child = start(arguments, out, folder_ / "err");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (contents(out).find("\"batch\"") == std::string::npos &&
           std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    // The shell's and the system's: two are usual, and do not cut the writing short.
    kill(child, SIGHUP);
    kill(child, SIGHUP);
    return child;
  };
  EXPECT_EQ(statusOf(hangUpAtWork(train, folder_ / "out")), 130) << contents(folder_ / "err");
  EXPECT_TRUE(fs::exists(runFolder / "checkpoints" / "last.ckpt"));
  EXPECT_EQ(linesOf(contents(runFolder / "metrics.jsonl")).back()["event"], "stopped");

  // Under nohup it is none of its business.
  const auto handler = signal(SIGHUP, SIG_IGN);
  const pid_t child =
      hangUpAtWork({"train", "--resume", runFolder.string(), "--json"}, folder_ / "out2");
  signal(SIGHUP, handler);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, WNOHANG), 0) << contents(folder_ / "err");
  kill(child, SIGTERM);
  EXPECT_EQ(statusOf(child), 130);
}

TEST_F(Cli, ResumingAndTrainingMoreAreDifferentThings) {
  const std::string sample = makeSample(40);
  const std::string runFolder = (folder_ / "run").string();
  const Result done =
      run({"train", sample, "--out", runFolder, "--model",
           boxwright::testData() + "/networks/tiny.cfg", "--size", "96", "--epochs", "1", "--batch",
           "4", "--quarantine", "damaged,duplicates", "--retry", "2", "--json"});
  ASSERT_EQ(done.status, 0) << done.error;
  const std::vector<Json> events = linesOf(done.out);
  EXPECT_TRUE(std::any_of(events.begin(), events.end(), [](const Json& line) {
    return line["event"] == "check" && line["pictures"] == 40 && line["of"] == 40;
  })) << done.out;
  const Json settings = Json::parse(contents(fs::path(runFolder) / "run.json"))["settings"];
  EXPECT_EQ(settings["quarantine"], "damaged,duplicates");
  EXPECT_EQ(settings["retries"], 2);
  EXPECT_TRUE(fs::exists(fs::path(runFolder) / "quarantine.json"));
  EXPECT_TRUE(fs::exists(fs::path(runFolder) / "checkpoints" / "good.ckpt"));

  const Result again = run({"train", "--resume", runFolder});
  EXPECT_EQ(again.status, 0);
  EXPECT_NE(again.error.find("This run is finished"), std::string::npos) << again.error;
  EXPECT_NE(again.error.find("--more-epochs N"), std::string::npos) << again.error;
  EXPECT_EQ(again.error.find("Going on"), std::string::npos) << again.error;

  // The dataset has been moved: said, and mended by saying where to.
  const std::string moved = (folder_ / "moved").string();
  fs::rename(sample, moved);
  const Arguments more = {"train", "--resume", runFolder, "--more-epochs", "1", "-q"};
  expectOneClearLine(run(more), "--resume RUN DATASET");
  Arguments there = more;
  there.push_back(moved);
  const Result longer = run(there);
  EXPECT_EQ(longer.status, 0) << longer.error;
  EXPECT_EQ(run(more).status, 0);  // it remembers
  const std::string other = (folder_ / "other").string();
  ASSERT_EQ(run({"-q", "sample", other, "--images", "40", "--seed", "5"}).status, 0);
  there.back() = other;
  expectOneClearLine(run(there), "not the dataset");
}

TEST_F(Cli, SubdivisionsAreANumberOrAuto) {
  const std::string sample = makeSample(20), runFolder = (folder_ / "run").string();
  Arguments train = {"train",
                     sample,
                     "--out",
                     runFolder,
                     "-q",
                     "--model",
                     boxwright::testData() + "/networks/tiny.cfg",
                     "--size",
                     "96",
                     "--epochs",
                     "1",
                     "--batch",
                     "4",
                     "--subdivisions",
                     "auto"};
  const Result done = run(train);
  ASSERT_EQ(done.status, 0) << done.error;
  const Json kept = Json::parse(contents(fs::path(runFolder) / "run.json"));
  EXPECT_EQ(kept["recipe"]["values"]["subdivisions"], 1) << "all fits";
  for (const char* const wrong : {"-1", "many", "5000", "2.5", ""}) {
    train.back() = wrong;
    const Result refused = run(train);
    EXPECT_EQ(refused.status, 2) << wrong;
    EXPECT_NE(refused.error.find("neither auto nor a number"), std::string::npos) << refused.error;
  }
}

TEST_F(Cli, DevicesNameTheCpu) {
  const Result result = run({"devices", "--json"});
  ASSERT_EQ(result.status, 0) << result.error;
  bool cpu = false;
  for (const Json& device : Json::parse(result.out)) {
    if (device["name"] == "cpu") cpu = device["available"].get<bool>();
    EXPECT_TRUE(device["available"].get<bool>() || !device["reason"].get<std::string>().empty());
  }
  EXPECT_TRUE(cpu);
}

}  // namespace
