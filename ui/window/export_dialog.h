// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QString>
#include <memory>
#include <vector>

#include "core/data/convert.h"
#include "core/data/dataset.h"
#include "ui/job.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;

namespace boxwright::ui {

/// Asks how a dataset is to be written in another layout, and lists before that what the layout
/// cannot hold. It writes nothing itself. GUI thread only.
class ExportDialog : public QDialog {
  Q_OBJECT
 public:
  ExportDialog(std::shared_ptr<const Dataset> dataset, QWidget* parent);

  /// As chosen so far.
  ConvertOptions options() const;

 Q_SIGNALS:
  void exportWanted(const boxwright::ConvertOptions& options);

 private:
  void chooseFormat();
  void showLosses(const std::vector<ConversionLoss>& losses);
  void browse();
  void refresh();
  QString proposedFolder() const;

  std::shared_ptr<const Dataset> dataset_;
  Job counting_;
  bool counted_ = false;
  bool folderTyped_ = false;
  QComboBox* format_;
  QLineEdit* folder_;
  QRadioButton *copy_, *link_, *none_;
  QLabel* losses_;
  QPushButton* export_;
};

}  // namespace boxwright::ui
