// SPDX-License-Identifier: GPL-3.0-or-later
//
// The next picture is there when D is pressed.
#include <gtest/gtest.h>

#include <QElapsedTimer>
#include <QSignalSpy>
#include <cstdio>

#include "core/image/codec.h"
#include "tests/ui/gui_application.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/annotate_page.h"
#include "ui/data/picture_loader.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

void writePicture(const fs::path& file, int width, int height, int shade) {
  Image image(width, height);
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] =
        static_cast<std::uint8_t>((i * 31 + i / 977) % 97 + static_cast<std::size_t>(shade));
  writeImage(file, image);
}

TEST(DecodeAhead, DShowsTheNextPictureOfTwelveMegapixelsAtOnce) {
  QTemporaryDir folder;
  const fs::path root = folder.path().toStdString();
  for (int i = 0; i < 5; ++i)
    writePicture(root / ("large_" + std::to_string(i) + ".jpg"), 4000, 3000, 20 * i);
  StudioState state;
  AnnotatePage page(state);
  page.resize(1300, 760);
  page.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&page));
  state.document().open(root);
  ASSERT_TRUE(waitFor([&] { return state.document().isEditable(); }));
  page.activated();
  const auto inView = [&](int picture) {
    return waitFor([&] { return page.editor().picture() == picture; });
  };
  ASSERT_TRUE(inView(0));
  QElapsedTimer clock;
  // Not the next one: it has to be decoded.
  clock.start();
  state.select(3);
  ASSERT_TRUE(inView(3));
  const double decoded = static_cast<double>(clock.nsecsElapsed()) / 1e6;
  state.select(0);
  ASSERT_TRUE(inView(0));
  QTest::qWait(static_cast<int>(3 * decoded) + 200);
  clock.start();
  QTest::keyClick(page.canvas(), Qt::Key_D);
  EXPECT_EQ(page.editor().picture(), 1) << "before the key is let go of";
  page.canvas()->repaint();
  const double ahead = static_cast<double>(clock.nsecsElapsed()) / 1e6;
  std::printf(
      "  12 megapixels: %.0f ms decoded when asked for, %.1f ms decoded ahead and painted\n",
      decoded, ahead);
  EXPECT_LT(ahead, decoded);
  page.hide();
  endJobs();
}

TEST(DecodeAhead, AnAskThatComesBeforeItIsReadyIsAnsweredByIt) {
  QTemporaryDir folder;
  const fs::path root = folder.path().toStdString();
  writePicture(root / "a.jpg", 2000, 1500, 0);
  writePicture(root / "b.png", 64, 48, 0);
  {
    PictureLoader loader;
    QSignalSpy failures(&loader, &PictureLoader::failed);
    std::vector<int> widths;
    QObject::connect(&loader, &PictureLoader::loaded, &loader, [&](const PicturePyramid& picture) {
      widths.push_back(picture.fullSize.width());
    });
    loader.expect(root / "a.jpg");
    loader.load(root / "a.jpg");
    EXPECT_TRUE(loader.isBusy());
    ASSERT_TRUE(waitFor([&] { return !widths.empty(); }));
    EXPECT_EQ(widths, std::vector<int>{2000});
    EXPECT_FALSE(loader.isBusy());
    // Another one is asked for meanwhile: only that one comes.
    widths.clear();
    loader.expect(root / "a.jpg");
    loader.load(root / "a.jpg");
    loader.load(root / "b.png");
    ASSERT_TRUE(waitFor([&] { return !widths.empty(); }));
    QTest::qWait(300);
    EXPECT_EQ(widths, std::vector<int>{64});
    // What cannot be read is told when it is asked for, and not before.
    loader.expect(root / "gone.jpg");
    QTest::qWait(200);
    EXPECT_EQ(failures.count(), 0);
    loader.load(root / "gone.jpg");
    ASSERT_TRUE(waitFor([&] { return failures.count() == 1; }));
  }
  endJobs();
}

}  // namespace
}  // namespace boxwright::ui
