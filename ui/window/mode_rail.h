// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QList>
#include <QWidget>

class QAction;
class QVBoxLayout;

namespace boxwright::ui {

class Page;

/// A button of the rail: an icon over a word.
class RailButton : public QAbstractButton {
  Q_OBJECT
 public:
  RailButton(const QString& icon, const QString& word, QWidget* parent = nullptr);
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;
};

/// The window's left edge: one button a page, the page in front marked. A page that cannot be used
/// now is disabled and its tooltip says why.
class ModeRail : public QWidget {
  Q_OBJECT
 public:
  explicit ModeRail(QWidget* parent = nullptr);

  /// The tooltip shows the key of `action`, which must outlive the rail.
  void addPage(Page* page, const QAction* action);
  void setCurrent(Page* page);
  RailButton* buttonOf(const Page* page) const;

 Q_SIGNALS:
  void pageClicked(boxwright::ui::Page* page);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  struct Entry {
    Page* page;
    RailButton* button;
    const QAction* action;
  };
  void refresh(const Entry& entry);

  QVBoxLayout* column_;
  QList<Entry> entries_;
};

}  // namespace boxwright::ui
