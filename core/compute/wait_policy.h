// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace boxwright {

/// To be called first in main, with its argv: lets idle threads of the compute team sleep instead
/// of spin, for the cores that they would spin on are the batch loader's and the GUI's. The OpenMP
/// library reads the wish when it is loaded, so this sets OMP_WAIT_POLICY and starts the program
/// again, once; a user's own OMP_WAIT_POLICY or GOMP_SPINCOUNT is obeyed. Returns where nothing is
/// to be done or the program cannot be started again.
void letIdleThreadsSleep(char** argv);

}  // namespace boxwright
