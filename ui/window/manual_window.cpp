// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/manual_window.h"

#include <QAction>
#include <QFile>
#include <QHBoxLayout>
#include <QImage>
#include <QListWidget>
#include <QScreen>
#include <QScrollBar>
#include <QShortcut>
#include <QSplitter>
#include <QTextBrowser>
#include <QTimer>
#include <QUrl>
#include <algorithm>
#include <utility>

#include "ui/keys/key_card.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

QUrl urlOf(const QString& topic) {
  return QUrl(QStringLiteral("qrc:/manual/%1.md").arg(topic));
}

bool exists(const QString& topic) {
  return QFile::exists(QStringLiteral(":/manual/%1.md").arg(topic));
}

constexpr int documentMargin = 20;
constexpr int pauseMilliseconds = 200;

/// The text of a page, whose pictures are as wide as the window has room for.
class ManualText : public QTextBrowser {
 public:
  ManualText() {
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);  // so that the room is known beforehand
    pause_.setSingleShot(true);
    pause_.setInterval(pauseMilliseconds);
    connect(&pause_, &QTimer::timeout, this, [this] {
      if (loadedFor_ == 0 || loadedFor_ == room()) return;
      const int place = verticalScrollBar()->value();
      reload();
      verticalScrollBar()->setValue(place);
    });
    connect(this, &QTextBrowser::sourceChanged, this, [this] { loadedFor_ = 0; });
  }

  QVariant loadResource(int type, const QUrl& name) override {
    QVariant resource = QTextBrowser::loadResource(type, name);
    if (type != QTextDocument::ImageResource) return resource;
    QImage image = resource.canConvert<QImage>() ? resource.value<QImage>() : QImage();
    if (image.isNull()) image.loadFromData(resource.toByteArray());
    if (image.isNull()) return resource;
    loadedFor_ = room();
    const qreal dots = devicePixelRatioF();
    const int wide = static_cast<int>(loadedFor_ * dots);
    if (image.width() > wide) image = image.scaledToWidth(wide, Qt::SmoothTransformation);
    image.setDevicePixelRatio(dots);
    return image;
  }

 protected:
  void resizeEvent(QResizeEvent* event) override {
    QTextBrowser::resizeEvent(event);
    pause_.start();
  }

 private:
  int room() const { return std::max(100, viewport()->width() - 2 * documentMargin); }

  int loadedFor_ = 0;  ///< the room that the pictures of the page were made for; 0: it has none
  QTimer pause_;
};

}  // namespace

ManualWindow::ManualWindow(KeyBindings& keys, QWidget* parent)
    : QWidget(parent, Qt::Window),
      topics_(new QListWidget),
      text_(new ManualText),
      keys_(new KeyCard(keys)) {
  setWindowTitle(tr("Boxwright manual and keys"));
  resize(std::min(1200, screen()->availableSize().width()), 660);
  const std::pair<const char*, QString> topics[] = {
      {"index", tr("Overview")},
      {"data", tr("Data")},
      {"annotate", tr("Annotate")},
      {"tree", tr("Tree")},
      {"formats", tr("Formats")},
      {"anchors", tr("Anchors")},
      {"train", tr("Train")},
      {"evaluate", tr("Evaluate")},
      {"detect", tr("Detect")},
      {"command-line", tr("Command line")},
      {"answers", tr("Answers")},
      {"changes", tr("Changes")},
  };
  for (const auto& [file, title] : topics) {
    if (!exists(QLatin1String(file))) continue;
    auto* item = new QListWidgetItem(title, topics_);
    item->setData(Qt::UserRole, QLatin1String(file));
    item->setSizeHint({100, 30});
  }
  topics_->setFrameShape(QFrame::NoFrame);
  topics_->setFixedWidth(132);
  topics_->setAccessibleName(tr("Topics"));
  text_->setFrameShape(QFrame::NoFrame);
  text_->setOpenExternalLinks(true);
  text_->setAccessibleName(tr("Manual"));
  text_->document()->setDocumentMargin(documentMargin);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addWidget(topics_);
  auto* sides = new QSplitter(Qt::Horizontal);
  sides->setChildrenCollapsible(false);
  sides->addWidget(text_);
  sides->addWidget(keys_);
  sides->setStretchFactor(0, 1);
  sides->setStretchFactor(1, 0);
  sides->setSizes({640, 430});
  row->addWidget(sides, 1);
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

void ManualWindow::showTopic(const QString& topic, const QString& group) {
  text_->setSource(urlOf(exists(topic) ? topic : QStringLiteral("index")),
                   QTextDocument::MarkdownResource);
  dress();
  show();
  raise();
  activateWindow();
  keys_->open(group);
}

void ManualWindow::dress() {
  text_->document()->setDocumentMargin(documentMargin);
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
