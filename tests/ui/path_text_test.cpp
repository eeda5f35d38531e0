// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/path_text.h"

#include <gtest/gtest.h>

#include <QDir>
#include <string>

namespace boxwright::ui {
namespace {

TEST(PathText, NamesTheHomeFolderShortly) {
  const QString home = QDir::homePath();
  EXPECT_EQ(pathText(home), QStringLiteral("~"));
  EXPECT_EQ(pathText(home + QStringLiteral("/runs/a b")), QStringLiteral("~/runs/a b"));
  EXPECT_EQ(pathText(home + QStringLiteral("more/x")), home + QStringLiteral("more/x"));
  EXPECT_EQ(pathText(QStringLiteral("/elsewhere") + home), QStringLiteral("/elsewhere") + home);
  EXPECT_EQ(wrappingPathText("/a/bü").remove(QChar(0x200b)), QStringLiteral("/a/bü"));
}

}  // namespace
}  // namespace boxwright::ui
