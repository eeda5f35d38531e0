// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDoubleSpinBox>
#include <QLineEdit>

#include "tests/ui/annotate_page_test.h"
#include "ui/annotate/annotate_inspector.h"
#include "ui/annotate/box_fields.h"

namespace boxwright::ui {
namespace {

class BoxFieldsTest : public AnnotatePageTest {
 protected:
  void SetUp() override {
    AnnotatePageTest::SetUp();
    editor().select({boxes()[0].id});
  }
  BoxFields& fields() { return *page_->inspector()->fields(); }
  /// As a user does: what was there is replaced.
  static void type(QDoubleSpinBox* field, const QString& text) {
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, text);
  }
  Rect rect() { return boxes()[0].rect; }
};

TEST_F(BoxFieldsTest, EnterTakesTheNumberAndGivesTheKeyboardBack) {
  type(fields().x(), QStringLiteral("15.5"));
  EXPECT_FALSE(canvas().hasFocus());
  QTest::keyClick(fields().x(), Qt::Key_Return);
  EXPECT_EQ(rect().left, 15.5);
  EXPECT_TRUE(canvas().hasFocus());
  EXPECT_EQ(history().size(), 1U);
  // Whatever has the keyboard now gets the letter.
  QTest::keyClick(QApplication::focusWidget(), Qt::Key_D);
  EXPECT_TRUE(inView(1));
}

TEST_F(BoxFieldsTest, EscGivesTheNumberUp) {
  const Rect before = rect();
  for (QDoubleSpinBox* field :
       {fields().x(), fields().y(), fields().boxWidth(), fields().boxHeight()}) {
    const QString shown = field->text();
    type(field, QStringLiteral("3"));
    QTest::keyClick(field, Qt::Key_Escape);
    EXPECT_EQ(field->text(), shown);
    EXPECT_TRUE(canvas().hasFocus());
  }
  EXPECT_EQ(rect(), before);
  EXPECT_EQ(history().size(), 0U);
  EXPECT_EQ(editor().selected().size(), 1U) << "Esc is the field's alone";
}

TEST_F(BoxFieldsTest, WhatIsTypedStandsThereAndIsBroughtIntoThePictureWhenItIsDone) {
  type(fields().x(), QStringLiteral("-7"));
  EXPECT_EQ(fields().x()->text(), "-7");
  QTest::keyClick(fields().x(), Qt::Key_Return);
  EXPECT_EQ(rect().left, 0);
  type(fields().boxWidth(), QStringLiteral("99999"));
  EXPECT_EQ(fields().boxWidth()->text(), "99999");
  QTest::keyClick(fields().boxWidth(), Qt::Key_Enter);
  EXPECT_EQ(rect().right, 160);
  const Rect before = rect();
  type(fields().boxHeight(), QStringLiteral("-"));
  QTest::keyClick(fields().boxHeight(), Qt::Key_Return);
  EXPECT_EQ(rect(), before);
}

}  // namespace
}  // namespace boxwright::ui
