// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCompleter>
#include <QTimer>

class QStringListModel;

namespace boxwright::ui {

class DatasetDocument;

/// Proposes the conditions of the filter field (PictureFilter's language) with the dataset's own
/// classes and splits, for the term that is being written at the end. GUI thread only.
class FilterCompleter : public QCompleter {
  Q_OBJECT
 public:
  explicit FilterCompleter(const DatasetDocument& document, QObject* parent = nullptr);

  QStringList splitPath(const QString& text) const override;
  QString pathFromIndex(const QModelIndex& index) const override;

 private:
  void listConditions();

  const DatasetDocument& document_;
  QStringListModel* conditions_;
  QTimer listing_;
};

}  // namespace boxwright::ui
