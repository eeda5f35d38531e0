// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/json_cursor.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/random.h"
#include "core/data/json_edits.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

using Json = nlohmann::json;

std::string random(RandomStream& stream, int depth) {
  const auto blank = [&] { return std::string(stream.index(3) == 0 ? "\n \t\r" : ""); };
  switch (stream.index(depth > 4 ? 5 : 7)) {
    case 0:
      return std::to_string(static_cast<int>(stream.index(2000)) - 1000);
    case 1:
      return "-1.25e-3";
    case 2:
      return R"("a \"text\" \\ with \u00e9 \ud83d\ude00 and ü")";
    case 3:
      return "true";
    case 4:
      return "null";
    default: {
      const bool object = stream.index(2) == 0;
      std::string text = object ? "{" : "[";
      for (std::uint64_t i = stream.index(4); i > 0; --i) {
        text += blank();
        if (object) text += "\"k" + std::to_string(i) + "\"" + blank() + ":" + blank();
        text += random(stream, depth + 1) + blank() + (i > 1 ? "," : "");
      }
      return text + blank() + (object ? "}" : "]");
    }
  }
}

/// What the cursor sees, built up.
Json built(JsonCursor& json) {
  switch (json.kind()) {
    case JsonCursor::Kind::Object: {
      Json object = Json::object();
      json.members([&](std::string_view key) { object[std::string(key)] = built(json); });
      return object;
    }
    case JsonCursor::Kind::Array: {
      Json list = Json::array();
      json.elements([&] { list.push_back(built(json)); });
      return list;
    }
    case JsonCursor::Kind::String:
      return *json.string();
    case JsonCursor::Kind::Number:
      return *json.number();
    case JsonCursor::Kind::Boolean:
      return *json.boolean();
    default:
      json.skip();
      return nullptr;
  }
}

TEST(JsonCursor, SeesWhatAParserSees) {
  RandomStream stream(1, "json");
  for (int round = 0; round < 2000; ++round) {
    const std::string text = random(stream, 0);
    JsonCursor json(text, "a.json");
    EXPECT_EQ(built(json), Json::parse(text)) << text;
    json.finish();
    JsonCursor whole(text, "a.json");
    const ByteRange range = whole.skip();
    EXPECT_EQ(range.end - range.begin, text.size()) << text;
    // Cut anywhere or with another sign in it, it is refused as a parser refuses it, or agrees.
    std::string broken = text;
    const std::size_t at = stream.index(text.size());
    if (stream.index(2) == 0)
      broken.resize(at);
    else
      broken[at] = ",:]}[{\"1a"[stream.index(9)];
    JsonCursor mended(broken, "a.json");
    const bool refused = !errorOf([&] {
                            mended.skip();
                            mended.finish();
                          }).empty();
    if (!refused) {
      // What a parser has against signs within texts is not looked at in passing.
      std::string plain = broken;
      std::replace_if(
          plain.begin(), plain.end(), [](char c) { return c == '\n' || c == '\t' || c == '\r'; },
          ' ');
      EXPECT_TRUE(Json::accept(plain) || plain.find('\\') != std::string::npos) << broken;
    } else {
      EXPECT_FALSE(Json::accept(broken)) << broken;
    }
  }
}

TEST(JsonCursor, NestingCostsNoStack) {
  const std::string deep(2000000, '[');
  JsonCursor open(deep, "a.json");
  EXPECT_NE(errorOf([&] { open.skip(); }).find("it ends too early"), std::string::npos);
  const std::string whole = deep + std::string(2000000, ']');
  JsonCursor closed(whole, "a.json");
  closed.skip();
  closed.finish();
}

TEST(JsonCursor, NamesTheLine) {
  const std::string text = "{\n\"a\": 1,\n\"b\" 2}";
  JsonCursor json(text, "a.json");
  EXPECT_NE(errorOf([&] { json.skip(); }).find("a.json:3"), std::string::npos);
}

TEST(JsonCursor, TakesWhatOtherProgramsWrite) {
  const std::string text =
      "\xEF\xBB\xBF{\"a\": NaN, \"b\": -Infinity, \"c\": \"007\", \"d\": 3.0, "
      "\"e\": 1e999, \"f\": \"x\"}";
  JsonCursor json(text, "a.json");
  std::string seen;
  json.members([&](std::string_view key) {
    if (key == "c" || key == "d" || key == "f") {
      seen += std::to_string(json.integer().value_or(-1)) + " ";
    } else {
      EXPECT_FALSE(json.number()) << key;
    }
  });
  EXPECT_EQ(seen, "7 3 -1 ");
  json.finish();
}

/// `list` without the elements at `gone`, with `added` at its end.
std::string edited(const std::string& list, const std::vector<int>& gone,
                   const std::vector<std::string>& added) {
  ByteEdits edits;
  JsonCursor json(list, "");
  JsonArrayEdits array(list, json.place(), edits);
  int at = 0;
  json.elements([&] {
    const ByteRange element = json.skip();
    if (std::find(gone.begin(), gone.end(), at++) != gone.end())
      array.remove(element);
    else
      array.keep(element);
  });
  array.finish(added, json.at());
  return edits.applied(list);
}

TEST(JsonArrayEdits, KeepsWhatStays) {
  EXPECT_EQ(edited("[1, 2, 3]", {}, {}), "[1, 2, 3]");
  EXPECT_EQ(edited("[1, 2, 3]", {0}, {}), "[2, 3]");
  EXPECT_EQ(edited("[1, 2, 3]", {1}, {}), "[1, 3]");
  EXPECT_EQ(edited("[1, 2, 3]", {2}, {}), "[1, 2]");
  EXPECT_EQ(edited("[1, 2, 3]", {0, 1, 2}, {}), "[]");
  EXPECT_EQ(edited("[1, 2, 3]", {0, 1, 2}, {"4", "5"}), "[4, 5]");
  EXPECT_EQ(edited("[1, 2, 3]", {0, 2}, {"4"}), "[2, 4]");
  EXPECT_EQ(edited("[\n  1,\n  2\n]", {1}, {"3"}), "[\n  1,\n  3\n]");
  EXPECT_EQ(edited("[\n  1,\n  2\n]", {}, {"3"}), "[\n  1,\n  2,\n  3\n]");
  EXPECT_EQ(edited("[1,2]", {}, {"3", "4"}), "[1,2,3,4]");
  EXPECT_TRUE(Json::accept(edited("[]", {}, {"3", "4"})));
  EXPECT_TRUE(Json::accept(edited("[ ]", {}, {"3"})));
}

TEST(JsonArrayEdits, AnyEditIsAList) {
  RandomStream stream(3, "array");
  for (int round = 0; round < 3000; ++round) {
    const auto count = static_cast<int>(stream.index(6));
    std::string list = "[";
    for (int i = 0; i < count; ++i)
      list += std::string(i > 0 ? "," : "") + (stream.index(2) ? "\n " : "") + std::to_string(i);
    list += stream.index(2) ? "\n]" : "]";
    std::vector<int> gone;
    Json expected = Json::array();
    for (int i = 0; i < count; ++i) {
      if (stream.index(2))
        gone.push_back(i);
      else
        expected.push_back(i);
    }
    std::vector<std::string> added;
    for (std::uint64_t i = stream.index(3); i > 0; --i) {
      added.push_back("7");
      expected.push_back(7);
    }
    EXPECT_EQ(Json::parse(edited(list, gone, added), nullptr, false), expected) << list;
  }
}

}  // namespace
}  // namespace boxwright
