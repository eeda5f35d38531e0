// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label_watch.h"

#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/content_hash.h"

namespace boxwright::ui {

namespace fs = std::filesystem;

LabelWatch::LabelWatch(std::shared_ptr<const Dataset> dataset)
    : dataset_(std::move(dataset)), since_(fs::file_time_type::clock::now()) {
  try {
    writer_ = labelWriterFor(*dataset_);
  } catch (const Error&) {
    // There are no labels that anybody could edit.
  }
}

std::optional<LabelWatch::State> LabelWatch::stateOf(const fs::path& file) {
  std::error_code code;
  State state{fs::last_write_time(file, code), 0};
  if (code) return std::nullopt;
  state.size = fs::file_size(file, code);
  return code ? std::nullopt : std::optional(state);
}

bool LabelWatch::look(std::size_t picture) {
  if (!writer_ || picture >= dataset_->pictures.size()) return false;
  try {
    const fs::path file = writer_->fileOf(*dataset_, picture);
    const std::optional<State> now = stateOf(file);
    const auto [seen, first] = seen_.try_emplace(file, now);
    if (!first && std::exchange(seen->second, now) == now) return false;
    const auto own = hashes_.find(file);
    const std::uint64_t known =
        own == hashes_.end() ? dataset_->pictures[picture].labelHash : own->second;
    if (now && known == 0 && now->time < since_) return false;  // the reader has left it alone
    std::error_code code;
    if (!now && !fs::exists(file.parent_path(), code)) return false;  // a disk that is not there
    const std::uint64_t hash = now ? contentHash(readFile(file)) : 0;
    if (hash == known) return false;
    hashes_[file] = hash;
    return true;
  } catch (const Error&) {
    return false;  // saving says what is the matter
  }
}

void LabelWatch::note(const fs::path& file) {
  seen_[file] = stateOf(file);
  hashes_[file] = seen_[file] ? contentHash(readFile(file)) : 0;
}

void LabelWatch::note(std::size_t picture) {
  if (!writer_) return;
  try {
    note(writer_->fileOf(*dataset_, picture));
  } catch (const Error&) {
    // It is taken for another's then, which loses nothing.
  }
}

void LabelWatch::noteLists() {
  try {
    for (const ClassFile& list : dataset_->classFiles)
      if (list.kind == ClassFile::Kind::Labels) note(dataset_->root / pathFromUtf8(list.path));
  } catch (const Error&) {
    // As above.
  }
}

}  // namespace boxwright::ui
