// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "core/export/export_model.h"
#include "tests/core/export/small_model.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

onnx::ModelProto readOnnx(const fs::path& file) {
  onnx::ModelProto proto;
  EXPECT_TRUE(proto.ParseFromString(readFile(file)));
  return proto;
}

std::map<std::string, std::string> metadataOf(const onnx::ModelProto& proto) {
  std::map<std::string, std::string> values;
  for (const onnx::StringStringEntryProto& entry : proto.metadata_props())
    values[entry.key()] = entry.value();
  return values;
}

TEST(OnnxExport, PassesTheChecker) {
  const SmallModel small;
  for (const bool decode : {false, true}) {
    for (const bool nms : {false, true}) {
      ExportOptions options;
      options.decode = decode;
      options.suppress = nms;
      const fs::path file = small.folder() / "small.onnx";
      EXPECT_EQ(exportModel(small.open(), "onnx", file, options), std::vector<fs::path>{file});
      const onnx::ModelProto proto = readOnnx(file);
      EXPECT_NO_THROW(onnx::checker::check_model(proto));
      EXPECT_GE(proto.opset_import(0).version(), 11);
      // The batch is free, the rest is not.
      const auto& shape = proto.graph().input(0).type().tensor_type().shape();
      ASSERT_EQ(shape.dim_size(), 4);
      EXPECT_EQ(shape.dim(0).dim_param(), "batch");
      EXPECT_EQ(shape.dim(1).dim_value(), 3);
      EXPECT_EQ(shape.dim(2).dim_value(), 96);
      EXPECT_EQ(shape.dim(3).dim_value(), 64);
      EXPECT_EQ(proto.graph().output(0).name(), nms ? "detections" : decode ? "boxes" : "head");
      for (const onnx::NodeProto& node : proto.graph().node())
        EXPECT_NE(node.op_type(), "BatchNormalization");
    }
  }
}

TEST(OnnxExport, SaysWhatAReaderNeeds) {
  const SmallModel small;
  const fs::path file = small.folder() / "small.onnx";
  exportModel(small.open(), "onnx", file);
  const auto metadata = metadataOf(readOnnx(file));
  EXPECT_EQ(metadata.at("task"), "detection");
  EXPECT_EQ(Json::parse(metadata.at("classes")), Json({"leaf", "st\xC3\xA4m \"x\""}));
  EXPECT_EQ(Json::parse(metadata.at("anchors")), Json({{1.0, 1.0}, {2.0, 2.5}}));
  EXPECT_EQ(Json::parse(metadata.at("input_size")), Json({64, 96}));
  EXPECT_EQ(metadata.at("input_rule"), "plain");
  EXPECT_EQ(metadata.at("class_activation"), "softmax");
}

TEST(OnnxExport, RefusesWhatItCannotSay) {
  const SmallModel small;
  Model classifier;
  classifier.network =
      buildNetwork(parseCfg("[net]\nwidth=32\nheight=32\nchannels=3\n[conv]\nfilters=4\nsize=1\n"
                            "activation=linear\n[avgpool]\n[softmax]\n",
                            "classifier.cfg", classifier.problems),
                   classifier.problems);
  initialiseWeights(classifier.network, 1);
  ExportOptions decode;
  decode.decode = true;
  EXPECT_NE(errorOf([&] {
              exportModel(Model(classifier), "onnx", small.folder() / "c.onnx", decode);
            }).find("no boxes"),
            std::string::npos);
  exportModel(Model(classifier), "onnx", small.folder() / "c.onnx");
  EXPECT_EQ(readOnnx(small.folder() / "c.onnx").graph().output(0).name(), "probabilities");

  Model huge;  // without weights: the size decides first
  huge.title = "huge";
  huge.network = buildNetwork(parseCfg("[net]\nwidth=32\nheight=32\nchannels=3\n"
                                       "[conv]\nfilters=16384\nsize=1\nactivation=linear\n"
                                       "[conv]\nfilters=16384\nsize=1\nactivation=linear\n"
                                       "[conv]\nfilters=16384\nsize=1\nactivation=linear\n",
                                       "huge.cfg", huge.problems),
                              huge.problems);
  const std::string error =
      errorOf([&] { exportModel(std::move(huge), "onnx", small.folder() / "huge.onnx"); });
  EXPECT_NE(error.find("huge would be an ONNX file of 2.1 GB"), std::string::npos) << error;
  EXPECT_FALSE(fs::exists(small.folder() / "huge.onnx"));
}

TEST(OnnxExport, TheModelsOwnFilesAreNotWrittenOver) {
  const SmallModel small;
  for (const fs::path& file : {small.weights(), small.cfg(), small.names()}) {
    const std::string before = readFile(file);
    const std::string error = errorOf([&] { exportModel(small.open(), "onnx", file); });
    EXPECT_NE(error.find("a file of the model or its run"), std::string::npos) << error;
    EXPECT_EQ(readFile(file), before);
  }
}

TEST(OnnxExport, AFullDiskLeavesTheOldFile) {
  const SmallModel small;
  const fs::path file = small.folder() / "small.onnx";
  exportModel(small.open(), "onnx", file);
  const std::string old = readFile(file);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{512, limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const std::string error = errorOf([&] { exportModel(small.open(), "onnx", file); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  ::signal(SIGXFSZ, handler);
  EXPECT_NE(error.find("small.onnx"), std::string::npos) << error;
  EXPECT_EQ(readFile(file), old);
}

}  // namespace
}  // namespace boxwright
