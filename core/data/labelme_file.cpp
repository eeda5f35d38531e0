// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/labelme_file.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"

namespace boxwright {
namespace {

/// Shapes whose bounds are their box.
constexpr std::array<std::string_view, 4> kBoxed = {"rectangle", "polygon", "rotation",
                                                    "quadrilateral"};

void readPoints(JsonCursor& json, LabelmeShape& shape) {
  bool whole = true;
  const bool list = json.elements([&] {
    std::array<LabelmeShape::Number, 2> point;
    std::size_t count = 0;
    json.elements([&] {
      if (count < 2) {
        const std::size_t begin = json.place();
        const std::optional<double> value = json.number();
        whole = whole && value;
        point[count] = {value.value_or(0), {begin, json.at()}};
      }
      ++count;
    });
    whole = whole && count == 2;
    shape.points.push_back(point);
  });
  if (!list || !whole) shape.fault = "its points are no pairs of numbers";
}

LabelmeShape readShape(JsonCursor& json, std::string_view bytes, const std::string& file) {
  LabelmeShape shape;
  shape.line = json.line();
  const std::size_t begin = json.place();
  const std::optional<JsonObject> object = readObject(json);
  shape.whole = {begin, json.at()};
  if (!object) {
    shape.fault = "it is no object";
    return shape;
  }
  shape.object = *object;
  const auto at = [&](const char* key) {
    const std::optional<ByteRange> place = object->find(key);
    return place ? std::optional(JsonCursor(bytes, file, place->begin)) : std::nullopt;
  };
  if (auto label = at("label")) shape.label = label->string();
  auto type = at("shape_type");
  shape.type = type ? type->string().value_or("") : "polygon";  // of the first versions
  if (auto points = at("points"))
    readPoints(*points, shape);
  else
    shape.fault = "it has no points";
  if (!shape.label || shape.label->empty()) {
    shape.fault = "it has no label";
  } else if (std::find(kBoxed.begin(), kBoxed.end(), shape.type) == kBoxed.end()) {
    shape.fault = "a " + (shape.type.empty() ? "shape without a type" : shape.type) +
                  " is no box, and stays in the file as it is";
  } else if (shape.fault.empty() && shape.points.size() < 2) {
    shape.fault = "it has fewer than two points";
  }
  return shape;
}

}  // namespace

Rect LabelmeShape::bounds() const {
  Rect r{points[0][0].value, points[0][1].value, points[0][0].value, points[0][1].value};
  for (const auto& point : points) {
    r.left = std::min(r.left, point[0].value);
    r.top = std::min(r.top, point[1].value);
    r.right = std::max(r.right, point[0].value);
    r.bottom = std::max(r.bottom, point[1].value);
  }
  return r;
}

LabelmeFile::LabelmeFile(std::string_view text, const std::string& name) : bytes(text), file(name) {
  JsonCursor json(bytes, file);
  if (json.kind() != JsonCursor::Kind::Object) json.fail("no object");
  root = *readObject(json);
  json.finish();
  const std::optional<ByteRange> there = root.find("shapes");
  JsonCursor inner(bytes, file, there ? there->begin : 0);
  if (!there || inner.kind() != JsonCursor::Kind::Array)
    throw Error("there is no list of shapes in the JSON", file);
  inner.elements([&] { shapes.push_back(readShape(inner, bytes, file)); }, &list);
}

std::optional<JsonObject> LabelmeFile::flagsOf(const JsonObject& object) const {
  const std::optional<ByteRange> place = object.find("flags");
  if (!place) return std::nullopt;
  JsonCursor json(bytes, file, place->begin);
  return readObject(json);
}

bool LabelmeFile::isTrue(const JsonObject& object, std::string_view key) const {
  const std::optional<ByteRange> place = object.find(key);
  return place && JsonCursor(bytes, file, place->begin).boolean().value_or(false);
}

std::optional<double> LabelmeFile::numberOf(std::string_view key) const {
  const std::optional<ByteRange> place = root.find(key);
  return place ? JsonCursor(bytes, file, place->begin).number() : std::nullopt;
}

std::string labelmePictureOf(const std::string& bytes) {
  std::string name;
  try {
    JsonCursor json(bytes, {});
    if (json.kind() != JsonCursor::Kind::Object) return {};
    json.members([&](std::string_view key) {
      if (key == "imagePath") name = json.string().value_or("");
    });
  } catch (const Error&) {
    // Told where it is read.
  }
  return name;
}

bool looksLikeLabelme(std::string_view beginning) {
  bool found = false;
  try {
    JsonCursor json(beginning, {});
    if (json.kind() != JsonCursor::Kind::Object) return false;
    json.members([&](std::string_view key) {
      found = found || (key == "shapes" && json.kind() == JsonCursor::Kind::Array);
    });
  } catch (const Error&) {
    // It was only a beginning.
  }
  return found;
}

}  // namespace boxwright
