// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sample_taxonomy.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/data/combined_file.h"
#include "core/data/sample_files.h"
#include "core/data/sample_scene.h"
#include "core/data/sample_shapes.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

using Shape = SampleShape;

/// From one on: where a network can tell pictures with boxes from whole ones by their number of
/// objects, it keeps the classes that it learned of the one from the other.
constexpr int kMostObjects = 3;

struct Family {
  const char* name;
  std::vector<Shape> boxed, whole;  ///< shapes with boxes, and those without
};

const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"round", {Shape::Disc, Shape::Ring}, {Shape::HalfDisc, Shape::BrokenRing}},
      {"angular", {Shape::Square, Shape::Star}, {Shape::Triangle, Shape::Hexagon}},
      {"stroke", {Shape::Arrow, Shape::Cross}, {Shape::Bar, Shape::Chevron, Shape::Corner}},
      {"soft", {}, {Shape::Ellipse, Shape::Blob, Shape::Crescent}}};
  return all;
}

std::string nameOf(Shape shape) {
  return kSampleShapeNames[static_cast<std::size_t>(shape)];
}

std::string labelOf(std::string name) {
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

/// Those with boxes first.
std::vector<Shape> shapes(bool withWhole) {
  std::vector<Shape> all;
  for (const Family& family : families())
    all.insert(all.end(), family.boxed.begin(), family.boxed.end());
  if (!withWhole) return all;
  for (const Family& family : families())
    all.insert(all.end(), family.whole.begin(), family.whole.end());
  return all;
}

std::vector<std::string> classNames() {
  std::vector<std::string> names;
  for (const Shape shape : shapes(true))
    names.push_back(nameOf(shape));
  return names;
}

/// Where a picture of a shape lies: the shapes take turns.
std::string placeOf(int images, int number) {
  const int count = static_cast<int>(shapes(true).size());
  const int place = (number - images) / count, shape = (number - images) % count;
  const int ofShape = (2 * images - shape + count - 1) / count;
  return std::string("whole/") + splitOfPlace(place, ofShape) + "/" +
         classNames()[static_cast<std::size_t>(shape)] + "/" + sampleName(number) +
         sampleEnding(number);
}

}  // namespace

TaxonomySample::TaxonomySample(int images, std::uint64_t seed)
    : images_(images), seed_(seed), isTest_(static_cast<std::size_t>(images)) {
  const std::map<std::string, std::vector<int>> splits = sampleSplits(images, seed);
  for (const int number : splits.at("test"))
    isTest_[static_cast<std::size_t>(number)] = true;
}

void TaxonomySample::writeLists(const AtomicFolder& out) const {
  writeVocLists(out, "boxed", sampleSplits(images_, seed_), classNames());
  for (const char* const split : {"train", "val", "test"})
    for (const std::string& name : classNames())
      out.part(std::filesystem::path("whole") / split / name / "");
  std::string tree, names;
  for (const Family& family : families()) {
    tree += std::string(family.name) + " -1\n";
    names += std::string(family.name) + "\n";
  }
  for (std::size_t parent = 0; parent < families().size(); ++parent) {
    const Family& family = families()[parent];
    std::vector<Shape> kinds = family.boxed;
    kinds.insert(kinds.end(), family.whole.begin(), family.whole.end());
    for (const Shape shape : kinds) {
      tree += labelOf(nameOf(shape)) + " " + std::to_string(parent) + "\n";
      names += nameOf(shape) + "\n";
    }
  }
  out.write("shapes.tree", tree);
  out.write("shapes.names", names);
  CombinedFile combined;
  combined.tree = "shapes.tree";
  combined.names = "shapes.names";
  combined.parts = {{"boxed", "", {}, ""}, {"whole", "", {}, ""}};
  writeCombinedFile(out.part("shapes.combined.json"), combined);
}

void TaxonomySample::writePicture(const AtomicFolder& out, int number) const {
  RandomStream random(seed_, "sample taxonomy", 0, static_cast<std::uint64_t>(number));
  if (number < images_) {
    const std::vector<Shape> kinds = shapes(isTest_[static_cast<std::size_t>(number)]);
    const int objects = 1 + static_cast<int>(random.index(kMostObjects));
    writeVocPicture(out, "boxed", number, paintSampleScene(random, kinds, objects), classNames());
    return;
  }
  const std::vector<Shape> all = shapes(true);
  const std::array<Shape, 1> kind = {all[static_cast<std::size_t>(number - images_) % all.size()]};
  out.write(placeOf(images_, number),
            encodeImage(paintSampleScene(random, kind, 1).image, sampleEnding(number), 92));
}

}  // namespace boxwright
