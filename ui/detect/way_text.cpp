// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detect/way_text.h"

#include <QStringList>
#include <cstddef>
#include <vector>

#include "ui/detect/detection_list.h"
#include "ui/number_text.h"

namespace boxwright::ui {

QString wayText(const Detection& found, const ClassTree& tree, const ClassNames& names) {
  if (found.classId < 0 || found.classId >= tree.size() || found.path.empty()) return {};
  const std::vector<int> way = tree.pathTo(found.classId);
  QStringList lines;
  double inAll = 1;
  for (std::size_t i = 0; i < way.size() && i < found.path.size(); ++i) {
    const double given = static_cast<double>(found.path[i]);
    inAll *= given;
    lines += QStringLiteral("%1%2  %3")
                 .arg(QString(static_cast<int>(2 * i), QChar::Nbsp), classText(names, way[i]),
                      numberText(given, 2)) +
             (i == 0 ? QString() : QStringLiteral("  (%1)").arg(numberText(inAll, 2)));
  }
  return lines.join(QLatin1Char('\n'));
}

}  // namespace boxwright::ui
