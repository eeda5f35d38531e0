// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>

namespace boxwright {
class Error;
}

namespace boxwright::ui {

/// What went wrong, for the error bar: what, where (may be empty), what to do (may be empty).
struct JobError {
  QString problem;
  QString where;
  QString advice;

  bool operator==(const JobError&) const = default;
};

JobError jobErrorFrom(const Error& error);

}  // namespace boxwright::ui

Q_DECLARE_METATYPE(boxwright::ui::JobError)
