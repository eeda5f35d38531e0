// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>
#include <string>
#include <vector>

#include "core/detect/frame_source.h"
#include "ui/job.h"

class QComboBox;
class QLineEdit;
class QStackedWidget;

namespace boxwright::ui {

/// Chooses where frames come from. GUI thread only; cameras and the disk are asked by Jobs.
class SourcePicker : public QWidget {
  Q_OBJECT
 public:
  enum Kind { SelectedPicture, File, Folder, CameraKind, Stream, TestPattern };

  using ListCameras = std::function<std::vector<Camera>()>;

  explicit SourcePicker(QWidget* parent = nullptr, ListCameras list = listCameras);

  Kind kind() const;
  void setKind(Kind kind);
  /// The picture selected on the Data page; empty: none.
  void setSelectedPicture(const std::string& path);
  /// Shows a SOURCE of the command line: a path, camera:N, a URL, test-pattern:. source() is it at
  /// once; only changed() is told.
  void setSource(const QString& source);
  /// Asks for a picture or video, or for a folder of pictures.
  void browse(Kind kind);
  /// Puts the keyboard's focus where the source of this kind is typed or chosen.
  void focusDetails();
  void refreshCameras();

  /// As openFrameSource takes it; empty where nothing is chosen.
  std::string source() const;
  /// What is missing where source() is empty.
  QString fault() const;

 Q_SIGNALS:
  void changed();
  /// Another kind, or a file, folder or camera picked: something to look at at once.
  void picked();

 private:
  QWidget* pathRow(QLineEdit*& field, const QString& name, Kind kind);
  void takeCameras(std::vector<Camera> found);

  QComboBox *kind_, *camera_;
  QStackedWidget* details_;
  QLineEdit *file_, *folder_, *stream_;
  std::string selected_;
  std::vector<Camera> cameras_;
  int wantedCamera_ = -1;  ///< asked for by setSource, until another is picked
  ListCameras listCameras_;
  Job listing_;
  Job looking_;
};

}  // namespace boxwright::ui
