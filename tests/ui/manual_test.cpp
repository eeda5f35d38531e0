// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QString>

namespace boxwright::ui {
namespace {

TEST(Manual, HasEveryPageAndPictureThatItNames) {
  static const QRegularExpression link(QStringLiteral(R"(\]\(([^)#:]+\.(?:md|png))(?:#[^)]*)?\))"));
  int pages = 0, links = 0;
  for (QDirIterator page(QStringLiteral(":/manual"), {QStringLiteral("*.md")}); page.hasNext();) {
    QFile file(page.next());
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    ++pages;
    const QString text = QString::fromUtf8(file.readAll());
    for (auto match = link.globalMatch(text); match.hasNext();) {
      const QString target = match.next().captured(1);
      ++links;
      EXPECT_TRUE(QFile::exists(QStringLiteral(":/manual/") + target))
          << qPrintable(file.fileName()) << " names " << qPrintable(target)
          << "; is it in resources/studio.qrc?";
    }
  }
  EXPECT_GT(pages, 10);
  EXPECT_GT(links, 20);
}

}  // namespace
}  // namespace boxwright::ui
