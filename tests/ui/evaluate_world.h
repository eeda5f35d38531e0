// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QTemporaryDir>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/image/codec.h"
#include "core/network/cfg.h"
#include "core/network/network.h"
#include "core/network/weights_file.h"
#include "core/taxonomy/class_names.h"

namespace boxwright::ui {

/// A VOC dataset of pictures of 128 x 128 in a folder, and beside it a network that sees colours:
/// of 64 x 64 in 2 x 2 cells, a cell that holds red is an object of class "red", one that holds
/// green of class "green", 32 x 32 pixels of the picture in the cell's middle. Labels are by what
/// is said, not by what is painted.
class ColourWorld {
 public:
  struct Object {
    int cell = 0;          ///< 0 to 3, row by row
    std::string painted;   ///< "red", "green" or nothing
    std::string labelled;  ///< the same
  };

  ColourWorld() : root_(folder_.path().toStdString()) {}

  std::filesystem::path dataset() const { return root_ / "colours"; }
  std::filesystem::path label(int picture) const {
    return dataset() / "Annotations" / (name(picture) + ".xml");
  }
  QString file(const char* what) const { return QString::fromStdString((root_ / what).string()); }

  /// The pixels that the network says an object of a cell has.
  static Rect placeOf(int cell) {
    const double x = 16 + 64 * (cell % 2), y = 16 + 64 * (cell / 2);
    return {x, y, x + 32, y + 32};
  }

  /// One picture for each list of objects; all are in the split "test" as well as in "train".
  void makeDataset(const std::vector<std::vector<Object>>& pictures) {
    namespace fs = std::filesystem;
    fs::create_directories(dataset() / "JPEGImages");
    fs::create_directories(dataset() / "Annotations");
    fs::create_directories(dataset() / "ImageSets" / "Main");
    std::string list;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      const std::string stem = name(static_cast<int>(i));
      Image image(128, 128);
      std::string objects;
      for (const Object& object : pictures[i]) {
        const Rect r = placeOf(object.cell);
        for (int y = static_cast<int>(r.top); y < static_cast<int>(r.bottom); ++y) {
          for (int x = static_cast<int>(r.left); x < static_cast<int>(r.right); ++x) {
            if (object.painted == "red") image.at(x, y)[0] = 255;
            if (object.painted == "green") image.at(x, y)[1] = 255;
          }
        }
        if (object.labelled.empty()) continue;
        const auto number = [](double value) { return std::to_string(static_cast<int>(value)); };
        objects += "<object><name>" + object.labelled + "</name><bndbox><xmin>" +
                   number(r.left + 1) + "</xmin><ymin>" + number(r.top + 1) + "</ymin><xmax>" +
                   number(r.right) + "</xmax><ymax>" + number(r.bottom) +
                   "</ymax></bndbox></object>\n";
      }
      writeImage(dataset() / "JPEGImages" / (stem + ".png"), image);
      writeFileAtomically(dataset() / "Annotations" / (stem + ".xml"),
                          "<annotation>\n<filename>" + stem +
                              ".png</filename>\n<size><width>128</width><height>128</height>"
                              "<depth>3</depth></size>\n" +
                              objects + "</annotation>\n");
      list += stem + "\n";
    }
    for (const char* split : {"train", "val", "test"})
      writeFileAtomically(dataset() / "ImageSets" / "Main" / (std::string(split) + ".txt"), list);
  }

  /// colours.cfg, colours.weights and colours.names; `greenToo` false: one that sees no green.
  void makeModel(const std::string& stem = "colours", bool greenToo = true) {
    const std::string cfg =
        "[net]\nwidth=64\nheight=64\nchannels=3\n"
        "[maxpool]\nsize=8\nstride=8\npadding=0\n"
        "[maxpool]\nsize=4\nstride=4\npadding=0\n"
        "[convolutional]\nfilters=7\nsize=1\nstride=1\nactivation=linear\n"
        "[region]\nanchors=0.5,0.5\nclasses=2\ncoords=4\nnum=1\nsoftmax=1\n";
    writeFileAtomically(root_ / (stem + ".cfg"), cfg);
    std::vector<Problem> problems;
    Network network = buildNetwork(parseCfg(cfg, stem + ".cfg", problems), problems);
    ConvolutionWeights& weights = network.layers[2].weights;
    weights.weights.assign(7 * 3, 0);
    weights.biases.assign(7, 0);
    weights.biases[4] = -6;
    weights.weights[4 * 3 + 0] = 12;
    weights.weights[4 * 3 + 1] = greenToo ? 12.F : -12.F;
    weights.weights[5 * 3 + 0] = 8;
    weights.weights[6 * 3 + 1] = 8;
    saveWeights(root_ / (stem + ".weights"), network, 0);
    writeClassNames(root_ / (stem + ".names"), {"red", "green"});
  }

 private:
  static std::string name(int picture) { return "picture_" + std::to_string(picture); }

  QTemporaryDir folder_;
  std::filesystem::path root_;
};

}  // namespace boxwright::ui
