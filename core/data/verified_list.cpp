// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/verified_list.h"

#include <system_error>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/atomic_folder.h"
#include "core/base/error.h"
#include "core/data/format_room.h"
#include "core/data/json_cursor.h"
#include "core/data/label_places.h"

namespace boxwright {
namespace {

/// '+' where it is verified, '-' where it is not any more; then the path, as JSON has it.
std::string recordOf(const std::string& picture, bool verified) {
  return (verified ? '+' : '-') + jsonQuoted(picture);
}

std::string pictureOf(const std::string& record) {
  return JsonCursor(record, {}, 1).string().value_or("");
}

}  // namespace

VerifiedList::VerifiedList(const std::filesystem::path& root)
    : file_(root / kOwnFolder / "verified") {
  std::string fault;
  try {
    std::uintmax_t size = 0;
    for (const std::string& record : readJournal(file_)) {
      if (record.starts_with('+')) pictures_.insert(pictureOf(record));
      if (record.starts_with('-')) pictures_.erase(pictureOf(record));
      size += Journal::lineLength(record);
    }
    std::error_code none;
    const std::uintmax_t whole = std::filesystem::file_size(file_, none);
    if (!none && size != whole)
      fault = "is damaged after the first " + std::to_string(size) + " bytes";
  } catch (const Error& error) {
    fault = "cannot be read (" + error.problem() + ")";
  }
  if (!fault.empty())
    problem_ = {utf8(std::filesystem::path(kOwnFolder) / "verified"), 0, Severity::Warning,
                "the list of verified pictures " + fault + "; those behind count as not verified"};
}

void VerifiedList::set(const std::string& picture, bool verified) {
  if (holds(picture) == verified) return;
  if (!journal_) {
    std::vector<std::string> records;
    for (const std::string& other : pictures_)
      records.push_back(recordOf(other, true));
    std::error_code ignored;
    std::filesystem::create_directories(file_.parent_path(), ignored);
    if (problem_)
      std::filesystem::rename(file_, freeName(file_.parent_path(), "verified"), ignored);
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
