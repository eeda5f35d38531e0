// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/export/export_model.h"
#include "tests/core/export/small_model.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

TEST(DarknetExport, WritesThreeFilesThatOpenAgain) {
  const SmallModel small;
  const Model before = small.open();
  for (const char* const name : {"out", "out.weights", "out.cfg", "out.names"}) {
    const std::vector<fs::path> files =
        exportModel(small.open(), "darknet", small.folder() / name, {});
    EXPECT_EQ(files,
              (std::vector<fs::path>{small.folder() / "out.weights", small.folder() / "out.cfg",
                                     small.folder() / "out.names"}));
    const Model after = openModel(files[1], files[0], files[2]);
    EXPECT_TRUE(after.problems.empty());
    EXPECT_EQ(after.names, before.names);
    EXPECT_EQ(after.inputRule, InputRule::Plain);
    EXPECT_EQ(after.network.seen, 4321U);
    ASSERT_EQ(after.network.layers.size(), before.network.layers.size());
    for (std::size_t i = 0; i < after.network.layers.size(); ++i) {
      EXPECT_EQ(after.network.layers[i].weights.weights, before.network.layers[i].weights.weights);
      EXPECT_EQ(after.network.layers[i].weights.rollingVariance,
                before.network.layers[i].weights.rollingVariance);
    }
    for (const fs::path& file : files)
      fs::remove(file);
  }
  // A dot inside the name is not an ending.
  EXPECT_EQ(exportModel(small.open(), "darknet", small.folder() / "v1.2", {})[0],
            small.folder() / "v1.2.weights");
}

TEST(DarknetExport, WritesBothHeaders) {
  const SmallModel small;
  ExportOptions options;
  const auto wide = fs::file_size(exportModel(small.open(), "darknet", small.folder() / "a")[0]);
  options.header = WeightsHeader::Version1;
  const auto narrow =
      fs::file_size(exportModel(small.open(), "darknet", small.folder() / "b", options)[0]);
  EXPECT_EQ(wide, narrow + 4);
}

TEST(DarknetExport, AnotherFormOfBatchNormGivesTheSameNetwork) {
  const SmallModel small;
  for (const BatchNormForm from : {BatchNormForm::EpsilonInside, BatchNormForm::EpsilonOutside}) {
    for (const BatchNormForm to : {BatchNormForm::EpsilonInside, BatchNormForm::EpsilonOutside}) {
      Model model = small.open();
      model.batchNorm = from;
      const Network wanted = fold(model.network, from);
      ExportOptions options;
      options.batchNorm = to;
      const auto files = exportModel(std::move(model), "darknet", small.folder() / "form", options);
      const Model after = openModel(files[1], files[0], files[2]);
      EXPECT_EQ(after.batchNorm, to);
      const Network folded = fold(after.network, after.batchNorm);
      const ConvolutionWeights &a = wanted.layers[0].weights, &b = folded.layers[0].weights;
      for (std::size_t i = 0; i < a.weights.size(); ++i)
        EXPECT_NEAR(a.weights[i], b.weights[i], 1e-6 * std::abs(a.weights[i]) + 1e-12);
      for (std::size_t i = 0; i < a.biases.size(); ++i)
        EXPECT_NEAR(a.biases[i], b.biases[i], 1e-6 * std::abs(a.biases[i]) + 1e-6);
    }
  }
}

TEST(DarknetExport, AnotherInputSizeStandsInTheCfg) {
  const SmallModel small;
  ExportOptions options;
  options.inputSize = 128;
  const auto files = exportModel(small.open(), "darknet", small.folder() / "large", options);
  const Model after = openModel(files[1], files[0], files[2]);
  EXPECT_EQ(after.network.net.width, 128);
  EXPECT_EQ(after.network.net.height, 128);

  // Of a network that detects at another size than it was trained at too: what was asked for
  // counts.
  Model larger = small.open();
  setDetectionSize(larger.cfg, 192);
  const auto same = exportModel(Model(larger), "darknet", small.folder() / "same");
  EXPECT_EQ(openModel(same[1], same[0], same[2]).network.net.width, 192);
  const auto other = exportModel(std::move(larger), "darknet", small.folder() / "other", options);
  EXPECT_EQ(openModel(other[1], other[0], other[2]).network.net.width, 128);
  EXPECT_EQ(readFile(other[1]).find("detection_size"), std::string::npos);
}

TEST(DarknetExport, RefusesWhatItMustNotWrite) {
  const SmallModel small;
  const auto refused = [&](const fs::path& file, const std::string& format = "darknet") {
    return errorOf([&] { exportModel(small.open(), format, file, {}); });
  };
  EXPECT_NE(refused(small.weights()).find("a file of the model"), std::string::npos);
  EXPECT_NE(refused(small.folder().path() / "none" / "x").find("none"), std::string::npos);
  EXPECT_NE(refused(small.folder() / "x", "caffe").find("caffe"), std::string::npos);
  EXPECT_NE(refused(small.folder().path().string() + "/").find("file name"), std::string::npos);
  // The model's own files are as they were.
  EXPECT_EQ(small.open().network.seen, 4321U);
  Model offsets = small.open();
  offsets.network.region().boxForm = BoxForm::Offsets;
  EXPECT_NE(errorOf([&] {
              exportModel(std::move(offsets), "darknet", small.folder() / "x");
            }).find("box_form=offsets"),
            std::string::npos);
  Model made = small.open();
  made.cfg = {};
  EXPECT_NE(errorOf([&] {
              exportModel(std::move(made), "darknet", small.folder() / "x");
            }).find("no cfg"),
            std::string::npos);
}

TEST(DarknetExport, OffersWhatTheBuildHas) {
  const std::vector<std::string> formats = exportFormats();
  EXPECT_EQ(formats.front(), "darknet");
  const bool onnx = std::find(formats.begin(), formats.end(), "onnx") != formats.end();
  const SmallModel small;
  const std::string error =
      errorOf([&] { exportModel(small.open(), "onnx", small.folder() / "x.onnx"); });
  EXPECT_EQ(error.empty(), onnx) << error;
  if (!onnx) {
    EXPECT_NE(error.find("libonnx-dev"), std::string::npos) << error;
  }
}

}  // namespace
}  // namespace boxwright
