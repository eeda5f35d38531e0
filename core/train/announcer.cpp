// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/announcer.h"

#include <utility>

namespace boxwright {

void Announcer::say(const TrainEvent& event) {
  log_.append(event);
  show(event);
}

void Announcer::say(std::string text) {
  say(TrainEvent(MessageEvent{std::move(text)}));
}

void Announcer::remark(std::string text) {
  log_.note(text);
  show(MessageEvent{std::move(text)});
}

void Announcer::show(const TrainEvent& event) const {
  if (sink_) sink_(event);
}

}  // namespace boxwright
