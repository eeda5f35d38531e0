list(APPEND BOXWRIGHT_UI_SOURCES
  classes/class_dialog.cpp classes/class_draft.cpp classes/class_table.cpp
  classes/colour_chip.cpp classes/colour_choice.cpp)
