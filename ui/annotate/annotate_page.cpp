// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/annotate_page.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QSettings>
#include <QSplitter>
#include <QToolButton>
#include <cmath>

#include "ui/annotate/annotate_actions.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/annotate_inspector.h"
#include "ui/annotate/class_finder.h"
#include "ui/annotate/picture_side.h"
#include "ui/annotate/prediction_overlay.h"
#include "ui/annotate/proposal_panel.h"
#include "ui/annotate/proposer.h"
#include "ui/elided_label.h"
#include "ui/error_bar.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int tellMilliseconds = 5000;

QToolButton* makeButton(QAction* action) {
  auto* button = new QToolButton;
  button->setDefaultAction(action);
  button->setAutoRaise(true);
  button->setIconSize({metric::icon, metric::icon});
  button->setFocusPolicy(Qt::StrongFocus);
  button->setAccessibleName(action->text());
  return button;
}

}  // namespace

AnnotatePage::AnnotatePage(StudioState& state, QWidget* parent)
    : Page(QStringLiteral("annotate"), tr("Annotate"), QStringLiteral("annotate"), state, parent),
      editor_(state.document()),
      actions_(new AnnotateActions(this)),
      canvas_(new AnnotateCanvas(editor_)),
      side_(new PictureSide(state)),
      finder_(new ClassFinder(state.document(), editor_, canvas_)),
      predictions_(new PredictionOverlay(state, editor_, *canvas_, *actions_, this)),
      proposer_(new Proposer(state, this)) {
  inspector_ = new AnnotateInspector(state, editor_, *canvas_, *actions_, *proposer_);
  auto* workspace = new QSplitter(Qt::Horizontal);
  workspace->setObjectName(QStringLiteral("workspace"));
  workspace->setChildrenCollapsible(false);
  workspace->addWidget(side_);
  workspace->addWidget(makeViewer());
  workspace->setStretchFactor(0, 0);
  workspace->setStretchFactor(1, 1);
  workspace->setSizes({240, 800});
  setBody(workspace, inspector_, tr("Inspector"));
  tellTimer_.setSingleShot(true);
  tellTimer_.setInterval(tellMilliseconds);
  connect(&tellTimer_, &QTimer::timeout, this, [this] {
    told_.clear();
    showStatus();
  });
  canvas_->addAction(actions_->accept);
  connectDocument();
  connectActions();
  connectSaving();
  connectProposals();
  refreshActions();
  showFacts();
}

AnnotatePage::~AnnotatePage() = default;

QWidget* AnnotatePage::makeViewer() {
  auto* panel = new QWidget;
  QHBoxLayout* row = nullptr;
  QWidget* header = makeHeader(row);
  name_ = new ElidedLabel;
  name_->setFont(textFont(TextSize::Body, true));
  facts_ = new ElidedLabel(nullptr, Qt::ElideRight);
  setTone(facts_, Tone::Dim);
  row->addWidget(name_, 0);
  row->addSpacing(metric::gap);
  row->addWidget(facts_, 1);
  for (QAction* action : {actions_->previous, actions_->next, actions_->fit, actions_->actual})
    row->addWidget(makeButton(action));

  auto* tools = new QWidget;
  tools->setFixedWidth(40);
  tools->setAutoFillBackground(true);
  tools->setBackgroundRole(QPalette::Base);
  tools->setAccessibleName(tr("Tools"));
  auto* toolColumn = new QVBoxLayout(tools);
  toolColumn->setContentsMargins(4, metric::gap, 4, metric::gap);
  toolColumn->setSpacing(4);
  for (QAction* action : {actions_->draw, actions_->select, actions_->pan})
    toolColumn->addWidget(makeButton(action), 0, Qt::AlignHCenter);
  toolColumn->addStretch(1);

  auto* lower = new QHBoxLayout;
  lower->setContentsMargins(0, 0, 0, 0);
  lower->setSpacing(0);
  lower->addWidget(tools);
  lower->addWidget(canvas_, 1);
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(header);
  column->addLayout(lower, 1);
  return panel;
}

void AnnotatePage::connectDocument() {
  DatasetDocument& document = state().document();
  connect(&document, &DatasetDocument::reset, this, [this] {
    shownPicture_ = -1;
    selectWhenShown_.clear();
    returned_.clear();
    deleted_.clear();
    loader_.cancel();
    canvas_->clear();
    errorBar()->clear();
    refreshActions();
    showFacts();
    Q_EMIT availabilityChanged();
  });
  connect(&document, &DatasetDocument::opened, this, [this] {
    refreshActions();
    Q_EMIT availabilityChanged();
  });
  connect(&document, &DatasetDocument::historyChanged, this, &AnnotatePage::refreshActions);
  connect(&document, &DatasetDocument::classesChanged, this, &AnnotatePage::refreshActions);
  connect(&document, &DatasetDocument::splitsChanged, this, &AnnotatePage::showFacts);
  connect(&document, &DatasetDocument::editableChanged, this, &AnnotatePage::refreshActions);
  connect(&document, &DatasetDocument::undone, this,
          [this](const Edit& edit) { showUndone(edit, false); });
  connect(&document, &DatasetDocument::redone, this,
          [this](const Edit& edit) { showUndone(edit, true); });

  connect(&state(), &StudioState::selectionChanged, this, [this] {
    if (!leading_) showPicture();
  });
  connect(&state(), &StudioState::placeChosen, this, &AnnotatePage::takePlace);
  connect(canvas_, &AnnotateCanvas::predictionPicked, predictions_, &PredictionOverlay::choose);
  connect(predictions_, &PredictionOverlay::told, this, &AnnotatePage::tell);
  connect(&side_->model(), &PictureListModel::countChanged, this, [this] {
    if (isVisible()) side_->selectSome();
    showStatus();
  });
  connect(&loader_, &PictureLoader::loaded, this, &AnnotatePage::pictureLoaded);
  connect(&loader_, &PictureLoader::failed, this, [this](const JobError& error) {
    canvas_->clear();
    canvas_->setMessage(error.advice.isEmpty() ? error.problem
                                               : error.problem + QLatin1Char('\n') + error.advice);
    shownPicture_ = state().picture();
    showFacts();
  });

  connect(&editor_, &LabelEditor::changed, this, [this] {
    refreshActions();
    showFacts();
  });
  connect(&editor_, &LabelEditor::selectionChanged, this, [this] {
    refreshActions();
    giveBox();
  });
  connect(&editor_, &LabelEditor::classChanged, this, &AnnotatePage::refreshActions);
  connect(&editor_, &LabelEditor::copiedChanged, this, &AnnotatePage::refreshActions);
  connect(&editor_, &LabelEditor::told, this, &AnnotatePage::tell);
  connect(canvas_, &AnnotateCanvas::toolChanged, this, &AnnotatePage::refreshActions);
  connect(canvas_, &PictureCanvas::zoomChanged, this, &AnnotatePage::showStatus);
  connect(canvas_, &PictureCanvas::pointerMoved, this, [this](const QPointF& point, bool inside) {
    pointer_ = inside ? tr("%1, %2 px")
                            .arg(static_cast<int>(std::floor(point.x())))
                            .arg(static_cast<int>(std::floor(point.y())))
                      : QString();
    showStatus();
  });
  // With the tool that moves the view, a click selects as it does on other pages.
  connect(canvas_, &PictureCanvas::boxClicked, this, [this](quint32 id) { editor_.select({id}); });
  connect(canvas_, &PictureCanvas::emptyClicked, this, [this] { editor_.select({}); });
}

QString AnnotatePage::unavailableReason() const {
  const DatasetDocument& document = state().document();
  const DatasetStatistics& counts = document.statistics();
  if (!document.isOpen()) return tr("open a dataset first");
  if (document.isOpening()) return tr("the dataset is still being read");
  if (document.isPartial()) return tr("the dataset was not read whole");
  if (document.pictureCount() == 0) return tr("the dataset has no pictures");
  if (document.dataset().format == "class-folders" ||
      (counts.boxes == 0 && counts.classesOnly > 0)) {
    return tr("the dataset has classes of whole pictures, which are their folders, and no boxes");
  }
  return {};
}

QList<QAction*> AnnotatePage::menuActions() const {
  return actions_->menu();
}

void AnnotatePage::activated() {
  side_->selectSome();
  inspector_->proposals()->lookForRuns();
  canvas_->setFocus();
}

void AnnotatePage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  state().labels().begin();
  state().labels().look(state().picture());
  side_->selectSome();
  showPicture();
}

void AnnotatePage::showPicture() {
  const int picture = state().picture();
  if (picture >= 0 && picture == shownPicture_ && !loader_.isBusy()) {
    takeBox();
    takePlace();
    return;
  }
  canvas_->finishKeys();
  canvas_->cancelGesture();
  state().labels().left();  // what the picture has got
  editor_.setPicture(-1);   // nothing is drawn into a picture that is not in view
  shownPicture_ = -1;
  warning_.clear();
  if (picture < 0 || !isVisible()) {
    loader_.cancel();
    if (picture < 0) canvas_->clear();
  } else {
    loader_.load(state().document().dataset().absolutePath(static_cast<std::size_t>(picture)),
                 returned_.erase(picture) > 0 ? state().labels().wait() : nullptr);
  }
  showFacts();
}

void AnnotatePage::pictureLoaded(const PicturePyramid& picture, const QString& warning) {
  canvas_->setMessage({});
  canvas_->setPicture(picture);
  if (!actions_->keepView->isChecked()) canvas_->fit();
  warning_ = warning;
  shownPicture_ = state().picture();
  editor_.setPicture(shownPicture_, canvas_->pictureSize());
  if (!selectWhenShown_.empty()) editor_.select(std::exchange(selectWhenShown_, {}));
  takeBox();
  takePlace();
  // D shows the next one at once.
  if (const int next = side_->pictureFrom(1); next >= 0)
    loader_.expect(state().document().dataset().absolutePath(static_cast<std::size_t>(next)));
}

void AnnotatePage::takePlace() {
  if (!isVisible() || editor_.picture() < 0 || editor_.picture() != state().picture()) return;
  const std::optional<PlaceInPicture> place = state().takePlace();
  if (!place || place->picture != editor_.picture()) return;
  canvas_->setTool(ToolKind::Select);
  editor_.select(place->box && editor_.box(*place->box) ? std::vector{*place->box}
                                                        : std::vector<std::uint32_t>());
  predictions_->choose(place->prediction);
  canvas_->showRect(place->rect);
}

void AnnotatePage::takeBox() {
  const auto id = state().box();
  const Box* box = id ? editor_.box(*id) : nullptr;
  if (!box || editor_.isSelected(*id)) return;
  const Rect rect = box->rect;
  editor_.select({*id});
  canvas_->bringIntoView(rect);
}

void AnnotatePage::giveBox() {
  if (editor_.picture() < 0 || editor_.picture() != state().picture()) return;
  const auto& ids = editor_.selected();
  leading_ = true;
  state().select(editor_.picture(), ids.size() == 1 ? std::optional(ids.front()) : std::nullopt);
  leading_ = false;
}

void AnnotatePage::showFacts() {
  const int picture = state().picture();
  if (picture < 0) {
    name_->setText({});
    facts_->setText({});
    showStatus();
    return;
  }
  const DatasetDocument& document = state().document();
  const Picture& p = document.dataset().pictures[static_cast<std::size_t>(picture)];
  const QString path = QString::fromStdString(p.path);
  name_->setText(path.section(QLatin1Char('/'), -1));
  name_->setToolTip(path);
  QStringList facts;
  if (!warning_.isEmpty()) facts << warning_;
  if (p.width > 0) facts << tr("%1 \u00d7 %2 px").arg(p.width).arg(p.height);
  const auto count = static_cast<int>(p.annotation->boxes.size());
  if (count > 0) facts << (count == 1 ? tr("1 box") : tr("%L1 boxes").arg(count));
  facts << stateText(p.annotation->state);
  if (p.annotation->verified) facts << tr("verified");
  if (const std::string& split = document.splitOf(picture); !split.empty())
    facts << QString::fromStdString(split);
  setTone(facts_, warning_.isEmpty() ? Tone::Dim : Tone::Warn);
  facts_->setText(facts.join(QStringLiteral("  \u00b7  ")));
  facts_->setToolTip(facts_->text());
  showStatus();
}

void AnnotatePage::tell(const QString& text) {
  told_ = text;
  tellTimer_.start();
  showStatus();
}

void AnnotatePage::showStatus() {
  QStringList parts;
  if (!told_.isEmpty()) parts << told_;
  if (const QString saved = state().labels().stateText(); !saved.isEmpty()) parts << saved;
  const int row = side_->model().rowOf(state().picture());
  if (row >= 0) parts << tr("%L1 of %L2").arg(row + 1).arg(side_->model().rowCount());
  if (!pointer_.isEmpty()) parts << pointer_;
  if (canvas_->hasPicture())
    parts << tr("%1 %").arg(static_cast<int>(std::lround(canvas_->zoom() * 100)));
  setStatusText(parts.join(QStringLiteral("  \u00b7  ")));
}

void AnnotatePage::saveLayout() const {
  Page::saveLayout();
  QSettings settings;
  settings.setValue(QStringLiteral("annotate/keepView"), actions_->keepView->isChecked());
  settings.setValue(QStringLiteral("annotate/proposals"), inspector_->proposals()->isOpen());
}

void AnnotatePage::restoreLayout() {
  Page::restoreLayout();
  QSettings settings;
  actions_->keepView->setChecked(
      settings.value(QStringLiteral("annotate/keepView"), true).toBool());
  inspector_->proposals()->setOpen(
      settings.value(QStringLiteral("annotate/proposals"), false).toBool());
}

}  // namespace boxwright::ui
