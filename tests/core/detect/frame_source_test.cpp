// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/frame_source.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <tuple>

#include "core/base/atomic_file.h"
#include "core/detect/stream_url.h"
#include "core/image/codec.h"
#include "tests/core/detect/waiting.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

Image plain(std::uint8_t grey) {
  Image image(24, 16);
  for (std::uint8_t& value : image.pixels)
    value = grey;
  return image;
}

std::string errorOfOpening(const std::string& source) {
  return errorOf([&] { openFrameSource(source); });
}

TEST(FrameSource, GivesOnePicture) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "eine Größe.png";
  writeImage(file, plain(90));
  const auto source = openFrameSource(utf8(file));
  EXPECT_FALSE(source->live());
  EXPECT_EQ(1U, source->length());
  const std::optional<Frame> frame = source->next({});
  ASSERT_TRUE(frame);
  EXPECT_EQ(plain(90), frame->image);
  EXPECT_EQ(utf8(file), frame->source);
  EXPECT_EQ(0U, frame->number);
  EXPECT_FALSE(source->next({}));
  EXPECT_TRUE(openFrameSource("file://" + utf8(file))->next({}));
}

TEST(FrameSource, GivesAFolderInTheOrderOfPeople) {
  const TemporaryFolder folder;
  const char* const names[] = {"frame 2.png", "frame 10.png", "frame 1.png", "Frame 3.png"};
  for (int i = 0; i < 4; ++i)
    writeImage(folder.path() / names[i], plain(std::uint8_t(10 * i)));
  std::ofstream(folder.path() / "notes.txt") << "no picture";
  const auto source = openFrameSource(utf8(folder.path()));
  EXPECT_EQ(4U, source->length());
  std::vector<std::string> order;
  while (const std::optional<Frame> frame = source->next({})) {
    order.push_back(fs::path(frame->source).filename());
  }
  EXPECT_EQ((std::vector<std::string>{"Frame 3.png", "frame 1.png", "frame 2.png", "frame 10.png"}),
            order);
  ASSERT_TRUE(source->seek(2));
  EXPECT_EQ(2U, source->next({})->number);
  EXPECT_FALSE(source->seek(4));
}

TEST(FrameSource, LooksIntoSubfoldersWhereAFolderHasNoPictures) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "a");
  fs::create_directories(folder.path() / "b");
  writeImage(folder.path() / "b" / "1.png", plain(1));
  writeImage(folder.path() / "a" / "2.png", plain(2));
  EXPECT_EQ(2U, openFrameSource(utf8(folder.path()))->length());
  writeImage(folder.path() / "3.png", plain(3));
  EXPECT_EQ(1U, openFrameSource(utf8(folder.path()))->length());
}

TEST(FrameSource, PassesOverABadPictureOfSeveralAndSaysSo) {
  const TemporaryFolder folder;
  writeImage(folder.path() / "1.png", plain(1));
  std::ofstream(folder.path() / "2.jpg") << "this is no picture";
  const auto source = openFrameSource(utf8(folder.path()));
  EXPECT_TRUE(source->next({}));
  EXPECT_EQ("", source->condition());
  EXPECT_FALSE(source->next({}));
  EXPECT_NE(std::string::npos, source->condition().find("passed over 2.jpg"));

  // The good one after bad ones tells of them; so does the end.
  std::ofstream(folder.path() / "0.jpg") << "nor is this";
  std::ofstream(folder.path() / "00.jpg") << "nor this";
  const auto mixed = openFrameSource(utf8(folder.path()));
  const std::optional<Frame> good = mixed->next({});
  ASSERT_TRUE(good);
  EXPECT_EQ("1.png", fs::path(good->source).filename());
  EXPECT_TRUE(mixed->condition().starts_with("passed over 2 pictures, the last of them 0"))
      << mixed->condition();
  EXPECT_FALSE(mixed->next({}));
  EXPECT_TRUE(mixed->condition().starts_with("passed over 2.jpg: ")) << mixed->condition();
  EXPECT_EQ(3U, mixed->passedOver());
  fs::remove(folder.path() / "0.jpg");
  fs::remove(folder.path() / "00.jpg");

  const auto alone = openFrameSource(utf8(folder.path() / "2.jpg"));
  EXPECT_THROW(alone->next({}), Error);
  fs::remove(folder.path() / "1.png");
  std::ofstream(folder.path() / "3.jpg") << "nor is this";
  const auto none = openFrameSource(utf8(folder.path()));
  EXPECT_THROW(none->next({}), Error);
}

TEST(FrameSource, ReadsAheadWhatItReadsOneByOne) {
  const TemporaryFolder folder;
  for (int i = 0; i < 30; ++i) {
    const fs::path file = folder.path() / (std::to_string(i) + (i % 7 == 3 ? ".jpg" : ".png"));
    if (i % 7 == 3)
      std::ofstream(file) << "this is no picture";
    else
      writeImage(file, plain(std::uint8_t(i)));
  }
  using Read = std::vector<std::tuple<std::uint64_t, std::uint8_t, std::string>>;
  const auto readWith = [&](int threads) {
    const auto source = openFrameSource(utf8(folder.path()));
    source->readAhead(threads);
    Read all;
    const auto toTheEnd = [&] {
      while (const std::optional<Frame> frame = source->next({}))
        all.emplace_back(frame->number, frame->image.pixels.front(), source->condition());
      all.emplace_back(source->passedOver(), 0, source->condition());
    };
    for (int i = 0; i < 5; ++i)
      source->next({});
    EXPECT_TRUE(source->seek(2));  // what was read ahead is of no use any more
    toTheEnd();
    return all;
  };
  const Read expected = readWith(0);
  EXPECT_EQ(expected.size(), 25U);
  for (const int threads : {1, 3})
    EXPECT_EQ(readWith(threads), expected) << threads;
}

TEST(FrameSource, SaysWhatIsWrongWithASource) {
  const TemporaryFolder folder;
  EXPECT_NE(std::string::npos, errorOfOpening("").find("no source was given"));
  EXPECT_NE(std::string::npos, errorOfOpening("no such file.jpg").find("no such file.jpg"));
  EXPECT_NE(std::string::npos,
            errorOfOpening(utf8(folder.path())).find("there are no pictures in the folder"));
  std::ofstream(folder.path() / "labels.TXT") << "0 .5 .5 .1 .1";
  EXPECT_NE(std::string::npos,
            errorOfOpening(utf8(folder.path() / "labels.TXT")).find("hold no pictures"));
  std::ofstream(folder.path() / "clip.mp4") << "this is no video";
  EXPECT_NE(std::string::npos,
            errorOfOpening(utf8(folder.path() / "clip.mp4")).find("cannot be decoded as a video"));
  EXPECT_NE(std::string::npos, errorOfOpening("/dev/null").find("neither a file nor a folder"));
  EXPECT_NE(std::string::npos, errorOfOpening("camera:front").find("give its number"));
  EXPECT_NE(std::string::npos, errorOfOpening("camera:987").find("camera 987 is not there"));
  EXPECT_NE(std::string::npos, errorOfOpening("/dev/video987").find("camera 987 is not there"));
  EXPECT_NE(std::string::npos, errorOfOpening("gopher://host/x").find("gopher"));
  EXPECT_NE(std::string::npos, errorOfOpening("test-pattern:1").find("takes no settings"));
}

TEST(FrameSource, SaysThatAFolderMayNotBeRead) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const TemporaryFolder folder;
  fs::permissions(folder.path(), fs::perms::none);
  EXPECT_NE(std::string::npos, errorOfOpening(utf8(folder.path())).find("cannot be read"));
  fs::permissions(folder.path(), fs::perms::owner_all);
}

TEST(FrameSource, StopsAtOnce) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(openFrameSource("test-pattern:")->next(stop.get_token()));
  const TemporaryFolder folder;
  writeImage(folder.path() / "1.png", plain(1));
  EXPECT_FALSE(openFrameSource(utf8(folder.path()))->next(stop.get_token()));
}

TEST(FrameSource, ListsCamerasOnceEachAndByNumber) {
  const std::vector<Camera> cameras = listCameras();
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    EXPECT_FALSE(cameras[i].name.empty());
    EXPECT_TRUE(fs::exists("/dev/video" + std::to_string(cameras[i].index)));
    if (i > 0) {
      EXPECT_LT(cameras[i - 1].index, cameras[i].index);
    }
  }
  EXPECT_EQ(cameras, listCameras());
}

TEST(StreamUrl, KeepsPasswordsOutOfMessages) {
  EXPECT_EQ("rtsp://bob:***@cam.local:554/a@b",
            withoutPassword("rtsp://bob:x:y@cam.local:554/a@b"));
  EXPECT_EQ("rtsp://cam.local:554/a", withoutPassword("rtsp://cam.local:554/a"));
  EXPECT_EQ("rtsp://bob@cam.local/", withoutPassword("rtsp://bob@cam.local/"));
  EXPECT_TRUE(isUrl("rtsp://cam"));
  EXPECT_FALSE(isUrl("C:/pictures"));
  EXPECT_FALSE(isUrl("a b://c"));
  EXPECT_FALSE(isUrl("://c"));
}

}  // namespace
}  // namespace boxwright
