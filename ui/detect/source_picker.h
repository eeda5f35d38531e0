// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <string>
#include <vector>

#include "core/detect/frame_source.h"
#include "ui/job.h"

class QComboBox;
class QLineEdit;
class QStackedWidget;

namespace boxwright::ui {

/// Chooses where frames come from. GUI thread only; cameras are asked for by a Job.
class SourcePicker : public QWidget {
  Q_OBJECT
 public:
  enum Kind { SelectedPicture, File, Folder, CameraKind, Stream, TestPattern };

  explicit SourcePicker(QWidget* parent = nullptr);

  Kind kind() const;
  void setKind(Kind kind);
  /// The picture selected on the Data page; empty: none.
  void setSelectedPicture(const std::string& path);
  /// Shows a SOURCE of the command line: a path, camera:N, a URL, test-pattern:.
  void setSource(const QString& source);
  void refreshCameras();

  /// As openFrameSource takes it; empty where nothing is chosen.
  std::string source() const;
  /// What is missing where source() is empty.
  QString fault() const;
  /// Frames never end: a camera, a stream or the test pattern.
  bool isLive() const { return kind() >= CameraKind; }

 Q_SIGNALS:
  void changed();
  /// Another kind, or a file, folder or camera picked: something to look at at once.
  void picked();

 private:
  QWidget* pathRow(QLineEdit*& field, const QString& name, bool folder);

  QComboBox *kind_, *camera_;
  QStackedWidget* details_;
  QLineEdit *file_, *folder_, *stream_;
  std::string selected_;
  std::vector<Camera> cameras_;
  int wantedCamera_ = -1;
  Job listing_;
};

}  // namespace boxwright::ui
