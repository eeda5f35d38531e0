// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/evaluate_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/evaluate/detection_files.h"
#include "core/image/codec.h"
#include "tests/core/detect/small_network.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// Pictures in which every quarter is black, red or green, with the truths that colourModel()
/// finds: a box in the middle of each coloured quarter.
class Quarters : public testing::Test {
 protected:
  static constexpr int kPictures = 12;

  Quarters() {
    dataset.root = folder.path();
    dataset.format = "test";
    dataset.classes = {"green", "red"};  // not in the model's order
    for (int p = 0; p < kPictures; ++p) {
      RandomStream random(1, "quarters", 0, std::uint64_t(p));
      const int width = 40 + 2 * int(random.index(40)), height = 40 + 2 * int(random.index(40));
      Image image(width, height);
      Annotation annotation;
      for (int quarter = 0; quarter < 4; ++quarter) {
        const int kind = int(random.index(3));  // black, red, green
        if (kind == 0) continue;
        const int left = quarter % 2 * width / 2, top = quarter / 2 * height / 2;
        for (int y = top + 8; y < top + 12; ++y) {
          for (int x = left + 8; x < left + 12; ++x)
            image.at(x, y)[kind - 1] = 255;
        }
        Box box;
        box.id = std::uint32_t(annotation.boxes.size());
        box.classId = kind == 1 ? 1 : 0;
        box.rect = {left + width / 8.0, top + height / 8.0, left + 3 * width / 8.0,
                    top + 3 * height / 8.0};
        annotation.boxes.push_back(box);
      }
      annotation.state = annotation.boxes.empty() ? LabelState::Negative : LabelState::Labelled;
      const std::string name = "picture " + std::to_string(p) + ".png";
      writeImage(folder.path() / name, image);
      dataset.pictures.push_back(
          {name, width, height, std::make_shared<const Annotation>(annotation)});
      all.push_back(std::size_t(p));
    }
  }

  static Detector detector(int batch = 1, Model model = colourModel()) {
    DetectorOptions options;
    options.device = "reference";
    options.batch = batch;
    return Detector(std::move(model), options);
  }

  void change(std::size_t picture, const std::function<void(Annotation&)>& how) {
    Annotation annotation = *dataset.pictures[picture].annotation;
    how(annotation);
    dataset.pictures[picture].annotation = std::make_shared<const Annotation>(annotation);
  }

  TemporaryFolder folder;
  Dataset dataset;
  std::vector<std::size_t> all;
};

TEST_F(Quarters, PicturesWithClassesButNoBoxesAreLeftOutAndCounted) {
  // What is found in them would be false: where the objects are is not said.
  for (const std::size_t picture : {std::size_t(2), std::size_t(5)}) {
    change(picture, [](Annotation& annotation) {
      annotation.state = LabelState::Labelled;
      annotation.boxes.clear();
      annotation.imageClasses = {0};
    });
  }
  Detector perfect = detector();
  const EvaluateOutput output = evaluateModel(perfect, dataset, all, {});
  EXPECT_EQ(std::size_t(kPictures - 2), output.pictures.size());
  EXPECT_DOUBLE_EQ(1, output.result.precision);
  ASSERT_EQ(1U, output.problems.size());
  EXPECT_NE(std::string::npos, output.problems[0].what.find("2 pictures have classes"));
  const std::size_t only[] = {2, 5};
  EXPECT_THROW(evaluateModel(perfect, dataset, only, {}), Error);
  const std::size_t three[] = {0, 1, 2};
  const EvaluateOutput one = evaluateModel(perfect, dataset, three, {});
  ASSERT_EQ(1U, one.problems.size());
  EXPECT_EQ("1 picture has classes but no boxes; it is left out", one.problems[0].what);
}

TEST(DetectionFiles, EveryClassHasAFileOfItsOwn) {
  const TemporaryFolder folder;
  Dataset dataset;
  dataset.pictures.push_back({"p.jpg", 10, 10, std::make_shared<const Annotation>()});
  EvaluateOutput output;
  output.pictures.resize(1);
  const ClassNames names = {"a/b", "a_b", "a/b_2", "a_b_2", "plain"};
  for (int c = 0; c < 5; ++c)
    output.pictures[0].detections.push_back({{0, 0, 1.0 + c, 1}, c, 0.5F});
  const std::size_t indices[] = {0};
  writeVocDetections(folder.path(), dataset, indices, output, names);
  EXPECT_EQ(5, std::distance(fs::directory_iterator(folder.path()), {}));
  for (const char* const name : {"comp4_det_a_b.txt", "comp4_det_a_b_2.txt", "comp4_det_plain.txt"})
    EXPECT_TRUE(fs::exists(folder / name)) << name;
  std::ifstream own(folder / "comp4_det_a_b.txt");
  const std::string text{std::istreambuf_iterator<char>(own), {}};
  EXPECT_NE(std::string::npos, text.find(" 2.000000 1.000000")) << text;
}

TEST_F(Quarters, APerfectModelScoresOneInTheModelsOwnClasses) {
  Detector perfect = detector();
  const EvaluateOutput output = evaluateModel(perfect, dataset, all, {});
  EXPECT_TRUE(output.problems.empty());
  ASSERT_EQ(std::size_t(kPictures), output.pictures.size());
  EXPECT_EQ(all, output.indices);
  EXPECT_DOUBLE_EQ(1, output.result.map50);
  EXPECT_DOUBLE_EQ(1, output.result.precision);
  EXPECT_DOUBLE_EQ(1, output.result.recall);
  EXPECT_EQ(std::size_t(kPictures), output.result.images);
  ASSERT_EQ(2U, output.result.classes.size());
  std::size_t red = 0, green = 0;
  for (std::size_t p = 0; p < output.pictures.size(); ++p) {
    for (const Box& box : output.pictures[p].truths)
      ++(box.classId == 0 ? red : green);
    EXPECT_EQ(dataset.pictures[p].annotation->boxes.size(), output.pictures[p].truths.size());
  }
  EXPECT_EQ(red, output.result.classes[0].truths);
  EXPECT_EQ(green, output.result.classes[1].truths);
  EXPECT_GT(red, 5U);
  EXPECT_GT(green, 5U);
  // Wrong labels are no longer found.
  for (const std::size_t picture : all) {
    change(picture, [](Annotation& annotation) {
      for (Box& box : annotation.boxes)
        box.classId = 1 - box.classId;
    });
  }
  EXPECT_LT(evaluateModel(perfect, dataset, all, {}).result.map50, 0.2);
}

TEST_F(Quarters, TheNumbersDependOnNeitherThreadsNorBatch) {
  Detector one = detector();
  EvaluateOptions options;
  const EvaluateOutput wanted = evaluateModel(one, dataset, all, options);
  for (const int batch : {1, 5, 32}) {
    for (const int threads : {1, 2, 7}) {
      Detector detecting = detector(batch);
      options.loaderThreads = threads;
      std::vector<double> progress;
      const EvaluateOutput found = evaluateModel(detecting, dataset, all, options, {},
                                                 [&](double done) { progress.push_back(done); });
      ASSERT_EQ(wanted.pictures.size(), found.pictures.size());
      for (std::size_t p = 0; p < wanted.pictures.size(); ++p) {
        EXPECT_EQ(wanted.pictures[p].detections, found.pictures[p].detections);
        EXPECT_EQ(wanted.pictures[p].truths, found.pictures[p].truths);
      }
      EXPECT_EQ(wanted.result.map50, found.result.map50);
      ASSERT_FALSE(progress.empty());
      EXPECT_TRUE(std::is_sorted(progress.begin(), progress.end()));
      EXPECT_EQ(1, progress.back());
    }
  }
}

TEST_F(Quarters, TakesThePicturesAskedForInTheirOrderWithoutUnlabelledOnes) {
  change(3, [](Annotation& annotation) {
    annotation.state = LabelState::Unlabelled;
    annotation.boxes.clear();
  });
  Detector detecting = detector(2);
  const std::vector<std::size_t> asked = {9, 3, 1, 11};
  const EvaluateOutput output = evaluateModel(detecting, dataset, asked, {});
  EXPECT_EQ((std::vector<std::size_t>{9, 1, 11}), output.indices);
  EXPECT_EQ(3U, output.result.images);
}

TEST_F(Quarters, ABadPictureIsAProblemAndTheRestGoesOn) {
  std::ofstream(folder.path() / "picture 4.png", std::ios::trunc) << "no picture";
  fs::remove(folder.path() / "picture 7.png");
  Detector detecting = detector(4);
  EvaluateOptions options;
  options.loaderThreads = 3;
  const EvaluateOutput output = evaluateModel(detecting, dataset, all, options);
  ASSERT_EQ(2U, output.problems.size());
  EXPECT_EQ("picture 4.png", output.problems[0].file);
  EXPECT_EQ("picture 7.png", output.problems[1].file);
  EXPECT_EQ(Severity::Error, output.problems[0].severity);
  EXPECT_EQ(std::size_t(kPictures - 2), output.pictures.size());
  EXPECT_EQ(1, output.result.map50);
  EXPECT_EQ(0, std::count(output.indices.begin(), output.indices.end(), 4U));

  for (const std::size_t picture : all) {
    fs::remove(dataset.absolutePath(picture));
  }
  EXPECT_NE(std::string::npos, errorOf([&] {
                                 evaluateModel(detecting, dataset, all, options);
                               }).find("could be read"));
}

TEST_F(Quarters, AClassThatTheModelLacksIsAProblemAndLeftOut) {
  dataset.classes.push_back("blue");
  change(0, [](Annotation& annotation) {
    annotation.state = LabelState::Labelled;
    Box box;
    box.id = 77;
    box.classId = 2;
    box.rect = {1, 1, 9, 9};
    annotation.boxes.push_back(box);
  });
  Detector detecting = detector();
  const EvaluateOutput output = evaluateModel(detecting, dataset, all, {});
  ASSERT_EQ(1U, output.problems.size());
  EXPECT_NE(std::string::npos, output.problems[0].what.find("no class \"blue\""));
  EXPECT_EQ(1, output.result.map50);

  dataset.classes = {"x", "y", "z"};
  EXPECT_NE(std::string::npos, errorOf([&] {
                                 evaluateModel(detecting, dataset, all, {});
                               }).find("knows none of the classes"));
}

TEST_F(Quarters, SaysWhenThereIsNothingToEvaluateOn) {
  Detector detecting = detector();
  EXPECT_NE("", errorOf([&] { evaluateModel(detecting, dataset, {}, {}); }));
  for (const std::size_t picture : all) {
    change(picture, [](Annotation& annotation) { annotation.state = LabelState::Unlabelled; });
  }
  EXPECT_NE(std::string::npos,
            errorOf([&] { evaluateModel(detecting, dataset, all, {}); }).find("labelled"));
  const std::vector<std::size_t> beyond = {1000};
  EXPECT_NE("", errorOf([&] { evaluateModel(detecting, dataset, beyond, {}); }));
}

TEST_F(Quarters, StopsWithWhatItHas) {
  Detector detecting = detector();
  std::stop_source stop;
  EvaluateOptions options;
  options.loaderThreads = 2;
  const EvaluateOutput output =
      evaluateModel(detecting, dataset, all, options, stop.get_token(), [&](double done) {
        if (done > 0.2) stop.request_stop();
      });
  EXPECT_GE(output.pictures.size(), 3U);
  EXPECT_LT(output.pictures.size(), std::size_t(kPictures));
  EXPECT_EQ(output.pictures.size(), output.result.images);
  EXPECT_EQ(output.pictures.size(), output.indices.size());
}

}  // namespace
}  // namespace boxwright
