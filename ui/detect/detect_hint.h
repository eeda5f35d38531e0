// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <array>
#include <functional>

class QLabel;
class QPushButton;

namespace boxwright::ui {

/// In the middle of an empty page: what is missing, and up to two buttons that provide it.
class DetectHint : public QWidget {
  Q_OBJECT
 public:
  struct Offer {
    QString text;  ///< empty: no button
    std::function<void()> act;
  };

  explicit DetectHint(QWidget* parent = nullptr);

  void say(const QString& sentence, Offer first, Offer second = {});

 private:
  QLabel* sentence_;
  std::array<QPushButton*, 2> buttons_;
  std::array<Offer, 2> offers_;
};

}  // namespace boxwright::ui
