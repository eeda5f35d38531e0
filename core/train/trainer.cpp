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
#include "core/base/thread_budget.h"
#include "core/train/network_in_training.h"
#include "core/train/opened_training.h"
#include "core/train/training_loop.h"

namespace boxwright {

namespace {

/// The run as the options want it worked off.
Run inOtherParts(const Run& run, const TrainOptions& options) {
  if (options.subdivisions != kFittingParts) return run.inParts(options.subdivisions);
  const int threads = ThreadBudget::of(options.threads).compute;
  NetworkInTraining network(run, threads, nullptr, deviceFor(run, options));
  return run.inParts(network.fittingParts());
}

EndEvent trainAsIs(const Run& run, const Dataset& dataset, const TrainOptions& options,
                   std::stop_token stop, const TrainSink& sink) {
  const auto opened = openTraining(run, dataset, options, stop, sink);
  if (const EndEvent* end = std::get_if<EndEvent>(&opened)) return *end;
  OpenedTraining& training = *std::get<std::unique_ptr<OpenedTraining>>(opened);
  return TrainingLoop(run, options, std::move(stop), training).go();
}

}  // namespace

EndEvent train(const Run& run, const Dataset& dataset, const TrainOptions& options,
               std::stop_token stop, const TrainSink& sink) {
  try {
    if (options.subdivisions == 0) return trainAsIs(run, dataset, options, std::move(stop), sink);
    return trainAsIs(inOtherParts(run, options), dataset, options, std::move(stop), sink);
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
