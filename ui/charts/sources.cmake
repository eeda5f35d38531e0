list(APPEND BOXWRIGHT_UI_SOURCES
  charts/accuracy_colour.cpp charts/axis_ticker.cpp charts/bar_chart.cpp charts/bar_delegate.cpp charts/chart.cpp charts/chart_drawing.cpp
  charts/chart_export.cpp charts/chart_group.cpp charts/chart_input.cpp charts/chart_layers.cpp charts/chart_panel.cpp charts/heat_map.cpp
  charts/line_data.cpp charts/save_plot.cpp charts/series_colours.cpp charts/spark_line.cpp charts/tree_chart.cpp charts/tree_layout.cpp)
