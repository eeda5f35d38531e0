// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/train_event.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace boxwright {
namespace {

TEST(TrainEvent, BatchHasTheKeysOthersRelyOnAndComesBack) {
  BatchEvent e;
  e.iteration = 12;
  e.epoch = 0.5;
  e.images = 96;
  e.loss = 3.25;
  e.lossBox = 1;
  e.lossObjectness = 2;
  e.lossNoObject = 0.125;
  e.lossClass = 0.125;
  e.learningRate = 0.001;
  e.size = 416;
  e.imagesPerSecond = 12.5;
  e.iterations = 400;
  e.secondsLeft = 99;
  const std::string line = toJson(TrainEvent(e));
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(line);
  for (const char* key : {"event", "iteration", "epoch", "images", "loss", "lossParts",
                          "learningRate", "size", "imagesPerSecond"})
    EXPECT_TRUE(json.contains(key)) << key;
  for (const char* key : {"box", "objectness", "noObject", "class"})
    EXPECT_TRUE(json["lossParts"].contains(key)) << key;
  const auto back = std::get<BatchEvent>(trainEventFromJson(line).value());
  EXPECT_EQ(back.iteration, 12);
  EXPECT_EQ(back.epoch, 0.5);
  EXPECT_EQ(back.images, 96);
  EXPECT_EQ(back.loss, 3.25);
  EXPECT_EQ(back.lossBox, 1);
  EXPECT_EQ(back.lossObjectness, 2);
  EXPECT_EQ(back.lossNoObject, 0.125);
  EXPECT_EQ(back.lossClass, 0.125);
  EXPECT_EQ(back.learningRate, 0.001);
  EXPECT_EQ(back.size, 416);
  EXPECT_EQ(back.imagesPerSecond, 12.5);
  EXPECT_EQ(back.iterations, 400);
  EXPECT_EQ(back.secondsLeft, 99);
}

TEST(TrainEvent, ValidationComesBackWithClassesThatHaveNoAp) {
  ValidationEvent e;
  e.iteration = 100;
  e.epoch = 4;
  e.map50 = 0.75;
  e.precision = 0.5;
  e.recall = 0.25;
  e.lossValidation = std::numeric_limits<double>::quiet_NaN();
  e.classes = {{"r\"ed", 0.5}, {"naïve, ünïcode", std::nullopt}};
  const std::string line = toJson(TrainEvent(e));
  const auto back = std::get<ValidationEvent>(trainEventFromJson(line).value());
  EXPECT_EQ(back.map50, 0.75);
  EXPECT_EQ(back.precision, 0.5);
  EXPECT_EQ(back.recall, 0.25);
  EXPECT_TRUE(std::isnan(back.lossValidation));
  ASSERT_EQ(back.classes.size(), 2U);
  EXPECT_EQ(back.classes[0].name, "r\"ed");
  EXPECT_EQ(back.classes[0].ap, 0.5);
  EXPECT_EQ(back.classes[1].name, "naïve, ünïcode");
  EXPECT_FALSE(back.classes[1].ap.has_value());
}

TEST(TrainEvent, WhatAValidationSaysOfTheNodesOfATreeComesBack) {
  ValidationEvent e;
  e.map50 = 0.5;
  e.wholeTop1 = 0.25;
  EXPECT_FALSE(nlohmann::json::parse(toJson(TrainEvent(e))).contains("nodes"))
      << "without a tree the log is as it was";
  e.nodes = {{0, "animal", 0.5, 12, 0.75, 40},
             {3, "cat", std::nullopt, 0, 0.25, 8},
             {7, "pug", 1.0, 2, std::nullopt, 0}};
  const std::string line = toJson(TrainEvent(e));
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["nodes"][0].dump(), nlohmann::json({{"node", 0},
                                                     {"name", "animal"},
                                                     {"ap", 0.5},
                                                     {"truths", 12},
                                                     {"top1", 0.75},
                                                     {"pictures", 40}})
                                         .dump());
  EXPECT_FALSE(json["nodes"][1].contains("ap"));
  EXPECT_FALSE(json["nodes"][2].contains("top1"));
  const auto back = std::get<ValidationEvent>(trainEventFromJson(line).value());
  ASSERT_EQ(back.nodes.size(), 3U);
  EXPECT_EQ(back.nodes[0].name, "animal");
  EXPECT_EQ(back.nodes[0].ap, 0.5);
  EXPECT_EQ(back.nodes[0].truths, 12U);
  EXPECT_EQ(back.nodes[1].node, 3);
  EXPECT_FALSE(back.nodes[1].ap.has_value());
  EXPECT_EQ(back.nodes[1].top1, 0.25);
  EXPECT_EQ(back.nodes[1].pictures, 8U);
  EXPECT_FALSE(back.nodes[2].top1.has_value());
  // A log that somebody has been at.
  const auto odd = std::get<ValidationEvent>(
      trainEventFromJson(R"({"event":"validation","nodes":[4,{},{"node":"x","truths":-5}]})")
          .value());
  ASSERT_EQ(odd.nodes.size(), 1U);
  EXPECT_EQ(odd.nodes[0].truths, 0U);
  EXPECT_TRUE(trainEventFromJson(R"({"event":"validation","nodes":7})").has_value());
}

TEST(TrainEvent, TheOthersComeBack) {
  EXPECT_EQ(
      std::get<CheckpointEvent>(
          trainEventFromJson(toJson(TrainEvent(CheckpointEvent{"checkpoints/last.ckpt"}))).value())
          .file,
      "checkpoints/last.ckpt");
  EXPECT_EQ(std::get<MessageEvent>(
                trainEventFromJson(toJson(TrainEvent(MessageEvent{"two\nlines"}))).value())
                .text,
            "two\nlines");
  const auto check =
      std::get<CheckEvent>(trainEventFromJson(toJson(TrainEvent(CheckEvent{3, 40, 2}))).value());
  EXPECT_EQ(check.pictures, 3);
  EXPECT_EQ(check.all, 40);
  EXPECT_EQ(check.nearCopies, 2);
  for (const bool stopped : {false, true}) {
    const std::string line = toJson(TrainEvent(EndEvent{stopped, 7, 0.5}));
    EXPECT_NE(line.find(stopped ? "\"stopped\"" : "\"done\""), std::string::npos);
    const auto back = std::get<EndEvent>(trainEventFromJson(line).value());
    EXPECT_EQ(back.stopped, stopped);
    EXPECT_EQ(back.iteration, 7);
    EXPECT_EQ(back.bestMap50, 0.5);
  }
}

TEST(TrainEvent, WhatIsNoEventGivesNothing) {
  for (const char* line : {"", "{", "[]", "3", "null", "{}", "{\"event\":5}",
                           "{\"event\":\"other\"}", "{\"event\":\"batch\",", "\xff\xfe"})
    EXPECT_FALSE(trainEventFromJson(line).has_value()) << line;
  // Keys of other types do not throw.
  EXPECT_TRUE(
      trainEventFromJson("{\"event\":\"batch\",\"loss\":\"x\",\"lossParts\":4,\"iteration\":1.5}"));
  EXPECT_TRUE(trainEventFromJson("{\"event\":\"validation\",\"classes\":[1,{\"name\":2}]}"));
}

TEST(TrainEventJson, OfAClassifierHasTopOneAndTopFive) {
  ValidationEvent validation;
  validation.iteration = 7;
  validation.top1 = 0.25;
  validation.top5 = 0.75;
  validation.classes = {{"cat", 0.5}, {"dog", std::nullopt}};
  const std::string line = toJson(validation);
  EXPECT_EQ(line.find("map50"), std::string::npos) << line;
  const auto back = std::get<ValidationEvent>(*trainEventFromJson(line));
  EXPECT_EQ(back.top1, 0.25);
  EXPECT_EQ(back.top5, 0.75);
  EXPECT_EQ(back.classes.at(0).ap, 0.5);
  EXPECT_FALSE(back.classes.at(1).ap.has_value());
  EndEvent end;
  end.bestTop1 = 0.5;
  EXPECT_EQ(std::get<EndEvent>(*trainEventFromJson(toJson(end))).bestTop1, 0.5);
  EXPECT_NE(toJson(end).find("\"bestTop1\":0.5"), std::string::npos);
}

}  // namespace
}  // namespace boxwright
