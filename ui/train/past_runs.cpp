// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/past_runs.h"

#include <QLocale>
#include <algorithm>
#include <utility>

#include "core/base/atomic_file.h"
#include "ui/charts/series_colours.h"
#include "ui/path_text.h"
#include "ui/theme.h"

namespace boxwright::ui {

PastRuns::PastRuns(QObject* parent)
    : QAbstractTableModel(parent), scanning_(tr("Looking for runs"), QStringLiteral("train")) {
  scanning_.setQuiet(true);
}

void PastRuns::setFolders(std::vector<std::filesystem::path> folders,
                          const std::filesystem::path& asked) {
  if (folders.empty() && !runs_.empty()) {
    beginResetModel();
    runs_.clear();
    names_.clear();
    ticked_.clear();
    endResetModel();
  }
  folders_ = std::move(folders);
  asked_ = asked;
  scan();
}

void PastRuns::scan() {
  scanning_.start(
      [folders = folders_, asked = asked_, live = live_](std::stop_token stop, JobProgress&) {
        Found found;
        for (const std::filesystem::path& folder : folders) {
          for (RunSummary& run : findRuns(folder, stop)) {
            if (run.neverBegan() && run.folder != asked && run.folder != live) continue;
            if (&folder == &folders.front()) found.names.push_back(run.name);
            const bool known =
                std::any_of(found.runs.begin(), found.runs.end(),
                            [&](const RunSummary& other) { return other.folder == run.folder; });
            if (!known) found.runs.push_back(std::move(run));
          }
        }
        std::stable_sort(found.runs.begin(), found.runs.end(), isNewer);
        return found;
      },
      [this](Found found) {
        names_ = std::move(found.names);
        std::vector<RunSummary> runs = std::move(found.runs);
        const auto ticksBefore = ticked_.size();
        const bool sameRows =
            runs.size() == runs_.size() && std::equal(runs.begin(), runs.end(), runs_.begin(),
                                                      [](const RunSummary& a, const RunSummary& b) {
                                                        return a.folder == b.folder;
                                                      });
        if (sameRows) {
          runs_ = std::move(runs);  // selection and scroll position stay
          if (!runs_.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        } else {
          beginResetModel();
          runs_ = std::move(runs);
          std::erase_if(ticked_, [this](const auto& path) { return rowOf(path) < 0; });
          endResetModel();
        }
        Q_EMIT scanned();
        if (ticked_.size() != ticksBefore) Q_EMIT ticksChanged();
      });
}

void PastRuns::setLive(const std::filesystem::path& folder,
                       std::shared_ptr<const RunCurves> curves) {
  live_ = folder;
  curves_ = std::move(curves);
  refreshLive();
}

void PastRuns::refreshLive() {
  const int row = rowOf(live_);
  if (row >= 0) Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

const RunSummary* PastRuns::run(int row) const {
  return row >= 0 && row < rowCount() ? &runs_[static_cast<std::size_t>(row)] : nullptr;
}

int PastRuns::rowOf(const std::filesystem::path& folder) const {
  const auto found = std::find_if(runs_.begin(), runs_.end(),
                                  [&](const RunSummary& run) { return run.folder == folder; });
  return found == runs_.end() ? -1 : static_cast<int>(found - runs_.begin());
}

QString PastRuns::stateText(const RunSummary& run) const {
  if (isLive(run)) return tr("training");
  switch (run.state) {
    case RunState::Empty:
      return tr("not begun");
    case RunState::Stopped:
      return tr("stopped");
    case RunState::Broken:
      return tr("broke off");
    case RunState::Done:
      return tr("done");
    case RunState::Damaged:
      return tr("damaged");
  }
  return {};
}

bool PastRuns::isTicked(const std::filesystem::path& folder) const {
  return std::find(ticked_.begin(), ticked_.end(), folder) != ticked_.end();
}

QColor PastRuns::colourOf(const std::filesystem::path& folder) const {
  const auto found = std::find(ticked_.begin(), ticked_.end(), folder);
  const auto place = static_cast<int>(found - ticked_.begin());
  return seriesColour(1 + place % (seriesColourCount - 1), Theme::instance().dark());
}

int PastRuns::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(runs_.size());
}

int PastRuns::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

QVariant PastRuns::data(const QModelIndex& at, int role) const {
  const RunSummary* row = at.isValid() ? run(at.row()) : nullptr;
  if (!row) return {};
  const bool live = isLive(*row);
  const QLocale locale(QLocale::English);
  if (role == Qt::CheckStateRole && at.column() == Name) {
    return isTicked(row->folder) ? Qt::Checked : Qt::Unchecked;
  }
  if (role == Qt::ForegroundRole) {
    if (at.column() == Name && isTicked(row->folder)) return colourOf(row->folder);
    if (at.column() == State && live) return colours().accent;
    if (row->state == RunState::Damaged && at.column() == State) return colours().bad;
    if (at.column() != Name && at.column() != Best) return colours().dim;
    return {};
  }
  if (role == Qt::TextAlignmentRole) {
    const bool number = at.column() >= Best;
    return QVariant::fromValue(
        Qt::Alignment(Qt::AlignVCenter | (number ? Qt::AlignRight : Qt::AlignLeft)));
  }
  if (role == Qt::FontRole && at.column() >= Best) return numberFont();
  if (role == Qt::ToolTipRole) {
    if (at.column() == Trend || at.column() == Best)
      return row->task == NetworkTask::Classification ? tr("top-1") : tr("mAP50");
    QString tip = pathText(row->folder);
    if (!row->fault.isEmpty()) tip += QLatin1Char('\n') + row->fault;
    return tip;
  }
  if (role == TrendRole) {
    QList<double> values;
    if (live) {
      for (const ValidationEvent& validation : curves_->validations())
        values.append(scoreOf(validation));
    } else {
      values = QList<double>(row->scores.begin(), row->scores.end());
    }
    return QVariant::fromValue(values);
  }
  if (role != Qt::DisplayRole) return {};
  double best = row->best, epoch = row->epoch;
  if (live) {
    best = curves_->best() ? curves_->best()->score : -1;
    epoch = curves_->lastBatch() ? curves_->lastBatch()->epoch : 0;
  }
  switch (at.column()) {
    case Name:
      return row->name;
    case Best:
      return best >= 0 ? locale.toString(best, 'f', 3) : QStringLiteral("–");
    case State:
      return stateText(*row);
    case Epochs:
      return epoch > 0 ? locale.toString(epoch, 'f', 1) : QStringLiteral("–");
    case Network: {
      if (row->settings.model.empty() || row->state == RunState::Damaged) return {};
      const auto name = pathFromUtf8(row->settings.model).stem();
      return QStringLiteral("%1, %2 px")
          .arg(QString::fromStdString(utf8(name)))
          .arg(row->settings.size);
    }
    case Changed:
      return row->changed.isValid() ? row->changed.toString(QStringLiteral("yyyy-MM-dd hh:mm"))
                                    : QString();
    default:
      return {};
  }
}

bool PastRuns::setData(const QModelIndex& at, const QVariant& value, int role) {
  const RunSummary* row = at.isValid() ? run(at.row()) : nullptr;
  if (!row || role != Qt::CheckStateRole || at.column() != Name) return false;
  const bool on = value.toInt() == Qt::Checked;
  if (on == isTicked(row->folder)) return false;
  if (on) {
    ticked_.push_back(row->folder);
  } else {
    std::erase(ticked_, row->folder);
  }
  Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, Name));
  Q_EMIT ticksChanged();
  return true;
}

QVariant PastRuns::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) {
    const bool number = section >= Best;
    return QVariant::fromValue(
        Qt::Alignment(Qt::AlignVCenter | (number ? Qt::AlignRight : Qt::AlignLeft)));
  }
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case Name:
      return tr("Past runs");
    case Trend:
      return tr("score");
    case Best:
      return tr("best");
    case State:
      return tr("state");
    case Epochs:
      return tr("epochs");
    case Network:
      return tr("network");
    case Changed:
      return tr("changed");
    default:
      return {};
  }
}

Qt::ItemFlags PastRuns::flags(const QModelIndex& at) const {
  Qt::ItemFlags flags = QAbstractTableModel::flags(at);
  if (at.column() == Name) flags |= Qt::ItemIsUserCheckable;
  return flags;
}

}  // namespace boxwright::ui
