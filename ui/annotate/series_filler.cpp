// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/series_filler.h"

#include <QCoreApplication>
#include <memory>
#include <utility>

#include "core/data/box_interpolation.h"
#include "ui/dataset_document.h"

namespace boxwright::ui {
namespace {

QString translated(const char* text) {
  return QCoreApplication::translate("boxwright::ui::SeriesFiller", text);
}

QString nameOf(const Dataset& dataset, std::size_t picture) {
  return QString::fromStdString(dataset.pictures[picture].path).section(QLatin1Char('/'), -1);
}

QString refusal(const Dataset& dataset, const SeriesFill& fill) {
  switch (fill.outcome) {
    case SeriesFill::Outcome::NoSeries:
      return translated("This picture is of no series: its name ends in no number");
    case SeriesFill::Outcome::NoBoxes:
      return translated("Label this picture first: boxes move from the last labelled one to it");
    case SeriesFill::Outcome::NothingBefore:
      return translated("No picture before this one in its series has boxes");
    case SeriesFill::Outcome::NothingBetween:
      return translated("No unlabelled picture lies between %1 and this one")
          .arg(nameOf(dataset, fill.first));
    case SeriesFill::Outcome::OtherSize:
      return translated("%1 is of another size").arg(nameOf(dataset, fill.first));
    case SeriesFill::Outcome::NoMatch:
      return translated("No box of this picture is near one of its class in %1")
          .arg(nameOf(dataset, fill.first));
    case SeriesFill::Outcome::Filled:
      break;
  }
  return {};
}

}  // namespace

QString fillSeries(DatasetDocument& document, int picture) {
  const Dataset& dataset = document.dataset();
  SeriesFill fill = seriesFillOf(dataset, static_cast<std::size_t>(picture));
  if (fill.outcome != SeriesFill::Outcome::Filled) return refusal(dataset, fill);
  const auto count = static_cast<int>(fill.pictures.size());
  const QString pictures =
      count == 1 ? translated("1 picture") : translated("%L1 pictures").arg(count);
  Edit edit;
  edit.name = translated("Fill %1 in between").arg(pictures).toStdString();
  for (auto& [index, boxes] : fill.pictures) {
    auto after = std::make_shared<Annotation>();
    after->state = LabelState::Labelled;
    after->boxes = std::move(boxes);
    std::uint32_t id = document.newBoxId(static_cast<int>(index));
    for (Box& box : after->boxes)
      box.id = id++;
    edit.pictures.push_back({index, dataset.pictures[index].annotation, std::move(after)});
  }
  const QString first = nameOf(dataset, fill.first);
  document.edit(std::move(edit));
  const QString done = translated("Filled %1 since %2").arg(pictures, first);
  return fill.unmatched == 0 ? done
                             : translated("%1; %L2 boxes have no counterpart")
                                   .arg(done)
                                   .arg(static_cast<qulonglong>(fill.unmatched));
}

}  // namespace boxwright::ui
