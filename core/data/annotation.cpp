// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/annotation.h"

namespace boxwright {

const char* labelStateName(LabelState state) {
  switch (state) {
    case LabelState::Unlabelled:
      return "unlabelled";
    case LabelState::Negative:
      return "negative";
    case LabelState::Labelled:
      return "labelled";
  }
  return "unlabelled";
}

}  // namespace boxwright
