// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/console.h"

namespace CLI {
class App;
}

namespace boxwright::cli {

// Each adds its subcommand with options to `app`; parsing it sets `action`. One file a command.
void addInfo(CLI::App& app, Console& console, Action& action);
void addSample(CLI::App& app, Console& console, Action& action);
void addAnchors(CLI::App& app, Console& console, Action& action);
void addTrain(CLI::App& app, Console& console, Action& action);
void addEvaluate(CLI::App& app, Console& console, Action& action);
void addDetect(CLI::App& app, Console& console, Action& action);
void addConvert(CLI::App& app, Console& console, Action& action);
void addFrames(CLI::App& app, Console& console, Action& action);
void addExport(CLI::App& app, Console& console, Action& action);
void addAblate(CLI::App& app, Console& console, Action& action);
void addTree(CLI::App& app, Console& console, Action& action);
void addDevices(CLI::App& app, Console& console, Action& action);

}  // namespace boxwright::cli
