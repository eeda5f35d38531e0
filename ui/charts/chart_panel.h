// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

class QLabel;

namespace boxwright::ui {

class ElidedLabel;

/// A chart with its title and, at the right, what is under the pointer or the keyboard's mark. Of a
/// chart whose parts can be chosen: arrow keys go from part to part, Enter chooses.
class ChartPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ChartPanel(const QString& title, QWidget* parent = nullptr);

  void setTitle(const QString& title);
  QString readOut() const;

  /// Stands for the part in tag() of what is chosen, which is marked; empty for none.
  void setChosen(const QString& tag);

 Q_SIGNALS:
  /// A click or Enter on the part that this tag stands for.
  void chosen(const QString& tag);

 protected:
  virtual int partCount() const = 0;
  virtual QString partTag(int part) const = 0;
  /// "12 to 16 px: 34 boxes".
  virtual QString partText(int part) const = 0;
  /// Parts to a row, for the keys up and down.
  virtual int rowLength() const { return 1; }
  /// In the panel's coordinates; -1 for none.
  virtual int partAt(const QPoint& point) const = 0;
  /// The mark or what is chosen has changed.
  virtual void showMarks() = 0;

  void setBody(QWidget* body);
  /// The part under the pointer or of the keyboard; -1 for none.
  int marked() const { return marked_; }
  const QString& chosenTag() const { return chosen_; }
  void mark(int part);

  bool eventFilter(QObject* watched, QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void choose(int part);

  QLabel* title_;
  ElidedLabel* readOut_;
  int marked_ = -1;
  QString chosen_;
};

}  // namespace boxwright::ui
