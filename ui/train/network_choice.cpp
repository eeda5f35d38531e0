// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/network_choice.h"

#include <QComboBox>
#include <QFileDialog>
#include <QSignalBlocker>
#include <QToolButton>
#include <algorithm>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/network/cfg.h"
#include "core/train/run_settings.h"
#include "ui/path_text.h"
#include "ui/train/form_parts.h"

namespace boxwright::ui {
namespace {

/// Reads the cfg. Throws Error where there is none, or nothing can be trained with it.
NetworkChoice::Network lookAt(const std::string& nameOrPath) {
  std::vector<Problem> problems;
  const Cfg cfg = readCfg(findNetwork(nameOrPath), problems);
  const NetworkTask task = taskOf(buildNetwork(cfg, problems));
  const bool detects = task == NetworkTask::Detection;
  return {nameOrPath, task, detects ? kDetectorSize : cfg.sections.front().integer("width", 0)};
}

/// Detectors first.
std::vector<NetworkChoice::Network> lookAtShipped() {
  std::vector<NetworkChoice::Network> out;
  for (const std::string& name : shippedNetworks())
    out.push_back(lookAt(name));
  std::stable_partition(out.begin(), out.end(), [](const NetworkChoice::Network& network) {
    return network.task == NetworkTask::Detection;
  });
  return out;
}

}  // namespace

NetworkChoice::NetworkChoice(QWidget* parent)
    : QWidget(parent),
      list_(new QComboBox),
      finding_(tr("Looking for networks"), QStringLiteral("train")),
      reading_(tr("Reading a cfg"), QStringLiteral("train")) {
  finding_.setQuiet(true);
  reading_.setQuiet(true);
  const std::string standard = RunSettings().model;
  networks_.push_back({standard, NetworkTask::Detection, kDetectorSize});
  list_->setObjectName(QStringLiteral("network"));
  list_->setAccessibleName(tr("Network"));
  list_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  list_->setMinimumContentsLength(7);
  list_->addItem(QString::fromStdString(standard), QString::fromStdString(standard));
  auto* browse = makeBrowse(tr("Take a cfg file"));
  fillRow(this, {list_, browse});
  connect(browse, &QToolButton::clicked, this, &NetworkChoice::chooseCfg);
  connect(list_, &QComboBox::currentIndexChanged, this, &NetworkChoice::look);
  connect(&reading_, &Job::failed, this, [this](const JobError& error) {
    if (network()) return;  // another has been chosen since
    fault_ = error.problem;
    if (!error.where.isEmpty())
      fault_ += tr(" (%1)").arg(wrappingPathText(pathFromUtf8(error.where.toStdString())));
    Q_EMIT looked();
  });
  finding_.start([](std::stop_token, JobProgress&) { return lookAtShipped(); },
                 [this](std::vector<Network> shipped) { takeShipped(std::move(shipped)); });
}

void NetworkChoice::takeShipped(std::vector<Network> shipped) {
  const QString chosenModel = model();
  const bool wasKnown = network() != nullptr;
  std::vector<Network> others = std::exchange(networks_, std::move(shipped));
  {
    const QSignalBlocker quiet(list_);
    list_->clear();
    for (const Network& network : networks_)
      list_->addItem(QString::fromStdString(network.name), QString::fromStdString(network.name));
    for (Network& own : others) {
      if (list_->findData(QString::fromStdString(own.name)) < 0)
        networks_.push_back(std::move(own));
    }
    choose(chosenModel);
  }
  if (wasKnown || !network()) return;
  reading_.cancel();
  known();
}

QString NetworkChoice::model() const {
  return list_->currentData().toString();
}

QString NetworkChoice::shortName() const {
  return QString::fromStdString(utf8(pathFromUtf8(model().toStdString()).stem()));
}

const NetworkChoice::Network* NetworkChoice::network() const {
  const std::string name = model().toStdString();
  const auto found = std::find_if(networks_.begin(), networks_.end(),
                                  [&](const Network& network) { return network.name == name; });
  return found == networks_.end() ? nullptr : &*found;
}

void NetworkChoice::choose(const QString& model) {
  int at = list_->findData(model);
  if (at < 0) {
    const auto file = pathFromUtf8(model.toStdString()).filename();
    list_->addItem(QString::fromStdString(utf8(file)), model);
    at = list_->count() - 1;
  }
  list_->setCurrentIndex(at);
}

void NetworkChoice::look() {
  wanted_.reset();
  fault_.clear();
  Q_EMIT chosen();
  if (network()) {
    reading_.cancel();
    known();
    return;
  }
  reading_.start(
      [name = model().toStdString()](std::stop_token, JobProgress&) { return lookAt(name); },
      [this](Network network) {
        networks_.push_back(std::move(network));
        known();
      });
}

void NetworkChoice::known() {
  Q_EMIT looked();
  if (wanted_) offerFor(*std::exchange(wanted_, std::nullopt));
}

void NetworkChoice::offerFor(NetworkTask task) {
  const Network* now = network();
  if (!now) {
    wanted_ = task;
    return;
  }
  if (now->task == task) return;
  const auto last = last_.find(task);
  choose(last != last_.end()              ? last->second.model
         : task == NetworkTask::Detection ? QStringLiteral("yolov2-nano")
                                          : QStringLiteral("darknet-nano"));
}

int NetworkChoice::usualSize() const {
  const Network* now = network();
  if (!now) return 0;
  const auto last = last_.find(now->task);
  const bool again = last != last_.end() && (now->task == NetworkTask::Detection ||
                                             last->second.model.toStdString() == now->name);
  return again ? last->second.size : now->size;
}

void NetworkChoice::rememberSize(int size) {
  if (const Network* now = network()) last_[now->task] = {QString::fromStdString(now->name), size};
}

void NetworkChoice::takeCfg(const QString& file) {
  // It may have been edited since.
  std::erase_if(networks_,
                [&](const Network& network) { return network.name == file.toStdString(); });
  {
    const QSignalBlocker quiet(list_);
    choose(file);
  }
  look();
}

void NetworkChoice::chooseCfg() {
  auto* dialog = new QFileDialog(this, tr("Take a network from a cfg file"), QString(),
                                 tr("Darknet networks (*.cfg);;All files (*)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, &NetworkChoice::takeCfg);
  dialog->open();
}

}  // namespace boxwright::ui
