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
  /// atoi and atof of the value (leading part, whatever the locale), else `fallback`. Whole numbers
  /// are held to the range of int.
  int integer(std::string_view key, int fallback) const;
  double number(std::string_view key, double fallback) const;
  std::string text(std::string_view key, std::string_view fallback) const;
  /// The comma list's numbers, empty items left out; empty when the key is absent.
  std::vector<double> numbers(std::string_view key) const;
  /// Sets the key's first value or appends it.
  void set(std::string_view key, std::string value);
  /// Removes every value of `key`.
  void remove(std::string_view key);
};

/// A Darknet cfg as text in order (spec section 1). Nothing is interpreted yet.
struct Cfg {
  std::string file;  ///< for messages
  std::vector<CfgSection> sections;
};

/// Parses cfg text by the grammar of spec section 1. Faults that Darknet passes over become
/// Problems; text before the first section or an unclosed bracket throws Error with file and line.
Cfg parseCfg(std::string_view text, std::string_view fileName, std::vector<Problem>& problems);
Cfg readCfg(const std::filesystem::path& file, std::vector<Problem>& problems);
/// The cfg as text that parseCfg reads back to the same sections and options (comments are not
/// kept).
std::string writeCfg(const Cfg& cfg);

/// The folder of the cfgs that ship with the program: $BOXWRIGHT_NETWORKS, else
/// <executable>/../share/boxwright/networks, where it was installed, else the source tree's
/// resources/networks.
std::filesystem::path networksFolder();
/// The names in that folder, sorted; empty when it is missing.
std::vector<std::string> shippedNetworks();
/// A cfg by the name of a shipped one ("yolov2-nano") or by path. Throws Error listing the names
/// there are.
std::filesystem::path findNetwork(std::string_view nameOrPath);

/// The cfg made ready for a run: class count, anchors (cells of stride 32), input size and the
/// filters of the convolution before [region]. `tree` is the file of a class tree whose nodes the
/// classes are; empty: there is none, whatever the cfg says. Empty `anchors` keep the cfg's, an
/// `inputSize` of 0 its size. Throws Error for a cfg without [region].
Cfg withHead(Cfg cfg, int classes, std::span<const Size> anchors, int inputSize,
             const std::string& tree = {});

/// The same for a classifier: class count (the filters of the last convolution before [softmax])
/// and input size, `tree` as there; [cost] is taken out. Throws Error for a cfg without [softmax].
Cfg withClasses(Cfg cfg, int classes, int inputSize, const std::string& tree = {});

}  // namespace boxwright
