// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/plan_chooser.h"

#include <gtest/gtest.h>

#include <utility>

#include "core/base/error.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright::cuda {
namespace {

class Named : public Convolution {
 public:
  Named(std::string text, std::size_t bytes) : name(std::move(text)), bytes_(bytes) {}
  std::size_t workspaceBytes() const override { return bytes_; }
  void run(const ConvolutionTensors&, void*) override {}

  const std::string name;

 private:
  std::size_t bytes_;
};

/// One way that a made-up card has.
struct Made {
  std::string text;
  Trial trial;
  std::size_t workspace = 0;
  bool isOurs = false;
};

Trial takes(double seconds) {
  return {seconds, false};
}
const Trial kFull{std::nullopt, true};
const Trial kFails{};

class MadeWays : public Ways {
 public:
  explicit MadeWays(std::vector<Made> ways) : made(std::move(ways)) {}

  Way read(const std::string& text, const ConvolutionCall&) override {
    for (const Made& one : made)
      if (one.text == text) return wayOf(one);
    throw Error("of another version");
  }
  std::vector<Way> all(const ConvolutionCall&) override {
    ++asked;
    std::vector<Way> ways;
    for (const Made& one : made)
      ways.push_back(wayOf(one));
    return ways;
  }
  std::vector<Trial> tried(const std::vector<Way>& ways, const ConvolutionCall&) override {
    std::vector<Trial> trials;
    for (const Way& way : ways)
      for (const Made& one : made)
        if (one.text == way.text) trials.push_back(one.trial);
    return trials;
  }

  std::vector<Made> made;
  int asked = 0;

 private:
  static Way wayOf(const Made& one) {
    return {one.text, one.isOurs, std::make_shared<Named>(one.text, one.workspace)};
  }
};

class PlanChooserTest : public testing::Test {
 protected:
  PlanStore store() const { return {folder_ / "", "card"}; }
  /// What a chooser without a memory chooses; "none" where there is none.
  std::string chosen(MadeWays& ways, const ConvolutionCall& call = {}) {
    const auto convolution = PlanChooser(ways, store()).choose(call);
    return convolution ? dynamic_cast<const Named&>(*convolution).name : "none";
  }
  static ConvolutionCall finishing() {
    ConvolutionCall call;
    call.finishes = true;
    return call;
  }

  const TemporaryFolder folder_;
};

TEST_F(PlanChooserTest, TakesTheFastestAndKeepsIt) {
  MadeWays ways({{"slow", takes(3)}, {"fast", takes(1)}, {"broken", kFails}});
  EXPECT_EQ(chosen(ways), "fast");
  ways.made[0].trial = takes(0.5);  // it would be chosen now
  EXPECT_EQ(chosen(ways), "fast");
  EXPECT_EQ(ways.asked, 1);
  ConvolutionCall other;
  other.n = 5;
  EXPECT_EQ(chosen(ways, other), "slow") << "each call by itself";
}

TEST_F(PlanChooserTest, KnowsWhatItChose) {
  MadeWays ways({{"one", takes(1)}});
  PlanChooser chooser(ways, PlanStore("/proc/boxwright", "card"));  // nothing can be written there
  const auto first = chooser.choose({});
  EXPECT_EQ(chooser.choose({}), first);
  EXPECT_EQ(ways.asked, 1);
  MadeWays ours({{"ours", takes(1), 0, true}});
  PlanChooser other(ours, store());
  EXPECT_FALSE(other.choose(finishing()));
  EXPECT_FALSE(other.choose(finishing()));
  EXPECT_EQ(ours.asked, 1) << "that there is none is known, too";
  MadeWays full({{"first", kFull}, {"second", takes(1)}});
  PlanChooser once(full, store());
  once.choose({});
  once.choose({});
  EXPECT_EQ(full.asked, 2) << "there may be room by now";
}

TEST_F(PlanChooserTest, ChoosesAnewWhatIsOfAnotherVersion) {
  MadeWays before({{"old", takes(1)}});
  EXPECT_EQ(chosen(before), "old");
  MadeWays now({{"new", takes(1)}});
  EXPECT_EQ(chosen(now), "new");
}

TEST_F(PlanChooserTest, OnAFullCardTakesWhatItCanAndKeepsNothing) {
  MadeWays ways({{"first", kFull}, {"second", kFull}});
  EXPECT_EQ(chosen(ways), "first");
  ways.made[1].trial = takes(1);
  EXPECT_EQ(chosen(ways), "second") << "of those that were run";
  ways.made[0].trial = takes(.5);
  EXPECT_EQ(chosen(ways), "first");
  EXPECT_EQ(ways.asked, 3);
}

TEST_F(PlanChooserTest, LeavesOutWhatWantsMuchMemoryWhereAnotherDoesNot) {
  constexpr std::size_t kMuch = std::size_t(2) << 30;
  MadeWays ways({{"greedy", takes(1), kMuch}, {"modest", takes(2)}});
  EXPECT_EQ(chosen(ways), "modest");
  MadeWays all({{"much", takes(2), kMuch}, {"more", takes(1), 2 * kMuch}});
  ConvolutionCall other;
  other.n = 5;
  EXPECT_EQ(chosen(all, other), "more");
}

TEST_F(PlanChooserTest, ABiasAndAnActivationInOneAreNotMadeByOursAlone) {
  MadeWays ours({{"ours", takes(1), 0, true}});
  EXPECT_EQ(chosen(ours, finishing()), "none");
  EXPECT_EQ(chosen(ours), "ours");
  MadeWays both({{"cudnn", takes(2)}, {"ours", takes(1), 0, true}});
  EXPECT_EQ(chosen(both, finishing()), "ours");
}

TEST_F(PlanChooserTest, WithoutAPlanThatRunsTheConvolutionIsFinishedInAPass) {
  MadeWays failing({{"cudnn", kFails}, {"ours", takes(1), 0, true}});
  EXPECT_EQ(chosen(failing, finishing()), "none");
  MadeWays nothing({});
  EXPECT_EQ(chosen(nothing, finishing()), "none");
  MadeWays full({{"cudnn", kFull}});
  EXPECT_EQ(chosen(full, finishing()), "cudnn") << "it may run once there is room";
}

TEST_F(PlanChooserTest, SaysWhereNothingComputesAConvolution) {
  MadeWays nothing({});
  EXPECT_NE(errorOf([&] { chosen(nothing); }).find("no way"), std::string::npos);
  MadeWays failing({{"cudnn", kFails}});
  EXPECT_NE(errorOf([&] { chosen(failing); }).find("works on this card"), std::string::npos);
}

}  // namespace
}  // namespace boxwright::cuda
