// SPDX-License-Identifier: GPL-3.0-or-later
// Bare pictures in a folder and the folders below it, none of them labelled.
#include <memory>
#include <utility>

#include "core/data/dataset_format.h"
#include "core/data/label_check.h"
#include "core/data/own_labels.h"

namespace boxwright {
namespace {

class ImageFolderReader final : public DatasetReader {
 public:
  explicit ImageFolderReader(FolderListing listing) : listing_(std::move(listing)) {}

  void list(Dataset& dataset, std::stop_token) override {
    dataset.root = listing_.root;
    findOwnLabels(dataset, listing_);
    const auto empty = std::make_shared<const Annotation>();
    dataset.pictures.reserve(listing_.pictures.size());
    for (std::string& path : listing_.pictures) {
      dataset.pictures.push_back({std::move(path), 0, 0, empty});
    }
  }

  void readLabel(Dataset& dataset, std::size_t picture) override {
    readPictureSize(dataset, picture);
  }

  void finish(Dataset&) override {}

 private:
  FolderListing listing_;
};

class ImageFolderFormat final : public DatasetFormat {
 public:
  std::string_view name() const override { return "images"; }

  bool probe(const FolderListing& listing) const override { return !listing.pictures.empty(); }

  std::unique_ptr<DatasetReader> open(const std::filesystem::path&,
                                      FolderListing listing) const override {
    return std::make_unique<ImageFolderReader>(std::move(listing));
  }
};

}  // namespace

const DatasetFormat& imageFolderFormat() {
  static const ImageFolderFormat format;
  return format;
}

}  // namespace boxwright
