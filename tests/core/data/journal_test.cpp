// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/label_record.h"
#include "tests/core/data/random_annotations.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

using Records = std::vector<std::string>;

TEST(Journal, KeepsWhatWasAppended) {
  const TemporaryFolder folder;
  EXPECT_EQ(readJournal(folder / "journal"), Records{});
  {
    Journal journal(folder / "journal", {"begin"});
    journal.append("one");
    journal.append("");
    journal.flush();
    journal.append("twö");
    EXPECT_EQ(readJournal(folder / "journal"), (Records{"begin", "one", "", "twö"}));
  }
  Journal anew(folder / "journal", {"other"});
  EXPECT_EQ(readJournal(folder / "journal"), Records{"other"});
}

TEST(Journal, EndsWhereItWasCutOrDamaged) {
  const TemporaryFolder folder;
  { Journal journal(folder / "whole", {"first", "second", "third"}); }
  const std::string bytes = readFile(folder / "whole");
  const Records whole = {"first", "second", "third"};
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    writeFileAtomically(folder / "cut", bytes.substr(0, length));
    const Records read = readJournal(folder / "cut");
    const std::size_t lines = static_cast<std::size_t>(
        std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length), '\n'));
    EXPECT_EQ(read, Records(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(lines)));
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    writeFileAtomically(folder / "damaged", damaged);
    const Records read = readJournal(folder / "damaged");
    ASSERT_LT(read.size(), 3U);
    EXPECT_TRUE(std::equal(read.begin(), read.end(), whole.begin())) << at;
  }
}

TEST(Journal, AFullDiskLeavesNoHalfRecord) {
  const TemporaryFolder folder;
  Journal journal(folder / "journal", {"begin"});
  journal.append("one");
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 100;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string error = errorOf([&] { journal.append(std::string(500, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(error.find("journal"), std::string::npos) << error;
  journal.append("two");
  EXPECT_EQ(readJournal(folder / "journal"), (Records{"begin", "one", "two"}));
}

TEST(LabelRecord, ComesBackAsItWas) {
  RandomStream random(3, "records");
  std::uint32_t nextId = 1;
  Annotation before, after;
  for (int i = 0; i < 9; ++i)
    before = randomlyEdited(random, before, nextId, 5);
  Box odd;
  odd.id = 4000000000U;
  odd.classId = 4;
  odd.rect = {0.1, 1.0 / 3, 1e-17 + 7, 99.999999999999986};
  odd.crowd = odd.truncated = odd.occluded = true;
  odd.area = 12.25;
  odd.score = 0.1F;
  before.boxes.push_back(odd);
  after = randomlyEdited(random, before, nextId, 5);
  after.imageClasses = {2, 0};

  const auto back = [](const LabelRecord& record) {
    std::optional<LabelRecord> read = labelRecordFrom(toJson(record));
    if (!read || read->index() != record.index()) throw std::runtime_error(toJson(record));
    return *read;
  };
  const auto base = std::get<BaseRecord>(back(BaseRecord{"a/ö.jpg", ~0ULL, before}));
  EXPECT_EQ(base.picture, "a/ö.jpg");
  EXPECT_EQ(base.hash, ~0ULL);
  EXPECT_EQ(base.annotation, before);
  const AnnotationChange change = changeBetween(before, after);
  const auto edit = std::get<EditRecord>(back(EditRecord{"Move", {{"p", change}, {"q", {}}}}));
  EXPECT_EQ(edit.name, "Move");
  ASSERT_EQ(edit.pictures.size(), 2U);
  EXPECT_EQ(edit.pictures[0].second, change);
  EXPECT_EQ(edit.pictures[1].second, AnnotationChange());
  const auto save = std::get<SaveRecord>(
      back(SaveRecord{5, {{"p", LabelSlots{1, 3, 2}, after}, {"q", {}, {}}}, true}));
  EXPECT_EQ(save.hash, 5U);
  EXPECT_TRUE(save.overruled);
  ASSERT_EQ(save.parts.size(), 2U);
  EXPECT_EQ(save.parts[0].objects, (LabelSlots{1, 3, 2}));
  EXPECT_EQ(save.parts[0].annotation, after);
  EXPECT_FALSE(save.parts[1].objects);
  EXPECT_FALSE(save.parts[1].annotation);
  EXPECT_EQ(std::get<BeginRecord>(back(BeginRecord{7, {{0, "x"}, {4, "y"}}})).classes,
            (ClassList{{0, "x"}, {4, "y"}}));
  const auto list = std::make_shared<const ClassList>(ClassList{{4, "y"}, {0, "x"}});
  EXPECT_EQ(*std::get<SaveRecord>(back(SaveRecord{5, {{"p", {}, after, list}}})).parts[0].classes,
            *list);
  const auto classes = std::make_shared<const ClassChange>(
      ClassChange{listedClasses({"x", "y", "z"}), list, {1, 0, -1}});
  const auto other = std::get<EditRecord>(back(EditRecord{"Classes", {}, classes, {"p", "q"}}));
  EXPECT_EQ(*other.classes, *classes);
  EXPECT_EQ(other.following, (std::vector<std::string>{"p", "q"}));
  const auto file = std::get<ClassFileRecord>(back(ClassFileRecord{"obj.names", 9, list}));
  EXPECT_EQ(file.hash, 9U);
  EXPECT_EQ(*file.classes, *list);
  const std::map<int, std::string> gone = {{2, "{\"id\": 7}"}};
  EXPECT_EQ(std::get<ClassFileRecord>(back(ClassFileRecord{"f", 9, list, gone})).gone, gone);
  const auto both = std::get<SaveRecord>(back(SaveRecord{5, {}, false, "train.json", list, gone}));
  EXPECT_EQ(both.file, "train.json");
  EXPECT_EQ(*both.classes, *list);
  EXPECT_EQ(both.gone, gone);
  EXPECT_EQ(std::get<BeginRecord>(back(BeginRecord{7, {{0, "x"}}, {{"f", 8}}})).classFiles,
            (std::map<std::string, std::uint64_t>{{"f", 8}}));
  back(UndoRecord{});
  back(RedoRecord{});
}

TEST(LabelRecord, OtherLinesAreNone) {
  for (const char* line :
       {"", "x", "[]", "{}", "null", R"({"save":1})", R"({"edit":"x"})",
        R"({"edit":"x","pictures":[],"classes":{"before":[[0,"a"]],"after":[],"to":[0]},)"
        R"("following":[]})",
        R"({"base":"p","hash":1,"annotation":{"marks":[9,false,[]],"boxes":[]}})",
        R"({"base":"p","hash":1,"annotation":{"marks":[0,false,[]],"boxes":[[1]]}})"})
    EXPECT_FALSE(labelRecordFrom(line)) << line;
}

}  // namespace
}  // namespace boxwright
