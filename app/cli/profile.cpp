// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/profile.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "app/cli/json_output.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright::cli {
namespace {

std::string tableOf(const Trace& trace) {
  const std::vector<Trace::Line> lines = trace.lines();
  std::size_t width = 4;
  for (const Trace::Line& line : lines)
    width = std::max(width, line.name.size() + 2 * static_cast<std::size_t>(line.depth));
  const double whole = trace.seconds();
  std::string text = fmt::format("{:<{}}  {:>8}  {:>10}  {:>10}  {:>6}\n", "work", width, "times",
                                 "ms each", "ms in all", "share");
  for (const Trace::Line& line : lines) {
    text += fmt::format("{:<{}}  {:>8}  {:>10.3f}  {:>10.1f}  {:>4.1f} %\n",
                        std::string(2 * static_cast<std::size_t>(line.depth), ' ') + line.name,
                        width, line.calls, 1e3 * line.seconds / static_cast<double>(line.calls),
                        1e3 * line.seconds, 100 * line.seconds / whole);
  }
  return text +
         fmt::format("shares are of {:.1f} s from start to end; threads work side by side", whole);
}

std::string timelineOf(const Trace& trace) {
  Json events = Json::array();
  for (const Trace::Event& event : trace.events())
    events.push_back({{"name", event.name},
                      {"ph", "X"},
                      {"ts", 1e6 * event.start},
                      {"dur", 1e6 * event.seconds},
                      {"pid", 1},
                      {"tid", event.thread}});
  return textOf({{"traceEvents", events}, {"displayTimeUnit", "ms"}});
}

/// Throws Error where something else than an earlier timeline would be overwritten.
void checkOurs(const std::filesystem::path& file) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code)) return;
  std::ifstream stream(file, std::ios::binary);
  std::string begin(15, '\0');
  stream.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<std::size_t>(stream.gcount()));
  if (begin.empty() || begin == "{}" || begin.starts_with(R"({"traceEvents")")) return;
  throw Error("there is another file in the timeline's place", utf8(file), "choose another name");
}

}  // namespace

void Profile::addOption(CLI::App& command) {
  command
      .add_option("--profile", file_,
                  "Say where the time goes, and write a timeline for chrome://tracing or "
                  "ui.perfetto.dev here")
      ->type_name("FILE");
}

void Profile::record(Console& console, const std::function<void()>& work) {
  if (file_.empty()) return work();
  checkOurs(pathFromUtf8(file_));
  writeFileAtomically(pathFromUtf8(file_), "{}");
  trace_ = std::make_shared<Trace>();
  try {
    work();
  } catch (...) {
    try {
      end(console);
    } catch (const Error& error) {
      console.message(error.what());  // why the work ended counts for more
    }
    throw;
  }
  end(console);
}

void Profile::end(Console& console) const {
  console.message(tableOf(*trace_));
  writeFileAtomically(pathFromUtf8(file_), timelineOf(*trace_));
}

}  // namespace boxwright::cli
