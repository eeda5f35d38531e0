list(APPEND BOXWRIGHT_UI_SOURCES
  evaluate/class_bars.cpp evaluate/class_pane.cpp evaluate/confusion_view.cpp evaluate/crop_grid.cpp
  evaluate/curve_chart.cpp evaluate/evaluate_form.cpp evaluate/evaluate_page.cpp evaluate/evaluate_page_results.cpp
  evaluate/evaluation.cpp evaluate/finding_bar.cpp evaluate/finding_filter.cpp evaluate/finding_list.cpp evaluate/node_model.cpp evaluate/node_table.cpp evaluate/score_tiles.cpp
  evaluate/suspect_list.cpp evaluate/crop_list.h)
