// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/text_lines.h"

#include <gtest/gtest.h>

#include <string>

namespace boxwright {
namespace {

TEST(TextLines, TakesEveryEndOfLineAndKeepsNumbers) {
  const std::vector<TextLine> lines = linesOf(
      "\xEF\xBB\xBF"
      "one\r\n\r\n  three \t\nfour\rfive");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].text, "one");
  EXPECT_EQ(lines[0].number, 1);
  EXPECT_EQ(lines[1].text, "three");
  EXPECT_EQ(lines[1].number, 3);
  EXPECT_EQ(lines[2].number, 4);
  EXPECT_EQ(lines[3].text, "five");
  EXPECT_EQ(lines[3].number, 5);
  EXPECT_TRUE(linesOf("").empty());
  EXPECT_TRUE(linesOf("\n\n\r\n").empty());
}

TEST(TextLines, NumbersAreWholeWords) {
  EXPECT_EQ(numberFrom("0.25"), 0.25);
  EXPECT_EQ(numberFrom(" -3e2 "), -300);
  EXPECT_EQ(numberFrom("+7"), 7);
  for (const char* word : {"", "x", "1x", "1,5", "nan", "inf", "1e999", "--1", "0x10"}) {
    EXPECT_FALSE(numberFrom(word).has_value()) << word;
  }
}

TEST(TextLines, WordsArePartedByAnyBlanks) {
  const auto words = wordsOf(" a\t bc  d ");
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(words[1], "bc");
  EXPECT_TRUE(wordsOf(" \t").empty());
}

}  // namespace
}  // namespace boxwright
