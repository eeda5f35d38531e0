// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <memory>
#include <vector>

class QAction;
class QKeySequence;
class QMenu;
class QWidget;

namespace boxwright::ui {

/// The actions of the Annotate page with their keys, and the menus they stand in; the page says
/// what they do.
class AnnotateActions : public QObject {
  Q_OBJECT
 public:
  /// The keys work where the keyboard is in `page`.
  explicit AnnotateActions(QWidget* page);
  ~AnnotateActions() override;

  /// For the menu of the page, with separators and menus.
  QList<QAction*> menu() const { return menu_; }

  QAction *undo, *redo, *save;
  QAction *draw, *select, *pan;
  QAction *copy, *cut, *paste, *pastePrevious, *fillSeries, *duplicate, *remove, *selectAll;
  std::vector<QAction*> classes;  ///< of the first ten, by their keys, first 1 to 9 and 0
  QAction *findClass, *editClasses;
  QAction *negative, *unlabelled, *verified;
  QAction *previous, *next, *nextUnlabelled, *nextUnverified, *deletePicture;
  QAction *fit, *actual, *zoomIn, *zoomOut, *hide, *keepView;
  QAction *showPredictions, *nextPrediction, *previousPrediction;
  QAction *accept, *acceptClass,
      *acceptAll;  ///< predictions; `accept` is a key of the canvas alone
  QAction *propose, *proposeAll, *proposeAsIGo, *pauseProposing, *stopProposing;
  QAction *raiseThreshold, *lowerThreshold;
  QAction *orderDataset, *orderDoubt, *orderDisagreement;  ///< of the pictures
  QAction *darker, *brighter, *flatter, *richer, *plain;

 private:
  /// Its id among the keys is "annotate/" and the name.
  QAction* make(const char* name, const QString& text, const QKeySequence& key,
                bool checkable = false);
  QAction* makeMenu(const QString& text, const QList<QAction*>& actions);
  QAction* makeSeparator();

  QWidget* page_;
  std::vector<std::unique_ptr<QMenu>> menus_;
  QList<QAction*> menu_;
};

}  // namespace boxwright::ui
