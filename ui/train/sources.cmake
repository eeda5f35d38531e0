list(APPEND BOXWRIGHT_UI_SOURCES
  train/carried_settings.cpp train/form_parts.cpp train/ideas_box.cpp train/network_choice.cpp train/past_runs.cpp
  train/run_charts.cpp train/run_curves.cpp train/run_facts.cpp train/run_list.cpp train/run_logs.cpp
  train/run_messages.cpp train/run_summary.cpp train/run_tiles.cpp train/run_tree.cpp train/train_form.cpp train/train_page.cpp
  train/training.cpp train/tree_accuracy.cpp)
