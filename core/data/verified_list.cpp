// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/verified_list.h"

#include <system_error>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/format_room.h"
#include "core/data/label_places.h"

namespace boxwright {
namespace {

/// '+' where it is verified, '-' where it is not any more; the path, whose line ends and backslashes
/// are escaped.
std::string recordOf(const std::string& picture, bool verified) {
  std::string record(1, verified ? '+' : '-');
  for (const char c : picture) {
    if (c == '\n' || c == '\\') record += '\\';
    record += c == '\n' ? 'n' : c;
  }
  return record;
}

std::string pictureOf(const std::string& record) {
  std::string picture;
  for (std::size_t i = 1; i < record.size(); ++i) {
    if (record[i] != '\\' || i + 1 == record.size())
      picture += record[i];
    else
      picture += record[++i] == 'n' ? '\n' : record[i];
  }
  return picture;
}

}  // namespace

VerifiedList::VerifiedList(const std::filesystem::path& root)
    : file_(root / kOwnFolder / "verified") {
  for (const std::string& record : readJournal(file_)) {
    if (record.starts_with('+')) pictures_.insert(pictureOf(record));
    if (record.starts_with('-')) pictures_.erase(pictureOf(record));
  }
}

void VerifiedList::set(const std::string& picture, bool verified) {
  if (holds(picture) == verified) return;
  if (!journal_) {
    std::vector<std::string> records;
    for (const std::string& other : pictures_)
      records.push_back(recordOf(other, true));
    std::error_code ignored;
    std::filesystem::create_directories(file_.parent_path(), ignored);
    journal_ = std::make_unique<Journal>(file_, records);
  }
  try {
    journal_->append(recordOf(picture, verified));
  } catch (const Error&) {
    journal_.reset();  // made anew the next time
    throw;
  }
  if (verified)
    pictures_.insert(picture);
  else
    pictures_.erase(picture);
}

void VerifiedList::flush() {
  if (journal_) journal_->flush();
}

bool keepsVerifiedList(const std::string& format) {
  return !formatRoomOf(format).verified;
}

void markVerified(Picture& picture, const VerifiedList& list) {
  const Annotation& annotation = *picture.annotation;
  if (annotation.trashed || annotation.state == LabelState::Unlabelled || annotation.verified ||
      !list.holds(picture.path))
    return;
  Annotation marked = annotation;
  marked.verified = true;
  picture.annotation = std::make_shared<const Annotation>(std::move(marked));
}

}  // namespace boxwright
