// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/save_plot.h"

#include <QBuffer>
#include <QImage>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "ui/job.h"

namespace boxwright::ui {

void savePlotImage(QCustomPlot& plot, const QString& file, Job& saving) {
  const QImage picture = plot.toPixmap(0, 0, 2.0).toImage();
  saving.start(
      [picture, file](std::stop_token, JobProgress&) {
        QBuffer bytes;
        bytes.open(QIODevice::WriteOnly);
        if (!picture.save(&bytes, "PNG")) {
          throw Error("the chart could not be made a PNG", file.toStdString());
        }
        writeFileAtomically(
            pathFromUtf8(file.toStdString()),
            std::string_view(bytes.data().constData(), static_cast<std::size_t>(bytes.size())));
      },
      [] {});
}

}  // namespace boxwright::ui
