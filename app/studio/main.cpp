// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QCommandLineParser>
#include <cstdio>
#include <string_view>

#include "app/studio/quit_signals.h"
#include "core/compute/wait_policy.h"
#include "core/detect/video_library.h"
#include "ui/job.h"
#include "ui/theme.h"
#include "ui/window/main_window.h"

namespace {

/// Why no window can be shown, for people; null when there is a display to try. Qt itself would end
/// in an abort.
const char* displayProblem(int argc, char** argv) {
  for (const char* const name : {"QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"}) {
    if (!qEnvironmentVariableIsEmpty(name)) return nullptr;
  }
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "-platform") return nullptr;
    if (argument == "--help" || argument == "-h" || argument == "--version" || argument == "-v") {
      qputenv("QT_QPA_PLATFORM", "offscreen");  // words need no window
      return nullptr;
    }
  }
  return "there is no display: start it in a desktop session, or use the command line (boxwright "
         "--help)";
}

}  // namespace

int main(int argc, char** argv) {
  // Both set the environment, which is safe only before the first thread.
  boxwright::letIdleThreadsSleep(argv);
  boxwright::prepareVideoLibrary();
  if (const char* const problem = displayProblem(argc, argv)) {
    std::fprintf(stderr, "boxwright-studio: %s\n", problem);
    return 1;
  }
  QApplication application(argc, argv);
  QApplication::setApplicationName(QStringLiteral("boxwright-studio"));
  QApplication::setApplicationDisplayName(QStringLiteral("Boxwright"));
  QApplication::setOrganizationName(QStringLiteral("Boxwright"));
  QApplication::setDesktopFileName(QStringLiteral("boxwright-studio"));
  QApplication::setApplicationVersion(QStringLiteral(BOXWRIGHT_VERSION));

  QCommandLineParser parser;
  parser.setApplicationDescription(QStringLiteral(
      "Boxwright's window: see your dataset, cluster anchors, train YOLOv2, evaluate, detect."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument(
      QStringLiteral("path"),
      QStringLiteral("A dataset (folder, data.yaml, obj.data) or a run folder to open."),
      QStringLiteral("[DATASET | RUN]"));
  const QCommandLineOption page(
      QStringLiteral("page"),
      QStringLiteral("Open there: data, annotate, tree, anchors, train, evaluate or detect."),
      QStringLiteral("PAGE"));
  const QCommandLineOption source(
      QStringLiteral("source"),
      QStringLiteral("What the Detect page looks at: a picture, folder, video, camera:N, "
                     "test-pattern: or a stream URL."),
      QStringLiteral("SOURCE"));
  parser.addOption(page);
  parser.addOption(source);
  parser.process(application);
  const QStringList paths = parser.positionalArguments();
  if (paths.size() > 1) {
    std::fprintf(stderr, "boxwright-studio: one dataset or run at a time; %d were given\n",
                 static_cast<int>(paths.size()));
    return 2;
  }

  boxwright::ui::Theme::instance().install(application);
  int status = 0;
  {
    boxwright::ui::MainWindow window;
    const QuitSignals quitSignals([&window] { window.close(); });
    if (parser.isSet(page) && !window.page(parser.value(page))) {
      std::fprintf(stderr, "boxwright-studio: there is no page \"%s\"\n",
                   qPrintable(parser.value(page)));
      return 2;
    }
    if (!paths.isEmpty()) {
      const bool toDetect = parser.isSet(source) && !parser.isSet(page);
      window.openPath(paths.front(), toDetect ? QStringLiteral("detect") : parser.value(page));
    } else if (parser.isSet(page)) {
      window.showPage(parser.value(page));
    }
    if (parser.isSet(source)) window.setDetectSource(parser.value(source));
    window.show();
    status = QApplication::exec();
  }
  boxwright::ui::Jobs::instance().waitForAll();
  return status;
}
