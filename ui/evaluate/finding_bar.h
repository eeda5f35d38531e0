// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>

#include "ui/evaluate/finding_filter.h"

class QComboBox;
class QPushButton;
class QToolButton;

namespace boxwright::ui {

class ElidedLabel;
class FindingList;

/// Over the crops: what of a FindingList is shown (a button a kind, with its count), in which
/// order, what number they stand behind, and how many pictures have been corrected since.
class FindingBar : public QWidget {
  Q_OBJECT
 public:
  explicit FindingBar(FindingList& findings, QWidget* parent = nullptr);

  /// Names the scope of the list; empty: everything.
  void setScopeText(const QString& text);
  void setCorrected(int pictures);
  /// How many likely label faults there are; none: no button for them.
  void setSuspects(int count);
  /// Whole pictures can only be right or wrong: there is no button for another kind.
  void setWholePictures(bool whole);
  QToolButton* suspectsButton() const { return suspects_; }
  /// The names of the models that are compared; one or none: there is no side to choose.
  void setModels(const QStringList& names);
  void setSide(FindingSide side);
  /// Marks the kind of the list as the one that is shown.
  void showFindings();
  QToolButton* kindButton(FindingKind kind) const { return kinds_[static_cast<std::size_t>(kind)]; }

 Q_SIGNALS:
  /// All boxes, not only those behind a number.
  void everythingWanted();
  void againWanted();
  /// The likely label faults instead of the model's boxes, or those again.
  void suspectsWanted(bool wanted);
  void sideWanted(boxwright::ui::FindingSide side);

 private:
  class Lines;
  void refresh();

  FindingList& findings_;
  std::array<QToolButton*, kFindingKinds> kinds_;
  Lines* lines_;
  QToolButton* suspects_;
  QComboBox *order_, *side_;
  ElidedLabel *scope_, *corrected_;
  QToolButton* everything_;
  QPushButton* again_;
};

}  // namespace boxwright::ui
