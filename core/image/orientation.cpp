// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/orientation.h"

#include <libexif/exif-data.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace boxwright {

int exifOrientation(std::string_view tiff) {
  if (tiff.size() < 8 || tiff.size() > (1u << 24)) return 1;
  // libexif wants the block as it stands in a JPEG.
  std::string block("Exif\0\0", 6);
  block.append(tiff);
  const std::unique_ptr<ExifData, void (*)(ExifData*)> data(exif_data_new(), exif_data_unref);
  if (!data) return 1;
  exif_data_unset_option(data.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  exif_data_set_option(data.get(), EXIF_DATA_OPTION_DONT_CHANGE_MAKER_NOTE);
  exif_data_load_data(data.get(), reinterpret_cast<const unsigned char*>(block.data()),
                      static_cast<unsigned int>(block.size()));
  const ExifEntry* entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (!entry || entry->format != EXIF_FORMAT_SHORT || entry->components < 1 || entry->size < 2) {
    return 1;
  }
  const int value = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  return value >= 1 && value <= 8 ? value : 1;
}

Image upright(Image stored, int orientation) {
  if (orientation < 2 || orientation > 8 || stored.empty()) return stored;
  const int w = stored.width;
  const int h = stored.height;
  const bool swap = swapsSides(orientation);
  Image out(swap ? h : w, swap ? w : h);
  for (int y = 0; y < out.height; ++y) {
    std::uint8_t* to = out.at(0, y);
    for (int x = 0; x < out.width; ++x, to += 3) {
      int sx = swap ? y : x;
      int sy = swap ? x : y;
      // 2 mirrored, 3 upside down, 4 both, 5 transposed, 6 turned left, 7 transverse, 8 turned
      // right.
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) {
        sx = w - 1 - sx;
      }
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) {
        sy = h - 1 - sy;
      }
      std::memcpy(to, stored.at(sx, sy), 3);
    }
  }
  return out;
}

}  // namespace boxwright
