// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainer.h"

#include <filesystem>
#include <memory>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/train/opened_training.h"
#include "core/train/training_loop.h"

namespace boxwright {

DeviceChoice deviceFor(const Run& run, const TrainOptions& options) {
  const RunSettings& settings = run.settings();
  DeviceChoice choice{settings.device, settings.precision};
  if (!options.device.empty() && options.device != settings.device)
    choice = {options.device, "auto"};
  if (!options.precision.empty()) choice.precision = options.precision;
  return choice;
}

EndEvent train(const Run& run, const Dataset& dataset, const TrainOptions& options,
               std::stop_token stop, const TrainSink& sink) {
  try {
    const auto opened = openTraining(run, dataset, options, stop, sink);
    if (const EndEvent* end = std::get_if<EndEvent>(&opened)) return *end;
    OpenedTraining& training = *std::get<std::unique_ptr<OpenedTraining>>(opened);
    return TrainingLoop(training.obeyed(run), options, std::move(stop), training).go();
  } catch (const std::bad_alloc&) {
    throw Error("there is not enough memory to train with these settings", utf8(run.folder()),
                "choose a smaller batch or input size, or more subdivisions");
  } catch (const std::length_error&) {
    throw Error("these settings ask for more memory than there can be", utf8(run.folder()),
                "choose a smaller batch or input size, or more subdivisions");
  } catch (const std::filesystem::filesystem_error& error) {
    throw Error("cannot work in the run folder (" + error.code().message() + ")",
                utf8(run.folder()), "check the permissions");
  } catch (const std::system_error& error) {
    throw Error("the system refuses what training needs (" + error.code().message() + ")",
                utf8(run.folder()),
                "if it is threads: let it use fewer of them, or raise the limit");
  }
}

}  // namespace boxwright
