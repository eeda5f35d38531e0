// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

namespace boxwright::ui {

/// The datasets opened last, newest first, kept in QSettings. GUI thread only.
class Recents : public QObject {
  Q_OBJECT
 public:
  explicit Recents(QObject* parent = nullptr);

  const QStringList& paths() const { return paths_; }
  void add(const QString& path);
  void remove(const QString& path);

 Q_SIGNALS:
  void changed();

 private:
  void store();

  QStringList paths_;
};

}  // namespace boxwright::ui
