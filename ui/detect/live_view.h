// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/detect/live_detection.h"
#include "core/taxonomy/class_names.h"
#include "ui/job.h"
#include "ui/picture_canvas.h"

namespace boxwright::ui {

/// A frame made ready for painting, with what was found in it.
struct ShownFrame {
  std::shared_ptr<const Frame> frame;
  PicturePyramid picture;  ///< empty when only the detections are new
  std::vector<Detection> detections;
  DetectSettings settings;
  std::shared_ptr<const ClassNames> names;     ///< of the model; shared by all its frames
  std::shared_ptr<const ClassTree> classTree;  ///< of the model; null without one
  double milliseconds = 0;
  bool redecoded = false;
};

/// Brings a LiveDetection to the GUI thread: a thread of its own takes its newest result, makes it
/// paintable and posts one event; frames that the GUI is too slow for are passed over. Nothing here
/// waits: a pipeline that is no longer wanted ends on a job's thread. GUI thread only.
class LiveView : public QObject {
  Q_OBJECT
 public:
  explicit LiveView(QObject* parent = nullptr);
  ~LiveView() override;

  /// Loads a model unless the one with this key is loaded already or on its way; a running source
  /// is stopped when the model changes.
  void setModel(const std::string& key, MakeDetectSteps make);

  void start(const std::string& source, const LiveOptions& options = {});
  void requestStop();
  void setSettings(const DetectSettings& settings);
  void setPaused(bool paused);
  void step(int by);
  void startRecording(const std::filesystem::path& file);
  void stopRecording();

  /// As of the last news, at most a fifth of a second old.
  const LiveStatus& status() const { return status_; }
  /// A source is being opened, runs or is paused.
  bool isActive() const;

 Q_SIGNALS:
  void frameShown(const boxwright::ui::ShownFrame& frame);
  /// Something in status() is another than before.
  void statusChanged();

 private:
  struct Inner;
  void refreshStatus();
  void deliver();
  void close();

  std::shared_ptr<Inner> inner_;
  std::string key_;
  DetectSettings settings_;
  LiveStatus status_;
  Job closing_;
};

}  // namespace boxwright::ui
