// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QMainWindow>

#include "ui/job.h"
#include "ui/recents.h"
#include "ui/studio_state.h"

class QAction;
class QActionGroup;
class QLabel;
class QLineEdit;
class QMenu;
class QStackedWidget;
class QToolButton;

namespace boxwright::ui {

class DataPage;
class ElidedLabel;
class JobChips;
class ManualWindow;
class ModeRail;
class Page;

/// The studio's window: mode rail, context bar with dataset and filter, the page in front, status
/// bar with the running jobs. Closing asks the jobs to stop and closes when they have.
class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(QWidget* parent = nullptr);
  ~MainWindow() override;

  StudioState& state() { return state_; }
  /// Opens a dataset or, where the folder holds a run.json, the run and its dataset.
  void openPath(const QString& path);
  /// By id; false where there is no such page. A page that cannot be used yet is shown as soon as
  /// it can.
  bool showPage(const QString& id);
  Page* page(const QString& id) const;
  Page* currentPage() const;
  /// Hands a source to the Detect page.
  void setDetectSource(const QString& source);

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void makeFileActions();
  void makePages();
  void makeMenus();
  QWidget* makeContextBar();
  QWidget* makeStatusBar();
  void addPage(Page* page);
  void setPage(Page* page);
  void askForFolder();
  void askForSample();
  void openDataset(const QString& path);
  void openRun(const QString& path);
  void showDatasetName();
  void showFilter();
  void showStatus();
  void showInspectorButton();
  void fillRecents(QMenu* menu);
  void showAbout();
  void restore();
  void store() const;

  StudioState state_;
  Recents recents_;
  Job sampleJob_;
  Job runJob_;
  QString wantedPage_;
  bool closing_ = false;

  ModeRail* rail_;
  QStackedWidget* stack_;
  QList<Page*> pages_;
  QList<QAction*> pageActions_;
  ManualWindow* manual_ = nullptr;

  QAction* openAction_ = nullptr;
  QAction* sampleAction_ = nullptr;
  QAction* closeAction_ = nullptr;
  QAction* filterAction_ = nullptr;
  QAction* inspectorAction_ = nullptr;

  QToolButton* datasetButton_ = nullptr;
  QLineEdit* filter_ = nullptr;
  QToolButton* inspectorButton_ = nullptr;
  QWidget* contextBar_ = nullptr;
  ElidedLabel* status_ = nullptr;
  QLabel* device_ = nullptr;
  JobChips* chips_ = nullptr;
};

}  // namespace boxwright::ui
