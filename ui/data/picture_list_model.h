// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QTimer>
#include <set>
#include <vector>

#include "ui/data/picture_filter.h"

namespace boxwright::ui {

class DatasetDocument;
class PictureDoubts;

/// For people.
QString stateText(LabelState state);
/// "1 picture", "12 pictures".
QString picturesText(std::size_t count);
/// The same of a list of which a filter shows a part: "3 of 12 pictures".
QString shownText(int shown, int all);

enum class PictureOrder {
  Dataset,
  Doubt,         ///< of a model, the most first; then what it has not seen
  Disagreement,  ///< of a model with the labels, the same
};

/// The pictures that pass the filter, in the dataset's order or by what a model says of them:
/// column 0 for the grid, all columns for the table. An edit of labels does not move a picture in
/// an order that stands; more finds of the model do. Filtering goes through the dataset in slices
/// of a few milliseconds, so that a large one never holds up the GUI; rows appear as they are
/// found.
class PictureListModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Name, Boxes, State, Split, Size, ColumnCount };
  enum Role { PictureRole = Qt::UserRole };  ///< index into the dataset

  explicit PictureListModel(DatasetDocument& document, QObject* parent = nullptr);

  /// What a model says; it must outlive the list. Without it nothing is known.
  void setDoubts(const PictureDoubts& doubts);
  void setOrder(PictureOrder order);
  PictureOrder order() const { return order_; }
  void setFilter(const QString& text);
  const PictureFilter& filter() const { return filter_; }
  /// There are classes of pictures as a whole and no boxes: the column of boxes has the class.
  bool showsClasses() const { return showsClasses_; }
  /// All pictures have been looked at.
  bool isComplete() const;

  /// Index into the dataset, or -1.
  int pictureAt(int row) const;
  /// Row, or -1 where the filter hides the picture.
  int rowOf(int picture) const;
  /// The row that the picture has or, where the filter hides it, would have.
  int placeOf(int picture) const;
  /// The next unlabelled picture behind `row`, going on from the first at the end, or -1.
  int nextUnlabelled(int row) const;
  /// The same for one whose labels nobody has looked over.
  int nextUnverified(int row) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 Q_SIGNALS:
  /// Rows were added or taken away, or the last picture has been looked at.
  void countChanged();

 private:
  void restart();
  void orderAnew();
  void scan();
  void publish(std::vector<int> found);
  /// By what pictures are put in the order, ascending, from when it was made.
  float keyOf(int picture) const;
  bool comesBefore(int a, int b) const;
  int nextThat(int row, bool (DatasetDocument::*wanted)(int) const) const;
  /// The classes of a picture as a whole, by name.
  QString classText(const Annotation& annotation) const;
  void showKind();
  /// Takes out what of these has gone into the trash, and brings back what has left it.
  void followTrash(int first, int count);

  DatasetDocument& document_;
  QString text_;
  PictureFilter filter_;
  const PictureDoubts* doubts_ = nullptr;
  PictureOrder order_ = PictureOrder::Dataset;
  mutable std::vector<float> keys_;  ///< of each picture, as far as it was asked for
  std::vector<int> rows_;            ///< as comesBefore() says
  std::vector<int> gathered_;        ///< found, to be shown once they can be put in order
  int scanned_ = 0;
  std::set<int> trashed_;  ///< of those that were looked at
  bool showsClasses_ = false;
  QTimer scanner_;
  QTimer refilter_, reorder_;
};

}  // namespace boxwright::ui
