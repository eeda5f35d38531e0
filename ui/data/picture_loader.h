// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "ui/job.h"
#include "ui/picture_canvas.h"

namespace boxwright::ui {

/// Decodes the picture in view off the GUI thread, one at a time; asks made meanwhile replace each
/// other, the newest wins. One more can be decoded ahead: load() then has it at once. GUI thread
/// only.
class PictureLoader : public QObject {
  Q_OBJECT
 public:
  explicit PictureLoader(QObject* parent = nullptr);

  /// `before` is called first on the thread that decodes: it may wait for the file.
  void load(const std::filesystem::path& path, std::function<void(std::stop_token)> before = {});
  /// The picture that load() will probably be called for next, in place of the one before.
  void expect(const std::filesystem::path& path);
  /// Also what is expected.
  void cancel();
  bool isBusy() const { return job_.isRunning() || awaited_; }

 Q_SIGNALS:
  /// `warning` is empty when all is well with the file.
  void loaded(const boxwright::ui::PicturePyramid& picture, const QString& warning);
  void failed(const boxwright::ui::JobError& error);

 private:
  struct Wish {
    std::filesystem::path path;
    std::function<void(std::stop_token)> before;
  };
  struct Loaded;
  static Loaded decode(const std::filesystem::path& path);
  void begin(const Wish& wish);

  Job job_, ahead_;
  bool wanted_ = false;
  std::optional<Wish> next_;
  std::filesystem::path expected_;       ///< is being decoded or lies ready; empty: none
  std::shared_ptr<const Loaded> ready_;  ///< of expected_
  bool awaited_ = false;                 ///< load() was called for it before it was ready
};

}  // namespace boxwright::ui
