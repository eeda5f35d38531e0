// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

constexpr const char* kFile = R"(<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta><task><id>1</id><labels>
    <label><name>dog</name></label><label><name>cat &amp; co</name><color>#fff</color></label>
  </labels></task></meta>
  <!-- <image id="9" name="no.png"/> -->
  <image id="0" name="x/a.png" subset="Train" width="100" height="50">
    <polygon label="dog" points="1,1;2,2;3,3"/>
    <box label="cat &amp; co" occluded="1" source="manual" xtl="10.50" ytl="5" xbr="30.75" ybr="15" z_order="0">
      <attribute name="colour">red</attribute>
    </box>
    <box label="dog" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4"/>
  </image>
  <image id="1" name="y/a.png" subset="Validation" width="100" height="50"></image>
  <image id="2" name="y/b.png" width="100" height="50">
    <polygon label="dog" points="1,1;2,2;3,3"/>
  </image>
</annotations>
)";

class CvatFolder : public DatasetFolder {
 public:
  explicit CvatFolder(const std::string& file = kFile) {
    for (const char* name :
         {"images/x/a.png", "images/x/c.png", "images/y/a.png", "images/y/b.png"})
      picture(name);
    text("annotations.xml", file);
  }
};

TEST(CvatFormat, ReadsBoxesLabelsAndSubsets) {
  const CvatFolder folder;
  for (const std::filesystem::path& path : {folder.path(), folder / "annotations.xml"}) {
    const Dataset dataset = openDataset(path);
    EXPECT_EQ(dataset.format, "cvat");
    EXPECT_EQ(dataset.classes, (ClassNames{"dog", "cat & co"}));
    ASSERT_EQ(dataset.pictures.size(), 4U);
    const Annotation& a = *pictureNamed(dataset, "images/x/a.png").annotation;
    ASSERT_EQ(a.boxes.size(), 2U);
    EXPECT_EQ(a.boxes[0].rect, (Rect{10.5, 5, 30.75, 15}));
    EXPECT_EQ(a.boxes[0].classId, 1);
    EXPECT_TRUE(a.boxes[0].occluded);
    EXPECT_EQ(a.boxes[0].id, 2U);
    EXPECT_EQ(pictureNamed(dataset, "images/y/a.png").annotation->state, LabelState::Negative);
    EXPECT_EQ(pictureNamed(dataset, "images/y/b.png").annotation->state, LabelState::Unlabelled)
        << "there is something, but no box";
    EXPECT_EQ(pictureNamed(dataset, "images/x/c.png").annotation->state, LabelState::Unlabelled);
    EXPECT_EQ(dataset.splits.at("train").size(), 1U);
    EXPECT_EQ(dataset.splits.at("val").size(), 1U);
    EXPECT_TRUE(hasProblem(dataset, "annotations.xml", 0, "2 shapes that are no boxes"))
        << problemsOf(dataset);
    EXPECT_EQ(dataset.problems.size(), 1U);
  }
}

TEST(CvatFormat, FaultsAreToldWithTheirLines) {
  const CvatFolder folder(
      R"(<annotations><meta><task><labels><label><name>cat</name></label></labels></task></meta>
<image name="x/a.png">
<box label="cat" xtl="1" ytl="2" xbr="x" ybr="4"/>
<box label="owl" xtl="1" ytl="2" xbr="3" ybr="4"/>
<box xtl="1" ytl="2" xbr="3" ybr="4"/>
<box label="cat" xtl="1" ytl="2" xbr="3" ybr="4" rotation="30"/>
<box label="cat" xtl="3" ytl="2" xbr="1" ybr="4"/>
<box label="cat" xtl="1" ytl="2" xbr="3" ybr="4"/></image>
<image name="x/a.png"/>
<image name="z.png"/>
<image/>
<image name="y/a.png" width="50" height="100"/>
<track id="0"/>
</annotations>)");
  const Dataset dataset = openDataset(folder.path());
  EXPECT_EQ(dataset.format, "cvat");
  for (const int line : {3, 4, 5, 6, 7, 9, 10, 11})
    EXPECT_TRUE(hasProblem(dataset, "annotations.xml", line, "left out")) << line << "\n"
                                                                          << problemsOf(dataset);
  EXPECT_TRUE(hasProblem(dataset, "annotations.xml", 12, "camera's turn"));
  EXPECT_TRUE(hasProblem(dataset, "annotations.xml", 0, "tracks"));
  EXPECT_EQ(pictureNamed(dataset, "images/x/a.png").annotation->boxes.at(0).id, 6U);
}

TEST(CvatFormat, AnyBytesAreAFaultAndNoMore) {
  RandomStream random(5, "cvat");
  const CvatFolder folder;
  for (int round = 0; round < 400; ++round) {
    std::string text = kFile;
    for (std::uint64_t i = random.index(4); i > 0; --i)
      text[random.index(text.size())] = "<>/\"'=&;!-x0\n"[random.index(13)];
    if (random.index(3) == 0) text.resize(random.index(text.size()));
    folder.text("annotations.xml", text);
    try {
      openDataset(folder.path(), {"cvat", false});
    } catch (const Error& error) {
      EXPECT_FALSE(error.problem().empty());
    }
  }
}

}  // namespace
}  // namespace boxwright
