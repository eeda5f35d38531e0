// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "ui/annotate/label_editor.h"
#include "ui/data/picture_loader.h"
#include "ui/page.h"

class QLabel;

namespace boxwright {
struct Edit;
}

namespace boxwright::ui {

class AnnotateActions;
class AnnotateCanvas;
class AnnotateInspector;
class ClassFinder;
class ElidedLabel;
class PictureSide;
class PredictionOverlay;
class Proposer;

/// Where boxes are labelled: the pictures at the left, the picture in view with its tools, classes
/// and boxes at the right. What is changed is in the document at once; stepping away is a change of
/// the shared selection.
class AnnotatePage : public Page {
  Q_OBJECT
 public:
  explicit AnnotatePage(StudioState& state, QWidget* parent = nullptr);
  ~AnnotatePage() override;

  QString unavailableReason() const override;
  QList<QAction*> menuActions() const override;
  bool usesFilter() const override { return true; }
  void activated() override;
  void saveLayout() const override;
  void restoreLayout() override;

  AnnotateActions& actions() { return *actions_; }
  AnnotateCanvas* canvas() const { return canvas_; }
  LabelEditor& editor() { return editor_; }
  AnnotateInspector* inspector() const { return inspector_; }
  PictureSide* side() const { return side_; }
  ClassFinder* finder() const { return finder_; }
  PredictionOverlay* predictions() const { return predictions_; }
  Proposer* proposer() const { return proposer_; }

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* makeViewer();
  void connectDocument();
  void connectActions();
  void connectEdits();
  void connectView();
  void connectSaving();
  void connectProposals();
  void proposeHere();
  void proposeAsIGo();
  void askForModel();
  void showLacking(const std::vector<std::string>& names, bool all);
  /// Ends or breaks off what is under way on the canvas, then does it.
  void act(const std::function<void()>& what);
  void showPicture();
  void pictureLoaded(const PicturePyramid& picture, const QString& warning);
  void takeBox();
  void takePlace();
  void giveBox();
  void undo();
  void deletePicture();
  /// What of an edit concerns the trash: files follow, and no deleted picture stays in view.
  void followTrash(const Edit& edit);
  void showUndone(const Edit& edit, bool again);
  void chooseClass(int classId);
  void findClass();
  void holdHidden();
  void refreshActions();
  void showFacts();
  void showStatus();
  void tell(const QString& text);

  LabelEditor editor_;
  PictureLoader loader_;
  AnnotateActions* actions_;
  AnnotateCanvas* canvas_;
  PictureSide* side_;
  AnnotateInspector* inspector_ = nullptr;
  ClassFinder* finder_;
  PredictionOverlay* predictions_;
  Proposer* proposer_;
  ElidedLabel* name_ = nullptr;
  QLabel* facts_ = nullptr;

  int shownPicture_ = -1;
  int proposedAt_ = -1;     ///< the picture that proposals were asked for by coming to it
  bool leading_ = false;    ///< the shared selection, not following it
  bool hidden_ = false;     ///< the boxes, while the key is held
  std::set<int> returned_;  ///< from the trash: their files may be on their way
  std::set<int> deleted_;   ///< whose files are on their way to the trash
  std::vector<std::uint32_t> selectWhenShown_;
  QString warning_, pointer_, told_;
  QTimer tellTimer_;
};

}  // namespace boxwright::ui
