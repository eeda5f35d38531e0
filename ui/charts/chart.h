// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include <QColor>
#include <QString>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ui/charts/line_data.h"
#include "ui/job.h"

namespace boxwright::ui {

/// How one line of a chart is drawn.
struct LineStyle {
  QString name = {};                 ///< its direct label and its column in a CSV
  int colour = 0;                    ///< seriesColour
  std::optional<QColor> fixed = {};  ///< instead of `colour`
  bool smooth = false;               ///< pale as measured, and its running mean over it
  bool markers = false;              ///< a dot on every point
  bool line = true;                  ///< false: points alone
  bool dashed = false;
  double width = 1.6;
  double dot = 5;  ///< size of the dots, pixels
};

/// A chart in the program's look: title and read-out on top, thin grid, no frame, lines labelled at
/// their end. The wheel zooms x, a drag pans, a double click shows all again; y follows what is in
/// view. The context menu saves a PNG or CSV and switches the log axis. Points are kept as given
/// and reduced for drawing (LineData). GUI thread; repaints are queued and only made while visible.
class Chart : public QCustomPlot {
  Q_OBJECT
 public:
  explicit Chart(QWidget* parent = nullptr);

  void setTitle(const QString& title);
  const QString& title() const { return title_; }
  /// Names below and beside the axes; empty for none.
  void setAxisNames(const QString& x, const QString& y);
  /// Heads the CSV's first column; by default the x axis's name.
  void setKeyName(const QString& name) { keyName_ = name; }
  /// Ends of the y axis that always show (mAP: 0 and 1); nothing: by the data.
  void setValueBounds(std::optional<double> low, std::optional<double> high);
  /// True: wheel and drag act on both axes (scatters).
  void setFreeValueAxis(bool free);
  /// Labels at the ends of lines; on by default, used for up to three lines, more stand in the
  /// title row.
  void setDirectLabels(bool on);
  /// A sentence in the middle while there are no points.
  void setMessage(const QString& text);
  const QString& message() const { return message_; }
  /// Digits behind the point in read-outs of values.
  void setDigits(int digits) { digits_ = digits; }

  int addLine(const LineStyle& style);
  int lineCount() const { return static_cast<int>(lines_.size()); }
  const LineStyle& lineStyle(int line) const { return lines_[line].style; }
  void clearLines();
  /// Takes all points away, keeps the lines.
  void clearPoints();
  void append(int line, double x, double y);
  void setPoints(int line, const std::vector<double>& xs, const std::vector<double>& ys);
  /// Shows points that somebody else keeps and goes on filling (on the GUI thread, then refresh()).
  void setSeries(int line, std::shared_ptr<LineSeries> series);
  const LineData& points(int line) const { return lines_[line].series->raw; }
  bool isEmpty() const;

  /// A dot with a caption that belongs to no line (a published figure).
  void addReference(double x, double y, const QString& caption);

  /// x of the cross-hair; nothing hides it.
  void setCursor(std::optional<double> x);
  std::optional<double> cursor() const { return cursor_; }
  /// What the title row says at the cross-hair or, without one, of the last points.
  QString readOut() const;

  /// Shows all points again.
  void resetView();
  bool isZoomed() const { return zoomed_; }
  void setKeyRange(double from, double to);
  bool logarithmic() const { return logarithmic_; }
  void setLogarithmic(bool on);
  /// Where points begin and end; nothing while there are none.
  std::optional<QCPRange> keyExtent() const;
  /// Widens the unzoomed view, so that the charts of a group show the same span.
  void setSharedExtent(std::optional<QCPRange> extent);

  /// x and every line's values as text; lines without a value at an x leave it empty.
  std::string csv() const;
  /// Both ask for a file name; the writing is a Job, its failure comes as failed().
  void saveImageAs();
  void saveCsvAs();
  void saveImage(const QString& file);
  void saveCsv(const QString& file);
  /// What the context menu holds; the caller deletes it.
  QMenu* makeMenu(QWidget* parent);

  /// Repaints soon; many calls make one repaint.
  void refresh();

 Q_SIGNALS:
  /// The pointer is over this x (nothing: it left).
  void cursorMoved(std::optional<double> x);
  /// By wheel or drag.
  void keyRangeMoved(double from, double to);
  void viewReset();
  /// A click that was no drag, in the axes' units.
  void clicked(double x, double y);
  void failed(const boxwright::ui::JobError& error);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  class Overlay;
  class EndLabels;
  class Envelopes;
  friend class Overlay;
  friend class EndLabels;
  friend class Envelopes;

  /// What is drawn of one line now.
  struct Drawn {
    std::vector<double> xs, ys;
    double low = 0, high = 0;  ///< of what is in view; low > high: nothing
    /// Where points are dense: lowest and highest value of each pixel column (low > high: a gap).
    std::vector<std::pair<double, double>> columns;
  };
  struct Line {
    Drawn rawDrawn, meanDrawn;
    LineStyle style;
    std::shared_ptr<LineSeries> series;
    bool smooth() const { return style.smooth && series->smoothed; }
    /// What the cross-hair and the end label follow.
    const LineData& main() const { return smooth() ? series->mean : series->raw; }
    QCPGraph* rawGraph = nullptr;
    QCPGraph* smoothGraph = nullptr;
  };
  struct Reference {
    double x, y;
    QString caption;
  };

  static constexpr int kTitleHeight = 30;
  static constexpr int kPale = 70;  ///< opacity of what was measured, under its running mean

  void addLayers();
  void applyTheme();
  void styleLine(Line& line);
  QColor colourOf(const Line& line) const;
  void prepare();
  void reduceInto(const LineData& source, bool all, Drawn& drawn) const;
  void handOver(QCPGraph* graph, Drawn& drawn, bool all) const;
  void fit(const QCPRange& keys);
  std::optional<QCPRange> wholeKeyRange() const;
  void showCursor();
  void zoomKeys(double factor, double about);
  void panKeys(double by);
  void userMoved();
  bool labelsAtEnds() const;
  struct Entry {
    QString name, value;
    QColor colour;
  };
  std::vector<Entry> entries() const;
  QString keyText(double key) const;
  QString valueText(double value) const;

  QString title_, message_;
  std::vector<Line> lines_;
  std::vector<Reference> references_;
  std::optional<double> low_, high_;
  std::optional<QCPRange> sharedExtent_;
  std::optional<double> cursor_;
  bool directLabels_ = true;
  bool freeValueAxis_ = false;
  bool zoomed_ = false;
  bool logarithmic_ = false;
  int digits_ = 3;
  QString keyName_;
  std::optional<QPointF> pressed_;
  QCPRange keysAtPress_, valuesAtPress_;
  bool dragged_ = false;
  Job saving_;
};

}  // namespace boxwright::ui
