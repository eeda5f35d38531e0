// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/statistics_view.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/charts/bar_chart.h"
#include "ui/charts/heat_map.h"
#include "ui/data/filter_text.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int pauseMilliseconds = 400;
constexpr std::size_t mostClasses = 16;  ///< the rest is in the inspector's list

QString number(double value) {
  return QLocale().toString(value, 'g', 6);
}

QString counted(std::size_t count, const QString& one, const QString& many) {
  return count == 1 ? QStringLiteral("1 ") + one
                    : QLocale().toString(static_cast<qulonglong>(count)) + u' ' + many;
}

QString boxesOf(std::size_t count) {
  return counted(count, StatisticsView::tr("box"), StatisticsView::tr("boxes"));
}

QString joined(const QString& a, const QString& b) {
  return a.isEmpty() || b.isEmpty() ? a + b : a + u' ' + b;
}

/// "size>=32 size<48".
QString between(const QString& key, const BoxStatistics::Bin& bin) {
  const auto plain = [](double value) { return QString::number(value, 'g', 6); };
  QStringList conditions;
  if (std::isfinite(bin.from)) conditions << key + QStringLiteral(">=") + plain(bin.from);
  if (std::isfinite(bin.to)) conditions << key + u'<' + plain(bin.to);
  return conditions.join(u' ');
}

/// Bars of bins that begin with their label and end where the next begins.
void setBins(BarChart& chart, const std::vector<BoxStatistics::Bin>& bins, const QString& key,
             const QString& unit, const QString& conditions) {
  std::vector<BarChart::Bar> bars;
  for (const BoxStatistics::Bin& bin : bins) {
    BarChart::Bar bar;
    bar.value = static_cast<double>(bin.count);
    bar.label = std::isfinite(bin.from) ? number(bin.from) : QString();
    const QString range =
        !std::isfinite(bin.to) ? StatisticsView::tr("%1 and more").arg(number(bin.from))
        : !std::isfinite(bin.from)
            ? StatisticsView::tr("below %1").arg(number(bin.to))
            : StatisticsView::tr("%1 to below %2").arg(number(bin.from), number(bin.to));
    bar.text = StatisticsView::tr("%1%2: %3").arg(range, unit, boxesOf(bin.count));
    if (bin.count > 0) bar.tag = joined(conditions, between(key, bin));
    bars.push_back(std::move(bar));
  }
  const bool open = bins.empty() || !std::isfinite(bins.back().to);
  chart.setBars(std::move(bars), open ? QString() : number(bins.back().to));
}

}  // namespace

StatisticsView::StatisticsView(StudioState& state, QWidget* parent)
    : QWidget(parent),
      state_(state),
      class_(new QComboBox),
      split_(new QComboBox),
      facts_(new QLabel),
      classes_(new BarChart(tr("Boxes a class"), BarChart::Form::Lying)),
      splits_(new BarChart(tr("Boxes a split"), BarChart::Form::Lying)),
      perPicture_(new BarChart(tr("Boxes a picture"), BarChart::Form::Upright)),
      sizes_(new BarChart(tr("Size: the longer side, px"), BarChart::Form::Upright)),
      aspects_(new BarChart(tr("Shape: width to height"), BarChart::Form::Upright)),
      places_(new HeatMap(tr("Where the centres lie"))),
      job_(tr("Statistics"), QStringLiteral("data")) {
  class_->setAccessibleName(tr("Class"));
  split_->setAccessibleName(tr("Split"));
  for (QComboBox* box : {class_, split_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(12);
    connect(box, qOverload<int>(&QComboBox::activated), this, &StatisticsView::later);
  }
  setTone(facts_, Tone::Dim);
  facts_->setMinimumWidth(1);
  auto* choices = new QHBoxLayout;
  choices->setSpacing(metric::gap);
  choices->setContentsMargins(metric::margin, metric::gap, metric::margin, metric::gap);
  choices->addWidget(class_);
  choices->addWidget(split_);
  choices->addWidget(facts_, 1);

  auto* charts = new QWidget;
  auto* grid = new QGridLayout(charts);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(1);
  ChartPanel* const panels[] = {classes_, perPicture_, sizes_, aspects_, places_, splits_};
  for (int i = 0; i < 6; ++i) {
    grid->addWidget(panels[i], i / 2, i % 2);
    grid->setRowMinimumHeight(i / 2, 230);
    grid->setRowStretch(i / 2, 1);
    grid->setColumnStretch(i % 2, 1);
    connect(panels[i], &ChartPanel::chosen, this, &StatisticsView::choose);
  }
  auto* area = new QScrollArea;
  area->setFrameShape(QFrame::NoFrame);
  area->setWidgetResizable(true);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area->setFocusPolicy(Qt::NoFocus);
  area->setWidget(charts);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(choices);
  column->addWidget(area, 1);

  job_.setQuiet(true);
  counting_.setSingleShot(true);
  counting_.setInterval(pauseMilliseconds);
  connect(&counting_, &QTimer::timeout, this, &StatisticsView::countNow);
  const DatasetDocument& document = state.document();
  connect(&document, &DatasetDocument::reset, this, &StatisticsView::later);
  connect(&document, &DatasetDocument::annotationsChanged, this, &StatisticsView::later);
  connect(&document, &DatasetDocument::classesChanged, this, &StatisticsView::later);
  connect(&document, &DatasetDocument::coloursChanged, this, &StatisticsView::later);
  connect(&document, &DatasetDocument::splitsChanged, this, &StatisticsView::later);
  connect(&document, &DatasetDocument::opened, this, &StatisticsView::later);
  connect(&state, &StudioState::filterChanged, this, &StatisticsView::showFilter);
}

void StatisticsView::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (!current_) countNow();
}

void StatisticsView::later() {
  current_ = false;
  if (isVisible() && !counting_.isActive()) counting_.start();
}

void StatisticsView::listChoices() {
  const auto list = [](QComboBox* box, const QString& all, const QStringList& names) {
    QStringList had;
    for (int i = 0; i < box->count(); ++i)
      had << box->itemText(i);
    if (had == QStringList(all) + names) return;
    const QString chosen = box->currentIndex() > 0 ? box->currentText() : QString();
    box->clear();
    box->addItem(all);
    box->addItems(names);
    box->setCurrentIndex(std::max(0, chosen.isEmpty() ? 0 : box->findText(chosen)));
  };
  QStringList classes, splits;
  for (const std::string& name : state_.document().dataset().classes)
    classes << QString::fromStdString(name);
  for (const auto& split : state_.document().splits())
    splits << QString::fromStdString(split.first);
  list(class_, tr("All classes"), classes);
  list(split_, tr("All pictures"), splits);
}

QString StatisticsView::conditions(bool withClass) const {
  QString out;
  if (withClass && class_->currentIndex() > 0)
    out = filterCondition(QStringLiteral("class"), class_->currentText());
  if (split_->currentIndex() > 0)
    out = joined(out, filterCondition(QStringLiteral("split"), split_->currentText()));
  return out;
}

void StatisticsView::countNow() {
  counting_.stop();
  if (!isVisible()) return;
  listChoices();
  current_ = true;  // until something changes again
  const DatasetDocument& document = state_.document();
  std::optional<int> classId;
  if (class_->currentIndex() > 0) classId = class_->currentIndex() - 1;
  const std::string split =
      split_->currentIndex() > 0 ? split_->currentText().toStdString() : std::string();
  job_.start(
      [dataset = document.snapshot(), splits = document.splits(), split, classId](
          std::stop_token stop, JobProgress&) {
        Counts counts;
        std::vector<std::size_t> pictures(dataset->pictures.size());
        std::iota(pictures.begin(), pictures.end(), std::size_t{0});
        if (const auto found = splits.find(split); found != splits.end()) pictures = found->second;
        counts.all = boxStatistics(*dataset, pictures, {}, stop);
        counts.chosen = classId ? boxStatistics(*dataset, pictures, classId, stop) : counts.all;
        for (const auto& [name, members] : splits)
          counts.splits.emplace(name, boxStatistics(*dataset, members, classId, stop));
        return counts;
      },
      [this](const Counts& counts) { showCounts(counts); });
}

void StatisticsView::showCounts(const Counts& counts) {
  const QString ofBoth = conditions(true), ofSplit = conditions(false);
  const ClassNames& names = state_.document().dataset().classes;
  facts_->setText(tr("%1 in %2")
                      .arg(boxesOf(counts.chosen.boxes),
                           counted(counts.chosen.pictures, tr("picture"), tr("pictures"))));

  std::vector<std::size_t> order(std::min(names.size(), counts.all.classes.size()));
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return counts.all.classes[a] > counts.all.classes[b];
  });
  std::vector<BarChart::Bar> classes;
  for (const std::size_t id : order) {
    if (classes.size() == mostClasses) break;
    const QString name = QString::fromStdString(names[id]);
    classes.push_back({name, tr("%1: %2").arg(name, boxesOf(counts.all.classes[id])),
                       joined(filterCondition(QStringLiteral("class"), name), ofSplit),
                       static_cast<double>(counts.all.classes[id]),
                       state_.document().palette()(static_cast<int>(id))});
  }
  classes_->setTitle(order.size() > mostClasses
                         ? tr("Boxes a class, the %1 most frequent").arg(mostClasses)
                         : tr("Boxes a class"));
  classes_->setBars(std::move(classes));

  std::vector<BarChart::Bar> splits;
  for (const auto& [name, statistics] : counts.splits) {
    const QString split = QString::fromStdString(name);
    const QString ofClass = class_->currentIndex() > 0
                                ? filterCondition(QStringLiteral("class"), class_->currentText())
                                : QString();
    splits.push_back({split,
                      tr("%1: %2 in %3")
                          .arg(split, boxesOf(statistics.boxes),
                               counted(statistics.pictures, tr("picture"), tr("pictures"))),
                      joined(ofClass, filterCondition(QStringLiteral("split"), split)),
                      static_cast<double>(statistics.boxes)});
  }
  splits_->setBars(std::move(splits));

  std::vector<BarChart::Bar> perPicture;
  for (const BoxStatistics::Bin& bin : counts.all.perPicture) {
    const bool one = bin.from == bin.to;
    const QString range =
        one ? number(bin.from) : tr("%1 to %2").arg(number(bin.from), number(bin.to));
    const QString condition =
        one ? QStringLiteral("boxes=%1").arg(bin.from)
            : QStringLiteral("boxes:%1..%2").arg(bin.from, 0, 'f', 0).arg(bin.to, 0, 'f', 0);
    perPicture.push_back(
        {number(bin.from),
         tr("%1 boxes: %2").arg(range, counted(bin.count, tr("picture"), tr("pictures"))),
         bin.count > 0 ? joined(ofSplit, condition) : QString(), static_cast<double>(bin.count)});
  }
  perPicture_->setBars(std::move(perPicture));

  setBins(*sizes_, counts.chosen.sizes, QStringLiteral("size"), tr(" px"), ofBoth);
  setBins(*aspects_, counts.chosen.aspects, QStringLiteral("aspect"), {}, ofBoth);

  constexpr int side = BoxStatistics::kPlaces, percent = 100 / side;
  const auto& fields = counts.chosen.places;
  places_->setFields(
      {fields.begin(), fields.end()}, side,
      [fields](int x, int y) {
        return tr("x %1 to %2 %, y %3 to %4 %: %5")
            .arg(x * percent)
            .arg((x + 1) * percent)
            .arg(y * percent)
            .arg((y + 1) * percent)
            .arg(boxesOf(fields[static_cast<std::size_t>(y * side + x)]));
      },
      [ofBoth](int x, int y) {
        // The last field has the far edge.
        const auto range = [](const char* key, int at) {
          const double end = at == side - 1 ? HUGE_VAL : (at + 1) * percent;
          const double begin = at == 0 ? -HUGE_VAL : at * percent;
          return between(QString::fromLatin1(key), {begin, end, 0});
        };
        return joined(ofBoth, joined(range("x", x), range("y", y)));
      });
  showFilter();
}

void StatisticsView::showFilter() {
  for (ChartPanel* panel : {static_cast<ChartPanel*>(classes_), static_cast<ChartPanel*>(splits_),
                            static_cast<ChartPanel*>(perPicture_), static_cast<ChartPanel*>(sizes_),
                            static_cast<ChartPanel*>(aspects_), static_cast<ChartPanel*>(places_)})
    panel->setChosen(state_.filter());
}

void StatisticsView::choose(const QString& tag) {
  state_.setFilter(tag == state_.filter() ? QString() : tag);
}

}  // namespace boxwright::ui
