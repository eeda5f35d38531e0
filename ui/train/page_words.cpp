// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/page_words.h"

#include <QCoreApplication>
#include <map>
#include <string>
#include <utility>

namespace boxwright::ui {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("PageWords", text);
}

QString ideaText(const IdeaRow& idea, const std::string& value) {
  return QStringLiteral("%1: %2").arg(QString::fromStdString(idea.title),
                                      QString::fromStdString(value));
}

}  // namespace

QString pageWords(QString text) {
  const std::pair<QLatin1String, QString> words[] = {
      {QLatin1String("(--init-layers)"), tr("(Layers, under From)")},
      {QLatin1String("(quarantine: duplicates)"), tr("(Leave out: damaged and near-copies)")},
      {QLatin1String(" (vertical_flip=0 where up matters)"), QString()},
  };
  for (const auto& [theirs, ours] : words)
    text.replace(theirs, ours);
  for (const IdeaRow& idea : ideaRows()) {
    for (const std::string& value : idea.values)
      text.replace(QString::fromStdString(idea.name + "=" + value), ideaText(idea, value));
  }
  return text;
}

QStringList departedIdeas(const Ideas& ideas) {
  Ideas compared = ideas;
  // A run that has been made says on or off: off is what the recipes do, but for a cfg that asks.
  if (compared.multiScale == MultiScale::Off) compared.multiScale = MultiScale::AsRecipe;
  const std::map<std::string, std::string> values = ideaValues(compared), defaults = ideaValues({});
  QStringList lines;
  for (const IdeaRow& idea : ideaRows()) {
    const std::string& value = values.at(idea.name);
    if (value != defaults.at(idea.name)) lines << ideaText(idea, value);
  }
  return lines;
}

}  // namespace boxwright::ui
