// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/data/dataset.h"

namespace boxwright {

/// How a dataset lies in another layout: the same pictures in the same order, with the paths and
/// label files they have there, without their annotations. Of class folders only pictures that are
/// of one class have a path.
Dataset layoutFor(const Dataset& dataset, const std::string& format,
                  const std::filesystem::path& root);

/// Of how many pictures the path is another for Darknet, which takes `images` and `JPEGImages` for
/// `labels` wherever they stand in it.
std::size_t renamedForDarknet(const Dataset& dataset);

/// The label file of a picture in a layout where it has its own, relative to the root.
std::string ownLabelFile(const std::string& format, const std::string& picture);

/// The files besides pictures and labels: names of classes, lists of splits. Names relative to the
/// root and bytes.
std::vector<std::pair<std::string, std::string>> listsFor(const Dataset& layout);

}  // namespace boxwright
