// SPDX-License-Identifier: GPL-3.0-or-later
#include "small_world.h"

#include <algorithm>

#include "core/base/atomic_file.h"
#include "core/base/random.h"
#include "core/image/codec.h"

namespace boxwright {

namespace fs = std::filesystem;

Dataset smallDataset(const fs::path& folder, int count) {
  fs::create_directories(folder);
  Dataset dataset;
  dataset.root = folder;
  dataset.format = "voc";
  dataset.classes = {"square", "bar"};
  for (int p = 0; p < count; ++p) {
    RandomStream random(21, "small world", 0, static_cast<std::uint64_t>(p));
    Image image(64, 48);
    for (auto& value : image.pixels)
      value = static_cast<std::uint8_t>(40 + random.index(60));
    Annotation annotation;
    annotation.state = LabelState::Labelled;
    const int objects = 1 + static_cast<int>(random.index(2));
    for (int o = 0; o < objects; ++o) {
      const int classId = static_cast<int>(random.index(2));
      const int width = classId == 0 ? 14 : 28, height = classId == 0 ? 14 : 8;
      const int left = static_cast<int>(random.index(static_cast<std::uint64_t>(64 - width)));
      const int top = static_cast<int>(random.index(static_cast<std::uint64_t>(48 - height)));
      for (int y = top; y < top + height; ++y)
        for (int x = left; x < left + width; ++x)
          std::fill_n(image.at(x, y), 3, std::uint8_t(240));
      Box box;
      box.id = static_cast<std::uint32_t>(o + 1);
      box.classId = classId;
      box.rect = {double(left), double(top), double(left + width), double(top + height)};
      annotation.boxes.push_back(box);
    }
    const std::string name = "picture " + std::to_string(p) + ".png";
    writeImage(folder / name, image);
    dataset.pictures.push_back({name, 64, 48, std::make_shared<const Annotation>(annotation)});
    const char* split = p % 5 == 4 ? "val" : (p % 10 == 3 ? "test" : "train");
    dataset.splits[split].push_back(static_cast<std::size_t>(p));
  }
  return dataset;
}

fs::path tinyNetwork(const fs::path& folder) {
  std::string text = "[net]\nbatch=4\nsubdivisions=1\nwidth=64\nheight=64\nchannels=3\n\n";
  for (const int filters : {16, 16, 16, 16, 16})
    text += "[convolutional]\nbatch_normalize=1\nfilters=" + std::to_string(filters) +
            "\nsize=3\nstride=1\npad=1\nactivation=leaky\n\n[maxpool]\nsize=2\nstride=2\n\n";
  text +=
      "[convolutional]\nfilters=14\nsize=1\nstride=1\npad=1\nactivation=linear\n\n"
      "[region]\nanchors=.5,.5,1,.3\nbias_match=1\nclasses=2\ncoords=4\nnum=2\nsoftmax=1\n";
  const fs::path file = folder / "tiny.cfg";
  writeFileAtomically(file, text);
  return file;
}

RunSettings quickSettings(const fs::path& cfg) {
  RunSettings s;
  s.model = utf8(cfg);
  s.size = 64;
  s.batch = 4;
  s.epochs = 3;
  s.anchors = 2;
  s.threads = 1;
  s.loaderThreads = 1;
  s.device = "cpu";
  return s;
}

}  // namespace boxwright
