// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace boxwright::ui {

/// A name out of the data as the text of a menu or button, where a lone "&" would mark a key.
inline QString menuText(QString name) {
  return name.replace(u'&', QStringLiteral("&&"));
}

}  // namespace boxwright::ui
