// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/manual_window.h"

#include <QAction>
#include <QFile>
#include <QHBoxLayout>
#include <QListWidget>
#include <QShortcut>
#include <QTextBrowser>
#include <QUrl>
#include <utility>

#include "ui/theme.h"

namespace boxwright::ui {
namespace {

QUrl urlOf(const QString& topic) {
  return QUrl(QStringLiteral("qrc:/manual/%1.md").arg(topic));
}

bool exists(const QString& topic) {
  return QFile::exists(QStringLiteral(":/manual/%1.md").arg(topic));
}

}  // namespace

ManualWindow::ManualWindow(QWidget* parent)
    : QWidget(parent, Qt::Window), topics_(new QListWidget), text_(new QTextBrowser) {
  setWindowTitle(tr("Boxwright manual"));
  resize(860, 600);
  const std::pair<const char*, QString> topics[] = {
      {"index", tr("Overview")},
      {"data", tr("Data")},
      {"annotate", tr("Annotate")},
      {"formats", tr("Formats")},
      {"anchors", tr("Anchors")},
      {"train", tr("Train")},
      {"detect", tr("Detect")},
      {"command-line", tr("Command line")},
      {"changes", tr("Changes")},
  };
  for (const auto& [file, title] : topics) {
    if (!exists(QLatin1String(file))) continue;
    auto* item = new QListWidgetItem(title, topics_);
    item->setData(Qt::UserRole, QLatin1String(file));
    item->setSizeHint({100, 30});
  }
  topics_->setFrameShape(QFrame::NoFrame);
  topics_->setFixedWidth(168);
  topics_->setAccessibleName(tr("Topics"));
  text_->setFrameShape(QFrame::NoFrame);
  text_->setOpenExternalLinks(true);
  text_->setAccessibleName(tr("Manual"));
  text_->document()->setDocumentMargin(20);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addWidget(topics_);
  row->addWidget(text_, 1);
  connect(topics_, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem* item) {
    if (!item) return;
    const QUrl url = urlOf(item->data(Qt::UserRole).toString());
    if (text_->source() != url) text_->setSource(url, QTextDocument::MarkdownResource);
  });
  connect(text_, &QTextBrowser::sourceChanged, this, &ManualWindow::markTopic);
  connect(&Theme::instance(), &Theme::changed, this, [this] {
    text_->reload();
    dress();
  });
  auto* close = new QShortcut(QKeySequence(Qt::Key_Escape), this);
  connect(close, &QShortcut::activated, this, &QWidget::close);
}

void ManualWindow::showTopic(const QString& topic) {
  text_->setSource(urlOf(exists(topic) ? topic : QStringLiteral("index")),
                   QTextDocument::MarkdownResource);
  dress();
  show();
  raise();
  activateWindow();
}

void ManualWindow::dress() {
  text_->document()->setDocumentMargin(20);
}

void ManualWindow::markTopic(const QUrl& url) {
  for (int i = 0; i < topics_->count(); ++i) {
    if (urlOf(topics_->item(i)->data(Qt::UserRole).toString()) ==
        url.adjusted(QUrl::RemoveFragment)) {
      topics_->setCurrentRow(i);
    }
  }
  dress();
}

}  // namespace boxwright::ui
