// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/coco_file.h"

#include "core/base/error.h"

namespace boxwright {
namespace {

ByteRange placeOf(JsonCursor& json, const std::function<void()>& read) {
  const std::size_t begin = json.place();
  read();
  return {begin, json.at()};
}

void readCategory(JsonCursor& json, const CocoSink& sink) {
  CocoCategory category;
  const std::size_t begin = json.place();
  category.line = json.line();
  json.members([&](std::string_view key) {
    if (key == "id") {
      category.id = json.integer();
    } else if (key == "name") {
      category.name = json.string();
    }
  });
  category.whole = {begin, json.at()};
  sink.category(category);
}

void readImage(JsonCursor& json, const CocoSink& sink) {
  CocoImage image;
  const std::size_t begin = json.place();
  image.line = json.line();
  json.members([&](std::string_view key) {
    if (key == "id") {
      image.id = json.integer();
    } else if (key == "file_name") {
      image.fileName = json.string();
    } else if (key == "width") {
      image.width = json.number().value_or(0);
    } else if (key == "height") {
      image.height = json.number().value_or(0);
    }
  });
  image.whole = {begin, json.at()};
  sink.image(image);
}

void readAnnotation(JsonCursor& json, const CocoSink& sink) {
  CocoAnnotation annotation;
  const std::size_t begin = json.place();
  annotation.line = json.line();
  json.members([&](std::string_view key) {
    if (key == "id") {
      annotation.idPlace = placeOf(json, [&] { annotation.id = json.integer(); });
    } else if (key == "image_id") {
      annotation.imagePlace = placeOf(json, [&] { annotation.image = json.integer(); });
    } else if (key == "category_id") {
      annotation.categoryPlace = placeOf(json, [&] { annotation.category = json.integer(); });
    } else if (key == "bbox") {
      std::size_t count = 0;
      json.elements([&] {
        if (count < 4)
          annotation.boxPlaces[count] =
              placeOf(json, [&] { annotation.box[count] = json.number(); });
        ++count;
      });
      annotation.boxed = count == 4;
    } else if (key == "area") {
      annotation.areaPlace = placeOf(json, [&] { annotation.area = json.number(); });
    } else if (key == "score") {
      annotation.score = json.number();
    } else if (key == "iscrowd") {
      annotation.crowdPlace = placeOf(json, [&] {
        annotation.crowd = json.kind() == JsonCursor::Kind::Boolean
                               ? json.boolean().value_or(false)
                               : json.integer().value_or(0) != 0;
      });
    }
    annotation.bodyEnd = json.at();
  });
  annotation.whole = {begin, json.at()};
  sink.annotation(annotation);
}

}  // namespace

CocoLists readCoco(JsonCursor& json, const CocoSink& sink) {
  CocoLists lists;
  if (json.kind() != JsonCursor::Kind::Object) json.fail("no object");
  lists.open = json.place() + 1;
  json.members([&](std::string_view key) {
    lists.empty = false;
    const auto list = [&](const char* name, std::optional<ByteRange>& range, bool wanted,
                          auto&& read) {
      if (key != name || range || json.kind() != JsonCursor::Kind::Array) return;
      ByteRange whole;
      if (wanted)
        json.elements([&] { read(json, sink); }, &whole);
      else
        whole = json.skip();
      range = whole;
    };
    list("categories", lists.categories, static_cast<bool>(sink.category), readCategory);
    list("images", lists.images, static_cast<bool>(sink.image), readImage);
    list("annotations", lists.annotations, static_cast<bool>(sink.annotation), readAnnotation);
  });
  json.finish();
  return lists;
}

bool looksLikeCoco(std::string_view beginning) {
  bool found = false;
  try {
    JsonCursor json(beginning, {});
    if (json.kind() != JsonCursor::Kind::Object) return false;
    json.members([&](std::string_view key) {
      const bool list = key == "images" || key == "annotations" || key == "categories";
      if (!list || json.kind() != JsonCursor::Kind::Array) return;
      // The first element tells; the list may end long after the beginning.
      json.elements([&] {
        if (json.kind() == JsonCursor::Kind::Object) {
          json.members([&](std::string_view member) {
            found = found || member == "file_name" || member == "image_id" ||
                    member == "category_id" || (key == "categories" && member == "name");
          });
        }
      });
    });
  } catch (const Error&) {
    // It was only a beginning.
  }
  return found;
}

}  // namespace boxwright
