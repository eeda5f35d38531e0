// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/key_map.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

namespace boxwright::ui {
namespace {

KeyMap keyMapFrom(const QString& resource) {
  QFile file(resource);
  file.open(QIODevice::ReadOnly);
  const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
  KeyMap map{json[QLatin1String("name")].toString(), {}};
  const QJsonObject keys = json[QLatin1String("keys")].toObject();
  for (auto entry = keys.begin(); entry != keys.end(); ++entry)
    map.keys.insert(entry.key(), keysFrom(entry->toVariant().toStringList()));
  return map;
}

}  // namespace

const QList<KeyMap>& shippedKeyMaps() {
  static const QList<KeyMap> maps = [] {
    QList<KeyMap> all;
    const QDir folder(QStringLiteral(":/keymaps"));
    for (const QString& file : folder.entryList(QDir::Files, QDir::Name | QDir::Reversed))
      all << keyMapFrom(folder.filePath(file));
    return all;
  }();
  return maps;
}

QStringList toText(const Keys& keys) {
  QStringList text;
  for (const QKeySequence& key : keys)
    text << key.toString(QKeySequence::PortableText);
  return text;
}

Keys keysFrom(const QStringList& text) {
  Keys keys;
  for (const QString& key : text) {
    const QKeySequence read(key, QKeySequence::PortableText);
    if (!read.isEmpty()) keys << read;
  }
  return keys;
}

QString shownKeys(const Keys& keys) {
  QStringList text;
  for (const QKeySequence& key : keys)
    text << key.toString(QKeySequence::NativeText);
  return text.join(QStringLiteral(", "));
}

}  // namespace boxwright::ui
