// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/export_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <utility>

#include "core/base/atomic_file.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

QString titleOf(const std::string& format) {
  if (format == "voc") return QStringLiteral("Pascal VOC");
  if (format == "darknet") return QStringLiteral("Darknet");
  if (format == "ultralytics") return QStringLiteral("Ultralytics");
  if (format == "coco") return QStringLiteral("COCO");
  if (format == "labelme") return QStringLiteral("LabelMe");
  if (format == "cvat") return QStringLiteral("CVAT");
  if (format == "csv") return QStringLiteral("CSV");
  return ExportDialog::tr("Class folders");
}

constexpr int kLossesHeight = 150;
constexpr int kWidth = 560;

}  // namespace

ExportDialog::ExportDialog(std::shared_ptr<const Dataset> dataset, QWidget* parent)
    : QDialog(parent),
      dataset_(std::move(dataset)),
      counting_(tr("Looking what is lost"), QStringLiteral("data")),
      format_(new QComboBox),
      folder_(new QLineEdit),
      copy_(new QRadioButton(tr("Copied"))),
      link_(new QRadioButton(tr("Linked"))),
      none_(new QRadioButton(tr("Left out: labels alone"))),
      losses_(new QLabel),
      export_(new QPushButton(tr("Export"))) {
  setWindowTitle(tr("Export the dataset"));
  setAttribute(Qt::WA_DeleteOnClose);
  counting_.setQuiet(true);
  for (const std::string& format : conversionFormats())
    format_->addItem(titleOf(format), QString::fromStdString(format));
  format_->setCurrentIndex(format_->findData(QStringLiteral("coco")));
  format_->setAccessibleName(tr("Format"));
  folder_->setAccessibleName(tr("New folder"));
  copy_->setChecked(true);
  losses_->setWordWrap(true);
  losses_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  losses_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  losses_->setAccessibleName(tr("What this format cannot hold"));
  losses_->setMargin(8);

  auto* place = new QHBoxLayout;
  auto* browse = new QPushButton(tr("Choose\u2026"));
  browse->setAccessibleName(tr("Choose the folder"));
  browse->setAutoDefault(false);
  place->addWidget(folder_, 1);
  place->addWidget(browse);
  auto* pictures = new QHBoxLayout;
  for (QRadioButton* button : {copy_, link_, none_})
    pictures->addWidget(button);
  pictures->addStretch(1);
  auto* form = new QFormLayout;
  form->addRow(tr("Format"), format_);
  form->addRow(tr("New folder"), place);
  form->addRow(tr("Pictures"), pictures);
  auto* scroll = new QScrollArea;
  scroll->setWidget(losses_);
  scroll->setWidgetResizable(true);
  scroll->setFixedHeight(kLossesHeight);
  auto* buttons = new QDialogButtonBox;
  setMain(export_);
  buttons->addButton(export_, QDialogButtonBox::AcceptRole);
  buttons->addButton(QDialogButtonBox::Cancel);
  export_->setDefault(true);
  auto* column = new QVBoxLayout(this);
  column->addLayout(form);
  column->addWidget(new QLabel(tr("What this format cannot hold")));
  column->addWidget(scroll);
  column->addWidget(buttons);
  resize(kWidth, sizeHint().height());

  connect(format_, &QComboBox::currentIndexChanged, this, &ExportDialog::chooseFormat);
  connect(folder_, &QLineEdit::textEdited, this, [this] { folderTyped_ = true; });
  connect(folder_, &QLineEdit::textChanged, this, &ExportDialog::refresh);
  connect(browse, &QPushButton::clicked, this, &ExportDialog::browse);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(buttons, &QDialogButtonBox::accepted, this, [this] {
    Q_EMIT exportWanted(options());
    accept();
  });
  chooseFormat();
}

ConvertOptions ExportDialog::options() const {
  ConvertOptions options;
  options.format = format_->currentData().toString().toStdString();
  options.folder = pathFromUtf8(QDir(folder_->text().trimmed()).absolutePath().toStdString());
  if (link_->isChecked()) options.pictures = PictureTransfer::Link;
  if (none_->isChecked()) options.pictures = PictureTransfer::None;
  return options;
}

QString ExportDialog::proposedFolder() const {
  const QFileInfo root(QString::fromStdString(utf8(dataset_->root)));
  return QDir::toNativeSeparators(root.path() + QLatin1Char('/') + root.fileName() +
                                  QLatin1Char('-') + format_->currentData().toString());
}

void ExportDialog::chooseFormat() {
  if (!folderTyped_) folder_->setText(proposedFolder());
  counted_ = false;
  losses_->setText(tr("Counting\u2026"));
  refresh();
  counting_.start([dataset = dataset_, format = format_->currentData().toString().toStdString()](
                      std::stop_token, JobProgress&) { return lossesOf(*dataset, format); },
                  [this](const std::vector<ConversionLoss>& losses) { showLosses(losses); });
}

void ExportDialog::showLosses(const std::vector<ConversionLoss>& losses) {
  QStringList lines;
  for (const ConversionLoss& loss : losses)
    lines.append(QStringLiteral("%L1 %2")
                     .arg(static_cast<qulonglong>(loss.count))
                     .arg(QString::fromStdString(loss.what)));
  losses_->setText(lines.isEmpty() ? tr("Nothing is lost.") : lines.join(QLatin1Char('\n')));
  counted_ = true;
  refresh();
}

void ExportDialog::browse() {
  auto* dialog = new QFileDialog(this, tr("Where shall the new folder be made?"),
                                 QFileInfo(folder_->text()).path());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& parent) {
    folderTyped_ = true;
    folder_->setText(
        QDir::toNativeSeparators(QDir(parent).filePath(QFileInfo(proposedFolder()).fileName())));
  });
  dialog->open();
}

void ExportDialog::refresh() {
  export_->setEnabled(counted_ && !folder_->text().trimmed().isEmpty());
}

}  // namespace boxwright::ui
