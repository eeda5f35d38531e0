// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/problem.h"
#include "core/geometry/box.h"

namespace boxwright {

struct CfgOption {
  std::string key, value;
  int line = 0;
};

struct CfgSection {
  std::string name;  ///< without brackets
  int line = 0;
  std::vector<CfgOption> options;

  /// The first value of `key`, or nothing (the first wins, spec 1).
  const std::string* find(std::string_view key) const;
  /// atoi and atof of the value (leading part), else `fallback`.
  int integer(std::string_view key, int fallback) const;
  double number(std::string_view key, double fallback) const;
  std::string text(std::string_view key, std::string_view fallback) const;
  std::vector<double> numbers(std::string_view key) const;
  /// Sets the key's first value or appends it.
  void set(std::string_view key, std::string value);
};

/// A Darknet cfg as text in order (spec section 1). Nothing is interpreted yet.
struct Cfg {
  std::string file;  ///< for messages
  std::vector<CfgSection> sections;
};

/// Parses cfg text by the grammar of spec section 1. Faults that Darknet passes over become Problems;
/// text before the first section or an unclosed bracket throws Error with file and line.
Cfg parseCfg(std::string_view text, std::string_view fileName, std::vector<Problem>& problems);
Cfg readCfg(const std::filesystem::path& file, std::vector<Problem>& problems);
std::string writeCfg(const Cfg& cfg);

/// The folder of the cfgs that ship with the program, and a cfg by the name of one of them
/// ("yolov2-nano") or by path. Throws Error listing the names there are.
std::filesystem::path networksFolder();
std::vector<std::string> shippedNetworks();
std::filesystem::path findNetwork(std::string_view nameOrPath);

/// The cfg made ready for a run: class count, anchors (cells of stride 32), input size and the filters
/// of the convolution before [region].
Cfg withHead(Cfg cfg, int classes, std::span<const Size> anchors, int inputSize);

}  // namespace boxwright
