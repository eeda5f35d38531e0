// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <QAction>
#include <QFileDialog>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <fstream>
#include <memory>
#include <string>

#include "core/data/open_dataset.h"
#include "core/data/sample_maker.h"
#include "core/image/codec.h"
#include "core/train/run.h"
#include "core/train/trainer.h"
#include "tests/ui/gui_application.h"
#include "ui/error_bar.h"
#include "ui/studio_state.h"
#include "ui/train/past_runs.h"
#include "ui/train/train_form.h"
#include "ui/train/train_page.h"
#include "ui/train/training.h"

namespace boxwright::ui {

namespace fs = std::filesystem;

/// A small sample dataset in a folder of its own, opened.
class TrainPageTest : public testing::Test {
 protected:
  void SetUp() override {
    guiApplication();
    ASSERT_TRUE(folder_.isValid());
    root_ = fs::path(folder_.path().toStdString());
    dataset_ = root_ / "shapes";
    makeSampleDataset(dataset_, {.images = 24, .seed = 3});
    state_ = std::make_unique<StudioState>();
    page_ = std::make_unique<TrainPage>(*state_);
    page_->resize(1200, 800);
    page_->show();
  }

  void TearDown() override {
    page_.reset();
    state_.reset();
    endJobs();
  }

  void open() {
    state_->document().open(dataset_);
    ASSERT_TRUE(waitFor([&] {
      return state_->document().isOpen() && !state_->document().isOpening() &&
             !page_->form()->runsFolder().empty();
    }));
    QTest::qWait(60);
  }

  template <typename T>
  T* find(const char* name) const {
    T* found = page_->findChild<T*>(QString::fromLatin1(name));
    EXPECT_TRUE(found) << name;
    return found;
  }

  QStringList chartActions() const {
    QStringList texts;
    for (const QAction* action : page_->menuActions()) {
      if (!action->menu()) continue;
      for (const QAction* inner : action->menu()->actions())
        texts << inner->text();
    }
    return texts;
  }

  /// Class folders in place of the dataset, of pictures that look like no other.
  void makeClassFolders() {
    dataset_ = root_ / "whole";
    Image noise(40, 30);
    std::uint32_t value = 1;
    for (const char* name : {"cat", "dog"}) {
      fs::create_directories(dataset_ / name);
      for (const char* file : {"1.png", "2.png", "3.png", "4.png"}) {
        for (std::uint8_t& channel : noise.pixels)
          channel = static_cast<std::uint8_t>((value = value * 1664525 + 1013904223) >> 24);
        writeImage(dataset_ / name / file, noise);
      }
    }
  }

  /// Chooses `path` in the file dialog that is open.
  void answerFileDialog(const fs::path& path) {
    auto* dialog = page_->findChild<QFileDialog*>();
    ASSERT_TRUE(dialog);
    Q_EMIT dialog->fileSelected(QString::fromStdString(path.string()));
    delete dialog;
  }

  /// The button of an error or a note, while there is one.
  QPushButton* barButton() const {
    for (QPushButton* button : page_->errorBar()->findChildren<QPushButton*>())
      if (button->isVisible()) return button;
    return nullptr;
  }

  bool waitForEnd(double seconds = 60) {
    return waitFor([&] { return !page_->training()->isRunning(); }, seconds);
  }

  /// A run that was stopped after its first steps.
  fs::path trainedRun(const std::string& name) {
    const fs::path run = root_ / "shapes-runs" / name;
    RunSettings settings;
    settings.dataset = dataset_.string();
    settings.size = 64;
    const Dataset dataset = openDataset(dataset_);
    std::stop_source stop;
    train(*Run::create(run, settings, dataset), dataset, {}, stop.get_token(),
          [&](const TrainEvent& event) {
            if (std::holds_alternative<BatchEvent>(event)) stop.request_stop();
          });
    return fs::canonical(run);
  }

  /// A run with a log as training writes it: losses over `steps`, a validation every ten.
  fs::path writeRun(const std::string& name, int steps, double rise, bool stopped) {
    const fs::path run = root_ / "shapes-runs" / name;
    RunSettings settings;
    settings.size = 64;
    Run::create(run, settings, openDataset(dataset_));
    std::ofstream log(run / "metrics.jsonl");
    std::ofstream table(run / "metrics.csv");
    table << "iteration,epoch,map50,precision,recall,lossValidation\n";
    double best = 0;
    for (int i = 1; i <= steps; ++i) {
      BatchEvent batch;
      batch.iteration = i;
      batch.iterations = 100;
      batch.epoch = i / 10.0;
      batch.loss = 10.0 / i;
      batch.lossBox = 4.0 / i;
      batch.learningRate = 0.001;
      batch.imagesPerSecond = 30 + i % 3;
      log << toJson(batch) << "\n";
      if (i % 10 != 0) continue;
      ValidationEvent validation;
      validation.iteration = i;
      validation.epoch = i / 10.0;
      validation.map50 = best = rise * i;
      validation.classes = {{"disc", 0.5}, {"ring", std::nullopt}};
      log << toJson(validation) << "\n";
      table << i << "," << validation.epoch << "," << validation.map50 << ",0,0,0\n";
    }
    log << toJson(MessageEvent{"a word of advice"}) << "\n";
    if (stopped) log << toJson(EndEvent{true, steps, best}) << "\n";
    return run;
  }

  QTemporaryDir folder_;
  fs::path root_, dataset_;
  std::unique_ptr<StudioState> state_;
  std::unique_ptr<TrainPage> page_;
};

}  // namespace boxwright::ui
