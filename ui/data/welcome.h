// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QVBoxLayout;

namespace boxwright::ui {

class Recents;
class StudioState;

/// What the Data page shows with nothing open: one sentence, a drop zone with the two ways to
/// begin, what was open last, and the keys that matter.
class Welcome : public QWidget {
  Q_OBJECT
 public:
  Welcome(StudioState& state, Recents& recents, QAction* openFolder, QAction* makeSample,
          QWidget* parent = nullptr);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void listRecents();

  StudioState& state_;
  Recents& recents_;
  QWidget* zone_;
  QWidget* recentsPanel_;
  QVBoxLayout* recentsRows_;
};

}  // namespace boxwright::ui
