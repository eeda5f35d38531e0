// SPDX-License-Identifier: GPL-3.0-or-later
// Darknet itself as an oracle: the library of Debian's package reads our weights files and must
// give our heads. It computes on the CPU and so divides by sqrt(v) + 1e-6. Where it is not
// installed the tests are skipped and say so.
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/compute/session.h"
#include "core/export/export_model.h"
#include "core/image/resize.h"
#include "tests/peers/drawn_network.h"
#include "tests/source_folder.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// darknet.h's struct of this name.
struct DarknetImage {
  int w, h, c;
  float* data;
};

/// The functions of the library that are asked.
class DarknetLibrary {
 public:
  DarknetLibrary() {
    for (const char* const path : {"libdarknet.so", "/usr/lib/darknet/libdarknet.so"}) {
      library_ = dlopen(path, RTLD_NOW | RTLD_LOCAL);
      if (library_) break;
    }
    if (!library_) return;
    find("load_network", load_);
    find("free_network", free_);
    find("set_batch_network", setBatch_);
    find("network_predict", predict_);
    find("resize_image", resize);
    find("letterbox_image", letterbox);
    find("free_image", freeImage);
  }
  bool isThere() const { return library_ != nullptr; }

  /// What the last layer of the cfg gives for one picture, `count` numbers.
  std::vector<float> ask(const fs::path& cfg, const fs::path& weights, std::vector<float> picture,
                         std::size_t count) const {
    std::string cfgName = cfg.string(), weightsName = weights.string();
    // It tells its layers on the error output.
    const int saved = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDERR_FILENO);
    void* const network = load_(cfgName.data(), weightsName.data(), 0);
    setBatch_(network, 1);
    const float* const output = predict_(network, picture.data());
    std::vector<float> values(output, output + count);
    free_(network);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(nowhere);
    return values;
  }

  DarknetImage (*resize)(DarknetImage, int, int) = nullptr;
  DarknetImage (*letterbox)(DarknetImage, int, int) = nullptr;
  void (*freeImage)(DarknetImage) = nullptr;

 private:
  template <typename Function>
  void find(const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(dlsym(library_, name));
    EXPECT_NE(function, nullptr) << name;
  }

  void* library_ = nullptr;  // never closed: Darknet leaves threads and memory behind
  void* (*load_)(char*, char*, int) = nullptr;
  void (*free_)(void*) = nullptr;
  void (*setBatch_)(void*, int) = nullptr;
  float* (*predict_)(void*, float*) = nullptr;
};

class Darknet : public testing::Test {
 protected:
  static const DarknetLibrary& library() {
    static const DarknetLibrary found;
    return found;
  }
  void SetUp() override {
    if (!library().isThere())
      GTEST_SKIP() << "NOT CHECKED: Darknet's library is not here (install the package darknet)";
  }

  /// A network with drawn weights as a model, at `size` (0: the cfg's).
  static Model drawn(const std::string& nameOrPath, int size, BatchNormForm form) {
    Model model;
    model.cfg = readCfg(findNetwork(nameOrPath), model.problems);
    if (size > 0) {
      model.cfg.sections.front().set("width", std::to_string(size));
      model.cfg.sections.front().set("height", std::to_string(size));
    }
    model.network = buildNetwork(model.cfg, model.problems);
    drawWeights(model.network, 21);
    model.batchNorm = form;
    setBatchNormForm(model.cfg, form);
    return model;
  }

  static std::vector<float> ours(const Model& model, const std::vector<float>& picture) {
    const std::unique_ptr<Backend> backend = openBackend("cpu", 2);
    SessionOptions options;
    options.threads = 2;
    Session session(*backend, fold(model.network, model.batchNorm), options);
    session.forward(picture);
    return {session.head().begin(), session.head().end()};
  }

  /// The difference between our head and Darknet's, from files that `options` wrote.
  double difference(const Model& model, const ExportOptions& options = {}) {
    const std::vector<float> picture = drawPictures(model.network, 9);
    const std::vector<float> wanted = ours(model, picture);
    EXPECT_GT(deviationOf(wanted), 0.1);
    Model copy = model;
    const auto files = exportModel(std::move(copy), "darknet", folder_ / "peer", options);
    // Without [region], whose output is no longer the raw head.
    std::vector<Problem> problems;
    Cfg cfg = readCfg(files[1], problems);
    if (cfg.sections.back().name == "region") cfg.sections.pop_back();
    const fs::path headCfg = folder_ / "head.cfg";
    writeFileAtomically(headCfg, writeCfg(cfg));
    return differenceOf(wanted, library().ask(headCfg, files[0], picture, wanted.size()));
  }

  const TemporaryFolder folder_;
};

TEST_F(Darknet, GivesOurHeadsFromOurFiles) {
  const struct {
    std::string network;
    int size;
  } cases[] = {{"yolov2-tiny-voc", 96},
               {"yolov2-nano", 96},
               {testData() + "/networks/passthrough2016.cfg", 0}};
  for (const auto& [network, size] : cases) {
    const Model model = drawn(network, size, BatchNormForm::EpsilonOutside);
    for (const WeightsHeader header : {WeightsHeader::Version1, WeightsHeader::Version2}) {
      ExportOptions options;
      options.header = header;
      const double found = difference(model, options);
      EXPECT_LT(found, kTolerance) << network;
      RecordProperty(
          fs::path(network).stem().string() + (header == WeightsHeader::Version1 ? "16" : "20"),
          std::to_string(1e6 * found) + "e-6");
    }
  }
}

TEST_F(Darknet, GivesOurHeadsOfTheOtherEpsilonWhereTheVariancesAreChangedForIt) {
  const Model model = drawn("yolov2-nano", 96, BatchNormForm::EpsilonInside);
  EXPECT_GT(difference(model), 10 * kTolerance);  // its own form of the very same file
  ExportOptions options;
  options.batchNorm = BatchNormForm::EpsilonOutside;
  EXPECT_LT(difference(model, options), kTolerance);
}

TEST_F(Darknet, GivesTheProbabilitiesOfOurClassifier) {
  // An error of rounding weighs more where all probabilities are small.
  const Model model = drawn("darknet19", 64, BatchNormForm::EpsilonOutside);
  const std::vector<float> picture = drawPictures(model.network, 9);
  const std::vector<float> wanted = ours(model, picture);
  Model copy = model;
  const auto files = exportModel(std::move(copy), "darknet", folder_ / "classifier");
  EXPECT_LT(differenceOf(wanted, library().ask(files[1], files[0], picture, wanted.size())),
            kTolerance);
}

TEST_F(Darknet, BringsPicturesToSizeAsWeDo) {
  RandomStream random(3, "picture");
  for (const auto& [width, height] : {std::pair(50, 37), std::pair(31, 64), std::pair(96, 40)}) {
    Image pixels(width, height);
    std::vector<float> planes(std::size_t(3) * width * height);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        for (int c = 0; c < 3; ++c) {
          const int value = int(random.uniform() * 256);
          pixels.at(x, y)[c] = std::uint8_t(value);
          planes[(std::size_t(c) * height + y) * width + x] = float(value) / 255.0F;
        }
      }
    }
    for (const ResizeRule rule : {ResizeRule::Plain, ResizeRule::Letterbox}) {
      std::vector<float> mine(std::size_t(3) * 64 * 96);
      toNetworkInput(pixels, rule, 64, 96, mine);
      const auto bring = rule == ResizeRule::Plain ? library().resize : library().letterbox;
      const DarknetImage theirs = bring({width, height, 3, planes.data()}, 64, 96);
      const std::vector<float> values(theirs.data, theirs.data + mine.size());
      library().freeImage(theirs);
      EXPECT_LT(differenceOf(mine, values), 1e-5);
    }
  }
}

}  // namespace
}  // namespace boxwright
