// SPDX-License-Identifier: GPL-3.0-or-later
// What leaves a Chart: its context menu, PNG and CSV.
#include <fmt/format.h>

#include <QMenu>
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/atomic_file.h"
#include "ui/charts/chart.h"
#include "ui/charts/save_plot.h"
#include "ui/save_dialog.h"

namespace boxwright::ui {
namespace {

struct CsvColumn {
  std::string name;
  LineData data;
};

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\n") == std::string::npos) return field;
  std::string out = "\"";
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string csvOf(const std::string& keyName, const std::vector<CsvColumn>& columns) {
  std::string out = quoted(keyName);
  std::vector<double> keys;
  for (const CsvColumn& column : columns) {
    out += ',' + quoted(column.name);
    keys.insert(keys.end(), column.data.x().begin(), column.data.x().end());
  }
  out += '\n';
  std::vector<std::size_t> next(columns.size(), 0);
  std::sort(keys.begin(), keys.end());
  for (std::size_t i = 0; i < keys.size();) {
    const double key = keys[i];
    // Points that share an x stand in rows below each other.
    bool any = false;
    out += fmt::format("{}", key);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      out += ',';
      const LineData& data = columns[c].data;
      if (next[c] >= data.size() || data.x()[next[c]] != key) continue;
      const double value = data.y()[next[c]++];
      any = true;
      ++i;
      if (std::isfinite(value)) out += fmt::format("{}", value);
    }
    out += '\n';
    if (!any) break;
  }
  return out;
}

}  // namespace

QMenu* Chart::makeMenu(QWidget* parent) {
  auto* menu = new QMenu(parent);
  menu->addAction(tr("Save as &PNG…"), this, &Chart::saveImageAs);
  menu->addAction(tr("Save points as &CSV…"), this, &Chart::saveCsvAs);
  menu->addSeparator();
  QAction* log = menu->addAction(freeValueAxis_ ? tr("&Logarithmic axes") : tr("&Logarithmic axis"),
                                 this, &Chart::setLogarithmic);
  log->setCheckable(true);
  log->setChecked(logarithmic_);
  QAction* all = menu->addAction(tr("&Show all"), this, [this] {
    resetView();
    Q_EMIT viewReset();
  });
  all->setEnabled(zoomed_);
  return menu;
}

void Chart::contextMenuEvent(QContextMenuEvent* event) {
  QMenu* menu = makeMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->popup(event->globalPos());
}

std::string Chart::csv() const {
  std::vector<CsvColumn> columns;
  for (const Line& line : lines_)
    columns.push_back({line.style.name.toStdString(), line.series->raw});
  return csvOf(keyName_.isEmpty() ? "x" : keyName_.toStdString(), columns);
}

void Chart::saveImageAs() {
  askWhereToSave(this, tr("Save the chart"), title_ + QStringLiteral(".png"),
                 tr("PNG picture (*.png)"), [this](const QString& file) { saveImage(file); });
}

void Chart::saveCsvAs() {
  askWhereToSave(this, tr("Save the chart's points"), title_ + QStringLiteral(".csv"),
                 tr("Table (*.csv)"), [this](const QString& file) { saveCsv(file); });
}

void Chart::saveImage(const QString& file) {
  const std::optional<double> cursor = std::exchange(cursor_, std::nullopt);
  savePlotImage(*this, file, saving_);
  cursor_ = cursor;
  refresh();
}

void Chart::saveCsv(const QString& file) {
  std::vector<CsvColumn> columns;
  for (const Line& line : lines_)
    columns.push_back({line.style.name.toStdString(), line.series->raw});
  saving_.start(
      [columns = std::move(columns), name = keyName_.isEmpty() ? "x" : keyName_.toStdString(),
       file](std::stop_token, JobProgress&) {
        writeFileAtomically(pathFromUtf8(file.toStdString()), csvOf(name, columns));
      },
      [] {});
}

}  // namespace boxwright::ui
