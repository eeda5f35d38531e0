// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QTimer>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ui/detect/live_view.h"
#include "ui/job.h"
#include "ui/page.h"

class QAction;
class QHBoxLayout;
class QLabel;
class QPushButton;
class QSlider;
class QToolButton;

namespace boxwright::ui {

class DetectHint;
class DetectionList;
class DeviceBox;
class ElidedLabel;
class ModelPicker;
class PictureCanvas;
class SourcePicker;

/// A model over pictures, a folder, a video, a camera, a stream or the test pattern. The pipeline
/// runs in threads of its own (LiveView); the page paints the newest frame that is ready.
class DetectPage : public Page {
  Q_OBJECT
 public:
  explicit DetectPage(StudioState& state, QWidget* parent = nullptr);
  ~DetectPage() override;

  QList<QAction*> menuActions() const override;
  void activated() override;

  /// Chooses a SOURCE of the command line and starts as soon as there is a model (--source).
  void setSource(const QString& source) override;

  ModelPicker* model() const { return model_; }
  SourcePicker* source() const { return source_; }
  PictureCanvas* canvas() const { return canvas_; }
  LiveView* view() const { return view_; }
  const std::optional<ShownFrame>& shownFrame() const { return shown_; }

 public Q_SLOTS:
  void startDetecting();
  void stopDetecting();
  void savePicture();
  void toggleRecording();

 private:
  QWidget* makeEdge();
  QWidget* makeInspector();
  QSlider* makeSlider(const QString& name, const QString& object, int value, QLabel*& label);
  void makeActions();
  /// False where the model or the source is missing.
  bool begin(const std::filesystem::path& recording);
  void startIfWanted();
  void lookForRuns();
  void lookForDevices();
  void modelPicked();
  void sourcePicked();
  void settingsMoved();
  void selectionMoved();
  /// Over a class tree, the way to the box under the pointer.
  bool eventFilter(QObject* watched, QEvent* event) override;
  std::string modelKey() const;
  bool isRecording() const;
  void take(const ShownFrame& shown);
  void refresh();
  void refreshHint(const QString& missing);
  void tellError(const Error& error, bool failed);
  void savePictureTo(const QString& file, const ShownFrame& shown);
  DetectSettings settings() const;

  LiveView* view_;
  ModelPicker* model_;
  SourcePicker* source_;
  PictureCanvas* canvas_;
  DetectHint* hint_;
  DetectionList* list_;
  DeviceBox* device_;
  QWidget* deviceRow_;
  QSlider *threshold_, *nms_, *hierarchy_;
  QLabel *thresholdValue_, *nmsValue_, *hierarchyValue_, *count_;
  QWidget* hierarchyRow_;  ///< shown for models over a class tree
  QPushButton *startButton_, *saveButton_, *recordButton_;
  QToolButton *back_, *pause_, *forward_;
  QLabel *place_, *rate_, *latency_, *age_, *dropped_;
  ElidedLabel* condition_;
  QAction *startAction_, *pauseAction_, *forwardAction_, *backAction_, *saveAction_, *recordAction_,
      *fitAction_;

  std::optional<ShownFrame> shown_;
  bool begun_ = false;  ///< the user has started something: other choices act at once
  std::string startedModel_, startedSource_;
  bool startWhenReady_ = false;   ///< setSource still waits for its model
  bool runPicked_ = false;        ///< the user's choice of model, once it is in the list
  bool recordingWanted_ = false;  ///< asked for and not yet begun
  QString saved_;                 ///< the file of the last picture, for some seconds
  QTimer savedTimer_;
  bool devicesKnown_ = false;
  QString toldError_;
  Job saving_;
  Job devices_;
};

}  // namespace boxwright::ui
