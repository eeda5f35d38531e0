// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/chosen_colours.h"

#include <gtest/gtest.h>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "tests/core/data/dataset_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

class ChosenColoursTest : public testing::Test {
 protected:
  LabelPlaces places() const { return labelPlacesOf(folder_.path(), users_.path()); }
  fs::path own() const { return folder_.path() / ".boxwright" / "colours.json"; }
  fs::path users() const { return places().users / "colours.json"; }

  DatasetFolder folder_, users_;
  const ChosenColours some_ = {{"RBC", {0x12, 0xab, 0xff}},
                               {"a \"quoted\"\\\n name", {1, 2, 3}},
                               {"Blutpl\u00e4ttchen", {0, 0, 0}}};
};

TEST_F(ChosenColoursTest, AreKeptInTheDatasetSortedAndReadable) {
  EXPECT_TRUE(readChosenColours(places()).colours.empty());
  EXPECT_FALSE(fs::exists(folder_.path() / ".boxwright"));
  writeChosenColours(places(), some_);
  EXPECT_EQ(readFile(own()),
            "{\n  \"Blutpl\u00e4ttchen\": \"#000000\",\n  \"RBC\": \"#12abff\",\n"
            "  \"a \\\"quoted\\\"\\\\\\u000a name\": \"#010203\"\n}\n");
  const FoundColours found = readChosenColours(places());
  EXPECT_EQ(found.colours, some_);
  EXPECT_FALSE(found.problem);
  EXPECT_FALSE(fs::exists(users()));
  writeChosenColours(places(), {});
  EXPECT_FALSE(fs::exists(own()));
}

TEST_F(ChosenColoursTest, ADamagedFileIsPassedOverAndLeft) {
  for (const char* const damaged :
       {"{\n  \"RBC\": \"#12abff\",\n  \"WBC\": \"reddish\"\n}\n",
        "{\n  \"RBC\": \"#12abff\",\n  \"W", "{\n\n \"RBC\": 17}", "[]", "",
        "{\"RBC\": \"#12abf\"}", "{\"RBC\": \"#-2abff\"}", "{} {}"}) {
    folder_.text(".boxwright/colours.json", damaged);
    const FoundColours found = readChosenColours(places());
    EXPECT_TRUE(found.colours.empty()) << damaged;
    ASSERT_TRUE(found.problem) << damaged;
    EXPECT_EQ(found.problem->file, ".boxwright/colours.json");
    EXPECT_GT(found.problem->line, 0);
    EXPECT_NE(found.problem->what.find("; the classes have their usual colours"),
              std::string::npos);
    EXPECT_EQ(readFile(own()), damaged);
  }
  folder_.text(".boxwright/colours.json", "{\n\n \"RBC\": 17}");
  EXPECT_EQ(readChosenColours(places()).problem->line, 3);
  writeChosenColours(places(), some_);
  EXPECT_EQ(readChosenColours(places()).colours, some_);
}

TEST_F(ChosenColoursTest, WhereTheDatasetCannotBeWrittenTheUsersPlaceHasThem) {
  // A file where the folder would be: also root cannot make it.
  folder_.text(".boxwright", "in the way");
  writeChosenColours(places(), some_);
  EXPECT_EQ(readFile(folder_.path() / ".boxwright"), "in the way");
  EXPECT_TRUE(fs::exists(users()));
  EXPECT_EQ(readChosenColours(places()).colours, some_);
  // Once it can be written again it has them, and alone.
  fs::remove(folder_.path() / ".boxwright");
  ChosenColours more = some_;
  more["WBC"] = {9, 9, 9};
  writeChosenColours(places(), more);
  EXPECT_TRUE(fs::exists(own()));
  EXPECT_FALSE(fs::exists(users()));
  EXPECT_EQ(readChosenColours(places()).colours, more);
}

TEST_F(ChosenColoursTest, WhatIsTakenBackStaysSoWhereTheDatasetCannotBeWritten) {
  writeChosenColours(places(), some_);
  // The file's place is a folder with something in it, which cannot be removed or written over.
  const std::string kept = readFile(own());
  fs::remove(own());
  folder_.text(".boxwright/colours.json/in the way", "");
  writeChosenColours(places(), {});
  EXPECT_EQ(readFile(users()), "{}\n");
  const FoundColours found = readChosenColours(places());
  EXPECT_TRUE(found.colours.empty());
  EXPECT_FALSE(found.problem);
}

TEST_F(ChosenColoursTest, NowhereToWriteIsAnError) {
  folder_.text(".boxwright", "in the way");
  users_.text("labels", "in the way");
  EXPECT_THROW(writeChosenColours(places(), some_), Error);
}

TEST(RenamedColours, GoAlongWithTheirClass) {
  const Colour red{255, 0, 0}, blue{0, 0, 255}, grey{9, 9, 9};
  const ChosenColours chosen = {{"cat", red}, {"dog", blue}, {"gone", grey}};
  const ClassList before = {{0, "cat"}, {1, "dog"}, {2, "yak"}};
  const auto after = [&](const ClassList& list) { return renamedColours(chosen, before, list); };
  EXPECT_EQ(after(before), chosen);
  EXPECT_EQ(after({{2, "yak"}, {1, "dog"}, {0, "cat"}}), chosen) << "moved";
  EXPECT_EQ(after({{0, "puss"}, {1, "dog"}, {2, "yak"}}),
            (ChosenColours{{"puss", red}, {"dog", blue}, {"gone", grey}}));
  EXPECT_EQ(after({{0, "dog"}, {1, "cat"}, {2, "yak"}}),
            (ChosenColours{{"dog", red}, {"cat", blue}, {"gone", grey}}))
      << "swapped";
  EXPECT_EQ(after({{0, "cat"}, {1, "dog"}, {2, "gone"}}),
            (ChosenColours{{"cat", red}, {"dog", blue}}))
      << "the yak had no colour of its own";
  EXPECT_EQ(after({{0, "cat"}, {2, "yak"}}), chosen) << "an undo may bring the dog back";
}

}  // namespace
}  // namespace boxwright
