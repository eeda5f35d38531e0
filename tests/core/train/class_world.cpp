// SPDX-License-Identifier: GPL-3.0-or-later
#include "class_world.h"

#include <memory>
#include <string>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/random.h"
#include "core/image/codec.h"

namespace boxwright {

namespace fs = std::filesystem;

Dataset smallClasses(const fs::path& folder, int count) {
  fs::create_directories(folder);
  Dataset dataset;
  dataset.root = folder;
  dataset.format = "class-folders";
  dataset.classes = {"checks", "lying", "upright"};
  for (int p = 0; p < count; ++p) {
    RandomStream random(22, "class world", 0, static_cast<std::uint64_t>(p));
    const int classId = p % 3;
    const int width = 40 + static_cast<int>(random.index(8)), height = 32;
    Image image(width, height);
    const int phase = static_cast<int>(random.index(8));
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const bool column = (x + phase) / 4 % 2 == 0, row = (y + phase) / 4 % 2 == 0;
        const bool bright = classId == 2 ? column : classId == 1 ? row : column != row;
        for (int c = 0; c < 3; ++c)
          image.at(x, y)[c] = static_cast<std::uint8_t>((bright ? 170 : 40) + random.index(60));
      }
    }
    const std::string name = "picture " + std::to_string(p) + ".png";
    writeImage(folder / name, image);
    Annotation annotation;
    annotation.state = LabelState::Labelled;
    annotation.imageClasses = {classId};
    dataset.pictures.push_back(
        {name, width, height, std::make_shared<const Annotation>(std::move(annotation))});
    const char* split = p % 7 >= 5 ? "val" : (p % 14 == 4 ? "test" : "train");
    dataset.splits[split].push_back(static_cast<std::size_t>(p));
  }
  return dataset;
}

fs::path tinyClassifier(const fs::path& folder) {
  std::string text = "[net]\nbatch=4\nsubdivisions=1\nwidth=32\nheight=32\nchannels=3\n\n";
  for (int i = 0; i < 3; ++i)
    text +=
        "[convolutional]\nbatch_normalize=1\nfilters=16\nsize=3\nstride=1\npad=1\n"
        "activation=leaky\n\n[maxpool]\nsize=2\nstride=2\n\n";
  text +=
      "[convolutional]\nfilters=1000\nsize=1\nstride=1\npad=1\nactivation=linear\n\n"
      "[avgpool]\n\n[softmax]\ngroups=1\n";
  const fs::path file = folder / "tiny-classifier.cfg";
  writeFileAtomically(file, text);
  return file;
}

}  // namespace boxwright
