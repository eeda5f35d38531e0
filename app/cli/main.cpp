// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <new>
#include <system_error>
#include <thread>

#include "app/cli/commands.h"
#include "app/cli/version.h"
#include "core/base/error.h"
#include "core/compute/wait_policy.h"
#include "core/detect/frame_source.h"
#include "core/detect/video_library.h"

namespace {

using boxwright::cli::Action;
using boxwright::cli::Console;

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;
constexpr int kInterrupted = 130;

/// Turns the first Ctrl-C, TERM or HUP (the terminal has gone) into a stop request; a second Ctrl-C
/// or TERM ends the program at once. Must be called before any other thread is started, so that all
/// of them leave the signals to this one.
void stopOnSignal(std::stop_source stop) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  struct sigaction hangUp {};
  // Under nohup it is ignored, and shall stay so.
  if (sigaction(SIGHUP, nullptr, &hangUp) == 0 && hangUp.sa_handler != SIG_IGN)
    sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  std::thread([signals, stop]() mutable {
    int received = 0;
    sigwait(&signals, &received);
    stop.request_stop();
    do {
      sigwait(&signals, &received);
    } while (received == SIGHUP);  // the shell and the system both send one
    _exit(kInterrupted);
  }).detach();
}

int fail(const std::string& text) {
  // Not fmt::print, which throws where the terminal has gone.
  std::fputs(fmt::format("boxwright: {}\n", text).c_str(), stderr);
  return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  // Both set the environment, which is safe only before the first thread.
  boxwright::letIdleThreadsSleep(argv);
  boxwright::prepareVideoLibrary();
  Console console;
  stopOnSignal(console.stop);

  CLI::App app(
      "Boxwright: cluster anchors, train YOLOv2, evaluate, detect and export, all on this "
      "machine.");
  app.name("boxwright");
  app.set_version_flag("--version", std::string("boxwright ") + BOXWRIGHT_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_flag("--json", console.json,
               "One JSON document (or one object a line) on standard output");
  app.add_flag("-q,--quiet", console.quiet, "No messages, no progress");
  app.add_flag("-v,--verbose", console.verbose, "Every message");
  app.add_option("--threads", console.threads, "Cores to use (default: all)")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  app.footer("boxwright COMMAND --help says what a command takes.");

  Action action;
  boxwright::cli::addInfo(app, console, action);
  boxwright::cli::addSample(app, console, action);
  boxwright::cli::addAnchors(app, console, action);
  boxwright::cli::addTrain(app, console, action);
  boxwright::cli::addEvaluate(app, console, action);
  boxwright::cli::addDetect(app, console, action);
  boxwright::cli::addConvert(app, console, action);
  if (boxwright::readsVideos()) boxwright::cli::addFrames(app, console, action);
  boxwright::cli::addTree(app, console, action);
  boxwright::cli::addExport(app, console, action);
  boxwright::cli::addAblate(app, console, action);
  boxwright::cli::addDevices(app, console, action);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    fmt::print(stderr, "boxwright: {}\n(boxwright{} --help says what it takes)\n", error.what(),
               app.get_subcommands().empty() ? "" : " " + app.get_subcommands()[0]->get_name());
    return kWrongUsage;
  }

  console.threads = console.notTooMany("--threads", console.threads);

  try {
    const int status = action();
    console.endProgress();
    // Who closed the pipe knows; a full disk must be told.
    if (console.outputError != 0 && console.outputError != EPIPE) {
      return fail(fmt::format("cannot write to standard output ({})",
                              std::generic_category().message(console.outputError)));
    }
    return status;
  } catch (const boxwright::Error& error) {
    console.endProgress();
    return fail(error.what());
  } catch (const std::bad_alloc&) {
    console.endProgress();
    return fail("out of memory (use a smaller --size or --batch, or close other programs)");
  } catch (const std::exception& error) {
    console.endProgress();
    return fail(
        fmt::format("internal error: {} (please report it with what you did)", error.what()));
  }
}
