list(APPEND BOXWRIGHT_UI_SOURCES
  charts/bar_delegate.cpp charts/chart.cpp charts/chart_group.cpp charts/line_data.cpp charts/series_colours.cpp
  charts/spark_line.cpp)
