// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/annotate_actions.h"

#include <QAction>
#include <QActionGroup>
#include <QKeySequence>
#include <QMenu>
#include <QWidget>

#include "ui/keys/key_bindings.h"
#include "ui/theme.h"

namespace boxwright::ui {

AnnotateActions::AnnotateActions(QWidget* page) : QObject(page), page_(page) {
  undo = make("undo", tr("Undo"), QKeySequence(Qt::CTRL | Qt::Key_Z));
  redo = make("redo", tr("Redo"), {});
  redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), Qt::CTRL | Qt::Key_Y});

  draw = make("draw", tr("Draw boxes"), Qt::Key_W, true);
  save = make("save", tr("Save the labels"), QKeySequence::Save);
  select = make("select", tr("Select, move and resize"), Qt::Key_V, true);
  pan = make("pan", tr("Move the view"), Qt::Key_P, true);
  draw->setIcon(themeIcon(QStringLiteral("draw-box")));
  select->setIcon(themeIcon(QStringLiteral("select")));
  pan->setIcon(themeIcon(QStringLiteral("pan")));
  auto* tools = new QActionGroup(this);
  for (QAction* tool : {draw, select, pan})
    tools->addAction(tool);

  copy = make("copy", tr("Copy"), QKeySequence(Qt::CTRL | Qt::Key_C));
  cut = make("cut", tr("Cut"), QKeySequence(Qt::CTRL | Qt::Key_X));
  paste = make("paste", tr("Paste"), QKeySequence(Qt::CTRL | Qt::Key_V));
  pastePrevious = make("paste-previous", tr("Paste the boxes of the previous picture"),
                       QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V));
  fillSeries = make("fill-series", tr("Fill the frames since the last labelled one"), Qt::Key_I);
  duplicate = make("duplicate", tr("Duplicate"), QKeySequence(Qt::CTRL | Qt::Key_D));
  remove = make("delete", tr("Delete"), Qt::Key_Delete);
  selectAll = make("select-all", tr("Select all"), QKeySequence(Qt::CTRL | Qt::Key_A));

  for (int i = 0; i < 10; ++i) {
    const auto key = static_cast<Qt::Key>(Qt::Key_0 + (i + 1) % 10);
    const auto number = QString::number(i + 1);
    classes.push_back(make(("class-" + number.toStdString()).c_str(), {}, key, true));
    classes.back()->setProperty(keyTitle, tr("Class %1").arg(number));
  }
  findClass = make("find-class", tr("Choose a class by typing\u2026"), Qt::Key_C);
  editClasses =
      make("edit-classes", tr("Edit the classes\u2026"), QKeySequence(Qt::SHIFT | Qt::Key_C));
  editClasses->setIconText(tr("Edit\u2026"));

  negative = make("negative", tr("Negative: there is nothing in it"), Qt::Key_N, true);
  unlabelled = make("unlabelled", tr("Unlabelled: remove all labels"), Qt::Key_U, true);
  verified = make("verified", tr("Verified: somebody looked it over"), Qt::Key_K, true);
  negative->setIconText(tr("Negative"));
  unlabelled->setIconText(tr("Unlabelled"));
  verified->setIconText(tr("Verified"));

  previous = make("previous", tr("Previous picture"), Qt::Key_A);
  next = make("next", tr("Next picture"), Qt::Key_D);
  nextUnlabelled =
      make("next-unlabelled", tr("Next unlabelled picture"), QKeySequence(Qt::SHIFT | Qt::Key_D));
  nextUnverified =
      make("next-unverified", tr("Next picture not verified"), QKeySequence(Qt::SHIFT | Qt::Key_K));
  previous->setIcon(themeIcon(QStringLiteral("previous")));
  next->setIcon(themeIcon(QStringLiteral("next")));

  deletePicture = make("delete-picture", tr("Delete the picture and its labels"),
                       QKeySequence(Qt::SHIFT | Qt::Key_Delete));

  fit = make("fit", tr("Fit the picture"), Qt::Key_F);
  actual = make("actual-size", tr("Pixels as they are"), QKeySequence(Qt::SHIFT | Qt::Key_F));
  hide = make("hide", tr("Hide the boxes while the key is held"), Qt::Key_H);
  hide->setAutoRepeat(false);
  keepView = make("keep-view", tr("Keep the view for the next picture of the same size"),
                  QKeySequence(Qt::SHIFT | Qt::Key_V), true);
  keepView->setChecked(true);
  zoomIn = make("zoom-in", tr("Zoom in"), {});
  zoomIn->setShortcuts({Qt::Key_Plus, Qt::Key_Equal});
  zoomOut = make("zoom-out", tr("Zoom out"), Qt::Key_Minus);
  darker = make("darker", tr("Darker, for the eye only"), Qt::Key_BracketLeft);
  brighter = make("brighter", tr("Brighter, for the eye only"), Qt::Key_BracketRight);
  flatter = make("less-contrast", tr("Less contrast, for the eye only"),
                 QKeySequence(Qt::CTRL | Qt::Key_BracketLeft));
  richer = make("more-contrast", tr("More contrast, for the eye only"),
                QKeySequence(Qt::CTRL | Qt::Key_BracketRight));
  plain = make("plain", tr("Brightness and contrast as they are"), Qt::Key_Backslash);
  fit->setIcon(themeIcon(QStringLiteral("fit")));
  actual->setIcon(themeIcon(QStringLiteral("actual-size")));

  showPredictions =
      make("show-predictions", tr("Show predictions"), QKeySequence(Qt::SHIFT | Qt::Key_P), true);
  showPredictions->setChecked(true);
  nextPrediction = make("next-prediction", tr("Next prediction"), Qt::Key_Period);
  previousPrediction = make("previous-prediction", tr("Previous prediction"), Qt::Key_Comma);
  accept = make("accept", tr("Accept the prediction"), Qt::Key_Return);
  acceptClass =
      make("accept-class", tr("Accept all of its class"), QKeySequence(Qt::SHIFT | Qt::Key_Return));
  acceptAll =
      make("accept-all", tr("Accept all predictions"), QKeySequence(Qt::CTRL | Qt::Key_Return));
  accept->setShortcutContext(Qt::WidgetShortcut);  // Enter is another thing in the lists
  accept->setShortcuts({Qt::Key_Return, Qt::Key_Enter});
  acceptClass->setShortcuts({Qt::SHIFT | Qt::Key_Return, Qt::SHIFT | Qt::Key_Enter});
  acceptAll->setShortcuts({Qt::CTRL | Qt::Key_Return, Qt::CTRL | Qt::Key_Enter});

  propose = make("propose", tr("Propose boxes on this picture"), Qt::Key_M);
  proposeAll = make("propose-all", tr("Propose boxes on all unlabelled pictures"),
                    QKeySequence(Qt::SHIFT | Qt::Key_M));
  proposeAsIGo = make("propose-as-i-go", tr("Propose boxes on each picture I come to"),
                      QKeySequence(Qt::CTRL | Qt::Key_M), true);
  pauseProposing = make("pause-proposing", tr("Pause proposing"), {}, true);
  stopProposing = make("stop-proposing", tr("Stop proposing"), {});
  propose->setIconText(tr("This picture"));
  proposeAll->setIconText(tr("All unlabelled"));
  pauseProposing->setIconText(tr("Pause"));
  stopProposing->setIconText(tr("Stop"));
  raiseThreshold = make("raise-threshold", tr("Show surer predictions only"),
                        QKeySequence(Qt::CTRL | Qt::Key_Period));
  lowerThreshold = make("lower-threshold", tr("Show less sure predictions too"),
                        QKeySequence(Qt::CTRL | Qt::Key_Comma));

  orderDataset = make("order-dataset", tr("As in the dataset"), {}, true);
  orderDoubt = make("order-doubt", tr("Most doubtful first"), {}, true);
  orderDoubt->setToolTip(
      tr("How doubtful the model is: for each place how near its score p is to the threshold t, "
         "(1 \u2212 p) / (1 \u2212 t) above it and p / t below, or how near the next class comes, "
         "q / p; the mean of the three most doubtful places"));
  orderDisagreement =
      make("order-disagreement", tr("Most at odds with the labels first"), {}, true);
  orderDisagreement->setToolTip(
      tr("How many predictions above the threshold have no label of their class, and how many "
         "labels no prediction, at an IOU of 0.5"));
  auto* orders = new QActionGroup(this);
  for (QAction* order : {orderDataset, orderDoubt, orderDisagreement})
    orders->addAction(order);
  orderDataset->setChecked(true);

  menu_ = {undo, redo, save, makeSeparator(), draw, select, pan, makeSeparator()};
  menu_ << makeMenu(tr("Boxes"),
                    {copy, cut, paste, pastePrevious, fillSeries, duplicate, remove, selectAll});
  QList<QAction*> classActions(classes.begin(), classes.end());
  menu_ << makeMenu(tr("Class"), classActions << makeSeparator() << findClass << editClasses);
  menu_ << makeMenu(tr("View"), {fit, actual, zoomIn, zoomOut, hide, keepView, makeSeparator(),
                                 darker, brighter, flatter, richer, plain});
  menu_ << makeMenu(tr("Predictions"),
                    {showPredictions, nextPrediction, previousPrediction, makeSeparator(), accept,
                     acceptClass, acceptAll, makeSeparator(), raiseThreshold, lowerThreshold});
  menu_ << makeMenu(tr("Proposals of a model"), {propose, proposeAll, proposeAsIGo, makeSeparator(),
                                                 pauseProposing, stopProposing});
  menu_ << makeMenu(tr("Order of the pictures"), {orderDataset, orderDoubt, orderDisagreement});
  menu_ << makeSeparator() << negative << unlabelled << verified << makeSeparator();
  menu_ << previous << next << nextUnlabelled << nextUnverified << makeSeparator() << deletePicture;
}

AnnotateActions::~AnnotateActions() = default;

QAction* AnnotateActions::make(const char* name, const QString& text, const QKeySequence& key,
                               bool checkable) {
  auto* action = new QAction(text, this);
  action->setObjectName(QStringLiteral("annotate/") + QLatin1String(name));
  action->setShortcut(key);
  action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  action->setCheckable(checkable);
  if (!key.isEmpty()) {
    action->setToolTip(QStringLiteral("%1 (%2)").arg(text, key.toString(QKeySequence::NativeText)));
  }
  page_->addAction(action);
  return action;
}

QAction* AnnotateActions::makeMenu(const QString& text, const QList<QAction*>& actions) {
  auto menu = std::make_unique<QMenu>(text);
  menu->addActions(actions);
  menus_.push_back(std::move(menu));
  return menus_.back()->menuAction();
}

QAction* AnnotateActions::makeSeparator() {
  auto* separator = new QAction(this);
  separator->setSeparator(true);
  return separator;
}

}  // namespace boxwright::ui
