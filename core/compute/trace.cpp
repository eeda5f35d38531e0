// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/trace.h"

#include <ctime>

namespace boxwright {
namespace {

double processorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// The innermost span of this thread: its trace and line.
thread_local const Trace* currentTrace = nullptr;
thread_local int currentLine = -1;

}  // namespace

Trace::Span::Span(Trace* trace, const char* name) : trace_(trace) {
  if (trace_ == nullptr) return;
  outerTrace_ = currentTrace;
  outerLine_ = currentLine;
  const int parent = outerTrace_ == trace_ ? outerLine_ : -1;
  {
    const std::lock_guard lock(trace_->mutex_);
    const auto [place, added] =
        trace_->lineOf_.try_emplace({parent, name}, static_cast<int>(trace_->nodes_.size()));
    line_ = place->second;
    if (added) {
      const int depth =
          parent < 0 ? 0 : trace_->nodes_[static_cast<std::size_t>(parent)].line.depth + 1;
      trace_->nodes_.push_back({{name, depth, 0, 0, 0}, parent});
    }
  }
  currentTrace = trace_;
  currentLine = line_;
  processor_ = processorSeconds();
  start_ = trace_->seconds();
}

Trace::Span::~Span() {
  if (trace_ == nullptr) return;
  const double seconds = trace_->seconds() - start_;
  const double processor = processorSeconds() - processor_;
  currentTrace = outerTrace_;
  currentLine = outerLine_;
  const std::lock_guard lock(trace_->mutex_);
  Line& line = trace_->nodes_[static_cast<std::size_t>(line_)].line;
  ++line.calls;
  line.seconds += seconds;
  line.processorSeconds += processor;
  if (trace_->kept_.size() < kKept)
    trace_->kept_.push_back({line_, trace_->threadNumber(), start_, seconds});
}

double Trace::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

int Trace::threadNumber() {
  const auto number = static_cast<int>(threads_.size());
  return threads_.try_emplace(std::this_thread::get_id(), number).first->second;
}

std::vector<Trace::Line> Trace::lines() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::vector<int>> children(nodes_.size() + 1);  // of the parent's index + 1
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    children[static_cast<std::size_t>(nodes_[i].parent + 1)].push_back(static_cast<int>(i));
  std::vector<Line> lines;
  std::vector<int> open(children[0].rbegin(), children[0].rend());
  while (!open.empty()) {
    const auto node = static_cast<std::size_t>(open.back());
    open.pop_back();
    lines.push_back(nodes_[node].line);
    const std::vector<int>& below = children[node + 1];
    open.insert(open.end(), below.rbegin(), below.rend());
  }
  return lines;
}

std::vector<Trace::Event> Trace::events() const {
  const std::lock_guard lock(mutex_);
  std::vector<Event> events;
  events.reserve(kept_.size());
  for (const Kept& kept : kept_)
    events.push_back({nodes_[static_cast<std::size_t>(kept.line)].line.name, kept.thread,
                      kept.start, kept.seconds});
  return events;
}

}  // namespace boxwright
