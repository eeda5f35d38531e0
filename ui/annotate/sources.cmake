list(APPEND BOXWRIGHT_UI_SOURCES
  annotate/action_button.cpp annotate/annotate_actions.cpp annotate/annotate_canvas.cpp annotate/annotate_inspector.cpp
  annotate/annotate_page.cpp annotate/annotate_page_actions.cpp annotate/annotate_page_proposals.cpp annotate/annotate_page_saving.cpp annotate/box_fields.cpp annotate/box_geometry.cpp annotate/class_finder.cpp
  annotate/class_panel.cpp annotate/draw_tool.cpp annotate/eye_levels.cpp annotate/inspector_rows.cpp
  annotate/label_editor.cpp annotate/object_list.cpp annotate/picture_side.cpp annotate/prediction_overlay.cpp
  annotate/proposal_desk.cpp annotate/proposal_panel.cpp annotate/proposer.cpp
  annotate/select_tool.cpp annotate/series_filler.cpp)
