// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/anchors/anchor_rounds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/anchors/chunked_loop.h"

namespace boxwright {
namespace {

constexpr std::size_t kBlock = 1024;

/// Raises best[i] to the IOU of box i with one centre, and sets which[i] where it rose. Written so
/// that both compilers vectorise it: no branch, no conditional store.
void raise(const float* __restrict widths, const float* __restrict heights, std::size_t count,
           float width, float height, std::int32_t centre, float* __restrict best,
           std::int32_t* __restrict which) {
  const float area = width * height;
  for (std::size_t i = 0; i < count; ++i) {
    const float w = widths[i], h = heights[i], before = best[i];
    const float inside = std::min(w, width) * std::min(h, height);
    const float overlap = inside / (w * h + area - inside);
    const std::int32_t rose = -static_cast<std::int32_t>(overlap > before);
    best[i] = std::max(before, overlap);  // a NaN leaves `before`
    which[i] = (which[i] & ~rose) | (centre & rose);
  }
}

float overlapOf(float w, float h, const Size& centre) {
  const float width = static_cast<float>(centre.width), height = static_cast<float>(centre.height);
  const float inside = std::min(w, width) * std::min(h, height);
  const float overlap = inside / (w * h + width * height - inside);
  return overlap > 0 ? overlap : 0;
}

/// The median of `values` (which are reordered), the mean of the middle two of an even number.
double median(std::span<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (double(*middle) + double(*std::max_element(values.begin(), middle)));
}

}  // namespace

AnchorRounds::AnchorRounds(std::span<const Size> sizes, int threads)
    : widths_(sizes.size()),
      heights_(sizes.size()),
      best_(sizes.size(), 0.0F),
      centre_(sizes.size(), -1),
      threads_(threads) {
  for (const Size& size : sizes) {
    unit_.width = std::max(unit_.width, size.width);
    unit_.height = std::max(unit_.height, size.height);
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    widths_[i] = static_cast<float>(sizes[i].width / unit_.width);
    heights_[i] = static_cast<float>(sizes[i].height / unit_.height);
  }
}

Size AnchorRounds::unscaled(const Size& centre) const {
  return {centre.width * unit_.width, centre.height * unit_.height};
}

std::vector<Size> AnchorRounds::sizes() const {
  std::vector<Size> sizes;
  for (std::size_t i = 0; i < count(); ++i)
    sizes.push_back({widths_[i], heights_[i]});
  return sizes;
}

std::size_t AnchorRounds::distinctSizes(std::size_t limit) const {
  std::vector<std::pair<float, float>> found;
  for (std::size_t i = 0; i < count() && found.size() < limit; ++i) {
    const std::pair size(widths_[i], heights_[i]);
    if (std::find(found.begin(), found.end(), size) == found.end()) found.push_back(size);
  }
  return found.size();
}

std::vector<Size> AnchorRounds::seed(int k, RandomStream& random) const {
  std::vector<float> nearest(count(), 0.0F);  // IOU with the nearest centre so far
  std::vector<double> chunkSums(chunksOf(count()));
  std::vector<Size> centres;
  const auto take = [&](std::size_t box) { centres.push_back({widths_[box], heights_[box]}); };
  take(random.index(count()));
  while (centres.size() < std::size_t(k)) {
    forEachChunk(count(), threads_, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      double sum = 0;
      for (std::size_t i = begin; i < end; ++i) {
        nearest[i] = std::max(nearest[i], overlapOf(widths_[i], heights_[i], centres.back()));
        sum += std::max(0.0F, 1 - nearest[i]);
      }
      chunkSums[chunk] = sum;
    });
    double total = 0;
    for (const double sum : chunkSums)
      total += sum;
    double left = random.uniform() * total;
    std::size_t chunk = 0;
    while (chunk + 1 < chunkSums.size() && left >= chunkSums[chunk])
      left -= chunkSums[chunk++];
    std::size_t chosen = count();
    const auto isNew = [&](std::size_t box) {
      return std::find(centres.begin(), centres.end(), Size{widths_[box], heights_[box]}) ==
             centres.end();
    };
    for (std::size_t i = chunk * kChunk; i < std::min((chunk + 1) * kChunk, count()); ++i) {
      const double weight = std::max(0.0F, 1 - nearest[i]);
      if (weight <= 0) continue;
      chosen = i;  // rounding may leave a rest behind: then the chunk's last
      if (left < weight) break;
      left -= weight;
    }
    if (chosen == count() || !isNew(chosen)) {  // sizes too close for float to tell apart
      chosen = 0;
      while (chosen + 1 < count() && !isNew(chosen))
        ++chosen;
    }
    take(chosen);
  }
  return centres;
}

AnchorRounds::Assigned AnchorRounds::assignTo(std::span<const Size> centres) {
  struct ChunkSums {
    double iou = 0;
    bool changed = false;
    std::vector<std::size_t> members;
    std::vector<Size> sums;
  };
  const std::size_t k = centres.size();
  std::vector<ChunkSums> chunks(chunksOf(count()));
  for (ChunkSums& chunk : chunks) {
    chunk.members.resize(k);
    chunk.sums.resize(k);
  }
  forEachChunk(count(), threads_, [&](std::size_t index, std::size_t begin, std::size_t end) {
    ChunkSums& chunk = chunks[index];
    std::array<float, kBlock> best;
    std::array<std::int32_t, kBlock> which;
    for (std::size_t first = begin; first < end; first += kBlock) {
      const std::size_t length = std::min(kBlock, end - first);
      best.fill(0.0F);
      which.fill(0);
      for (std::size_t c = 0; c < k; ++c) {
        raise(&widths_[first], &heights_[first], length, static_cast<float>(centres[c].width),
              static_cast<float>(centres[c].height), static_cast<std::int32_t>(c), best.data(),
              which.data());
      }
      for (std::size_t i = 0; i < length; ++i) {
        const std::size_t box = first + i;
        const std::int32_t c = which[i];
        chunk.changed |= c != centre_[box];
        centre_[box] = c;
        best_[box] = best[i];
        chunk.iou += best[i];
        ++chunk.members[c];
        chunk.sums[c].width += widths_[box];
        chunk.sums[c].height += heights_[box];
      }
    }
  });
  Assigned result;
  result.members.resize(k);
  result.sums.resize(k);
  for (const ChunkSums& chunk : chunks) {
    result.meanIou += chunk.iou;
    result.changed |= chunk.changed;
    for (std::size_t c = 0; c < k; ++c) {
      result.members[c] += chunk.members[c];
      result.sums[c].width += chunk.sums[c].width;
      result.sums[c].height += chunk.sums[c].height;
    }
  }
  result.meanIou /= static_cast<double>(count());
  return result;
}

std::vector<Size> AnchorRounds::medians(const Assigned& assigned,
                                        std::span<const Size> centres) const {
  const std::size_t k = centres.size();
  std::vector<std::size_t> first(k + 1, 0);  // the boxes cluster by cluster
  for (std::size_t c = 0; c < k; ++c)
    first[c + 1] = first[c] + assigned.members[c];
  std::vector<std::size_t> next(first.begin(), first.end() - 1);
  std::vector<float> widths(count()), heights(count());
  for (std::size_t i = 0; i < count(); ++i) {
    const std::size_t place = next[centre_[i]]++;
    widths[place] = widths_[i];
    heights[place] = heights_[i];
  }
  std::vector<Size> result(centres.begin(), centres.end());
  forEachTask(2 * k, threads_, [&](std::size_t task) {
    const std::size_t c = task / 2, members = assigned.members[c];
    if (members == 0) return;
    const bool isWidth = task % 2 == 0;
    (isWidth ? result[c].width : result[c].height) =
        median(std::span(isWidth ? widths : heights).subspan(first[c], members));
  });
  return result;
}

void AnchorRounds::reseedEmpty(const Assigned& assigned, std::vector<Size>& centres) const {
  std::vector<float> covered;  // IOU with the best centre, those just reseeded included
  for (std::size_t c = 0; c < centres.size(); ++c) {
    if (assigned.members[c] > 0) continue;
    if (covered.empty()) covered = best_;
    const std::size_t worst = std::min_element(covered.begin(), covered.end()) - covered.begin();
    centres[c] = {widths_[worst], heights_[worst]};
    for (std::size_t i = 0; i < count(); ++i) {
      covered[i] = std::max(covered[i], overlapOf(widths_[i], heights_[i], centres[c]));
    }
  }
}

std::vector<Size> AnchorRounds::update(const Assigned& assigned, std::span<const Size> centres,
                                       ClusterUpdate how) const {
  std::vector<Size> result(centres.begin(), centres.end());
  if (how == ClusterUpdate::Median) {
    result = medians(assigned, centres);
  } else {
    for (std::size_t c = 0; c < centres.size(); ++c) {
      const double members = static_cast<double>(assigned.members[c]);
      if (members == 0) continue;
      result[c] = {assigned.sums[c].width / members, assigned.sums[c].height / members};
    }
  }
  reseedEmpty(assigned, result);
  return result;
}

}  // namespace boxwright
