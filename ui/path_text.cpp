// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/path_text.h"

#include <QCoreApplication>
#include <QDir>

#include "core/base/atomic_file.h"

namespace boxwright::ui {

QString pathText(const QString& path) {
  const QString home = QDir::homePath();
  if (home.size() < 2) return path;
  if (path == home) return QStringLiteral("~");
  return path.startsWith(home + QLatin1Char('/')) ? QLatin1Char('~') + path.mid(home.size()) : path;
}

QString pathText(const std::filesystem::path& path) {
  return pathText(QString::fromStdString(utf8(path)));
}

QString wrappingPathText(const std::filesystem::path& path) {
  return pathText(path).replace(QLatin1Char('/'), QStringLiteral("/\u200b"));
}

QString datasetFileFilter() {
  return QCoreApplication::translate(
      "boxwright", "Datasets (*.yaml *.yml *.data *.json *.xml *.csv);;All files (*)");
}

}  // namespace boxwright::ui
