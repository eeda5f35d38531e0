// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/evaluate/evaluation.h"
#include "ui/job.h"

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QSlider;
class QSpinBox;

namespace boxwright::ui {

class DatasetDocument;
class DeviceBox;
class ModelPicker;

/// What to evaluate and how: model (and a second one to compare with), split, protocol, input size,
/// NMS, device; and the operating confidence, which acts at once. GUI thread only.
class EvaluateForm : public QWidget {
  Q_OBJECT
 public:
  explicit EvaluateForm(const DatasetDocument& document, QWidget* parent = nullptr);

  ModelPicker* model() const { return model_; }
  ModelPicker* other() const { return other_; }
  QPushButton* button() const { return button_; }
  QSlider* confidenceSlider() const { return confidence_; }

  /// Of both pickers: beside the open dataset and in the folder of `run`.
  void lookForRuns(const std::filesystem::path& run);
  void lookForDevices();
  void listSplits();

  bool isComplete() const;
  /// Why what is chosen does not go together; empty: nothing is known against it.
  QString fault() const;
  bool compares() const;
  /// One a model, the first first. Only while isComplete().
  std::vector<EvaluationRequest> requests() const;
  double confidence() const;
  QString chosenSplit() const;  ///< in words

 Q_SIGNALS:
  /// isComplete() or what is chosen may be another.
  void changed();
  void confidenceChanged();

 private:
  QSlider* addSlider(QFormLayout* form, const QString& name, const QString& object, int value,
                     const QString& tip);

  /// What only finds of boxes have is of no use for a classifier.
  void enableForModel();

  const DatasetDocument& document_;
  ModelPicker *model_, *other_;
  QCheckBox* compare_;
  QComboBox *split_, *protocol_;
  QSpinBox* size_;
  DeviceBox* device_;
  QSlider *confidence_, *nms_;
  QPushButton* button_;
  Job devices_;
  bool devicesKnown_ = false;
};

}  // namespace boxwright::ui
