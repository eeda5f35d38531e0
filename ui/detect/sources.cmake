list(APPEND BOXWRIGHT_UI_SOURCES
  detect/detect_hint.cpp detect/detect_page.cpp detect/detection_list.cpp detect/live_view.cpp detect/model_picker.cpp
  detect/source_picker.cpp detect/way_text.cpp)
