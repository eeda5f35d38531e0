// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/class_finder.h"

#include <QLineEdit>
#include <string>

#include "core/data/tree_beside.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/label_editor.h"
#include "ui/class_palette.h"
#include "ui/dataset_document.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int mostMatches = 6;
constexpr int plainWidth = 216, widthWithWays = 320;

/// Beginnings are offered first, then what has it anywhere.
bool fits(const QString& name, const QString& typed, bool beginning) {
  return beginning == name.startsWith(typed, Qt::CaseInsensitive) &&
         (beginning || name.contains(typed, Qt::CaseInsensitive));
}

}  // namespace

ClassFinder::ClassFinder(DatasetDocument& document, LabelEditor& editor, QWidget* canvas)
    : NameFinder(mostMatches, canvas), document_(document), editor_(editor) {
  setAccessibleName(tr("Choose a class by typing"));
  field()->setPlaceholderText(tr("Class"));
}

void ClassFinder::openAt(const QPoint& point) {
  const ClassNames& classes = document_.dataset().classes;
  classes_ = static_cast<int>(classes.size());
  const std::shared_ptr<const TreeBeside> tree =
      document_.takesClasses() ? document_.treeBeside() : nullptr;
  if (tree != tree_) {
    tree_ = tree;
    names_.clear();
    if (tree)
      for (const std::string& name : tree->names)
        names_.append(QString::fromStdString(name));
  }
  taken_ = tree ? tree->taken(classes) : std::vector<bool>();
  setFixedWidth(tree ? widthWithWays : plainWidth);
  showAt(point);
}

void ClassFinder::match(const QString& typed) {
  for (const bool beginning : {true, false}) {
    for (int id = 0; id < classes_ && !isFull(); ++id) {
      const QString name = editor_.className(id);
      if (fits(name, typed, beginning)) offer(id, name, swatch(editor_.palette()(id)));
    }
    offerNodes(typed, beginning);
  }
}

/// Of the tree beside the dataset those that are no classes yet.
void ClassFinder::offerNodes(const QString& typed, bool beginning) {
  for (int node = 0; node < static_cast<int>(taken_.size()) && !isFull(); ++node) {
    const QString& name = names_[node];
    if (taken_[static_cast<std::size_t>(node)] || !fits(name, typed, beginning)) continue;
    const QString way = QString::fromStdString(tree_->wayTo(node));
    offer(classes_ + node,
          way.isEmpty() ? name : tr("%1 (%2)", "a class and those above it").arg(name, way),
          swatch(Qt::transparent), tr("In the class tree, but no class of this dataset yet"));
  }
}

void ClassFinder::take(int id) {
  if (id >= classes_) id = document_.addClass(names_[id - classes_]);
  if (id >= 0) editor_.chooseClass(id);
}

}  // namespace boxwright::ui
