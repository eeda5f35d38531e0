list(APPEND BOXWRIGHT_UI_SOURCES
  tree/named_drag.cpp tree/node_finder.cpp tree/part_classes.cpp tree/tree_actions.cpp tree/tree_document.cpp tree/tree_inspector.cpp
  tree/tree_keeper.cpp tree/tree_model.cpp tree/tree_page.cpp tree/tree_page_edits.cpp tree/tree_page_files.cpp tree/tree_view.cpp)
