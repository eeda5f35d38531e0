// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/cfg.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "core/network/cfg_number.h"
#include "tests/core/network/network_fixture.h"

namespace boxwright {
namespace {

Cfg parse(std::string_view text, std::vector<Problem>* problems = nullptr) {
  std::vector<Problem> mine;
  return parseCfg(text, "a.cfg", problems ? *problems : mine);
}

TEST(Cfg, DeletesBlanksAnywhereAndStripsCarriageReturns) {
  const Cfg cfg = parse("  [ n e t ]\r\n w i d t h\t= 4 1 6 \r\n\r\n[ conv ]\r\nfilters=8\r\n");
  ASSERT_EQ(cfg.sections.size(), 2u);
  EXPECT_EQ(cfg.sections[0].name, "net");
  EXPECT_EQ(cfg.sections[0].line, 1);
  ASSERT_EQ(cfg.sections[0].options.size(), 1u);
  EXPECT_EQ(cfg.sections[0].options[0].key, "width");
  EXPECT_EQ(cfg.sections[0].options[0].value, "416");
  EXPECT_EQ(cfg.sections[0].options[0].line, 2);
  EXPECT_EQ(cfg.sections[1].name, "conv");
  EXPECT_EQ(cfg.sections[1].line, 4);
}

TEST(Cfg, CommentsAreWholeLinesOnly) {
  const Cfg cfg = parse("# heading\n  ; other\n[net]\nwidth=416 # not a comment\n#height=1\n");
  ASSERT_EQ(cfg.sections.size(), 1u);
  ASSERT_EQ(cfg.sections[0].options.size(), 1u);
  EXPECT_EQ(cfg.sections[0].options[0].value, "416#notacomment");
  EXPECT_EQ(cfg.sections[0].integer("width", 0), 416);
}

TEST(Cfg, SplitsAtTheFirstEqualsSign) {
  const Cfg cfg = parse("[net]\nmap=a=b\n");
  EXPECT_EQ(cfg.sections[0].text("map", ""), "a=b");
}

TEST(Cfg, FirstOfADuplicateKeyWinsAndIsReported) {
  std::vector<Problem> problems;
  const Cfg cfg = parse("[net]\nbatch=1\nbatch=64\n", &problems);
  EXPECT_EQ(cfg.sections[0].integer("batch", 0), 1);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].file, "a.cfg");
  EXPECT_EQ(problems[0].line, 3);
  EXPECT_EQ(problems[0].severity, Severity::Note);
}

TEST(Cfg, KeyWithoutEqualsOrValueIsAbsentAndReported) {
  std::vector<Problem> problems;
  const Cfg cfg = parse("[net]\nbatch\nwidth=\n=5\nwidth=7\n", &problems);
  EXPECT_EQ(cfg.sections[0].find("batch"), nullptr);
  EXPECT_EQ(cfg.sections[0].integer("width", 0), 7);  // the empty one does not count as first
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0].line, 2);
  EXPECT_EQ(problems[1].line, 3);
  EXPECT_EQ(problems[2].line, 4);
}

TEST(Cfg, NumbersAreTheLeadingPart) {
  const Cfg cfg =
      parse("[net]\na=12abc\nb=-3.75x\nc=abc\nd=.5\ne=+7\nf=1e-3\ng=10.9\nh=1,2.5,,x\n");
  const CfgSection& net = cfg.sections[0];
  EXPECT_EQ(net.integer("a", 9), 12);
  EXPECT_EQ(net.number("b", 9), -3.75);
  EXPECT_EQ(net.integer("b", 9), -3);
  EXPECT_EQ(net.integer("c", 9), 0);  // present without a number is 0, not the fallback
  EXPECT_EQ(net.number("d", 9), 0.5);
  EXPECT_EQ(net.integer("d", 9), 0);
  EXPECT_EQ(net.integer("e", 9), 7);
  EXPECT_EQ(net.number("f", 9), 1e-3);
  EXPECT_EQ(net.integer("g", 9), 10);
  EXPECT_EQ(net.integer("missing", 9), 9);
  EXPECT_EQ(net.numbers("h"), (std::vector<double>{1, 2.5, 0}));
  EXPECT_TRUE(net.numbers("missing").empty());
}

TEST(Cfg, NumbersBeyondRangeAreHeld) {
  EXPECT_EQ(leadingInteger("99999999999999999999").value, std::numeric_limits<int>::max());
  EXPECT_EQ(leadingInteger("-99999999999999999999").value, std::numeric_limits<int>::min());
  EXPECT_TRUE(std::isinf(leadingNumber("1e999").value));
  EXPECT_TRUE(std::isinf(leadingNumber(std::string(400, '9')).value));
  EXPECT_LT(leadingNumber("-1e999").value, 0);
  EXPECT_EQ(leadingNumber("1e-999").value, 0);
  EXPECT_EQ(leadingNumber("0." + std::string(400, '0') + "1").value, 0);
  EXPECT_EQ(leadingNumber("+-1").used, 0u);
  EXPECT_EQ(leadingNumber("").used, 0u);
}

TEST(Cfg, NumbersDoNotFollowTheLocale) {
  const std::string old = std::setlocale(LC_NUMERIC, nullptr);
  const char* set = nullptr;
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8"}) {
    set = set ? set : std::setlocale(LC_NUMERIC, name);
  }
  EXPECT_EQ(leadingNumber("0.57273").value, 0.57273);
  EXPECT_EQ(numberText(0.57273), "0.57273");
  std::setlocale(LC_NUMERIC, old.c_str());
}

TEST(Cfg, NumberTextReadsBackExactly) {
  for (const double value : {0.0, 1.0, 13.0, 0.57273, 1.0 / 3, 1e-9, 123456.789, 3e20, -2.5}) {
    EXPECT_EQ(leadingNumber(numberText(value)).value, value) << numberText(value);
  }
  EXPECT_EQ(numberText(416), "416");
}

TEST(Cfg, WritesWhatItReads) {
  for (const std::string& name : shippedNetworks()) {
    std::vector<Problem> problems;
    const Cfg cfg = readCfg(findNetwork(name), problems);
    const Cfg again = parseCfg(writeCfg(cfg), "again", problems);
    ASSERT_EQ(again.sections.size(), cfg.sections.size()) << name;
    for (std::size_t i = 0; i < cfg.sections.size(); ++i) {
      const CfgSection &a = cfg.sections[i], &b = again.sections[i];
      EXPECT_EQ(a.name, b.name);
      ASSERT_EQ(a.options.size(), b.options.size());
      for (std::size_t k = 0; k < a.options.size(); ++k) {
        EXPECT_EQ(a.options[k].key, b.options[k].key);
        EXPECT_EQ(a.options[k].value, b.options[k].value);
      }
    }
    EXPECT_EQ(writeCfg(again), writeCfg(cfg));
    EXPECT_TRUE(problems.empty());
  }
}

TEST(Cfg, ValueSetWithALineBreakStaysOneOption) {
  Cfg cfg = parse("[net]\nwidth=1\n");
  cfg.sections[0].set("map", "a\n[evil]\nb");
  EXPECT_EQ(parse(writeCfg(cfg)).sections.size(), 1u);
}

TEST(Cfg, SetChangesTheFirstOrAppendsAndRemoveTakesAll) {
  Cfg cfg = parse("[net]\nbatch=1\nbatch=2\n");
  cfg.sections[0].set("batch", "8");
  cfg.sections[0].set("width", "32");
  EXPECT_EQ(cfg.sections[0].integer("batch", 0), 8);
  EXPECT_EQ(cfg.sections[0].integer("width", 0), 32);
  cfg.sections[0].remove("batch");
  EXPECT_EQ(cfg.sections[0].find("batch"), nullptr);
}

TEST(Cfg, FaultsNameFileAndLine) {
  EXPECT_NE(errorOf([] { parse("\n\nwidth=4\n"); }).find("a.cfg:3"), std::string::npos);
  EXPECT_NE(errorOf([] { parse("[net]\n[conv\n"); }).find("a.cfg:2"), std::string::npos);
  EXPECT_NE(errorOf([] { parse("[net]\n[conv] # note\n"); }).find("a.cfg:2"), std::string::npos);
  EXPECT_NE(errorOf([] { parse("[]\n"); }).find("a.cfg:1"), std::string::npos);
  EXPECT_NE(errorOf([] { parse(std::string_view("[net]\nwid\0th=1\n", 15)); }).find("a.cfg:2"),
            std::string::npos);
}

TEST(Cfg, SkipsAByteOrderMark) {
  EXPECT_EQ(parse("\xEF\xBB\xBF[net]\nwidth=1\n").sections.size(), 1u);
}

TEST(Cfg, EmptyTextHasNoSections) {
  EXPECT_TRUE(parse("").sections.empty());
}

TEST(Cfg, MissingFileAndFolderAreErrors) {
  std::vector<Problem> problems;
  EXPECT_NE(errorOf([&] { readCfg("/no/such/file.cfg", problems); }), "");
  EXPECT_NE(errorOf([&] { readCfg("/", problems); }), "");
}

TEST(FindNetwork, TakesNamesAndPathsAndListsNames) {
  EXPECT_EQ(findNetwork("yolov2-nano").filename(), "yolov2-nano.cfg");
  const TemporaryFolder folder;
  const auto path = folder.path() / "my net \xC3\xA4.cfg";
  std::ofstream(path) << "[net]\n";
  EXPECT_EQ(findNetwork(path.string()), path);
  const std::string message = errorOf([] { findNetwork("yolov9"); });
  for (const char* name : {"yolov9", "yolov2-nano", "yolov2-voc", "darknet19"}) {
    EXPECT_NE(message.find(name), std::string::npos) << message;
  }
  EXPECT_NE(errorOf([] { findNetwork(""); }), "");
  EXPECT_NE(errorOf([&] { findNetwork(folder.path().string()); }), "");
}

TEST(FindNetwork, FolderComesFromTheEnvironment) {
  const TemporaryFolder folder;
  const char* const set = std::getenv("BOXWRIGHT_NETWORKS");
  const std::string old = set ? set : "";
  std::ofstream(folder.path() / "other.cfg") << "[net]\n";
  ::setenv("BOXWRIGHT_NETWORKS", folder.path().c_str(), 1);
  EXPECT_EQ(shippedNetworks(), std::vector<std::string>{"other"});
  EXPECT_EQ(findNetwork("other"), folder.path() / "other.cfg");
  ::setenv("BOXWRIGHT_NETWORKS", (folder.path() / "none").c_str(), 1);
  EXPECT_TRUE(shippedNetworks().empty());
  EXPECT_NE(errorOf([] { findNetwork("yolov2"); }).find("BOXWRIGHT_NETWORKS"), std::string::npos);
  old.empty() ? ::unsetenv("BOXWRIGHT_NETWORKS") : ::setenv("BOXWRIGHT_NETWORKS", old.c_str(), 1);
}

TEST(WithHead, FillsClassesAnchorsFiltersAndSize) {
  std::vector<Problem> problems;
  const std::vector<Size> anchors{{1.25, 2.5}, {3, 4}, {1.0 / 3, 7}};
  const Cfg cfg = withHead(readCfg(findNetwork("yolov2-nano"), problems), 3, anchors, 320);
  const Network network = buildNetwork(cfg, problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(network.net.width, 320);
  EXPECT_EQ(network.net.height, 320);
  EXPECT_EQ(network.region().classes, 3);
  EXPECT_EQ(network.region().num, 3);
  EXPECT_EQ(network.region().anchors, anchors);
  EXPECT_EQ(network.layers.back().output, (LayerShape{3 * 8, 10, 10}));
  // The same after a trip through the text.
  const Network again = buildNetwork(parseCfg(writeCfg(cfg), "b.cfg", problems), problems);
  EXPECT_EQ(again.region().anchors, anchors);
}

TEST(WithHead, KeepsWhatIsNotGiven) {
  std::vector<Problem> problems;
  const Network network =
      buildNetwork(withHead(readCfg(findNetwork("yolov2"), problems), 7, {}, 0), problems);
  EXPECT_EQ(network.net.width, 608);
  EXPECT_EQ(network.region().num, 5);
  EXPECT_EQ(network.region().anchors[4], (Size{9.77052, 9.16828}));
  EXPECT_EQ(network.layers.back().output.channels, 5 * 12);
}

TEST(WithClasses, FillsClassesAndSizeAndKeepsCropsInProportion) {
  std::vector<Problem> problems;
  for (const char* name : {"darknet19", "darknet19_448", "darknet-nano"}) {
    const Network before = buildNetwork(readCfg(findNetwork(name), problems), problems);
    const Cfg cfg = withClasses(readCfg(findNetwork(name), problems), 7, 160);
    const Network network = buildNetwork(cfg, problems);
    EXPECT_EQ(taskOf(network), NetworkTask::Classification);
    EXPECT_EQ(classCountOf(network), 7);
    EXPECT_EQ(network.net.width, 160);
    EXPECT_EQ(network.layers.back().output, (LayerShape{7, 1, 1})) << name;
    EXPECT_NEAR(network.net.minRatio, before.net.minRatio, 1e-6) << name;
    EXPECT_NEAR(network.net.maxRatio, before.net.maxRatio, 1e-6) << name;
  }
  EXPECT_TRUE(problems.empty()) << problems.front().what;
}

TEST(WithClasses, TakesOutCostAndTreeAndRefusesDetectors) {
  std::vector<Problem> problems;
  const Cfg old = parseCfg(
      "[net]\nwidth=32\nheight=32\nchannels=3\n[convolutional]\nfilters=9\nactivation=linear\n"
      "[avgpool]\n[softmax]\ntree=a.tree\n[cost]\ntype=masked\n",
      "old.cfg", problems);
  EXPECT_EQ(taskOf(buildNetwork(old, problems)), NetworkTask::Classification);
  const Cfg cfg = withClasses(old, 2, 0);
  EXPECT_EQ(cfg.sections.back().name, "softmax");
  EXPECT_EQ(cfg.sections.back().find("tree"), nullptr);
  EXPECT_EQ(classCountOf(buildNetwork(cfg, problems)), 2);
  const Cfg detector = readCfg(findNetwork("yolov2-nano"), problems);
  EXPECT_EQ(taskOf(buildNetwork(detector, problems)), NetworkTask::Detection);
  EXPECT_NE(errorOf([&] { withClasses(detector, 3, 224); }).find("[softmax]"), std::string::npos);
  EXPECT_NE(errorOf([&] { withClasses(old, 0, 224); }), "");
  const Cfg neither = parseCfg(
      "[net]\nwidth=32\nheight=32\nchannels=3\n[convolutional]\nfilters=9\nactivation=linear\n",
      "neither.cfg", problems);
  EXPECT_NE(errorOf([&] { taskOf(buildNetwork(neither, problems)); }).find("neither"),
            std::string::npos);
}

TEST(WithHead, RefusesWhatCannotBe) {
  std::vector<Problem> problems;
  const Cfg nano = readCfg(findNetwork("yolov2-nano"), problems);
  const Cfg classifier = readCfg(findNetwork("darknet19"), problems);
  EXPECT_NE(errorOf([&] { withHead(nano, 0, {}, 416); }), "");
  const std::vector<Size> flat{{1, 0}};
  EXPECT_NE(errorOf([&] { withHead(nano, 3, flat, 416); }), "");
  EXPECT_NE(errorOf([&] { withHead(classifier, 3, {}, 416); }).find("[region]"), std::string::npos);
  EXPECT_NE(errorOf([&] { withHead(Cfg{}, 3, {}, 416); }), "");
}

}  // namespace
}  // namespace boxwright
