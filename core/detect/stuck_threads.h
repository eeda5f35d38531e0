// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <thread>

namespace boxwright {

/// Takes over a thread that may be stuck inside a library, so that nobody has to wait for it;
/// `done` is set by its last line. It is joined when it ends. One that still hangs when the process
/// exits would meet libraries that are being taken down: then, after a third of a second, what is
/// buffered is written and the process ends with its exit status at once, without further
/// destructors.
void leaveBehind(std::thread thread, std::shared_ptr<const std::atomic<bool>> done);

}  // namespace boxwright
