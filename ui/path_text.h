// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <filesystem>

namespace boxwright::ui {

/// A path for reading: the user's home folder is "~". Not for opening.
QString pathText(const QString& path);
QString pathText(const std::filesystem::path& path);

/// The same with places to break at, for labels that wrap.
QString wrappingPathText(const std::filesystem::path& path);

/// For file dialogs: the files that can stand for a dataset (isDatasetFile).
QString datasetFileFilter();

}  // namespace boxwright::ui
