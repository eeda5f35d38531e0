// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmark/unseen/made_datasets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/atomic_folder.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/combined_file.h"
#include "core/data/open_dataset.h"
#include "core/data/sample_files.h"
#include "core/image/codec.h"

namespace boxwright::unseen {
namespace {

namespace fs = std::filesystem;

constexpr int kTestTile = 240;
constexpr int kTiles = 6;                            ///< a picture to learn from
constexpr double kLeastTile = 110, kMostTile = 480;  ///< their sides
constexpr double kLeastShown = 0.4;  ///< of a cell in a tile; of others its label is difficult
const std::vector<std::string> kCells = {"Platelets", "RBC", "WBC"};
constexpr int kRed = 1;  ///< of these

Image cut(const Image& image, int left, int top, int side) {
  Image part(side, side);
  for (int y = 0; y < side; ++y)
    std::memcpy(part.at(0, y), image.at(left, top + y), 3 * static_cast<std::size_t>(side));
  return part;
}

/// What of `boxes` is to be seen in a square, in its pixels.
std::vector<Box> clipped(const std::vector<Box>& boxes, int left, int top, int side) {
  std::vector<Box> inside;
  for (Box box : boxes) {
    const double whole = box.rect.area();
    box.rect = {std::clamp(box.rect.left - left, 0.0, double(side)),
                std::clamp(box.rect.top - top, 0.0, double(side)),
                std::clamp(box.rect.right - left, 0.0, double(side)),
                std::clamp(box.rect.bottom - top, 0.0, double(side))};
    if (box.rect.width() < 2 || box.rect.height() < 2) continue;
    box.difficult = box.rect.area() < kLeastShown * whole;
    box.truncated = box.rect.area() < whole;
    inside.push_back(box);
  }
  return inside;
}

struct Square {
  int left = 0, top = 0, side = 0;
};

/// Of a random side, somewhere in the picture.
Square anywhere(const Image& image, RandomStream& random) {
  const double drawn = random.uniform(kLeastTile, kMostTile);
  Square square;
  square.side = std::min({image.width, image.height, int(std::lround(drawn))});
  square.left = int(random.index(std::uint64_t(image.width - square.side + 1)));
  square.top = int(random.index(std::uint64_t(image.height - square.side + 1)));
  return square;
}

/// With a box somewhere in it, of a random side: a little more than the box's longer one, to three
/// times that; all within the picture.
Square around(const Rect& box, const Image& image, RandomStream& random) {
  const double longer = std::max(box.width(), box.height());
  const double drawn = longer * std::exp(random.uniform(std::log(1.3), std::log(3.0)));
  Square square;
  square.side = std::min({image.width, image.height, std::max(16, int(std::lround(drawn)))});
  const auto place = [&](double low, double high, int all) {
    const double from = std::max(0.0, high - square.side);
    const double to = std::min(low, double(all - square.side));
    return std::clamp(int(std::lround(random.uniform(std::min(from, to), std::max(from, to)))), 0,
                      all - square.side);
  };
  square.left = place(box.left, box.right, image.width);
  square.top = place(box.top, box.bottom, image.height);
  return square;
}

class CellMaker {
 public:
  CellMaker(const fs::path& out, std::uint64_t seed) : out_(out), seed_(seed) {}

  void add(const Dataset& dataset, std::size_t index, const std::string& split) {
    const Image image = decodeImage(dataset.absolutePath(index)).image;
    if (image.width < kTestTile || image.height < kTestTile)
      throw Error("the picture is smaller than a tile", utf8(dataset.absolutePath(index)));
    std::vector<Box> boxes = dataset.pictures[index].annotation->boxes;
    for (Box& box : boxes) {
      const std::string& name = dataset.classes[static_cast<std::size_t>(box.classId)];
      box.classId = int(std::find(kCells.begin(), kCells.end(), name) - kCells.begin());
    }
    RandomStream random(seed_, "cells", 0, index);
    addTiles(image, boxes, split, random);
    if (split == "test") return;
    for (const Box& box : boxes) {
      if (box.classId == kRed && random.uniform() > 0.1) continue;  // there are many
      const Square square = around(box.rect, image, random);
      const std::string name = kCells[static_cast<std::size_t>(box.classId)];
      out_.write(fmt::format("whole/{}/{}/{:05}.jpg", split, name, crops_++),
                 encodeImage(cut(image, square.left, square.top, square.side), ".jpg", 95));
    }
  }

  void finish() {
    writeVocLists(out_, "boxed", tiles_, kCells);
    out_.write("cells.tree", "cell -1\nplatelet 0\nred_cell 0\nwhite_cell 0\n");
    out_.write("cells.names", "cell\nPlatelets\nRBC\nWBC\n");
    writeCombinedFile(
        out_.part("cells.combined.json"),
        {"cells.tree", "cells.names", {{"boxed", "", {}, ""}, {"whole", "", {}, ""}}});
    out_.keep();
  }

 private:
  /// To test all tiles of a grid that hold cells; else some anywhere that hold red ones alone.
  void addTiles(const Image& image, const std::vector<Box>& boxes, const std::string& split,
                RandomStream& random) {
    if (split == "test") {
      for (const int top : {0, image.height - kTestTile})
        for (const int left : {0, (image.width - kTestTile) / 2, image.width - kTestTile})
          addTile(image, {left, top, kTestTile}, clipped(boxes, left, top, kTestTile), split);
      return;
    }
    for (int tries = 0, tiles = 0; tries < 60 && tiles < kTiles; ++tries) {
      const Square square = anywhere(image, random);
      const std::vector<Box> inside = clipped(boxes, square.left, square.top, square.side);
      const bool redAlone = std::all_of(inside.begin(), inside.end(),
                                        [](const Box& box) { return box.classId == kRed; });
      const bool whole =
          std::any_of(inside.begin(), inside.end(), [](const Box& box) { return !box.truncated; });
      if (!redAlone || !whole) continue;
      addTile(image, square, inside, split);
      ++tiles;
    }
  }

  void addTile(const Image& image, const Square& square, const std::vector<Box>& boxes,
               const std::string& split) {
    if (boxes.empty()) return;
    writeVocPicture(out_, "boxed", number_,
                    {cut(image, square.left, square.top, square.side), boxes}, kCells);
    tiles_[split].push_back(number_++);
  }

  AtomicFolder out_;
  const std::uint64_t seed_;
  std::map<std::string, std::vector<int>> tiles_;
  int number_ = 0, crops_ = 0;
};

}  // namespace

void shuffleClasses(const fs::path& world, const fs::path& out, std::uint64_t seed) {
  AtomicFolder made(out);
  for (const char* const split : {"train", "val", "test"}) {
    std::vector<fs::path> pictures;
    std::vector<std::string> classes;
    if (!fs::exists(world / "whole" / split)) continue;
    for (const fs::directory_entry& folder : fs::directory_iterator(world / "whole" / split)) {
      for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
        pictures.push_back(fs::absolute(file.path()));
        classes.push_back(utf8(folder.path().filename()));
      }
    }
    std::sort(pictures.begin(), pictures.end());
    std::sort(classes.begin(), classes.end());
    RandomStream random(seed, "shuffled classes");
    for (std::size_t i = classes.size(); i > 1; --i)
      std::swap(classes[i - 1], classes[random.index(i)]);
    for (std::size_t i = 0; i < pictures.size(); ++i)
      made.take(
          pathFromUtf8(fmt::format("whole/{}/{}", split, classes[i])) / pictures[i].filename(),
          pictures[i], true);
  }
  const std::string name = fs::exists(world / "cells.tree") ? "cells" : "shapes";
  const auto fromWorld = [&](const std::string& file) { return utf8(fs::absolute(world / file)); };
  writeCombinedFile(made.part(name + ".combined.json"),
                    {fromWorld(name + ".tree"),
                     fromWorld(name + ".names"),
                     {{fromWorld("boxed"), "", {}, ""}, {"whole", "", {}, ""}}});
  made.keep();
}

void makeCells(const fs::path& bccd, const fs::path& out, std::uint64_t seed) {
  const Dataset dataset = openDataset(bccd);
  for (const std::string& name : kCells) {
    if (std::find(dataset.classes.begin(), dataset.classes.end(), name) == dataset.classes.end())
      throw Error("there is no class \"" + name + "\"", utf8(bccd), "give the BCCD dataset");
  }
  if (dataset.classes.size() != kCells.size())
    throw Error("there are other classes than those of BCCD", utf8(bccd), "give the BCCD dataset");
  CellMaker maker(out, seed);
  for (const char* const split : {"train", "val", "test"})
    for (const std::size_t index : picturesOfSplit(dataset, dataset.splits, split))
      maker.add(dataset, index, split);
  maker.finish();
}

}  // namespace boxwright::unseen
