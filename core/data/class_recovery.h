// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/data/label_recovery.h"
#include "core/data/label_writer.h"

namespace boxwright {

// The part of a recovery that is about the list of classes.

/// Of each file that lists the classes, its states in turn.
using PlayedClassFiles = std::map<std::string, std::vector<ListedIn>>;

/// What the files that list the classes say, of those that the dataset has now.
void recoverClassFiles(RecoveredLabels& recovered, const Dataset& dataset,
                       const PlayedClassFiles& files);

/// Pictures that are not touched have the dataset's ids: they get ours. Classes that others have
/// added join ours. Where these pictures have classes that edits change, others have written them
/// since: the history, which knows nothing of that, ends.
void renumberUntouched(RecoveredLabels& recovered, const Dataset& dataset,
                       const LabelWriter& writer);

}  // namespace boxwright
