// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/data_checks.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/error.h"
#include "core/data/label_outliers.h"
#include "core/image/codec.h"
#include "core/image/near_copy_finder.h"
#include "ui/data/problem_list.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int decodedSide = 64;  ///< at least; a near-copy is told from 32 fields a side

using Finding = DataChecks::Finding;

/// Each picture that looks like one before it.
std::vector<Finding> nearCopies(const Dataset& dataset, const std::stop_token& stop,
                                JobProgress& progress) {
  std::vector<Finding> findings;
  const auto finder = std::make_unique<NearCopyFinder>();
  std::vector<std::size_t> pictures;  // that are in it
  const std::size_t all = dataset.pictures.size();
  for (std::size_t i = 0; i < all; ++i) {
    if (stop.stop_requested()) return {};
    if (i % 16 == 0) {
      progress.set(static_cast<double>(i) / static_cast<double>(all),
                   DataChecks::tr("%L1 of %L2 pictures")
                       .arg(static_cast<qulonglong>(i))
                       .arg(static_cast<qulonglong>(all)));
    }
    std::uint64_t hash = 0;
    try {
      const DecodedImage decoded = decodeImage(dataset.absolutePath(i), decodedSide);
      if (decoded.truncated) continue;
      hash = perceptualHash(decoded.image);
    } catch (const Error&) {
      continue;  // which the problems say
    }
    if (const auto near = finder->nearest(hash)) {
      findings.push_back(
          {{dataset.pictures[i].path, 0, Severity::Note,
            DataChecks::tr("looks like %1")
                .arg(QString::fromStdString(dataset.pictures[pictures[near->index]].path)
                         .section(u'/', -1))
                .toStdString()},
           static_cast<int>(i),
           {}});
    }
    finder->add(hash);
    pictures.push_back(i);
  }
  return findings;
}

}  // namespace

std::vector<Finding> checkData(const Dataset& dataset, const std::stop_token& stop,
                               JobProgress& progress) {
  std::vector<Finding> findings = nearCopies(dataset, stop, progress);
  for (const auto& boxes : {overlappingBoxes(dataset, stop), unusualSizes(dataset, stop)}) {
    for (const LabelFinding& found : boxes) {
      findings.push_back({{dataset.pictures[found.box.picture].path, 0, Severity::Note, found.what},
                          static_cast<int>(found.box.picture),
                          found.box.id});
    }
  }
  if (stop.stop_requested()) return {};
  return findings;
}

DataChecks::DataChecks(StudioState& state, QWidget* parent)
    : QWidget(parent),
      state_(state),
      button_(new QPushButton(tr("Check pictures and boxes"))),
      facts_(makeText({}, Tone::Dim)),
      list_(new ProblemList(tr("What the check has found"))),
      job_(tr("Checking pictures and boxes"), QStringLiteral("data")) {
  button_->setToolTip(
      tr("Looks for near-copies among the pictures, boxes on one another and boxes "
         "of unusual size"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  facts_->setContentsMargins(8, 0, 8, 0);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(8, 0, 8, 0);
  row->addWidget(button_);
  row->addStretch(1);
  column->addLayout(row);
  column->addWidget(facts_);
  column->addWidget(list_, 1);
  connect(button_, &QPushButton::clicked, this, &DataChecks::start);
  connect(list_, &ProblemList::chosen, this, &DataChecks::choose);
  connect(&job_, &Job::started, this, &DataChecks::showState);
  connect(&job_, &Job::finished, this, &DataChecks::showState);
  const DatasetDocument& document = state.document();
  connect(&document, &DatasetDocument::reset, this, [this] {
    job_.cancel();
    findings_.clear();
    list_->setProblems({});
    checked_ = false;
    showState();
  });
  connect(&document, &DatasetDocument::opened, this, &DataChecks::showState);
  showState();
}

void DataChecks::start() {
  const DatasetDocument& document = state_.document();
  if (!document.isOpen() || document.isOpening() || job_.isRunning()) return;
  job_.start(
      [dataset = document.snapshot()](std::stop_token stop, JobProgress& progress) {
        return checkData(*dataset, stop, progress);
      },
      [this](std::vector<Finding> findings) {
        findings_ = std::move(findings);
        checked_ = true;
        std::vector<Problem> problems;
        problems.reserve(findings_.size());
        for (const Finding& finding : findings_)
          problems.push_back(finding.problem);
        list_->setProblems(std::move(problems));
        showState();
      });
}

void DataChecks::showState() {
  const DatasetDocument& document = state_.document();
  button_->setEnabled(document.isOpen() && !document.isOpening() && !job_.isRunning());
  facts_->setText(job_.isRunning()    ? tr("Checking\u2026")
                  : !checked_         ? QString()
                  : findings_.empty() ? tr("Nothing unusual found.")
                  : findings_.size() == 1
                      ? tr("1 thing is worth a look.")
                      : tr("%L1 are worth a look.").arg(static_cast<qulonglong>(findings_.size())));
  facts_->setVisible(!facts_->text().isEmpty());
  list_->setVisible(!findings_.empty());
  // Without a list the room is the problems'.
  setSizePolicy(QSizePolicy::Preferred,
                findings_.empty() ? QSizePolicy::Maximum : QSizePolicy::Expanding);
}

void DataChecks::choose(int index) {
  const Finding& finding = findings_[static_cast<std::size_t>(index)];
  const auto& boxes = state_.document()
                          .dataset()
                          .pictures[static_cast<std::size_t>(finding.picture)]
                          .annotation->boxes;
  const bool there = finding.box && std::any_of(boxes.begin(), boxes.end(), [&](const Box& box) {
                       return box.id == *finding.box;
                     });
  state_.select(finding.picture, there ? finding.box : std::nullopt);
  if (finding.box && !there) Q_EMIT told(tr("This box is no longer there"));
}

}  // namespace boxwright::ui
