// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <memory>
#include <optional>
#include <vector>

#include "ui/evaluate/evaluation.h"
#include "ui/evaluate/finding_filter.h"
#include "ui/job.h"
#include "ui/page.h"

class QAction;
class QStackedWidget;

namespace boxwright::ui {

class ClassBars;
class ClassPane;
class ConfusionView;
class CropGrid;
class CropStore;
class CurveChart;
class DetectHint;
class EvaluateForm;
class FindingBar;
class FindingList;
class NodeTable;
class ScoreTiles;
class SuspectList;

/// How good a model is on a split, and what it gets wrong: every number leads to the crops of the
/// boxes that it counts, every crop to its picture on the Annotate page. What is corrected there is
/// marked here.
class EvaluatePage : public Page {
  Q_OBJECT
 public:
  explicit EvaluatePage(StudioState& state, QWidget* parent = nullptr);
  ~EvaluatePage() override;

  QString unavailableReason() const override;
  QList<QAction*> menuActions() const override;
  void activated() override;

  EvaluateForm* form() const { return form_; }
  CurveChart* curves() const { return curves_; }
  ClassBars* bars() const;
  ClassPane* classes() const { return classes_; }
  /// Over a class tree.
  NodeTable* nodes() const;
  ConfusionView* confusion() const { return confusion_; }
  FindingList* findings() const { return findings_; }
  SuspectList* suspects() const { return suspects_; }
  FindingBar* bar() const { return findingBar_; }
  CropGrid* grid() const { return grid_; }
  Job& job() { return job_; }

  /// Of the result in view, the first model first; empty before the first one.
  const std::vector<ScoredEvaluation>& models() const { return models_; }
  /// Shows results that were made elsewhere (tests).
  void show(std::vector<ScoredEvaluation> models);

 public Q_SLOTS:
  void evaluateOrStop();

 private:
  QWidget* makeContent();
  void makeActions();
  void connectDocument();
  void lookForRuns();
  void documentReset();
  void evaluate();
  void rescore();
  void take(std::vector<ScoredEvaluation> models);
  void tellProblems();
  void showColours();
  void showMatrix();
  /// The cell of the scope, where the matrix has it.
  void markCell();
  void chooseSide(FindingSide side);
  /// Bars and curves speak of the first model's classes.
  void showFirst();
  void narrowTo(const FindingScope& scope);
  QString scopeText(const FindingScope& scope) const;
  void open(int row);
  void showSuspects(bool show);
  void givePredictions();
  void noteChanges(int first, int count);
  void refresh();

  EvaluateForm* form_;
  FindingList* findings_;
  SuspectList* suspects_;
  CropStore* crops_;
  DetectHint* hint_ = nullptr;
  QStackedWidget* views_ = nullptr;
  ScoreTiles* tiles_ = nullptr;
  CurveChart* curves_ = nullptr;
  ClassPane* classes_ = nullptr;
  ConfusionView* confusion_ = nullptr;
  FindingBar* findingBar_ = nullptr;
  CropGrid* grid_ = nullptr;
  QAction *evaluateAction_ = nullptr, *openAction_ = nullptr, *allAction_ = nullptr,
          *saveTreeAction_ = nullptr;

  std::vector<ScoredEvaluation> models_;
  std::vector<int> matrixClasses_;  ///< the class of each row of the matrix
  bool available_ = false;
  Job job_;
  Job scoring_;
};

}  // namespace boxwright::ui
