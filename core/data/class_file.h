// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/taxonomy/class_names.h"

namespace boxwright {

/// A file of a dataset that says which classes there are.
struct ClassFile {
  enum class Kind {
    Lines,     ///< a name a line: obj.names, classes.txt
    Numbered,  ///< name and number a line: classes.csv
    Yaml,      ///< names, and nc, of a data.yaml
    Count,     ///< how many there are alone: an obj.data
    Labels     ///< a label file with a list of its own, COCO's or CVAT's: its writer changes both
  };
  std::string path;  ///< UTF-8, relative to the root where inside it
  Kind kind = Kind::Lines;
  std::uint64_t hash = 0;  ///< of its bytes as they were read; 0: it is yet to be made

  bool operator==(const ClassFile&) const = default;
};

/// The file's bytes (none: there is no file yet) with these classes in it; of all kinds but Labels.
/// What says the same
/// already stays byte for byte, and so does all else that is in it. Throws Error, with `file` in
/// its message, where it cannot hold a name, or is not as it was read.
std::string withClassNames(ClassFile::Kind kind, const std::optional<std::string>& bytes,
                           const ClassNames& names, const std::string& file);

/// The names in a RetinaNet list of classes, a name and its number a line; nothing where it is
/// none.
std::optional<ClassNames> numberedNamesFrom(const std::string& bytes);

/// The bytes of a data.yaml with these names. As withClassNames().
std::string withYamlNames(const std::string& bytes, const ClassNames& names,
                          const std::string& file);

}  // namespace boxwright
