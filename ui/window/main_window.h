// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QMainWindow>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/data/convert.h"
#include "core/data/sample_maker.h"
#include "ui/job.h"
#include "ui/keys/key_bindings.h"
#include "ui/recents.h"
#include "ui/studio_state.h"
#include "ui/window/video_import.h"

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
class SavedFilters;

/// The studio's window: mode rail, context bar with dataset and filter, the page in front, status
/// bar with the running jobs. Closing asks the jobs to stop and closes when they have.
class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(QWidget* parent = nullptr);
  ~MainWindow() override;

  StudioState& state() { return state_; }
  KeyBindings& keys() { return keys_; }
  /// Opens a dataset or, where the folder holds a run.json, the run and its dataset, and shows the
  /// page; by default Data for a dataset, Train for a run.
  void openPath(const QString& path, const QString& page = {});
  /// By id; false where there is no such page. A page that cannot be used yet is shown as soon as
  /// it can.
  bool showPage(const QString& id);
  Page* page(const QString& id) const;
  Page* currentPage() const;
  /// Hands a source to the Detect page.
  void setDetectSource(const QString& source);
  /// Makes the sample dataset in a new folder in `parent` and opens it, unless something else has
  /// been opened meanwhile.
  void makeSample(const QString& parent, const SampleOptions& options = {});

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
  /// What a path leads to; found by a job.
  struct Target {
    bool there = false;
    bool isFile = false;           ///< and no list of a dataset
    std::filesystem::path folder;  ///< absolute; of a run: canonical
    bool isRun = false;
    std::filesystem::path dataset;  ///< that the run was made from
    bool datasetThere = false;
  };
  struct Place {
    std::filesystem::path dataset;
    std::string picture;
    QString filter;
  };
  static Target lookAt(const std::filesystem::path& path);
  void look(const QString& path, std::function<void(const Target&)> then);
  void open(const Target& target, const QString& page);
  /// By a page; it stays in front where it is the open dataset that is asked for.
  void openAsked(const QString& path);
  /// Picture and filter of before, when the same dataset has been read again.
  void restorePlace();
  void openDataset(const std::filesystem::path& path, const QString& page);
  void openRun(const Target& run, const QString& page);
  void askForFolder();
  void askForFile();
  void askForSample();
  void askForExport();
  void exportDataset(const ConvertOptions& options);
  void stayOpen(const QString& page);
  /// What is being typed is taken.
  void finishTyping();
  void showDatasetName();
  void showFilter();
  void showFilterField();
  void showStatus();
  void showInspectorButton();
  void showImported(const std::filesystem::path& folder, const QString& text,
                    const QString& warning);
  void fillRecents(QMenu* menu);
  void showAbout();
  void restore();
  void store() const;

  StudioState state_;
  Recents recents_;
  KeyBindings keys_;
  Job sampleJob_;
  Job exportJob_;
  Job looking_;
  VideoImport video_;
  QString wantedPage_;
  int openings_ = 0;                    ///< things opened so far
  int openingsAtImport_ = 0;            ///< when the video was begun
  std::filesystem::path runOfOpening_;  ///< whose dataset is being opened
  bool closing_ = false;
  std::optional<Place> place_;  ///< to be restored
  bool notKeptTold_ = false;    ///< that labels are in memory alone

  ModeRail* rail_;
  QStackedWidget* stack_;
  QList<Page*> pages_;
  QList<QAction*> pageActions_;
  ManualWindow* manual_ = nullptr;

  QAction* openAction_ = nullptr;
  QAction* openFileAction_ = nullptr;
  QAction* sampleAction_ = nullptr;
  QAction* videoAction_ = nullptr;
  QAction* exportAction_ = nullptr;
  QAction* closeAction_ = nullptr;
  QAction* filterAction_ = nullptr;
  QAction* inspectorAction_ = nullptr;

  QToolButton* datasetButton_ = nullptr;
  QLineEdit* filter_ = nullptr;
  SavedFilters* savedFilters_ = nullptr;
  QToolButton* savedButton_ = nullptr;
  QToolButton* inspectorButton_ = nullptr;
  QWidget* contextBar_ = nullptr;
  ElidedLabel* status_ = nullptr;
  QLabel* device_ = nullptr;
  JobChips* chips_ = nullptr;
};

}  // namespace boxwright::ui
