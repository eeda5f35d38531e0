// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QWidget>

class QAction;
class QHBoxLayout;
class QScrollArea;
class QSplitter;
class QVBoxLayout;

namespace boxwright::ui {

class ErrorBar;
class StudioState;

/// One mode of the window: an error bar on top, the content, and an inspector at the right that
/// folds to a button where the page is narrow. Pages know the StudioState and each other not at
/// all.
class Page : public QWidget {
  Q_OBJECT
 public:
  /// `id` is the name of --page and of the manual's file ("data"), `title` the word of the rail,
  /// `icon` a name for themeIcon.
  Page(QString id, QString title, QString icon, StudioState& state, QWidget* parent = nullptr);

  const QString& id() const { return id_; }
  const QString& title() const { return title_; }
  const QString& iconName() const { return icon_; }
  StudioState& state() const { return state_; }
  ErrorBar* errorBar() const { return errorBar_; }

  /// Why the page cannot be used now, empty when it can; tell changes by availabilityChanged().
  virtual QString unavailableReason() const { return {}; }
  /// The page's own actions, put into the menu of its title (with their shortcuts).
  virtual QList<QAction*> menuActions() const { return {}; }
  /// The pictures of the page are those that pass the shared filter: the window shows its field.
  virtual bool usesFilter() const { return false; }
  /// Ctrl+F on a page with a search of its own: goes there. False where it has none.
  virtual bool search() { return false; }
  /// What the command line's --source says; only the Detect page listens.
  virtual void setSource(const QString&) {}
  /// The page has come to the front.
  virtual void activated() {}
  /// What the left of the status bar says while the page is in front.
  const QString& statusText() const { return statusText_; }

  /// Remembers and restores splitters and the like (QSettings, group of the page's id).
  virtual void saveLayout() const;
  virtual void restoreLayout();

  /// Empty where the page has none; else the word on the window's button that folds it.
  QString inspectorName() const { return allowed_ ? inspectorName_ : QString(); }
  bool isInspectorVisible() const;
  void setInspectorVisible(bool visible);

 Q_SIGNALS:
  void inspectorChanged();
  void availabilityChanged();
  void statusTextChanged();

 protected:
  /// The strip above a list or a picture; what stands in it is put into `row`.
  static QWidget* makeHeader(QHBoxLayout*& row);
  /// Called once by the page's constructor. `inspector` may be null; it is put into a scroll area.
  void setBody(QWidget* content, QWidget* inspector, const QString& inspectorName = {});
  void setStatusText(const QString& text);
  /// False hides the inspector and its button, whatever the user chose (nothing to inspect yet).
  void setInspectorAllowed(bool allowed);
  void resizeEvent(QResizeEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void giveInspectorItsWidth();
  bool inspectorWanted() const;

  QString id_, title_, icon_;
  StudioState& state_;
  QString statusText_;
  ErrorBar* errorBar_;
  QVBoxLayout* column_;
  QSplitter* splitter_ = nullptr;
  QScrollArea* inspector_ = nullptr;
  QString inspectorName_;
  bool narrow_ = false;
  bool allowed_ = true;
  bool openWhenNarrow_ = false;
  bool openWhenWide_ = true;
};

}  // namespace boxwright::ui
