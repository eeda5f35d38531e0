// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/edit_history.h"

namespace boxwright {

/// A box of a dataset.
struct BoxRef {
  std::size_t picture = 0;
  std::uint32_t id = 0;

  auto operator<=>(const BoxRef&) const = default;
};

/// One edit that gives all these boxes, of any number of pictures, the class. What has it already,
/// or is no longer there, is passed over; an edit of no pictures changes nothing.
Edit relabelEdit(const Dataset& dataset, std::vector<BoxRef> boxes, int classId, std::string name);

/// One edit that deletes them. A picture that has nothing left counts as unlabelled: nobody has
/// said that there is nothing.
Edit deleteEdit(const Dataset& dataset, std::vector<BoxRef> boxes, std::string name);

}  // namespace boxwright
