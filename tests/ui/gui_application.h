// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <time.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QMetaEnum>
#include <QStandardPaths>
#include <QString>
#include <QTemporaryDir>
#include <QTest>
#include <string>

#include "ui/job.h"
#include "ui/theme.h"

namespace boxwright::ui {

/// The application of the GUI's tests: it measures how much CPU time of the GUI's thread each event
/// handler uses (nested ones count for the outermost), and keeps settings in a folder of its own.
class GuiApplication : public QApplication {
 public:
  GuiApplication(int& count, char** arguments) : QApplication(count, arguments) {}

  bool notify(QObject* receiver, QEvent* event) override {
    if (depth_ > 0) return QApplication::notify(receiver, event);
    const std::string name = receiver ? receiver->metaObject()->className() : "";
    const int type = event->type();
    ++depth_;
    const double before = threadMilliseconds();
    const bool done = QApplication::notify(receiver, event);
    const double used = threadMilliseconds() - before;
    --depth_;
    ++events_;
    if (used > worst_) {
      worst_ = used;
      const char* key = QMetaEnum::fromType<QEvent::Type>().valueToKey(type);
      worstName_ = name + " " + (key ? key : std::to_string(type).c_str());
    }
    return done;
  }

  /// Starts measuring anew.
  void resetClock() {
    worst_ = 0;
    events_ = 0;
    worstName_.clear();
  }
  double worstMilliseconds() const { return worst_; }
  /// Class of the receiver and kind of the event.
  const std::string& worstName() const { return worstName_; }
  long events() const { return events_; }

  static double threadMilliseconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
  }

 private:
  int depth_ = 0;
  long events_ = 0;
  double worst_ = 0;
  std::string worstName_;
};

/// The application of this test program, made on first use.
inline GuiApplication& guiApplication() {
  static int count = 1;
  static char name[] = "boxwright-test";
  static char* arguments[] = {name, nullptr};
  static QTemporaryDir* const settings = new QTemporaryDir;  // lives as long as the program
  static GuiApplication* const application = [] {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    for (const char* variable : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
      qputenv(variable, settings->path().toLocal8Bit());
    auto* made = new GuiApplication(count, arguments);
    QApplication::setOrganizationName(QStringLiteral("Boxwright"));
    QApplication::setApplicationName(QStringLiteral("boxwright-test"));
    Theme::instance().install(*made);
    return made;
  }();
  return *application;
}

/// Lets events go by until `done` says so; false when that takes longer than `seconds`.
template <typename Condition>
bool waitFor(Condition done, double seconds = 20) {
  QElapsedTimer clock;
  clock.start();
  while (!done()) {
    if (static_cast<double>(clock.elapsed()) > 1000 * seconds) return done();
    QTest::qWait(5);
  }
  return true;
}

/// Ends what the pages' jobs still do; call it when the widgets of a test are gone.
inline void endJobs() {
  Jobs::instance().cancelAll();
  Jobs::instance().waitForAll();
  QCoreApplication::sendPostedEvents();
}

}  // namespace boxwright::ui
