list(APPEND BOXWRIGHT_UI_SOURCES
  train/ideas_box.cpp train/page_words.cpp train/past_runs.cpp train/run_charts.cpp train/run_curves.cpp train/run_facts.cpp train/run_list.cpp
  train/run_summary.cpp train/train_form.cpp train/train_page.cpp train/training.cpp)
