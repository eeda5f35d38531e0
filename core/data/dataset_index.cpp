// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset_index.h"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/data/content_hash.h"
#include "core/data/packed_boxes.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr int kVersion = 1;                 ///< of the tables and of the bytes in them
constexpr int kVerified = 1, kTrashed = 2;  ///< in the column of marks
constexpr std::size_t kFirstBatch = 256;
constexpr std::size_t kBatch = 4096;

/// A step of SQLite has failed: whatever it was, there is no index.
struct Fault {};

void demand(bool fine) {
  if (!fine) throw Fault{};
}

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;

Database open(const fs::path& file, int flags) {
  sqlite3* raw = nullptr;
  const int result = sqlite3_open_v2(utf8(file).c_str(), &raw, flags, nullptr);
  Database database(raw);
  demand(result == SQLITE_OK);
  return database;
}

void run(sqlite3* database, const char* sql) {
  demand(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
}

class Statement {
 public:
  Statement(sqlite3* database, const char* sql) {
    sqlite3_stmt* raw = nullptr;
    demand(sqlite3_prepare_v2(database, sql, -1, &raw, nullptr) == SQLITE_OK);
    statement_.reset(raw);
  }

  void bind(int at, std::int64_t value) {
    demand(sqlite3_bind_int64(statement_.get(), at, value) == SQLITE_OK);
  }
  void bind(int at, std::string_view bytes) {
    demand(sqlite3_bind_blob64(statement_.get(), at, bytes.data(), bytes.size(),
                               SQLITE_TRANSIENT) == SQLITE_OK);
  }
  /// False at the end.
  bool next() {
    const int result = sqlite3_step(statement_.get());
    demand(result == SQLITE_ROW || result == SQLITE_DONE);
    return result == SQLITE_ROW;
  }
  void reset() { demand(sqlite3_reset(statement_.get()) == SQLITE_OK); }
  std::int64_t number(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  std::string_view bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    return {static_cast<const char*>(data),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
  }

 private:
  std::unique_ptr<sqlite3_stmt, Close> statement_;
};

std::string keyOf(const fs::path& opened) {
  std::error_code fault;
  fs::path whole = fs::canonical(opened, fault);
  if (fault) whole = fs::absolute(opened, fault).lexically_normal();
  return utf8(whole);
}

/// Names one after the other, each a line; a dataset with one of several lines has no index.
std::string joined(const ClassNames& names) {
  std::string text;
  for (const std::string& name : names) {
    demand(name.find('\n') == std::string::npos);
    text += name + '\n';
  }
  return text;
}

ClassNames parted(std::string_view text) {
  ClassNames names;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    demand(end != std::string_view::npos);
    names.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return names;
}

bool isId(int id, const Dataset& dataset) {
  return id >= 0 && static_cast<std::size_t>(id) < dataset.classes.size();
}

/// The picture in the statement's row.
Picture pictureOf(const Statement& row, const Dataset& dataset) {
  Picture picture;
  picture.path = row.bytes(0);
  picture.width = static_cast<int>(row.number(1));
  picture.height = static_cast<int>(row.number(2));
  picture.labelHash = static_cast<std::uint64_t>(row.number(3));
  Annotation annotation;
  const std::int64_t state = row.number(4);
  demand(!picture.path.empty() && state >= 0 && state <= 2);
  annotation.state = static_cast<LabelState>(state);
  annotation.verified = (row.number(5) & kVerified) != 0;
  annotation.trashed = (row.number(5) & kTrashed) != 0;
  const std::string_view wholes = row.bytes(6);
  annotation.imageClasses.resize(wholes.size() / sizeof(int));
  if (!wholes.empty())
    std::memcpy(annotation.imageClasses.data(), wholes.data(),
                annotation.imageClasses.size() * sizeof(int));
  std::optional<std::vector<Box>> boxes = unpackBoxes(row.bytes(7));
  demand(boxes.has_value());
  annotation.boxes = std::move(*boxes);
  demand(std::all_of(annotation.boxes.begin(), annotation.boxes.end(),
                     [&](const Box& box) { return isId(box.classId, dataset); }));
  demand(std::all_of(annotation.imageClasses.begin(), annotation.imageClasses.end(),
                     [&](int id) { return isId(id, dataset); }));
  picture.annotation = std::make_shared<const Annotation>(std::move(annotation));
  return picture;
}

void write(sqlite3* database, const fs::path& opened, const Dataset& dataset,
           const std::stop_token& stop) {
  // Nobody misses half an index: it has another name until it is whole.
  run(database, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
  run(database,
      "CREATE TABLE dataset (opened BLOB, root BLOB, format BLOB, classes BLOB, listed INTEGER);"
      "CREATE TABLE pictures (place INTEGER PRIMARY KEY, path BLOB, width INTEGER, height INTEGER,"
      " label_hash INTEGER, state INTEGER, marks INTEGER, classes BLOB, boxes BLOB);"
      "BEGIN;");
  Statement head(database, "INSERT INTO dataset VALUES (?, ?, ?, ?, ?)");
  const std::string key = keyOf(opened), root = utf8(dataset.root);
  const std::string classes = joined(dataset.classes);
  head.bind(1, key);
  head.bind(2, root);
  head.bind(3, dataset.format);
  head.bind(4, classes);
  head.bind(5, dataset.classesListed ? 1 : 0);
  head.next();
  Statement row(database, "INSERT INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    demand(!stop.stop_requested());
    const Picture& picture = dataset.pictures[i];
    const Annotation& annotation = *picture.annotation;
    const std::string_view wholes(reinterpret_cast<const char*>(annotation.imageClasses.data()),
                                  annotation.imageClasses.size() * sizeof(int));
    row.bind(1, static_cast<std::int64_t>(i));
    row.bind(2, picture.path);
    row.bind(3, picture.width);
    row.bind(4, picture.height);
    row.bind(5, static_cast<std::int64_t>(picture.labelHash));
    row.bind(6, static_cast<std::int64_t>(annotation.state));
    row.bind(7, (annotation.verified ? kVerified : 0) | (annotation.trashed ? kTrashed : 0));
    row.bind(8, wholes);
    row.bind(9, packBoxes(annotation.boxes));
    row.next();
    row.reset();
  }
  run(database, ("PRAGMA user_version = " + std::to_string(kVersion) + "; COMMIT;").c_str());
}

}  // namespace

fs::path datasetIndexFile(const fs::path& opened, const fs::path& userCache) {
  char name[32];
  std::snprintf(name, sizeof name, "index-%016llx.sqlite",
                static_cast<unsigned long long>(contentHash(keyOf(opened))));
  std::error_code fault;
  const fs::path folder = fs::is_directory(opened, fault) ? opened : opened.parent_path();
  const fs::path own = folder / ".boxwright";
  if (fs::is_directory(own, fault) && ::access(own.c_str(), W_OK) == 0) return own / name;
  return userCache / "index" / name;
}

std::optional<Dataset> readDatasetIndex(const fs::path& file, const fs::path& opened,
                                        const std::stop_token& stop, const OpenSink& sink) try {
  std::error_code fault;
  if (!fs::is_regular_file(file, fault)) return std::nullopt;
  const Database database = open(file, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX);
  Statement version(database.get(), "PRAGMA user_version");
  demand(version.next() && version.number(0) == kVersion);
  Statement head(database.get(), "SELECT opened, root, format, classes, listed FROM dataset");
  demand(head.next() && head.bytes(0) == keyOf(opened));
  Dataset dataset;
  dataset.root = pathFromUtf8(head.bytes(1));
  dataset.format = head.bytes(2);
  dataset.classes = parted(head.bytes(3));
  dataset.classesListed = head.number(4) != 0;
  if (sink.format) sink.format(dataset.format, dataset.root, dataset.classes);
  Statement row(database.get(),
                "SELECT path, width, height, label_hash, state, marks, classes, boxes"
                " FROM pictures ORDER BY place");
  std::size_t told = 0;
  const auto tell = [&] {
    if (sink.pictures && told < dataset.pictures.size())
      sink.pictures(std::span(dataset.pictures).subspan(told));
    told = dataset.pictures.size();
  };
  while (row.next()) {
    demand(!stop.stop_requested());
    dataset.pictures.push_back(pictureOf(row, dataset));
    if (dataset.pictures.size() - told >= (told == 0 ? kFirstBatch : kBatch)) tell();
  }
  tell();
  return dataset;
} catch (const Fault&) {
  return std::nullopt;
}

bool writeDatasetIndex(const fs::path& file, const fs::path& opened, const Dataset& dataset,
                       const std::stop_token& stop) {
  std::error_code fault;
  fs::create_directories(file.parent_path(), fault);
  fs::path half = file;
  half += "." + std::to_string(::getpid()) + ".tmp";
  fs::remove(half, fault);
  bool whole = false;
  try {
    const Database database =
        open(half, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX);
    write(database.get(), opened, dataset, stop);
    whole = true;
  } catch (const Fault&) {
  }
  if (whole) fs::rename(half, file, fault);
  if (whole && !fault) return true;
  fs::remove(half, fault);
  return false;
}

}  // namespace boxwright
