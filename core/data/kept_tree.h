// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/data/label_places.h"
#include "core/data/tree_project_file.h"

namespace boxwright {

/// The places of a class tree that is not saved yet, in order of preference: in the folder that the
/// program has in the dataset, in the user's data folder.
struct KeptTreePlaces {
  std::filesystem::path own, users;
};
/// Of the dataset opened by `path`, whose folder is `root`.
KeptTreePlaces keptTreePlacesOf(const std::filesystem::path& path,
                                const std::filesystem::path& root,
                                const std::filesystem::path& userData);

/// While it lives no other window keeps a tree of the dataset. Throws Error where one does.
std::unique_ptr<LabelLock> lockKeptTree(const KeptTreePlaces& places);

/// The locks of one window: what one of its threads has, the others have, too, and it goes with the
/// last of them. Any thread.
class KeptTreeLocks {
 public:
  /// Throws Error as lockKeptTree does.
  std::shared_ptr<LabelLock> take(const KeptTreePlaces& places);

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable given;
    std::map<std::string, std::weak_ptr<LabelLock>> held;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

/// Writes it into the first place that can be written, and takes it from the other. Throws Error
/// where neither can. What the datasets hold of each class is not kept: they are read again.
void keepTree(const KeptTreePlaces& places, const FiledTree& tree);
/// Nothing where there is none. Throws Error where what is there is damaged.
std::optional<FiledTree> readKeptTree(const KeptTreePlaces& places);
/// Gives what is kept another name (".damaged"), which is answered, so that it is in nobody's way.
/// Throws Error where the folder does not let it.
std::filesystem::path setAsideKeptTree(const KeptTreePlaces& places);
/// Whether there is something; its contents are not looked at.
bool isTreeKept(const KeptTreePlaces& places);
/// What is kept, to be known again; 0: there is none.
std::uint64_t keptTreeHash(const KeptTreePlaces& places);
/// And the folders, where nothing else is in them.
void removeKeptTree(const KeptTreePlaces& places);

}  // namespace boxwright
