// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/quarantine.h"

#include <gtest/gtest.h>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

const std::vector<CheckedPicture> kPictures = {
    {"/d/a.jpg", "a.jpg", "train"}, {"/d/b.jpg", "b.jpg", "train"}, {"/d/c.jpg", "c.jpg", "val"},
    {"/d/d.jpg", "d.jpg", "val"},   {"/d/e.jpg", "e.jpg", "test"},
};

PictureCheck found() {
  PictureCheck check;
  check.pictures = 5;
  check.decoded = 5;
  check.faults = {{0, "ends early", true}, {2, "no picture", false}};
  check.nearCopies = {{1, 3, 2}, {3, 4, 0}};
  return check;
}

TEST(Quarantine, RulesAreNamed) {
  EXPECT_TRUE(quarantineRule("damaged").damaged);
  EXPECT_FALSE(quarantineRule("damaged").duplicates);
  EXPECT_TRUE(quarantineRule("duplicates,damaged").duplicates);
  EXPECT_FALSE(quarantineRule("none").damaged);
  for (const char* wrong : {"", "all", "damaged,damaged", "none,damaged", " damaged"})
    EXPECT_FALSE(isQuarantineRule(wrong)) << wrong;
  EXPECT_THROW(quarantineRule("all"), Error);
}

TEST(Quarantine, TakesTrainingPicturesOnly) {
  const Quarantine both = quarantineOf(found(), kPictures, {true, true});
  ASSERT_EQ(both.entries.size(), 2U);
  EXPECT_EQ(both.entries[0].path, "a.jpg");
  EXPECT_EQ(both.entries[0].reason, "damaged");
  EXPECT_EQ(both.entries[1].path, "b.jpg");
  EXPECT_EQ(both.entries[1].reason, "duplicate");
  EXPECT_EQ(both.rest({"a.jpg", "b.jpg", "x.jpg"}), std::vector<std::string>{"x.jpg"});
  EXPECT_EQ(quarantineOf(found(), kPictures, {true, false}).entries.size(), 1U);
  EXPECT_TRUE(quarantineOf(found(), kPictures, {false, false}).entries.empty());
}

TEST(Quarantine, SaysWhatWasFoundAndWhatBecomesOfIt) {
  std::string text;
  for (const std::string& line : describe(found(), kPictures, {true, false}))
    text += line + "\n";
  for (const char* part :
       {"5 pictures, all of them decoded; 2 damaged, 2 like one of another split.",
        "1 damaged in train (in quarantine: not learned from): a.jpg - ends early.",
        "1 damaged in val (counts as far as it can be read): c.jpg - no picture.",
        "1 in train like one of another split (scores look better than they are; a run "
        "may leave such pictures out): b.jpg of d.jpg (val).",
        "1 in val like one of another split (scores look better than they are): d.jpg of e.jpg "
        "(test)."})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  PictureCheck sample = found();
  sample.decoded = 2;
  EXPECT_NE(describe(sample, kPictures, {})[0].find("the headers of 5 pictures and"),
            std::string::npos);
}

TEST(Quarantine, IsKeptInAFile) {
  const TemporaryFolder folder;
  const auto file = folder / "quarantine.json";
  EXPECT_TRUE(readQuarantine(file).entries.empty());  // a run from before there was one
  const Quarantine both = quarantineOf(found(), kPictures, {true, true});
  writeQuarantine(file, both, found(), kPictures, {true, true});
  const Quarantine back = readQuarantine(file);
  ASSERT_EQ(back.entries.size(), 2U);
  EXPECT_EQ(back.entries[1].path, both.entries[1].path);
  EXPECT_EQ(back.entries[1].what, both.entries[1].what);
  for (const char* damaged : {"", "{}", "[1]", "{\"quarantined\": [{\"path\": 3}]}"}) {
    writeFileAtomically(file, damaged);
    EXPECT_THROW(readQuarantine(file), Error) << damaged;
  }
}

}  // namespace
}  // namespace boxwright
