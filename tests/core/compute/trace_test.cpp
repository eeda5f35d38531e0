// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/trace.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace boxwright {
namespace {

void work(Trace* trace, const char* name, int milliseconds) {
  const Trace::Span span(trace, name);
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

TEST(Trace, SumsByNameBelowTheSameParent) {
  Trace trace;
  for (int i = 0; i < 2; ++i) {
    const Trace::Span step(&trace, "step");
    work(&trace, "forward", 3);
    work(&trace, "backward", 3);
    work(&trace, "forward", 3);
  }
  work(&trace, "forward", 1);
  const std::vector<Trace::Line> lines = trace.lines();
  ASSERT_EQ(lines.size(), 4U);
  const auto expect = [&](std::size_t at, const char* name, int depth, std::size_t calls) {
    EXPECT_EQ(lines[at].name, name);
    EXPECT_EQ(lines[at].depth, depth);
    EXPECT_EQ(lines[at].calls, calls);
  };
  expect(0, "step", 0, 2);
  expect(1, "forward", 1, 4);
  expect(2, "backward", 1, 2);
  expect(3, "forward", 0, 1);
  EXPECT_GE(lines[1].seconds, 0.012);
  EXPECT_GE(lines[0].seconds, lines[1].seconds + lines[2].seconds);
}

TEST(Trace, KeepsSingleSpansOfEveryThread) {
  Trace trace;
  {
    const Trace::Span whole(&trace, "whole");
    std::thread([&] { work(&trace, "beside", 2); }).join();
    work(&trace, "within", 2);
  }
  const std::vector<Trace::Event> events = trace.events();
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].name, "beside");
  EXPECT_EQ(events[1].name, "within");
  EXPECT_EQ(events[2].name, "whole");
  EXPECT_NE(events[0].thread, events[1].thread);
  EXPECT_EQ(events[1].thread, events[2].thread);
  EXPECT_GE(events[1].start, events[0].start + events[0].seconds);
  EXPECT_LE(events[1].start + events[1].seconds, events[2].start + events[2].seconds);
  // Work of another thread is nobody's child.
  for (const Trace::Line& line : trace.lines())
    EXPECT_EQ(line.depth, line.name == "within" ? 1 : 0) << line.name;
}

TEST(Trace, OneOfTwoTracesIsNotTheOthersParent) {
  Trace outer, inner;
  {
    const Trace::Span a(&outer, "outer");
    { const Trace::Span b(&inner, "inner"); }
    work(&outer, "within", 0);
  }
  ASSERT_EQ(inner.lines().size(), 1U);
  EXPECT_EQ(inner.lines()[0].depth, 0);
  ASSERT_EQ(outer.lines().size(), 2U);
  EXPECT_EQ(outer.lines()[1].depth, 1);
}

TEST(Trace, WithoutOneNothingIsTaken) {
  work(nullptr, "nothing", 0);
  Trace trace;
  EXPECT_TRUE(trace.lines().empty());
  EXPECT_TRUE(trace.events().empty());
}

TEST(Trace, KeepsOnlySoManySpansButCountsAll) {
  Trace trace;
  for (std::size_t i = 0; i < Trace::kKept + 10; ++i)
    const Trace::Span span(&trace, "short");
  EXPECT_EQ(trace.events().size(), Trace::kKept);
  EXPECT_EQ(trace.lines()[0].calls, Trace::kKept + 10);
}

}  // namespace
}  // namespace boxwright
