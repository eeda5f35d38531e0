// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QColor>
#include <QString>
#include <filesystem>
#include <memory>
#include <vector>

#include "ui/job.h"
#include "ui/train/run_curves.h"
#include "ui/train/run_summary.h"

namespace boxwright::ui {

/// The runs of some folders as rows, newest first; ticked ones are laid over the shown one in
/// colours of their own. The folders are read by a Job. GUI thread only.
class PastRuns : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Name, Network, State, Trend, Best, Epochs, Changed, ColumnCount };
  enum Role { TrendRole = Qt::UserRole + 1 };  ///< QList<double>

  explicit PastRuns(QObject* parent = nullptr);

  /// Looks into these folders, again when they are the same; scanned() follows. Of runs that never
  /// began only `asked` has a row, and the one that trains.
  void setFolders(std::vector<std::filesystem::path> folders,
                  const std::filesystem::path& asked = {});
  /// Looks at the folders again; scanned() follows.
  void scan();

  /// The run that trains now: its row shows these curves; empty: none.
  void setLive(const std::filesystem::path& folder, std::shared_ptr<const RunCurves> curves);
  void refreshLive();

  const std::vector<RunSummary>& runs() const { return runs_; }
  const RunSummary* run(int row) const;
  int rowOf(const std::filesystem::path& folder) const;
  bool isLive(const RunSummary& run) const { return curves_ && run.folder == live_; }
  QString stateText(const RunSummary& run) const;
  /// Names that are in use in the first folder.
  const std::vector<QString>& names() const { return names_; }

  bool isTicked(const std::filesystem::path& folder) const;
  /// In the order of ticking.
  const std::vector<std::filesystem::path>& ticked() const { return ticked_; }
  QColor colourOf(const std::filesystem::path& folder) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;

 Q_SIGNALS:
  void scanned();
  void ticksChanged();

 private:
  struct Found {
    std::vector<RunSummary> runs;
    std::vector<QString> names;
  };

  std::vector<std::filesystem::path> folders_;
  std::filesystem::path asked_;
  std::vector<RunSummary> runs_;
  std::vector<QString> names_;
  std::vector<std::filesystem::path> ticked_;
  std::filesystem::path live_;
  std::shared_ptr<const RunCurves> curves_;
  Job scanning_;
};

}  // namespace boxwright::ui
