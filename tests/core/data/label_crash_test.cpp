// SPDX-License-Identifier: GPL-3.0-or-later
// The program is killed in the middle of thousands of edits, and nothing is lost.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <numeric>
#include <tuple>

#include "core/data/class_edit.h"
#include "core/data/label_store.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/core/data/random_annotations.h"

namespace boxwright {
namespace {

constexpr std::size_t kPictures = 6;

/// What a user does, step by step: a pure function of the seed.
class User {
 public:
  explicit User(Dataset dataset, std::uint64_t seed)
      : dataset_(std::move(dataset)), random_(seed, "user") {}

  /// One more edit, undo, redo or save. `store` may be null: then it is only thought of.
  void step(LabelStore* store) {
    const std::uint64_t what = random_.index(22);
    if (what < 4) {
      if (const Edit* const edit = history_.undo()) put(*edit, false);
      if (store) store->undo();
    } else if (what < 6) {
      if (const Edit* const edit = history_.redo()) put(*edit, true);
      if (store) store->redo();
    } else if (what < 9) {
      const std::size_t picture = random_.index(kPictures);
      if (store && store->save(picture) == LabelStore::Outcome::Conflict)
        throw std::runtime_error("a conflict");
    } else if (what >= 20) {
      const ClassChangePtr change = anyChange();
      Edit edit = classEdit(dataset_, change, "Classes");
      put(edit, true);
      if (store) store->edit(edit);
      history_.push(std::move(edit));
      if (random_.index(2) == 0) return;
      if (store) saveAll(*store);
    } else {
      Edit edit{"Edit", {}};
      const std::size_t first = random_.index(kPictures);
      const std::size_t count = what == 19 ? kPictures - first : 1;
      for (std::size_t i = first; i < first + count; ++i) {
        const AnnotationPtr before = dataset_.pictures[i].annotation;
        Annotation after;
        if ((what == 17 || what == 18) && !before->trashed)
          after.trashed = true;
        else
          after =
              randomlyEdited(random_, *before, nextId_, static_cast<int>(dataset_.classes.size()));
        if (before->trashed) after.trashed = false;
        edit.pictures.push_back({i, before, std::make_shared<const Annotation>(std::move(after))});
      }
      put(edit, true);
      if (store) store->edit(edit);
      history_.push(std::move(edit));
    }
  }

  const Annotation& annotation(std::size_t picture) const {
    return *dataset_.pictures[picture].annotation;
  }
  const EditHistory& history() const { return history_; }
  const ClassNames& classes() const { return dataset_.classes; }

 private:
  static void saveAll(LabelStore& store) {
    for (const auto& pictures : store.unsavedByFile()) {
      if (store.save(pictures.front()) == LabelStore::Outcome::Conflict)
        throw std::runtime_error("a conflict");
    }
    if (store.saveClasses() == LabelStore::Outcome::Conflict)
      throw std::runtime_error("a conflict of classes");
  }

  /// A class more, others in another order, with another name, two of them one.
  ClassChangePtr anyChange() {
    ClassList now = *list_;
    const auto any = [&] { return static_cast<std::size_t>(random_.index(now.size())); };
    std::vector<int> to(now.size());
    std::iota(to.begin(), to.end(), 0);
    const std::uint64_t what = random_.index(4);
    if (what == 0 && now.size() < 6) {
      now.push_back({nextClass_, "class " + std::to_string(nextClass_)});
      ++nextClass_;
    } else if (what == 1) {
      const std::size_t a = any(), b = any();
      std::swap(now[a], now[b]);
      std::swap(to[a], to[b]);
    } else if (what == 2 && now.size() > 2) {
      const std::size_t gone = any(), stays = gone == 0 ? 1 : 0;
      now.erase(now.begin() + static_cast<std::ptrdiff_t>(gone));
      for (std::size_t i = gone + 1; i < to.size(); ++i)
        --to[i];
      to[gone] = to[stays];
    } else {
      now[any()].name = "name " + std::to_string(nextClass_++);
    }
    return std::make_shared<const ClassChange>(
        ClassChange{list_, std::make_shared<const ClassList>(std::move(now)), std::move(to)});
  }

  void put(const Edit& edit, bool forward) {
    if (edit.classes) {
      list_ = forward ? edit.classes->after : edit.classes->before;
      dataset_.classes = namesOf(*list_);
    }
    for (const PictureEdit& picture : edit.pictures)
      dataset_.pictures[picture.picture].annotation = forward ? picture.after : picture.before;
  }

  Dataset dataset_;
  ClassListPtr list_ = listedClasses(dataset_.classes);
  int nextClass_ = 100;
  RandomStream random_;
  EditHistory history_;
  std::uint32_t nextId_ = 1000;
};

/// Where the pictures of `start` stand by now: those in the trash come last.
std::vector<std::size_t> placesOf(const Dataset& start, const Dataset& now) {
  std::vector<std::size_t> places;
  for (const Picture& picture : start.pictures) {
    const auto found =
        std::find_if(now.pictures.begin(), now.pictures.end(),
                     [&](const Picture& other) { return other.path == picture.path; });
    places.push_back(static_cast<std::size_t>(found - now.pictures.begin()));
  }
  return places;
}

/// What a file can tell of the boxes, which are of whole pixels: without ids, in an order of its
/// own.
std::vector<std::tuple<int, double, double, double, double, bool>> contents(const Annotation& a,
                                                                            bool flags) {
  std::vector<std::tuple<int, double, double, double, double, bool>> list;
  for (const Box& b : a.boxes)
    list.emplace_back(b.classId, std::round(b.rect.left), std::round(b.rect.top),
                      std::round(b.rect.right), std::round(b.rect.bottom), flags && b.difficult);
  std::sort(list.begin(), list.end());
  return list;
}

/// A file a picture.
void makeVoc(const DatasetFolder& folder) {
  for (std::size_t i = 0; i < kPictures; ++i)
    folder.picture("set/JPEGImages/" + std::to_string(i) + ".png");
  folder.text("set/classes.txt", "cat\ndog\nfox\n");
  folder.text("set/Annotations/0.xml", "<annotation></annotation>");
}

/// Text labels beside the pictures.
void makeDarknet(const DatasetFolder& folder) {
  for (std::size_t i = 0; i < kPictures; ++i)
    folder.picture("set/" + std::to_string(i) + ".png");
  folder.text("set/obj.names", "cat\ndog\nfox\n");
  std::string list;
  for (std::size_t i = 0; i < kPictures; ++i)
    list += std::to_string(i) + ".png\n";
  folder.text("set/train.txt", list);
  folder.text("set/obj.data", "classes = 3\ntrain = train.txt\nnames = obj.names\n");
}

/// Two files of three pictures each, of which one lists none but the first.
void makeCoco(const DatasetFolder& folder) {
  for (const char* split : {"train", "val"}) {
    for (int i = 0; i < 3; ++i)
      folder.picture(std::string("set/") + split + "/" + std::to_string(i) + ".png");
    folder.text(std::string("set/annotations/instances_") + split + ".json",
                "{\"images\": [{\"id\": 1, \"file_name\": \"0.png\"}], \"annotations\": [\n], "
                "\"categories\": [{\"id\": 7, \"name\": \"cat\"}, {\"id\": 3, \"name\": \"dog\"}, "
                "{\"id\": 5, \"name\": \"fox\"}]}");
  }
}

void killAndCompare(const std::string& format, void (*make)(const DatasetFolder&)) {
  // What the layout holds.
  const bool flags = format == "voc";
  int kills = 0, steps = 0, withUnsaved = 0, trashed = 0;
  std::ptrdiff_t classEdits = 0;
  for (std::uint64_t round = 0; round < 24; ++round) {
    DatasetFolder folder;
    make(folder);
    const Dataset start = openDataset(folder / "set");
    ASSERT_EQ(start.format, format);
    ASSERT_EQ(start.pictures.size(), kPictures);
    ASSERT_EQ(start.classes.size(), 3U);

    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      try {
        LabelStore store(start, folder / "user");
        User user(start, round);
        for (;;) {
          user.step(&store);
          if (::write(ends[1], "x", 1) != 1) ::_exit(2);
        }
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
      }
      ::_exit(1);
    }
    ::close(ends[1]);
    RandomStream random(round, "kill");
    // After so many steps, or somewhat later.
    const auto least = static_cast<int>(random.index(400));
    int told = 0;
    char byte = 0;
    while (told < least && ::read(ends[0], &byte, 1) == 1)
      ++told;
    ::usleep(static_cast<useconds_t>(random.index(3000)));
    ::kill(child, SIGKILL);
    while (::read(ends[0], &byte, 1) == 1)
      ++told;
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
    ++kills;
    steps += told;

    // As after the last step that was told, or after the one it was in.
    User user(start, round);
    for (int i = 0; i < told; ++i)
      user.step(nullptr);
    Dataset now = openDataset(folder / "set");
    // The journal is written anew and read again.
    LabelStore(now, folder / "user").takeFound();
    LabelStore store(now, folder / "user");
    LabelStore::Found found = store.takeFound();
    EXPECT_TRUE(found.problems.empty()) << found.problems.front().what;
    ASSERT_EQ(now.pictures.size(), kPictures);
    std::vector<std::size_t> places = placesOf(start, now);
    std::vector<AnnotationPtr> annotations;
    for (const Picture& picture : now.pictures)
      annotations.push_back(picture.annotation);
    for (std::size_t i = 0; i < kPictures; ++i)
      annotations[places[i]] = start.pictures[i].annotation;
    for (const auto& [picture, annotation] : found.annotations)
      annotations[picture] = annotation;
    const auto agrees = [&] {
      for (std::size_t i = 0; i < kPictures; ++i) {
        if (*annotations[places[i]] != user.annotation(i)) return false;
      }
      const ClassNames classes = found.classes ? namesOf(*found.classes) : now.classes;
      return classes == user.classes() && found.history.size() == user.history().size() &&
             found.history.inForce() == user.history().inForce();
    };
    if (!agrees()) user.step(nullptr);
    ASSERT_TRUE(agrees()) << "round " << round << " after " << told << " steps";
    std::vector<std::string> names;
    for (EditHistory history = found.history; const Edit* edit = history.undo();)
      names.push_back(edit->name);
    withUnsaved += !store.unsaved().empty();
    for (std::size_t i = 0; i < kPictures; ++i)
      trashed += user.annotation(i).trashed;

    for (std::size_t i = 0; i < kPictures; ++i)
      EXPECT_NE(store.save(i), LabelStore::Outcome::Conflict);
    EXPECT_NE(store.saveClasses(), LabelStore::Outcome::Conflict);
    EXPECT_TRUE(store.unsaved().empty());
    EXPECT_TRUE(store.classesSaved());
    classEdits += std::count_if(names.begin(), names.end(),
                                [](const std::string& name) { return name == "Classes"; });
    store.close();
    now = openDataset(folder / "set");
    EXPECT_TRUE(now.problems.empty()) << problemsOf(now);
    EXPECT_EQ(now.classes, user.classes());
    ASSERT_EQ(now.pictures.size(), kPictures);
    places = placesOf(start, now);
    for (std::size_t i = 0; i < kPictures; ++i) {
      const Annotation& saved = *now.pictures[places[i]].annotation;
      EXPECT_EQ(contents(saved, flags), contents(user.annotation(i), flags));
      EXPECT_EQ(saved.state, user.annotation(i).state);
      EXPECT_EQ(saved.verified, user.annotation(i).verified);
      EXPECT_EQ(saved.trashed, user.annotation(i).trashed);
      EXPECT_NE(std::filesystem::exists(now.absolutePath(places[i])), saved.trashed);
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "set"))
      EXPECT_EQ(entry.path().filename().string().find(".bw-"), std::string::npos) << entry.path();
  }
  std::printf(
      "%d kills in %d steps, %d of them with something unsaved; %d pictures in the trash, %d edits "
      "of the classes in force\n",
      kills, steps, withUnsaved, trashed, static_cast<int>(classEdits));
  EXPECT_GT(steps, 2000);
  EXPECT_GT(trashed, 5);
  EXPECT_GT(classEdits, 20);
}

TEST(LabelCrash, NothingIsLostWhereverItIsKilled) {
  killAndCompare("voc", makeVoc);
}

TEST(LabelCrash, NorWhereClassesAreNumbers) {
  killAndCompare("darknet", makeDarknet);
}

TEST(LabelCrash, NorWherePicturesShareAFile) {
  killAndCompare("coco", makeCoco);
}

}  // namespace
}  // namespace boxwright
